"""When something is due in bank days: Saturdays, Sundays and holidays do not count."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SATURDAY = 5
_END_OF_WORK = time(17)


def is_workday(day: date, holidays: Collection[date]) -> bool:
    """Tell whether banks work on a day."""
    return day.weekday() < _SATURDAY and day not in holidays


def add_workdays(start: date, days: int, holidays: Collection[date]) -> date:
    """Return the workday that lies `days` workdays after `start`; for 0, the first workday from `start` on.

    Raises ValueError for a negative number of days.
    """
    if days < 0:
        raise ValueError(f"{days} workdays lie in the past")
    day = start if days else start - timedelta(days=1)
    for _ in range(days or 1):
        day = _next_workday(day, holidays)
    return day


def due_at(now: datetime, days: int, holidays: Collection[date], zone: tzinfo) -> datetime:
    """Return the end of the workday (17.00 in `zone`) that lies `days` workdays after today there, in UTC.

    Never in the past: with 0 days, after 17.00, it is the next workday's. Raises ValueError for a negative number of
    days, or a `now` without a time zone.
    """
    if now.tzinfo is None:
        raise ValueError(f"{now!r} has no time zone.")
    due = _end_of(add_workdays(now.astimezone(zone).date(), days, holidays), zone)
    return due if due > now else _end_of(add_workdays(due.astimezone(zone).date(), 1, holidays), zone)


def _next_workday(day: date, holidays: Collection[date]) -> date:
    day += timedelta(days=1)
    while not is_workday(day, holidays):
        day += timedelta(days=1)
    return day


def _end_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, _END_OF_WORK, zone).astimezone(UTC)
