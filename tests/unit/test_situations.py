"""Whatever is out of the ordinary with a payment, its page has a sentence about it and about what happens next."""

from itertools import combinations

import pytest

from payments_moota.i18n import translate
from payments_moota.rules.outcome import Line, add_up, exceptions, not_due
from payments_moota.web.situations import Facts, banner, notices

DUE = 100_347
CAUSES = {"overpaid": "wrong_amount", "duplicate_payment": "duplicate_payment", "paid_after_cancel": "cancellation"}
# What each exception is recognised by on the page, of a charge that is paid unless it says otherwise.
SAID = {
    "underpaid": ("pending", "sudah kami terima"),
    "overpaid": ("paid", "Kelebihan"),
    "paid_late": ("paid", "setelah batas waktu"),
    "duplicate_payment": ("paid", "dua kali"),
    "paid_after_cancel": ("cancelled", "masuk untuk pesanan ini"),
    "reversed": ("paid", "Bank menarik kembali"),
    "settled_by_hand": ("paid", "Dinyatakan lunas oleh toko"),
}
LINES = {
    "underpaid": [Line(kind="payment", amount=60_000)],
    "overpaid": [Line(kind="payment", amount=5_000)],
    "paid_late": [Line(kind="payment", amount=DUE, marks=frozenset({"paid_late"}))],
    "duplicate_payment": [Line(kind="payment", amount=DUE, marks=frozenset({"duplicate_payment"}))],
    "paid_after_cancel": [Line(kind="payment", amount=DUE, marks=frozenset({"paid_after_cancel"}))],
    "reversed": [Line(kind="payment", amount=7_000), Line(kind="reversal", amount=7_000)],
    "settled_by_hand": [Line(kind="payment", amount=DUE, marks=frozenset({"settled_by_hand"}))],
}
WITH_THE_WHOLE = {"overpaid", "duplicate_payment", "reversed"}


def facts(wanted, status):
    lines = [line for each in wanted for line in LINES[each]]
    if set(wanted) & WITH_THE_WHOLE and not {"paid_late", "settled_by_hand"} & set(wanted):
        lines.append(Line(kind="payment", amount=DUE))
    totals = add_up(lines)
    return Facts(
        status=status,
        method="bank_transfer",
        exceptions=exceptions(lines, amount_due=DUE, tolerance=0),
        due=DUE,
        price=100_000,
        open=max(0, DUE - totals.received) if status == "pending" else 0,
        received=totals.received,
        refunded=totals.refunded,
        reversed=totals.reversed,
        not_due={CAUSES[name]: amount for name, amount in not_due(lines, amount_due=DUE).items()},
        refunds=(),
        deadline="25 November 2026 12.00 WIB",
        claim_until=None,
    )


def t(text, **values):
    return translate("id", text, **values)


def read(found):
    shown = banner(found, t)
    told = [" ".join((notice.title, *notice.lines)) for notice in notices(found, t)]
    return " ".join((shown.title, shown.text, *told))


@pytest.mark.parametrize("exception", SAID)
def test_each_exception_is_told(exception):
    status, words = SAID[exception]
    found = facts([exception], status)

    assert exception in found.exceptions
    assert words in read(found)


PAID = [name for name, (status, _) in SAID.items() if status == "paid"]
TOGETHER = [names for size in range(2, len(PAID) + 1) for names in combinations(PAID, size)]


@pytest.mark.parametrize("together", TOGETHER, ids="+".join)
def test_what_holds_together_is_told_together(together):
    found = facts(together, "paid")

    told = read(found)

    assert set(together) <= found.exceptions
    assert [SAID[name][1] for name in together if SAID[name][1] not in told] == []


@pytest.mark.parametrize("exception", SAID)
def test_every_notice_says_what_it_means(exception):
    for notice in notices(facts([exception], SAID[exception][0]), t):
        assert all(line.endswith(".") for line in notice.lines)
        assert notice.lines
