"""Finding orders for the panel."""

import re
from dataclasses import dataclass

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from storefront.catalog.rules import search_words
from storefront.extensions import db
from storefront.orders.models import Order, id_of_number
from storefront.orders.rules import SHIPPABLE

PAGE_SIZE = 25
_PHONE = re.compile(r"\+?[\d\s().\-]{4,}")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many orders wait for something."""

    all: int
    unpaid: int
    to_ship: int
    attention: int


def list_orders(*, query: str, payment: str | None, shipment: str | None, page: int) -> Pagination:
    """Return one page of the orders that fit, newest first. 404 for a page that is not there."""
    found = select(Order).order_by(Order.id.desc())
    if payment:
        found = found.where(Order.payment_status == payment)
    if shipment:
        found = found.where(Order.shipment_status == shipment)
    if query:
        found = found.where(_matches(query))
    return db.paginate(found, page=page, per_page=PAGE_SIZE)


def count_orders(session: Session) -> Counts:
    """Count what the panel shows above the list."""

    def number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(*conditions)

    query = select(
        func.count(),
        number(Order.payment_status == "unpaid"),
        number(
            Order.payment_status.in_(SHIPPABLE),
            Order.order_status == "open",
            Order.shipment_status == "none",
            Order.hold_status == "none",
        ),
        number(Order.attention.is_not(None)),
    )
    row = session.execute(query.select_from(Order)).one()
    return Counts(*row)


def _matches(query: str) -> ColumnElement[bool]:
    """Match an order's number, or a telephone number however it is written, or every word in name and e-mail."""
    conditions = [_contains(search_words(query))]
    if _PHONE.fullmatch(query):
        conditions.append(Order.search_text.contains(re.sub(r"\D", "", query), autoescape=True))
    order_id = id_of_number(query)
    if order_id is not None:
        conditions.append(Order.id == order_id)
    return or_(*conditions)


def _contains(words: list[str]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = Order.id > 0
    for word in words:
        condition = condition & Order.search_text.contains(word, autoescape=True)
    return condition
