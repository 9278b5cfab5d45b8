"""What the panel's first page tells: what waits in the shop, and what was sold and paid day by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from storefront.catalog.models import Product, Variant
from storefront.catalog.rules import LOW_STOCK
from storefront.feedback.models import Feedback, Message
from storefront.orders.models import Order
from storefront.orders.rules import SHIPPABLE

SPAN = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the oldest does."""

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
    here = (Order.order_status == "open", Order.hold_status == "none", Order.payment_status.in_(SHIPPABLE))
    return InTheShop(
        to_ship=_count(session, Order.paid_at, *here, Order.shipment_status.in_(("none", "processing"))),
        unpaid=_count(session, Order.created_at, Order.payment_status == "unpaid", Order.order_status == "open"),
        attention=_count(session, Order.created_at, Order.attention.is_not(None)),
        feedback=_count(session, Feedback.created_at, Feedback.status == "waiting"),
        messages=_count(session, Message.created_at, Message.done_at.is_(None)),
        low_stock=session.execute(_low_stock()).scalar_one(),
    )


def days(session: Session, zone: str, now: datetime) -> list[Day]:
    """Return the last days up to today, oldest first, those without an order among them."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    every = [today - timedelta(days=back) for back in reversed(range(SPAN))]
    since = datetime.combine(every[0], time(), place)
    placed = _by_day(session.scalars(select(Order.created_at).where(Order.created_at >= since)), place)
    paid_at = select(Order.paid_at, Order.total).where(Order.paid_at >= since, Order.order_status == "open")
    paid: dict[date, int] = {}
    revenue: dict[date, int] = {}
    for moment, total in session.execute(paid_at):
        if moment is None:
            continue
        day = _day(moment, place)
        paid[day] = paid.get(day, 0) + 1
        revenue[day] = revenue.get(day, 0) + total
    return [Day(day, placed.get(day, 0), paid.get(day, 0), revenue.get(day, 0)) for day in every]


def totals(every: Sequence[Day], spans: Iterable[int] = (1, 7, SPAN)) -> list[Total]:
    """Return what the last days brought together, for each span."""
    return [
        Total(span, sum(d.placed for d in part), sum(d.paid for d in part), sum(d.revenue for d in part))
        for span in spans
        if (part := every[-span:])
    ]


def _day(moment: datetime, place: ZoneInfo) -> date:
    return moment.astimezone(place).date()


def _by_day(moments: Iterable[datetime], place: ZoneInfo) -> dict[date, int]:
    found: dict[date, int] = {}
    for moment in moments:
        day = _day(moment, place)
        found[day] = found.get(day, 0) + 1
    return found


def _count(session: Session, moment: Any, *conditions: ColumnElement[bool]) -> Waiting:
    count, since = session.execute(select(func.count(), func.min(moment)).where(*conditions)).one()
    return Waiting(count, since)


def _low_stock() -> Select[int]:
    query = select(func.count()).select_from(Variant).join(Product, Product.id == Variant.product_id)
    return query.where(Variant.active, Product.active, Variant.stock <= LOW_STOCK)
