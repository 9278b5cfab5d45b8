"""Finding orders for the panel: by what people say, in pages that begin at an order and never count all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from storefront.orders.models import TO_SHIP, Order
from storefront.searching import REACH
from storefront.texts import _l

from .order_text import matching

PAGE_SIZE = 25
# A number above is shown as "more than": what waits is counted, never everything there ever was.
MOST_COUNTED = 999
_EXPORT_BATCH = 500
# Orders are numbered in the order of their moments but for those written at the same time.
_AT_ONCE = 50
_BEHIND_ALL = 2**53

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """Orders that wait for the same thing."""

    label: object
    conditions: Conditions
    is_alarming: bool = False


QUEUES: Mapping[str, Queue] = {
    "to_ship": Queue(_l("Perlu dikirim"), (TO_SHIP,)),
    "unpaid": Queue(_l("Menunggu pembayaran"), (Order.payment_status == "unpaid",)),
    "attention": Queue(_l("Perlu perhatian"), (Order.attention.is_not(None),), is_alarming=True),
    "ready": Queue(_l("Menunggu diambil"), (Order.shipment_status == "shipped", Order.delivery_kind == "pickup")),
    "travelling": Queue(_l("Sedang di jalan"), (Order.shipment_status == "shipped", Order.delivery_kind == "courier")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which orders are looked for; None and empty stand for all. Moments are aware."""

    text: str = ""
    queue: str | None = None
    payment: str | None = None
    shipment: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of orders, newest first; `older` and `newer` are where its neighbours begin, or None.

    `broke_off`: so many orders match the text that not all were looked at, and the page is not full yet.
    """

    orders: list[Order]
    older: int | None
    newer: int | None
    broke_off: bool = False


def find(session: Session, wanted: Wanted, *, older: int | None = None, newer: int | None = None) -> Page:
    """Return the page of orders below the id `older`, or above the id `newer`, or the newest."""
    query, is_broad = _query(session, wanted)
    newest = session.execute(select(func.max(Order.id))).scalar_one() or 0 if is_broad else 0
    if newer:
        end = newer + REACH if is_broad and newer + REACH < newest else None
        above = query.where(Order.id > newer, *([Order.id <= end] if end else []))
        found = list(session.scalars(above.order_by(Order.id).limit(PAGE_SIZE + 1)))
        orders, more = found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE
        oldest = orders[-1].id if orders else newer + 1
        return Page(orders, oldest, orders[0].id if more else end, broke_off=bool(end) and not more)
    begin = older or newest + 1
    end = begin - REACH if is_broad and begin - REACH > 1 else None
    bounds = [*([Order.id < older] if older else []), *([Order.id >= end] if end else [])]
    found = list(session.scalars(query.where(*bounds).order_by(Order.id.desc()).limit(PAGE_SIZE + 1)))
    orders, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    ends = (orders[-1].id if more else end, orders[0].id if older and orders else None)
    return Page(orders, *ends, broke_off=bool(end) and not more)


def every(session: Session, wanted: Wanted) -> Iterator[Order]:
    """Yield all orders looked for, newest first, without holding them all at once."""
    query, _is_broad = _query(session, wanted)
    yield from session.scalars(query.order_by(Order.id.desc()).execution_options(yield_per=_EXPORT_BATCH))


def count_queues(session: Session) -> dict[str, int]:
    """Return how many orders wait in each queue, at most one more than `MOST_COUNTED`."""
    return {name: _count(session, queue.conditions) for name, queue in QUEUES.items()}


def _count(session: Session, conditions: Conditions) -> int:
    some = select(Order.id).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def _query(session: Session, wanted: Wanted) -> tuple[Select[Order], bool]:
    """Return what is looked for, and whether the text is one that very many orders have."""
    query = select(Order)
    if wanted.queue:
        query = query.where(*QUEUES[wanted.queue].conditions)
    if wanted.payment:
        query = query.where(Order.payment_status == wanted.payment)
    if wanted.shipment:
        query = query.where(Order.shipment_status == wanted.shipment)
    if wanted.since:
        query = query.where(Order.created_at >= wanted.since, Order.id >= _first_since(session, wanted.since))
    if wanted.until:
        query = query.where(Order.created_at < wanted.until, Order.id <= _last_until(session, wanted.until))
    if not wanted.text:
        return query, False
    matches, is_broad = matching(session, wanted.text)
    return query.where(matches), is_broad


def _first_since(session: Session, moment: datetime) -> int:
    """Return an id below which no order is as young as this, so that no older ones are read through."""
    some = select(Order.id).where(Order.created_at >= moment).order_by(Order.created_at).limit(_AT_ONCE).subquery()
    return session.execute(select(func.min(some.c.id))).scalar_one() or _BEHIND_ALL


def _last_until(session: Session, moment: datetime) -> int:
    """Return an id above which no order is older than this."""
    newest_first = Order.created_at.desc()
    some = select(Order.id).where(Order.created_at < moment).order_by(newest_first).limit(_AT_ONCE).subquery()
    return session.execute(select(func.max(some.c.id))).scalar_one() or 0
