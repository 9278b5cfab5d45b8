"""What moment a bank means, and whether a payment came in time.

The bank's date decides, never the arrival of the webhook: Moota looks at an account about every 15 minutes, so a
transfer made in time is often seen after the deadline.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Moota writes its times without a zone and means this one, whatever zone the shop shows.
BANK_ZONE = ZoneInfo("Asia/Jakarta")

_SPELLING = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class BankTime:
    """A moment on a bank statement, in UTC. With `day_only` the bank told the day, and `at` is where it begins."""

    at: datetime
    day_only: bool

    def __post_init__(self) -> None:
        _require_aware(self.at)


def parse_bank_time(text: str) -> BankTime:
    """Read a statement's date: "2026-11-24 10:05:11" or "2026-11-24" in Jakarta's time, or ISO 8601 with its own zone.

    Exactly 00:00:00 is how a day without a time arrives, also when the zone is written. Raises ValueError.
    """
    if not _SPELLING.fullmatch(text.strip()):
        raise ValueError(f"{text[:_SHOWN]!r} is no date of a bank statement.")
    try:
        written = datetime.fromisoformat(text.strip())
        local = written.astimezone(BANK_ZONE) if written.tzinfo else written.replace(tzinfo=BANK_ZONE)
        at = local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:_SHOWN]!r} is no date that exists.") from error
    return BankTime(at=at, day_only=time.min in {written.time(), local.time()})


def is_late(paid: BankTime, deadline: datetime, *, tolerance: timedelta = timedelta()) -> bool:
    """Tell whether a payment came after the deadline; the deadline itself is still in time.

    A day without a time counts as a whole: it is late only when it lies after the deadline's day in Jakarta.
    `tolerance` is how far the bank's clock may run ahead. Raises ValueError for a deadline without a time zone.
    """
    last = _require_aware(deadline) + tolerance
    if paid.day_only:
        return bank_day(paid.at) > bank_day(last)
    return paid.at > last


def is_before_order(paid: BankTime, opened_at: datetime) -> bool:
    """Tell whether money was booked too early to be meant for what was opened at `opened_at`.

    The day before still counts: a bank may date a transfer back. Raises ValueError without a time zone.
    """
    return bank_day(paid.at) < bank_day(opened_at) - timedelta(days=1)


def bank_day(moment: datetime) -> date:
    """Return the day it is in Jakarta, the day a bank writes. Raises ValueError without a time zone."""
    return _require_aware(moment).astimezone(BANK_ZONE).date()


def _require_aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone.")
    return moment
