"""Finding orders for the panel: by what people say, in pages that begin at an order and never count all of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from storefront import payments
from storefront.catalog.rules import search_words
from storefront.orders.models import Order, id_of_number
from storefront.orders.rules import HERE, SHIPPABLE
from storefront.orders.terms import OrderTerm, orders_with
from storefront.texts import _l

PAGE_SIZE = 25
# A number above is shown as "more than": what waits is counted, never everything there ever was.
MOST_COUNTED = 999
_EXPORT_BATCH = 500
_PHONE = re.compile(r"\+?[\d\s().\-]{4,}")
_AMOUNT = re.compile(r"(?:rp\.?\s*)?\d[\d.,]{2,}", re.IGNORECASE)
# Orders are numbered in the order of their moments but for those written at the same time.
_AT_ONCE = 50

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """Orders that wait for the same thing."""

    label: object
    conditions: Conditions
    is_alarming: bool = False


QUEUES: Mapping[str, Queue] = {
    "to_ship": Queue(
        _l("Perlu dikirim"),
        (
            Order.payment_status.in_(sorted(SHIPPABLE)),
            Order.shipment_status.in_(sorted(HERE)),
            Order.order_status == "open",
            Order.hold_status == "none",
        ),
    ),
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
    """One page of orders, newest first; `older` and `newer` are where its neighbours begin, or None."""

    orders: list[Order]
    older: int | None
    newer: int | None


def find(session: Session, wanted: Wanted, *, older: int | None = None, newer: int | None = None) -> Page:
    """Return the page of orders below the id `older`, or above the id `newer`, or the newest."""
    query = _query(session, wanted)
    if newer:
        found = list(session.scalars(query.where(Order.id > newer).order_by(Order.id).limit(PAGE_SIZE + 1)))
        orders, more = found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE
        return Page(orders, orders[-1].id if orders else None, orders[0].id if more else None)
    if older:
        query = query.where(Order.id < older)
    found = list(session.scalars(query.order_by(Order.id.desc()).limit(PAGE_SIZE + 1)))
    orders, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    return Page(orders, orders[-1].id if more else None, orders[0].id if older and orders else None)


def every(session: Session, wanted: Wanted) -> Iterator[Order]:
    """Yield all orders looked for, newest first, without holding them all at once."""
    query = _query(session, wanted).order_by(Order.id.desc())
    yield from session.scalars(query.execution_options(yield_per=_EXPORT_BATCH))


def count_queues(session: Session) -> dict[str, int]:
    """Return how many orders wait in each queue, at most one more than `MOST_COUNTED`."""
    return {name: _count(session, queue.conditions) for name, queue in QUEUES.items()}


def _count(session: Session, conditions: Conditions) -> int:
    some = select(Order.id).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def _query(session: Session, wanted: Wanted) -> Select[Order]:
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
    return query.where(_matches(wanted.text)) if wanted.text else query


def _first_since(session: Session, moment: datetime) -> int:
    """Return an id below which no order is as young as this, so that no older ones are read through."""
    some = select(Order.id).where(Order.created_at >= moment).order_by(Order.created_at).limit(_AT_ONCE).subquery()
    return session.execute(select(func.min(some.c.id))).scalar_one() or 0


def _last_until(session: Session, moment: datetime) -> int:
    """Return an id above which no order is older than this."""
    newest_first = Order.created_at.desc()
    some = select(Order.id).where(Order.created_at < moment).order_by(newest_first).limit(_AT_ONCE).subquery()
    return session.execute(select(func.max(some.c.id))).scalar_one() or 0


def _matches(text: str) -> ColumnElement[bool]:
    """Match an order's number, an amount, a telephone number however it is written, or words that all occur."""
    found = [_with_words(search_words(text))] if search_words(text) else []
    if _PHONE.fullmatch(text):
        found.append(orders_with(re.sub(r"\D", "", text)))
    if _AMOUNT.fullmatch(text):
        found += _of_amount(text)
    order_id = id_of_number(text)
    if order_id is not None:
        found.append(select(literal(order_id)))
    tracking = "".join(search_words(text))
    if tracking and len(search_words(text)) > 1:
        found.append(orders_with(tracking))
    return Order.id.in_(union_all(*found)) if found else Order.id.in_([])


def _with_words(words: list[str]) -> Select[int]:
    query = orders_with(words[0])
    for word in words[1:]:
        query = query.where(OrderTerm.order_id.in_(orders_with(word)))
    return query


def _of_amount(text: str) -> list[Select[int]]:
    """Return the orders that cost this much, or of which this much was asked with the unique code."""
    try:
        amount = payments.read_typed(text)
    except ValueError:
        return []
    asked = [order_id for number in payments.numbers_asking(amount) if (order_id := id_of_number(number))]
    return [select(Order.id).where(Order.total == amount), *(select(literal(order_id)) for order_id in asked)]
