"""The charges: what orders ask for, by state and by what is out of the ordinary with their money."""

from typing import Any, get_args

from flask import Response, request, url_for

from ...context import state, work_on_host_session
from ...models.charges import ChargeStatus
from ..answers import answer, translator
from . import changing, one_charge
from .charge_rows import charge_rows
from .filtering import Typed, row_number
from .finding_charges import WantedCharges, count_exceptions, find_charges
from .routes import Route
from .showing import account_labels
from .words import charge_states, exception_texts


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


ROUTES = (Route("/charges", "charges", charges), *one_charge.ROUTES, *changing.ROUTES)
