"""The charges: what orders ask for, by state and by what is out of the ordinary with their money."""

from dataclasses import dataclass
from typing import Any, get_args

from flask import Response, request, url_for

from ... import ledger
from ...context import State, state, work_on_host_session
from ...models import Charge
from ...models.charges import ChargeStatus
from ...work import Work
from ..answers import answer, translator
from ..words import Translate, moment_text
from . import changing, one_charge
from .filtering import Typed, row_number
from .finding_charges import WantedCharges, count_exceptions, find_charges
from .routes import Route
from .showing import account_labels
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


def charges() -> Response:
    """Show the charges, newest first, as far as the filters let them through."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    typed = Typed("status", "exception", "account", "amount", "text")
    exceptions = exception_texts(t)
    wanted = WantedCharges(
        status=typed.one_of("status", get_args(ChargeStatus)),
        exception=typed.one_of("exception", ("any", *exceptions)),
        account_id=typed.number("account"),
        amount=typed.rupiah("amount", t),
        text=typed["text"],
        before=row_number(request.args.get("after")),
    )
    found = find_charges(work, wanted)
    counts, has_more = count_exceptions(work)
    return answer(
        "moota/panel/charges.html",
        rows=charge_rows(work, here, found.rows, t),
        typed=typed,
        states=charge_states(t),
        exceptions=exceptions,
        counts=counts,
        has_more=has_more,
        accounts=account_labels(work),
        next_url=_next(typed, found.before),
        is_first=not request.args.get("after"),
        broke_off=found.broke_off,
    )


def _next(typed: Typed, before: int | None) -> str | None:
    kept: dict[str, Any] = {**typed.kept, "after": before}
    return url_for("moota_panel.charges", **kept) if before else None


def charge_rows(work: Work, here: State, found: list[Charge], t: Translate) -> list[ChargeRow]:
    """Return charges as rows, in two queries however many there are."""
    money = ledger.figures(work, found)
    states, exceptions = charge_states(t), exception_texts(t)
    return [
        ChargeRow(
            url=url_for("moota_panel.charge", charge_id=charge.public_id),
            order_ref=charge.order_ref,
            payer=charge.customer_name or charge.customer_email or "",
            at_text=moment_text(charge.created_at, here),
            account=charge.account.label,
            due=charge.amount_due,
            received=money[charge.id].received,
            state=states[charge.status],
            tone=charge_tone(charge.status),
            exceptions=[exceptions.get(each, each) for each in charge.exceptions],
        )
        for charge in found
    ]


ROUTES = (Route("/charges", "charges", charges), *one_charge.ROUTES, *changing.ROUTES)
