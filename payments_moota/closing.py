"""Closing a month: somebody signs off its figures, and from then on nothing in it is decided by hand.

What the bank tells late still comes in, since a line must never be lost; the month then says that it has changed.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from . import journal
from .errors import MonthMoved, PeriodClosed, RefusedError
from .models import Allocation, ClosedMonth, Event, Mutation, Refund
from .reconcile import reconcile
from .reconcile.loading import Period, hold_still
from .refund_steps import clean_text
from .rules.lateness import bank_day
from .rules.months import first_of, last_of, next_month, totals
from .work import Work

# So many rows may be written by transactions at one time.
_UNDER_WAY = 1000


def document_of(work: Work, month: date) -> dict[str, Any]:
    """Return what `reconcile` says of a month."""
    return reconcile(work, since=month, until=last_of(month))


def standing(work: Work, month: date) -> ClosedMonth | None:
    """Return the signature under a month, None while it is open."""
    query = select(ClosedMonth).where(ClosedMonth.month == first_of(month), ClosedMonth.reopened_at.is_(None))
    return work.session.scalars(query).one_or_none()


def history(work: Work, month: date) -> list[ClosedMonth]:
    """Return every time a month was closed, newest first, reopened ones included."""
    query = select(ClosedMonth).where(ClosedMonth.month == first_of(month))
    return list(work.session.scalars(query.order_by(ClosedMonth.id.desc())))


def is_over(work: Work, month: date) -> bool:
    """Tell whether the banks are past a month."""
    return bank_day(work.now()) >= next_month(month)


def has_changed(closed: ClosedMonth, document: dict[str, Any]) -> bool:
    """Tell whether a month's figures are not any more what was signed."""
    return bool(closed.figures != totals(document))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the books of a month said, and how many rows above the ids `since` were about it: more, and it has moved."""

    month: date
    document: dict[str, Any]
    since: tuple[int, int, int]
    count: int


def look(work: Work, month: date) -> Reading:
    """Read a month of the books, any."""
    month = first_of(month)
    hold_still(work.session)
    since = _newest(work)
    count = _count_since(work, month, since)
    return Reading(month, document_of(work, month), since, count)


def read(work: Work, month: date) -> Reading:
    """Read a month for signing it. It takes as long as the month is large, so do it before the transaction that signs.

    Raises RefusedError for a month that cannot be closed.
    """
    _require_closable(work, first_of(month))
    return look(work, month)


def renew(work: Work, reading: Reading) -> Reading | None:
    """Return a reading that is good from now on, None when something of its month has changed since it was made."""
    since = _newest(work)
    count = _count_since(work, reading.month, since)
    known = count if since == reading.since else _count_since(work, reading.month, reading.since)
    return replace(reading, since=since, count=count) if known == reading.count else None


def close(work: Work, reading: Reading, *, note: str | None) -> ClosedMonth:
    """Sign off a month that is over, as it was read. One that does not tie, or has open points, needs a note.

    Raises RefusedError; MonthMoved when something of the month has changed since it was read: read it again.
    """
    work.begin()
    month, document = reading.month, reading.document
    _require_closable(work, month)
    if _count_since(work, month, reading.since) != reading.count:
        raise MonthMoved(f"{month:%Y-%m} has changed while it was read: look at it again, then close it.")
    kept = clean_text(note or "")
    if kept is None and not (document["ties"] and not document["open"]):
        raise RefusedError(f"{month:%Y-%m} does not tie, or has open points: say why it is closed all the same.")
    closed = ClosedMonth(
        month=month,
        figures=totals(document),
        ties=document["ties"],
        note=kept or "",
        closed_at=work.now(),
        closed_by=work.actor,
    )
    work.session.add(closed)
    work.session.flush()
    journal.record(work, "month.closed", month=month.isoformat(), ties=closed.ties, note=closed.note)
    return closed


def _require_closable(work: Work, month: date) -> None:
    if not is_over(work, month):
        raise RefusedError(f"{month:%Y-%m} is not over yet.")
    if standing(work, month) is not None:
        raise RefusedError(f"{month:%Y-%m} is closed already.")


def _newest(work: Work) -> tuple[int, int, int]:
    """Return ids a little below the newest: rows of transactions that have not ended yet may still come in there."""
    ids = (select(func.max(each)).scalar_subquery() for each in (Mutation.id, Allocation.id, Event.id))
    mutation, allocation, event = ((newest or 0) - _UNDER_WAY for newest in work.session.execute(select(*ids)).one())
    return mutation, allocation, event


def _count_since(work: Work, month: date, since: tuple[int, int, int]) -> int:
    """Count what was written above these ids about the month's lines, or about an order that they paid.

    Whatever is decided is an event. Only the newest rows are looked at, so it is quick in any month.
    """
    mutation, allocation, event = since
    period = Period(None, month, last_of(month))
    in_month = select(Mutation.id).where(*period.of_mutations)
    paid = (
        select(Allocation.charge_id).join(Mutation, Mutation.id == Allocation.mutation_id).where(*period.of_mutations)
    )
    refunded = select(Refund.charge_id).where(Refund.id == Event.refund_id).correlate(Event).scalar_subquery()
    is_about = or_(
        _one_of(Event.mutation_id, in_month, Mutation.id),
        _one_of(func.coalesce(Event.charge_id, refunded), paid, Allocation.charge_id),
    )
    spent = _one_of(Allocation.mutation_id, in_month, Mutation.id)
    queries = (
        in_month.where(Mutation.id > mutation),
        select(Allocation.id).where(Allocation.id > allocation, spent),
        select(Event.id).where(Event.id > event, is_about),
    )
    counts = (select(func.count()).select_from(query.subquery()).scalar_subquery() for query in queries)
    return sum(work.session.execute(select(*counts)).one())


def _one_of(row_id: Any, query: Select[Any], found: Any) -> ColumnElement[bool]:
    """Match what the query finds, looked up row by row: there are few to look up, and many that would be found.

    As a value and not as EXISTS, for which PostgreSQL would rather read all that would be found.
    """
    return query.where(found == row_id).limit(1).scalar_subquery().is_not(None)


def reopen(work: Work, month: date, *, reason: str) -> None:
    """Take a signature back, so that something can be put right. Raises RefusedError."""
    work.begin()
    closed = standing(work, month)
    because = clean_text(reason)
    if closed is None:
        raise RefusedError(f"{first_of(month):%Y-%m} is not closed.")
    if because is None:
        raise RefusedError("Say why the month is opened again.")
    closed.reopened_at = work.now()
    closed.reopened_by = work.actor
    closed.reopened_because = because
    work.session.flush()
    journal.record(work, "month.reopened", month=closed.month.isoformat(), reason=because)


def require_open(work: Work, mutation: Mutation) -> None:
    """Make sure that a mutation lies in no month that is closed. Raises PeriodClosed."""
    month = first_of(bank_day(mutation.occurred_at))
    if standing(work, month) is not None:
        raise PeriodClosed(f"{month:%Y-%m} is closed; open it again first.")
