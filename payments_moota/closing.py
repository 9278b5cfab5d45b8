"""Closing a month: somebody signs off its figures, and from then on nothing in it is decided by hand.

What the bank tells late still comes in, since a line must never be lost; the month then says that it has changed.
"""

from datetime import date
from typing import Any

from sqlalchemy import select

from . import journal
from .errors import PeriodClosed, RefusedError
from .models import ClosedMonth, Mutation
from .reconcile import reconcile
from .refund_steps import clean_text
from .rules.lateness import bank_day
from .rules.months import first_of, last_of, next_month, totals
from .work import Work


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


def close(work: Work, month: date, *, note: str | None) -> ClosedMonth:
    """Sign off a month that is over. One that does not tie, or has open points, needs a note that explains it.

    Raises RefusedError.
    """
    work.begin()
    month = first_of(month)
    if not is_over(work, month):
        raise RefusedError(f"{month:%Y-%m} is not over yet.")
    if standing(work, month) is not None:
        raise RefusedError(f"{month:%Y-%m} is closed already.")
    document = document_of(work, month)
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
