"""Correcting who gets an order and where it goes. Flushes, never commits; begin with `payments.begin_write`."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from storefront import payments
from storefront.customers.service import note_order
from storefront.notifications.service import ask_for_email

from .models import Order
from .rules import require_correctable
from .service import record

FIELDS = (
    *("name", "email", "phone", "address", "village", "district", "city", "province", "postal_code"),
    "note",
)


def correct(session: Session, order: Order, typed: Mapping[str, str], *, actor: str) -> list[str]:
    """Give a locked order what was `typed` for each of `FIELDS`; return the names of those that have changed.

    Under another e-mail address the order belongs to another customer, and how to pay it is sent there again.
    Raises OrderRefusedError once the goods have left, or the order is over.
    """
    require_correctable(order.order_status, order.shipment_status)
    changed = [name for name in FIELDS if getattr(order, name) != typed[name]]
    if not changed:
        return []
    for name in changed:
        setattr(order, name, typed[name])
    event = record(session, order, "order.contact_changed", actor, fields=changed)
    if "email" in changed:
        note_order(session, order)
        charge = payments.find_charge(order.number)
        if charge is not None and order.payment_status == "unpaid":
            ask_for_email(order, "instructions", cause=event.id, **payments.asked_of(charge))
    return changed
