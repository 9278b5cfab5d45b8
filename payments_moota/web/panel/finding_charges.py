"""Charges found for the panel's list, newest first, page by page; see `finding` for how far one page looks."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, literal_column, or_, select
from sqlalchemy.orm import aliased, joinedload

from ...models import Charge
from ...models.charges import ChargeStatus
from ...work import Work
from .finding import MOST_COUNTED, PAGE, REACH

# In the very words of the partial index, or SQLite would not use it.
_EXCEPTIONAL: ColumnElement[bool] = literal_column("moota_charge.is_exceptional")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCharges:
    """Which charges are looked for; None and empty stand for all. `before` is the id below which the page begins.

    `exception` is one of the exceptions, or `any`; `amount` in rupiah is what the order costs or what is due.
    """

    status: ChargeStatus | None = None
    exception: str | None = None
    account_id: int | None = None
    amount: int | None = None
    text: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCharges:
    """One page, newest first; where the next one begins; whether the search broke off before it had a full page."""

    rows: list[Charge]
    before: int | None = None
    broke_off: bool = False


def find_charges(work: Work, wanted: WantedCharges) -> FoundCharges:
    """Return one page of charges."""
    reached = _newest(select(Charge).where(*_leading(wanted)))
    # Weeded out of what was reached, not joined with it: PostgreSQL would weed the whole table first.
    near = aliased(Charge, reached.limit(REACH).subquery())
    rest = _weeding(wanted, near)
    if not rest:
        return _page(_read(work, reached.limit(PAGE + 1)))
    # Only ids are sorted among all that fits; whole charges are read for one page.
    fits = select(near.id).where(*rest).order_by(near.id.desc()).limit(PAGE + 1)
    found = _page(_read(work, _newest(select(Charge).where(Charge.id.in_(fits)))))
    end = reached.with_only_columns(Charge.id).offset(REACH - 1).limit(1)
    last = None if found.before else work.session.scalars(end).first()
    return found if last is None else FoundCharges(rows=found.rows, before=last, broke_off=True)


def count_exceptions(work: Work) -> tuple[dict[str, int], bool]:
    """Return how many of the newest exceptional charges have each exception, and whether there are more of them."""
    query = select(Charge.exceptions).where(_EXCEPTIONAL).order_by(Charge.id.desc()).limit(MOST_COUNTED)
    found = list(work.session.scalars(query))
    return dict(Counter(each for exceptions in found for each in exceptions)), len(found) == MOST_COUNTED


def _leading(wanted: WantedCharges) -> list[ColumnElement[bool]]:
    """Return what an index answers: the amount, else that something is exceptional, else the status."""
    before = [Charge.id < wanted.before] if wanted.before is not None else []
    if wanted.amount is not None:
        return [or_(Charge.amount_due == wanted.amount, Charge.amount_open == wanted.amount), *before]
    if wanted.exception:
        return [_EXCEPTIONAL, *before]
    return [Charge.status == wanted.status, *before] if wanted.status is not None else before


def _weeding(wanted: WantedCharges, charge: type[Charge]) -> list[ColumnElement[bool]]:
    """Return the rest, to be asked of the charges that were reached."""
    rest: list[ColumnElement[bool]] = []
    if wanted.exception and wanted.amount is not None:
        rest.append(charge.is_exceptional.is_(True))
    if wanted.exception and wanted.exception != "any":
        rest.append(cast(charge.exceptions, Text).contains(f'"{wanted.exception}"'))
    if wanted.status is not None and (wanted.amount is not None or wanted.exception):
        rest.append(charge.status == wanted.status)
    if wanted.account_id is not None:
        rest.append(charge.account_id == wanted.account_id)
    if wanted.text:
        rest.append(_has_text(charge, wanted.text))
    return rest


def _has_text(charge: type[Charge], text: str) -> ColumnElement[bool]:
    named = (charge.order_ref, charge.customer_name, charge.customer_email, charge.customer_phone, charge.va_number)
    return or_(charge.reference == text.upper(), *(column.icontains(text, autoescape=True) for column in named))


def _read(work: Work, query: Select[Any]) -> list[Charge]:
    return list(work.session.scalars(query.options(joinedload(Charge.account))))


def _newest(query: Select[Any]) -> Select[Any]:
    return query.order_by(Charge.id.desc())


def _page(rows: list[Charge]) -> FoundCharges:
    shown = rows[:PAGE]
    return FoundCharges(rows=shown, before=shown[-1].id if len(rows) > PAGE else None)
