"""How charges are shown: one row of a list, in words and figures."""

from dataclasses import dataclass

from flask import url_for

from ... import ledger
from ...context import State
from ...models import Charge
from ...work import Work
from ..words import Translate, short_text
from .words import charge_states, charge_tone, exception_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow:
    """One charge in a list; amounts in rupiah."""

    url: str
    order_ref: str
    payer: str
    at_text: str
    account: str
    due: int
    received: int
    state: str
    tone: str
    exceptions: list[str]


def charge_rows(work: Work, here: State, found: list[Charge], t: Translate) -> list[ChargeRow]:
    """Return charges as rows, in two queries however many there are."""
    money = ledger.figures(work, found)
    states, exceptions = charge_states(t), exception_texts(t)
    return [
        ChargeRow(
            url=url_for("moota_panel.charge", charge_id=charge.public_id),
            order_ref=charge.order_ref,
            payer=charge.customer_name or charge.customer_email or "",
            at_text=short_text(charge.created_at, here),
            account=charge.account.label,
            due=charge.amount_due,
            received=money[charge.id].received,
            state=states[charge.status],
            tone=charge_tone(charge.status),
            exceptions=[exceptions.get(each, each) for each in charge.exceptions],
        )
        for charge in found
    ]
