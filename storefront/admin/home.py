"""What the panel's first page tells: what waits in the shop, and what was sold and paid day by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from storefront.catalog.models import Product, Variant
from storefront.catalog.rules import LOW_STOCK
from storefront.feedback.models import Feedback, Message
from storefront.orders.models import TO_SHIP, Order

SPAN = 30
# Nobody compares larger numbers; a count ends here.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, at most MOST, and since when the oldest does."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheShop:
    """What waits for somebody in the shop itself."""

    to_ship: Waiting
    unpaid: Waiting
    attention: Waiting
    feedback: Waiting
    messages: Waiting
    low_stock: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day in the shop's zone: orders placed, orders paid and what they brought, in rupiah."""

    day: date
    placed: int
    paid: int
    revenue: int


@dataclass(frozen=True, slots=True)
class Total:
    """A few days together."""

    days: int
    placed: int
    paid: int
    revenue: int


def waiting(session: Session) -> InTheShop:
    """Count what waits, with the age of the oldest."""
    return InTheShop(
        to_ship=_waiting(session, select(Order.paid_at).where(TO_SHIP)),
        unpaid=_waiting(
            session, select(Order.created_at).where(Order.payment_status == "unpaid", Order.order_status == "open")
        ),
        attention=_waiting(session, select(Order.created_at).where(Order.attention.is_not(None))),
        feedback=_waiting(session, select(Feedback.created_at).where(Feedback.status == "waiting")),
        messages=_waiting(session, select(Message.created_at).where(Message.done_at.is_(None))),
        low_stock=session.execute(_low_stock()).scalar_one(),
    )


def days(session: Session, zone: str, now: datetime) -> list[Day]:
    """Return the last days up to today, oldest first, those without an order among them."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    every = [today - timedelta(days=back) for back in reversed(range(SPAN))]
    begins = [datetime.combine(day, time(), place) for day in (*every, today + timedelta(days=1))]
    placed = _by_day(session, Order.created_at, begins)
    paid = _by_day(session, Order.paid_at, begins, Order.order_status == "open")
    return [Day(day, placed[at][0], *paid[at]) for at, day in enumerate(every)]


def totals(every: Sequence[Day], spans: Iterable[int] = (1, 7, SPAN)) -> list[Total]:
    """Return what the last days brought together, for each span."""
    return [
        Total(span, sum(d.placed for d in part), sum(d.paid for d in part), sum(d.revenue for d in part))
        for span in spans
        if (part := every[-span:])
    ]


def _by_day(
    session: Session, moment: Any, begins: Sequence[datetime], *conditions: ColumnElement[bool]
) -> dict[int, tuple[int, int]]:
    """Return the number of orders and what they cost together, day by day; each day is a range of the index."""
    queries = [
        select(literal(place), func.count(), func.coalesce(func.sum(Order.total), 0)).where(
            moment >= begin, moment < end, *conditions
        )
        for place, (begin, end) in enumerate(pairwise(begins))
    ]
    return {place: (int(count), int(total)) for place, count, total in session.execute(union_all(*queries))}


def _waiting(session: Session, moments: Select[Any]) -> Waiting:
    """Return how many there are, at most MOST, and the oldest of these."""
    some = moments.limit(MOST).subquery()
    count, since = session.execute(select(func.count(), func.min(some.c[0])).select_from(some)).one()
    return Waiting(count, since)


def _low_stock() -> Select[int]:
    query = select(func.count()).select_from(Variant).join(Product, Product.id == Variant.product_id)
    return query.where(Variant.active, Product.active, Variant.stock <= LOW_STOCK)
