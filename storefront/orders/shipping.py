"""The goods on their way: got ready, sent or ready to be fetched, arrived. Flushes, never commits."""

from sqlalchemy.orm import Session

from storefront.database import now
from storefront.notifications.service import ask_for_email

from . import rules
from .models import Order
from .rules import OrderRefusedError
from .service import CUSTOMER, record


def process(session: Session, order: Order, *, actor: str) -> None:
    """Note that the shop is getting the goods ready. Raises OrderRefusedError."""
    _require(order, "process")
    _move(order, "process")
    order.processed_at = now()
    record(session, order, "order.processing", actor)


def ship(session: Session, order: Order, *, courier: str, tracking_number: str, actor: str) -> None:
    """Note that the goods have left, or, where the buyer comes, that they are ready; the buyer is told.

    Raises OrderRefusedError.
    """
    _require(order, "ship")
    _move(order, "ship")
    order.shipped_at = now()
    if order.is_pickup:
        line = record(session, order, "order.ready", actor)
        ask_for_email(order, "ready", cause=line.id)
        return
    order.courier, order.tracking_number = courier, tracking_number
    line = record(session, order, "order.shipped", actor, courier=courier, tracking_number=tracking_number)
    ask_for_email(order, "shipped", cause=line.id)


def correct_tracking(session: Session, order: Order, *, courier: str, tracking_number: str, actor: str) -> bool:
    """Correct how a parcel travels, and tell the buyer; return whether anything differs.

    Raises OrderRefusedError when nothing is on its way.
    """
    if order.shipment_status != "shipped" or order.is_pickup:
        raise OrderRefusedError("shipment", order.shipment_status, "correct")
    if (order.courier, order.tracking_number) == (courier, tracking_number):
        return False
    order.courier, order.tracking_number = courier, tracking_number
    line = record(session, order, "order.tracking_corrected", actor, courier=courier, tracking_number=tracking_number)
    ask_for_email(order, "shipped", cause=line.id)
    return True


def deliver(session: Session, order: Order, *, actor: str) -> None:
    """Note that the goods have arrived, or were collected. Raises OrderRefusedError.

    Buyers who say so themselves need no letter about it.
    """
    _move(order, "deliver")
    order.delivered_at = now()
    line = record(session, order, "order.collected" if order.is_pickup else "order.delivered", actor)
    if actor != CUSTOMER:
        ask_for_email(order, "delivered", cause=line.id)


def _require(order: Order, event: str) -> None:
    states = (order.order_status, order.payment_status, order.shipment_status, order.hold_status)
    rules.require_shippable(*states, event=event)


def _move(order: Order, event: str) -> None:
    order.shipment_status = rules.next_state("shipment", order.shipment_status, event)  # type: ignore[assignment]
