"""Charges found for the panel's list, newest first, page by page; see `finding` for how far one page looks."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, literal_column, or_, select
from sqlalchemy.orm import joinedload

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
    leading, rest = _conditions(wanted)
    if not rest:
        return _page(_read(work, _newest(select(Charge).where(*leading)).limit(PAGE + 1)))
    reached = select(Charge.id).where(*leading).order_by(Charge.id.desc())
    near = reached.limit(REACH).subquery()
    # Only ids are sorted among all that fits; whole charges are read for one page.
    fits = _newest(select(Charge.id).join(near, near.c.id == Charge.id).where(*rest)).limit(PAGE + 1)
    found = _page(_read(work, _newest(select(Charge).where(Charge.id.in_(fits)))))
    last = None if found.before else work.session.scalars(reached.offset(REACH - 1).limit(1)).first()
    return found if last is None else FoundCharges(rows=found.rows, before=last, broke_off=True)


def count_exceptions(work: Work) -> tuple[dict[str, int], bool]:
    """Return how many of the newest exceptional charges have each exception, and whether there are more of them."""
    query = select(Charge.exceptions).where(_EXCEPTIONAL).order_by(Charge.id.desc()).limit(MOST_COUNTED)
    found = list(work.session.scalars(query))
    return dict(Counter(each for exceptions in found for each in exceptions)), len(found) == MOST_COUNTED


def _conditions(wanted: WantedCharges) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """Return what an index answers, and the rest."""
    leading: list[ColumnElement[bool]] = []
    rest: list[ColumnElement[bool]] = []
    if wanted.amount is not None:
        leading.append(or_(Charge.amount_due == wanted.amount, Charge.amount_open == wanted.amount))
    if wanted.exception:
        (rest if leading else leading).append(_EXCEPTIONAL)
        if wanted.exception != "any":
            rest.append(cast(Charge.exceptions, Text).contains(f'"{wanted.exception}"'))
    if wanted.status is not None:
        (rest if leading else leading).append(Charge.status == wanted.status)
    if wanted.account_id is not None:
        rest.append(Charge.account_id == wanted.account_id)
    if wanted.text:
        rest.append(_has_text(wanted.text))
    if wanted.before is not None:
        leading.append(Charge.id < wanted.before)
    return leading, rest


def _has_text(text: str) -> ColumnElement[bool]:
    named = (Charge.order_ref, Charge.customer_name, Charge.customer_email, Charge.customer_phone, Charge.va_number)
    return or_(Charge.reference == text.upper(), *(column.icontains(text, autoescape=True) for column in named))


def _read(work: Work, query: Select[Any]) -> list[Charge]:
    return list(work.session.scalars(query.options(joinedload(Charge.account))))


def _newest(query: Select[Any]) -> Select[Any]:
    return query.order_by(Charge.id.desc())


def _page(rows: list[Charge]) -> FoundCharges:
    shown = rows[:PAGE]
    return FoundCharges(rows=shown, before=shown[-1].id if len(rows) > PAGE else None)
