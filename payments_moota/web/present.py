"""The payment page as data: everything the template shows, in words and figures, free of the database session.

`PayPage` is what a host's own `moota/pay.html` may rely on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_datetime

from ..context import State, pay_url
from ..models import Charge
from ..objects import charge_objects
from ..rules.money import format_rupiah
from ..work import Work
from .instructions import Steps, bank_code, bank_name, steps_for

Translate = Callable[..., str]

# The last three digits carry the unique code, so they are the ones people must not round.
_MARKED_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """Where to transfer to: the number grouped for reading, and as digits for copying."""

    bank: str
    bank_code: str | None
    number_grouped: str
    number_digits: str
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPage:
    """What the payment page shows. Amounts in rupiah; texts in the reader's language; times in the shop's zone."""

    charge: dict[str, Any]
    state: str
    amount_head: str
    amount_tail: str
    amount_digits: str
    lines: list[tuple[str, int]]
    account: ShownAccount
    reference: str
    deadline: datetime
    deadline_iso: str
    deadline_text: str
    seconds_left: int
    paid_text: str | None
    steps: list[Steps]
    order_url: str | None
    status_url: str


def pay_page(work: Work, here: State, charge: Charge, *, status_url: str, t: Translate) -> PayPage:
    """Gather a charge's payment page."""
    zone = here.settings.zone
    amount = format_rupiah(charge.amount_due)
    deadline = charge.expires_at.astimezone(zone)
    return PayPage(
        charge=charge_objects(work, [charge], [pay_url(charge)])[0],
        state=charge.status,
        amount_head=amount[:-_MARKED_DIGITS],
        amount_tail=amount[-_MARKED_DIGITS:],
        amount_digits=str(charge.amount_due),
        lines=_lines(charge, here, t),
        account=ShownAccount(
            bank=bank_name(charge.account.bank_type),
            bank_code=bank_code(charge.account.bank_type),
            number_grouped=_grouped(charge.account.account_number),
            number_digits="".join(filter(str.isdigit, charge.account.account_number)),
            holder=charge.account.holder,
        ),
        reference=charge.reference,
        deadline=deadline,
        deadline_iso=deadline.isoformat(timespec="seconds"),
        deadline_text=_moment(deadline, here),
        seconds_left=max(0, int((charge.expires_at - work.now()).total_seconds())),
        paid_text=_moment(charge.paid_at.astimezone(zone), here) if charge.paid_at else None,
        steps=steps_for(charge.account.bank_type, t),
        order_url=here.order_url(charge.order_ref),
        status_url=status_url,
    )


def _lines(charge: Charge, here: State, t: Translate) -> list[tuple[str, int]]:
    sign = 1 if here.settings.codes.mode == "add" else -1
    lines = [(t("Tagihan pesanan"), charge.amount), (t("Kode unik"), sign * charge.unique_code)]
    return [*lines, (t("Biaya layanan"), charge.fee)] if charge.fee else lines


def _grouped(number: str) -> str:
    """Set an account number in groups of four, as people read it aloud."""
    digits = "".join(filter(str.isdigit, number))
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4)) or number


def _moment(value: datetime, here: State) -> str:
    pattern = "d MMMM yyyy HH.mm z" if here.locale().startswith("id") else "d MMMM yyyy HH:mm z"
    return format_datetime(value, pattern, tzinfo=here.settings.zone, locale=here.locale())
