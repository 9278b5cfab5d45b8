"""Mutations found for the panel's lists: page by page, each query along one index, however many lines there are.

What no index answers (a text, or a second filter) is looked for among the next `REACH` lines of the index that leads;
when these hold less than a page, the next page begins where they end. So a search for a rare word asks for one more
click now and then, and never for the whole table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select, union_all
from sqlalchemy.orm import aliased

from ...models import Allocation, Charge, Mutation, Refund
from ...models.bank import Direction, MutationStatus
from ...work import Work
from .keyset import Cursor

PAGE = 50
REACH = 20_000
# Counting goes no further: more than this is "many".
MOST_COUNTED = 1000

# In the very words of the partial index, or SQLite would not use it.
_OPEN: ColumnElement[bool] = literal_column("moota_mutation.status IN ('unmatched', 'review')")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which mutations are looked for; None and empty stand for all. `amount` in rupiah, `until` is not included."""

    status: MutationStatus | None = None
    account_id: int | None = None
    direction: Direction | None = None
    since: datetime | None = None
    until: datetime | None = None
    amount: int | None = None
    text: str = ""
    after: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page, newest first, and where the next one begins.

    `looked_back_to`: the search went back this far, and there is more beyond.
    """

    rows: list[Mutation]
    after: Cursor | None = None
    looked_back_to: datetime | None = None


def find(work: Work, wanted: Wanted) -> Found:
    """Return one page of mutations."""
    named = _named(work, wanted.text) if wanted.text and wanted.after is None else []
    if named:
        return Found(rows=named)
    reached = _newest(select(Mutation).where(*_leading(wanted)))
    # Weeded out of what was reached, not joined with it: PostgreSQL would weed the whole table first.
    near = aliased(Mutation, reached.limit(REACH).subquery())
    rest = _weeding(wanted, near)
    if not rest:
        return _page(list(work.session.scalars(reached.limit(PAGE + 1))))
    # Only ids are sorted among all that fits; whole lines are read for one page.
    fits = select(near.id).where(*rest).order_by(near.occurred_at.desc(), near.id.desc()).limit(PAGE + 1)
    found = _page(list(work.session.scalars(_newest(select(Mutation).where(Mutation.id.in_(fits))))))
    if found.after is not None:
        return found
    end = reached.with_only_columns(Mutation.id, Mutation.occurred_at).offset(REACH - 1).limit(1)
    last = work.session.execute(end).first()
    if last is None:
        return found
    return Found(rows=found.rows, after=Cursor(last.occurred_at, last.id), looked_back_to=last.occurred_at)


def open_ones(work: Work, direction: Direction, after: Cursor | None) -> Found:
    """Return one page of what nobody has decided, newest first."""
    query = select(Mutation).where(_OPEN, Mutation.direction == direction, *_beyond(after))
    return _page(list(work.session.scalars(_newest(query).limit(PAGE + 1))))


def count_open(work: Work, direction: Direction) -> int:
    """Return how many lines nobody has decided, at most MOST_COUNTED."""
    some = select(Mutation.id).where(_OPEN, Mutation.direction == direction).limit(MOST_COUNTED).subquery()
    return int(work.session.execute(select(func.count()).select_from(some)).scalar_one())


def _named(work: Work, text: str) -> list[Mutation]:
    """Return the lines that a text names: by Moota's id, by the order they pay, or by the refund's ticket."""
    exactly = select(Mutation).where(Mutation.mutation_id == text)
    found = list(work.session.scalars(exactly))
    if found:
        return found
    spent = select(Allocation.mutation_id)
    paid = spent.join(Charge, Charge.id == Allocation.charge_id).where(Charge.order_ref == text)
    refunded = spent.join(Refund, Refund.id == Allocation.refund_id).where(Refund.ticket == text.upper())
    named = Mutation.id.in_(union_all(paid, refunded))
    return list(work.session.scalars(_newest(select(Mutation).where(named)).limit(PAGE)))


def _filters(wanted: Wanted) -> dict[str, object]:
    """Return which columns have to hold what, the one that leads to the fewest lines first."""
    asked = {
        "amount_hundredths": None if wanted.amount is None else wanted.amount * 100,
        "account_id": wanted.account_id,
        "status": wanted.status,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _leading(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what an index answers."""
    leading = [getattr(Mutation, name) == value for name, value in list(_filters(wanted).items())[:1]]
    if wanted.since is not None:
        leading.append(Mutation.occurred_at >= wanted.since)
    if wanted.until is not None:
        leading.append(Mutation.occurred_at < wanted.until)
    return [*leading, *_beyond(wanted.after)]


def _weeding(wanted: Wanted, line: type[Mutation]) -> list[ColumnElement[bool]]:
    """Return the rest, to be asked of the lines that were reached."""
    rest = [getattr(line, name) == value for name, value in list(_filters(wanted).items())[1:]]
    if wanted.direction is not None:
        rest.append(line.direction == wanted.direction)
    if wanted.text:
        contains = (column.icontains(wanted.text, autoescape=True) for column in (line.description, line.note))
        rest.append(or_(*contains))
    return rest


def _beyond(after: Cursor | None) -> Sequence[ColumnElement[bool]]:
    if after is None:
        return ()
    # In this form the first half bounds the index, and the second only weeds out within one moment.
    return (Mutation.occurred_at <= after.at, or_(Mutation.occurred_at < after.at, Mutation.id < after.id))


def _newest(query: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    return query.order_by(Mutation.occurred_at.desc(), Mutation.id.desc())


def _page(rows: list[Mutation]) -> Found:
    if len(rows) <= PAGE:
        return Found(rows=rows)
    shown = rows[:PAGE]
    return Found(rows=shown, after=Cursor(shown[-1].occurred_at, shown[-1].id))
