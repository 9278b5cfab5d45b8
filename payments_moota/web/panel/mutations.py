"""Money in: what nobody has decided yet, and every line of the bank statements with filters."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, get_args

from flask import Response, request, url_for

from ...context import state, work_on_host_session
from ...models.bank import Direction, MutationStatus
from ...rules.money import read_typed
from ..answers import answer, translator
from ..words import Translate
from . import deciding, finding, one_mutation
from .finding import Found, Wanted
from .keyset import read_cursor
from .routes import Route
from .showing import account_labels, rows_of
from .suggesting import kept_hints, suggestions_of
from .words import mutation_states

_LONGEST_SEARCH = 100
# Beyond these nothing can be found, and databases would refuse the figures.
_MOST_DIGITS = 9
_TOO_MUCH = 10**13
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters as they were typed, and a sentence for each that could not be understood, by its name."""

    typed: dict[str, str]
    problems: dict[str, str]
    wanted: Wanted

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is left out."""
        return any(self.typed.values())


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
    filters = read_filters(t)
    found = finding.find(work, filters.wanted)
    kept = {name: value for name, value in filters.typed.items() if value}
    return answer(
        "moota/panel/all_mutations.html",
        rows=rows_of(work, here, found.rows, t),
        filters=filters,
        states=mutation_states(t),
        accounts=account_labels(work),
        next_url=_next("all_mutations", found, **kept),
        looked_back_to=found.looked_back_to.astimezone(here.settings.zone).date() if found.looked_back_to else None,
        is_first=not request.args.get("after"),
    )


def read_filters(t: Translate) -> Filters:
    """Return the filters in the address; what makes no sense is left out and said."""
    names = ("status", "account", "direction", "since", "until", "amount", "text")
    typed = {name: " ".join(request.args.get(name, "").split())[:_LONGEST_SEARCH] for name in names}
    problems: dict[str, str] = {}
    wanted = Wanted(
        status=_one_of(get_args(MutationStatus), typed["status"]),
        account_id=_number(typed["account"]),
        direction=_one_of(get_args(Direction), typed["direction"]),
        since=_day(typed, "since", problems, t),
        until=_day(typed, "until", problems, t, days=1),
        amount=_amount(typed["amount"], problems, t),
        text=typed["text"],
        after=read_cursor(request.args.get("after")),
    )
    return Filters(typed, problems, wanted)


def _one_of(choices: tuple[Any, ...], value: str) -> Any:
    return value if value in choices else None


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS else None


def _day(typed: dict[str, str], name: str, problems: dict[str, str], t: Translate, *, days: int = 0) -> datetime | None:
    """Return the beginning of a day in the shop's zone, or of one `days` later."""
    if not typed[name]:
        return None
    try:
        day = date.fromisoformat(typed[name])
    except ValueError:
        day = date.min
    if not _FIRST_DAY <= day <= _LAST_DAY:
        problems[name] = t("Tulis tanggal seperti 2026-11-24.")
        return None
    return datetime.combine(day + timedelta(days=days), time.min, state().settings.zone)


def _amount(typed: str, problems: dict[str, str], t: Translate) -> int | None:
    if not typed:
        return None
    try:
        amount = read_typed(typed)
    except ValueError:
        amount = 0
    if 0 < amount < _TOO_MUCH:
        return amount
    problems["amount"] = t("Tulis jumlahnya dengan angka, misalnya 50.000.")
    return None


def _next(endpoint: str, found: Found, **kept: Any) -> str | None:
    return url_for(f"moota_panel.{endpoint}", **kept, after=str(found.after)) if found.after else None


ROUTES = (
    Route("/mutations", "mutations", work_list),
    Route("/mutations/all", "all_mutations", all_mutations),
    *one_mutation.ROUTES,
    *deciding.ROUTES,
)
