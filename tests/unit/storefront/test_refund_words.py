"""The letters about refunds: every step is written about with what is known, and nothing that is not."""

import pytest
from flask import Flask
from flask_babel import Babel

from payments_moota.refunds import REASONS
from payments_moota.rules.states import REFUND
from storefront.notifications.refund_words import TOLD, letter_of, words_for
from storefront.payment_words import REFUND_ORIGINS, REFUND_REASONS, REFUND_STATUSES, REFUND_STEPS

FACTS = {
    "number": "INV-1001",
    "ticket": "RFD-2026-000001",
    "amount": "Rp50.000",
    "due": "27 November 2026 17.00 WIB",
    "account": None,
    "note": None,
    "complaint": None,
    "until": None,
}


@pytest.fixture(autouse=True)
def _indonesian():
    app = Flask(__name__)
    Babel(app, default_locale="id")
    with app.app_context():
        yield


def words(step="refund.requested", *, origin="system", reason="other", is_paid=True, **facts):
    return words_for(letter_of(step, origin=origin, reason=reason, is_paid=is_paid), FACTS | facts)


@pytest.mark.parametrize("step", sorted(TOLD))
def test_a_letter_leaves_out_what_is_not_known(step):
    short, long = words(step), words(step, account="BCA ••••7654", note="Salah kirim", complaint="ADU-2026-000001")

    assert short.heading
    for text in (*short, *long):
        assert "%(" not in str(text)
        assert "None" not in str(text)
    assert len(long.paragraphs) >= len(short.paragraphs)


@pytest.mark.parametrize("origin", sorted(REFUND_ORIGINS))
@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("is_paid", [True, False])
def test_every_request_has_words_with_ticket_amount_and_due_date(origin, reason, is_paid):
    text = " ".join(words(origin=origin, reason=reason, is_paid=is_paid).paragraphs)

    assert "RFD-2026-000001" in text
    assert "Rp50.000" in text
    assert "27 November 2026" in text


@pytest.mark.parametrize("reason", ["duplicate_payment", "wrong_amount"])
def test_a_surplus_is_told_with_the_order_being_fine(reason):
    assert "aman" in words(reason=reason).paragraphs[0]


def test_what_never_paid_for_an_order_is_told_apart_from_a_surplus():
    assert "tidak kami lanjutkan" in words(reason="wrong_amount", is_paid=False).paragraphs[0]


def test_every_reason_status_and_step_has_a_name_on_the_pages():
    statuses = {status for status, _ in REFUND.moves} | set(REFUND.moves.values())
    assert set(REFUND_REASONS) == set(REASONS)
    assert set(REFUND_STATUSES) == statuses
    assert set(REFUND_STEPS) >= TOLD
