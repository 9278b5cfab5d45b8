"""Money in: what nobody has decided yet, and every line of the bank statements with filters."""

from typing import Any, get_args

from flask import Response, request, url_for

from ...context import state, work_on_host_session
from ...models.bank import Direction, MutationStatus
from ..answers import answer, translator
from . import deciding, finding, one_mutation
from .filtering import Typed
from .finding import Found, Wanted
from .keyset import read_cursor
from .routes import Route
from .showing import account_labels, rows_of
from .suggesting import kept_hints, suggestions_of
from .words import mutation_states


def work_list() -> Response:
    """Show what nobody has decided, each with the orders it may be meant for."""
    direction: Direction = "debit" if request.args.get("direction") == "debit" else "credit"
    work, here, t = work_on_host_session("shop"), state(), translator()
    found = finding.open_ones(work, direction, read_cursor(request.args.get("after")))
    near = suggestions_of(work, kept_hints(found.rows), t)
    return answer(
        "moota/panel/mutations.html",
        rows=rows_of(work, here, found.rows, t, near),
        direction=direction,
        counts={each: finding.count_open(work, each) for each in get_args(Direction)},
        most=finding.MOST_COUNTED,
        next_url=_next("mutations", found, direction=direction if direction == "debit" else None),
        is_first=not request.args.get("after"),
    )


def all_mutations() -> Response:
    """Show every line of the statements, newest first, as far as the filters let it through."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    typed = Typed("status", "account", "direction", "since", "until", "amount", "text")
    wanted = Wanted(
        status=typed.one_of("status", get_args(MutationStatus)),
        account_id=typed.number("account"),
        direction=typed.one_of("direction", get_args(Direction)),
        since=typed.day("since", t),
        until=typed.day("until", t, days=1),
        amount=typed.rupiah("amount", t),
        text=typed["text"],
        after=read_cursor(request.args.get("after")),
    )
    found = finding.find(work, wanted)
    return answer(
        "moota/panel/all_mutations.html",
        rows=rows_of(work, here, found.rows, t),
        typed=typed,
        states=mutation_states(t),
        accounts=account_labels(work),
        next_url=_next("all_mutations", found, **typed.kept),
        looked_back_to=found.looked_back_to.astimezone(here.settings.zone).date() if found.looked_back_to else None,
        is_first=not request.args.get("after"),
    )


def _next(endpoint: str, found: Found, **kept: Any) -> str | None:
    return url_for(f"moota_panel.{endpoint}", **kept, after=str(found.after)) if found.after else None


ROUTES = (
    Route("/mutations", "mutations", work_list),
    Route("/mutations/all", "all_mutations", all_mutations),
    *one_mutation.ROUTES,
    *deciding.ROUTES,
)
