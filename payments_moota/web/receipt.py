"""The printable receipt of a paid order: what was due, what came and when, and nobody's full details."""

from dataclasses import dataclass

from .. import ledger
from ..context import State
from ..models import Charge
from ..rules.masking import mask_email, mask_phone
from ..work import Work
from .movements import Movement, movements
from .present import ShownAccount, lines_of, shown_account
from .words import Translate, moment_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the receipt shows. Amounts in rupiah.

    `waived` is what the shop did not ask for any more, `kept` what is left of the money after refunds.
    """

    order_ref: str
    paid_text: str
    printed_text: str
    name: str | None
    email: str | None
    phone: str | None
    account: ShownAccount
    lines: list[tuple[str, int]]
    amount_due: int
    movements: list[Movement]
    received: int
    refunded: int
    waived: int
    kept: int
    pay_url: str


def receipt_of(work: Work, here: State, charge: Charge, *, pay_url: str, t: Translate) -> Receipt:
    """Gather a paid charge's receipt."""
    money = ledger.figures_of(work, charge)
    return Receipt(
        order_ref=charge.order_ref,
        paid_text=moment_text(charge.paid_at or charge.created_at, here),
        printed_text=moment_text(work.now(), here),
        name=charge.customer_name,
        email=mask_email(charge.customer_email) if charge.customer_email else None,
        phone=mask_phone(charge.customer_phone) if charge.customer_phone else None,
        account=shown_account(charge),
        lines=lines_of(charge, t),
        amount_due=charge.amount_due,
        movements=movements(work, here, charge, t),
        received=money.received,
        refunded=money.refunded,
        waived=max(0, charge.amount_due - money.received),
        kept=money.received - money.refunded,
        pay_url=pay_url,
    )
