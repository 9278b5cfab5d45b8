"""The payment page as data: everything the template shows, in words and figures, free of the database session.

`PayPage` is what a host's own `moota/pay.html` may rely on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from flask import url_for

from .. import ledger, links, offers, proposals, provider, refunds
from ..context import State, pay_url
from ..models import Charge, ProviderTransaction, Refund
from ..objects import charge_objects
from ..rules.masking import mask_number
from ..rules.money import format_rupiah
from ..rules.qris import InvalidQrisError, read_qris
from ..work import Work
from .banks import bank_code, bank_name
from .channels import COMPILED_ON
from .checking import Check, check_of
from .choosing import can_choose
from .helping import Help, help_of
from .instructions import Guide, guides_of
from .movements import Movement, movements
from .proving import ProofBox, box_of
from .situations import Banner, Facts, Notice, banner, notices
from .words import Translate, date_text, moment_text, refund_reasons, refund_state, refund_tone

# The last three digits carry the unique code, so they are the ones people must not round.
_MARKED_DIGITS = 3
# What the page shows differently when it changes; the script compares it with the status it polls.
_TELLING = (
    *("status", "method", "va_number", "amount_open", "exceptions"),
    *("amount_paid", "amount_refunded", "amount_refundable"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """Where to transfer to: the number grouped for reading, as digits for copying, and masked for afterwards."""

    bank: str
    bank_code: str | None
    number_grouped: str
    number_digits: str
    number_masked: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNumber:
    """A virtual account number, grouped for reading and as digits for copying, and the name that appears for it."""

    grouped: str
    digits: str
    holder: str
    provider_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownQr:
    """A QR code: the address of its picture on this site, and who is paid by it."""

    url: str
    merchant: str
    provider_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRefund:
    """A refund in one line, with the address of its own page."""

    ticket: str
    amount: int
    reason: str
    state: str
    tone: str
    at_text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPage:
    """What the payment page shows. Amounts in rupiah; texts in the reader's language; times in the shop's zone.

    `amount_head`, `amount_tail` and `amount_digits` are what to transfer now: the remainder once a part has come.
    `number` is there for a virtual account and `qr` for QRIS; both are None for a transfer to `account`, and once a
    part has come by a number or a code that asks for the whole.
    """

    charge: dict[str, Any]
    state: str
    known: str
    banner: Banner
    notices: list[Notice]
    amount_head: str
    amount_tail: str
    amount_digits: str
    lines: list[tuple[str, int]]
    movements: list[Movement]
    kept: int
    account: ShownAccount
    number: ShownNumber | None
    qr: ShownQr | None
    reference: str
    deadline: datetime
    deadline_iso: str
    deadline_text: str
    seconds_left: int
    paid_text: str | None
    check: Check | None
    proofs: ProofBox
    guides: list[Guide]
    guides_date: str
    refunds: list[ShownRefund]
    order_url: str | None
    help: Help | None
    status_url: str
    choose_url: str | None
    receipt_url: str | None
    refund_url: str | None


def pay_page(work: Work, here: State, charge: Charge, *, token: str, t: Translate) -> PayPage:
    """Gather a charge's payment page; `token` is what stands for it in its addresses."""
    found = refunds.list_refunds(work, order_ref=charge.order_ref)
    shown = charge_objects(work, [charge], [pay_url(charge)])[0]
    facts = facts_of(work, here, charge, found)
    head, tail = _marked(charge.amount_open)
    ways = offers.offers(work, charge.amount) if charge.status == "pending" else []
    made = provider.current(work, charge)
    has_run_out = made is not None and provider.has_run_out(work, made)
    may_choose = can_choose(charge, ways, received=facts.received, has_run_out=has_run_out)
    # What Moota made asks for the whole, once.
    is_spent = has_run_out or (made is not None and facts.received > 0)
    deadline = charge.expires_at.astimezone(here.settings.zone)
    return PayPage(
        charge=shown,
        state=charge.status,
        known=_known(shown),
        banner=banner(facts, t),
        notices=notices(facts, t),
        amount_head=head,
        amount_tail=tail,
        amount_digits=str(charge.amount_open),
        lines=lines_of(charge, t),
        movements=movements(work, here, charge, t),
        kept=facts.kept,
        account=shown_account(charge),
        number=None if is_spent else _shown_number(charge, made),
        qr=None if is_spent else _shown_qr(charge, made, token),
        reference=charge.reference,
        deadline=deadline,
        deadline_iso=deadline.isoformat(timespec="seconds"),
        deadline_text=facts.deadline,
        seconds_left=max(0, int((charge.expires_at - work.now()).total_seconds())),
        paid_text=moment_text(charge.paid_at, here) if charge.paid_at else None,
        check=check_of(work, here, charge, token=token, t=t),
        proofs=box_of(work, here, charge, token=token, t=t),
        guides=guides_of(charge.method, charge.account.bank_type, t),
        guides_date=format_date(COMPILED_ON, "d MMMM yyyy", locale=here.locale()),
        refunds=[_shown_refund(refund, here, t) for refund in reversed(found)],
        order_url=here.order_url(charge.order_ref),
        help=help_of(here, charge.order_ref, t),
        status_url=url_for("moota.pay_status", token=token),
        choose_url=url_for("moota.pay_method", token=token) if may_choose else None,
        receipt_url=url_for("moota.pay_receipt", token=token) if has_receipt(facts) else None,
        refund_url=url_for("moota.refund_request", token=token) if can_ask_back(work, charge) else None,
    )


def facts_of(work: Work, here: State, charge: Charge, found: list[Refund]) -> Facts:
    """Return what the words about a charge depend on."""
    money = ledger.figures_of(work, charge)
    claim_until = charge.expires_at + here.settings.late_window
    return Facts(
        status=charge.status,
        method=charge.method,
        exceptions=frozenset(charge.exceptions),
        due=charge.amount_due,
        price=min(charge.amount_due, charge.amount + charge.fee) - here.settings.tolerance,
        open=charge.amount_open,
        received=money.received,
        refunded=money.refunded,
        reversed=sum(line.amount for line in ledger.live_lines_of_charge(work, charge) if line.kind == "reversal"),
        not_due=proposals.not_due(work, charge),
        refunds=tuple((refund.reason, refund.status) for refund in found),
        deadline=moment_text(charge.expires_at, here),
        claim_until=moment_text(claim_until, here) if claim_until > work.now() else None,
    )


def has_receipt(facts: Facts) -> bool:
    """Tell whether there is something to print a receipt of: a paid order whose money is still there."""
    return facts.status == "paid" and not facts.is_held


def can_ask_back(work: Work, charge: Charge) -> bool:
    """Tell whether the shopper can ask for money back here; while the order waits, cancelling it does that."""
    return charge.status != "pending" and ledger.figures_of(work, charge).refundable > 0


def lines_of(charge: Charge, t: Translate) -> list[tuple[str, int]]:
    """Return what the amount due consists of."""
    code = charge.amount_due - charge.amount - charge.fee
    lines = [(t("Tagihan pesanan"), charge.amount), (t("Kode unik"), code), (t("Biaya layanan"), charge.fee)]
    return [(label, amount) for label, amount in lines if amount or label == lines[0][0]]


def shown_account(charge: Charge) -> ShownAccount:
    """Return the account a charge is paid to: for a virtual account its number, for QRIS no number at all."""
    number = {"virtual_account": charge.va_number or "", "qris": ""}.get(charge.method, charge.account.account_number)
    digits = "".join(filter(str.isdigit, number))
    return ShownAccount(
        bank="QRIS" if charge.method == "qris" else bank_name(charge.account.bank_type),
        bank_code=bank_code(charge.account.bank_type),
        number_grouped=grouped(digits) or number,
        number_digits=digits,
        number_masked=mask_number(digits),
        holder=charge.account.holder,
    )


def _shown_number(charge: Charge, made: ProviderTransaction | None) -> ShownNumber | None:
    if charge.method != "virtual_account" or not charge.va_number:
        return None
    return ShownNumber(
        grouped=grouped(charge.va_number),
        digits=charge.va_number,
        holder=(made and made.merchant_name) or charge.account.holder,
        provider_url=charge.payment_url,
    )


def _shown_qr(charge: Charge, made: ProviderTransaction | None, token: str) -> ShownQr | None:
    if charge.method != "qris":
        return None
    return ShownQr(
        url=url_for("moota.pay_qr", token=token),
        merchant=(made and made.merchant_name) or _merchant_in(charge.qr_string) or charge.account.holder,
        provider_url=charge.payment_url,
    )


def _merchant_in(qr_string: str | None) -> str | None:
    try:
        return read_qris(qr_string).merchant if qr_string else None
    except InvalidQrisError:
        return None


def grouped(digits: str) -> str:
    """Set an account number in groups of four, as people read it aloud."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def _marked(amount: int) -> tuple[str, str]:
    """Cut an amount in front of its last digits; one with fewer digits keeps only the currency in front."""
    text = format_rupiah(amount)
    cut = len(text) - min(_MARKED_DIGITS, len(str(amount)))
    return text[:cut], text[cut:]


def _known(shown: dict[str, Any]) -> str:
    values = (shown[name] for name in _TELLING)
    return "|".join(
        ",".join(value) if isinstance(value, list) else str("" if value is None else value) for value in values
    )


def _shown_refund(refund: Refund, here: State, t: Translate) -> ShownRefund:
    return ShownRefund(
        ticket=refund.ticket or "",
        amount=refund.amount,
        reason=refund_reasons(t)[refund.reason],
        state=refund_state(refund, t),
        tone=refund_tone(refund),
        at_text=date_text(refund.created_at, here),
        url=url_for("moota.refund", token=links.status_token(refund)),
    )
