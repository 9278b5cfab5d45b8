"""Everything the shop keeps of a customer, as one document for them. Reads only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from storefront import payments
from storefront.database import now
from storefront.feedback.models import Feedback, Message
from storefront.identity import current_shop
from storefront.orders.models import Order

from . import service
from .addresses import FIELDS as ADDRESS_FIELDS
from .models import Customer

_PERSON = ("email", "name", "phone", "locale", "is_member", "marketing_source", "note", "cart")
_PERSON_AT = ("created_at", "last_login_at", "marketing_at")
_ORDER = (
    *("number", "order_status", "payment_status", "shipment_status", "name", "email", "phone", "address", "village"),
    *("district", "city", "province", "postal_code", "note", "locale", "subtotal", "discount", "voucher_code"),
    *("discount_note", "delivery_kind", "delivery_name", "delivery_fee", "delivery_discount", "total", "courier"),
    "tracking_number",
)
_ORDER_AT = ("created_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at")
_LINE = ("name", "label", "code", "quantity", "unit_price", "total")
_FEEDBACK = ("kind", "name", "email", "stars", "text", "status", "answer")
_MESSAGE = ("name", "email", "phone", "order_number", "text")


def copy_of(session: Session, customer: Customer) -> dict[str, Any]:
    """Return all of it; money in rupiah, moments in ISO 8601 with offset."""
    orders = orders_of(session, customer)
    return {
        "shop": current_shop().name,
        "made_at": now().isoformat(),
        "customer": {**_facts(customer, _PERSON), **_moments(customer, _PERSON_AT)},
        "addresses": [_facts(each, (*ADDRESS_FIELDS, "phone", "is_default")) for each in customer.addresses],
        "consent": [
            {"at": change.at.isoformat(), "given": change.given, "source": change.source}
            for change in service.consent_history(session, customer)
        ],
        "orders": [_order(order) for order in orders],
        "reviews_and_questions": [
            {"product": each.product.name, **_facts(each, _FEEDBACK), **_moments(each, ("created_at", "answered_at"))}
            for each in feedback_of(session, customer)
        ],
        "messages": [
            {**_facts(each, _MESSAGE), **_moments(each, ("created_at",))} for each in messages_of(session, customer)
        ],
    }


def orders_of(session: Session, customer: Customer) -> list[Order]:
    """Return all orders of a customer, oldest first."""
    query = select(Order).where(Order.customer_id == customer.id).order_by(Order.id)
    return list(session.scalars(query.options(selectinload(Order.lines))))


def feedback_of(session: Session, customer: Customer) -> list[Feedback]:
    """Return the reviews of a customer's orders, and what was written with their e-mail address, oldest first."""
    theirs = select(Order.id).where(Order.customer_id == customer.id)
    wrote = or_(Feedback.order_id.in_(theirs), _is_theirs(Feedback.email, customer))
    return list(session.scalars(select(Feedback).where(wrote).order_by(Feedback.id)))


def messages_of(session: Session, customer: Customer) -> list[Message]:
    """Return what was written to the shop with a customer's e-mail address, oldest first."""
    return list(session.scalars(select(Message).where(_is_theirs(Message.email, customer)).order_by(Message.id)))


def _is_theirs(column: Any, customer: Customer) -> ColumnElement[bool]:
    return func.lower(column) == customer.email


def _order(order: Order) -> dict[str, Any]:
    return {
        **_facts(order, _ORDER),
        **_moments(order, _ORDER_AT),
        "lines": [_facts(line, _LINE) for line in order.lines],
        **payments.held_of(order.number),
    }


def _facts(row: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _moments(row: object, names: Iterable[str]) -> dict[str, str | None]:
    found: dict[str, datetime | None] = {name: getattr(row, name) for name in names}
    return {name: moment.isoformat() if moment else None for name, moment in found.items()}
