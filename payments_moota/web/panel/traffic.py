"""How many webhooks came day by day, what became of them, and how long they waited."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, cast, func, select

from ...models import Delivery, Refusal
from ...work import Work

DAYS = 14


@dataclass(slots=True)
class Day:
    """One day in the shop's zone: requests by what became of them, and seconds from arrival to the last decision."""

    day: date
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refused: int = 0
    waited: float = 0.0
    longest: float = 0.0

    @property
    def total(self) -> int:
        """Return how many were taken."""
        return sum(self.counts.values())

    @property
    def average(self) -> float:
        """Return how many seconds one waited on average."""
        return self.waited / self.counts["processed"] if self.counts["processed"] else 0.0


def days(work: Work) -> list[Day]:
    """Return the last days, the oldest first; those without a request too."""
    zone = work.settings.zone
    today = work.now().astimezone(zone).date()
    found = {today - timedelta(days=back): Day(today - timedelta(days=back)) for back in range(DAYS)}
    begin = datetime.combine(min(found), datetime.min.time(), zone)
    for hour, status, count, waited, longest in work.session.execute(_by_hour(work, begin)):
        day = found.get(_moment(hour).astimezone(zone).date())
        if day is not None:
            day.counts[status] += count
            if status == "processed":
                day.waited += float(waited or 0)
                day.longest = max(day.longest, float(longest or 0))
    refused = select(Refusal.day, func.sum(Refusal.count)).where(Refusal.day >= min(found)).group_by(Refusal.day)
    for refused_on, count in work.session.execute(refused):
        if refused_on in found:
            found[refused_on].refused = int(count)
    return [found[day] for day in sorted(found)]


def _by_hour(work: Work, begin: datetime) -> Any:
    """Count by the hour in UTC: whole hours fall into one day of every zone there is in Indonesia."""
    is_sqlite = work.session.get_bind().dialect.name == "sqlite"
    hour: ColumnElement[Any] = (
        func.strftime("%Y-%m-%d %H", Delivery.received_at)
        if is_sqlite
        else func.to_char(func.timezone("UTC", Delivery.received_at), "YYYY-MM-DD HH24")
    )
    waited = (
        (func.julianday(Delivery.processed_at) - func.julianday(Delivery.received_at)) * 86_400.0
        if is_sqlite
        else cast(func.extract("epoch", Delivery.processed_at - Delivery.received_at), Float)
    )
    return (
        select(hour, Delivery.status, func.count(), func.sum(waited), func.max(waited))
        .where(Delivery.received_at >= begin)
        .group_by(hour, Delivery.status)
    )


def _moment(hour: str) -> datetime:
    return datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC)
