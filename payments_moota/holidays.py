"""Days on which banks do not work: the known ones, and the owner's own table over them. Due dates follow it at once.

A due date that has been given stays: somebody was told it.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from . import journal
from . import refund_steps as steps
from .errors import RefusedError
from .models import Holiday
from .rules.holidays import HOLIDAYS
from .work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDay:
    """What is known of a day: a holiday by its name, or without one a day on which banks work after all.

    `is_own`: the owner said so. `is_estimate`: no decree has been compared with it.
    """

    day: date
    name: str
    is_own: bool
    is_estimate: bool = False


def list_days(work: Work, *, since: date | None = None) -> list[KnownDay]:
    """Return what is known of days from `since` on (default: today), in order."""
    begin = since or work.now().astimezone(work.settings.zone).date()
    known = {
        each.day: KnownDay(day=each.day, name=each.name, is_own=False, is_estimate=each.is_estimate)
        for each in HOLIDAYS
    }
    for own in work.session.scalars(select(Holiday)):
        known[own.day] = KnownDay(day=own.day, name=own.name, is_own=True)
    return sorted((each for each in known.values() if each.day >= begin), key=lambda each: each.day)


def add_holiday(work: Work, day: date, name: str) -> Holiday:
    """Say that banks do not work on a day, or give it another name. Raises RefusedError without a name."""
    text = steps.clean_text(name)
    if text is None:
        raise RefusedError("Give the holiday a name.")
    return _write(work, day, text)


def add_workday(work: Work, day: date) -> Holiday:
    """Say that banks work on a day that is known as a holiday. Raises RefusedError for any other day."""
    if all(each.day != day for each in HOLIDAYS):
        raise RefusedError(f"{day} is not one of the known holidays; take back a day of your own with `forget`.")
    return _write(work, day, "")


def forget(work: Work, day: date) -> None:
    """Take back what the owner said of a day; what is known of it counts again. Raises RefusedError."""
    work.begin()
    own = work.session.get(Holiday, day)
    if own is None:
        raise RefusedError(f"You have said nothing of {day}; see `flask moota holidays list`.")
    work.session.delete(own)
    work.session.flush()
    journal.record(work, "holiday.forgotten", day=day.isoformat(), before=own.name)


def _write(work: Work, day: date, name: str) -> Holiday:
    work.begin()
    own = work.session.get(Holiday, day)
    before = own.name if own else None
    if own is None:
        own = Holiday(day=day, name=name)
        work.session.add(own)
    own.name = name
    work.session.flush()
    journal.record(work, "holiday.written", day=day.isoformat(), called=name, before=before)
    return own
