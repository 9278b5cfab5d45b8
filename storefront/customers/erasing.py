"""Forgetting a customer who asks for that: what is personal goes, what the books need stays without a name.

Flushes, never commits; begin with `payments.begin_write`.
"""

from typing import NamedTuple

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from storefront import payments
from storefront.admin import audit
from storefront.database import now
from storefront.feedback import service as feedback
from storefront.feedback.models import Message
from storefront.orders import service as order_service
from storefront.orders.models import Order
from storefront.promotions.models import VoucherUse
from storefront.texts import _

from . import copying, rules
from .models import Customer, new_session_key

_EMPTIED = ("email", "phone", "village", "district", "postal_code", "note", "discount_note")
_REPLACED = ("name", "address", "city")


class Obstacle(NamedTuple):
    """An order that is not over: its number, and why, as a code."""

    number: str
    why: str

    @property
    def text(self) -> str:
        """Return why in the reader's words."""
        texts = {
            "unpaid": _("menunggu pembayaran"),
            "held": _("masih kami tahan untuk diperiksa"),
            "sending": _("belum sampai, atau belum ditandai diterima"),
            "pending": _("menunggu pembayaran"),
            "late": _("transfernya masih dapat menyusul beberapa hari"),
            "refund": _("uangnya sedang dikembalikan"),
            "owed": _("ada uang masuk yang belum dikembalikan"),
            "complaint": _("ada aduan yang belum dijawab"),
        }
        return texts[self.why]


class ErasureRefusedError(Exception):
    """Something is not over yet; `obstacles` says what."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(", ".join(f"{each.number} ({each.why})" for each in obstacles))
        self.obstacles = obstacles


def obstacles(session: Session, customer: Customer) -> list[Obstacle]:
    """Return what keeps a customer from being forgotten now; empty when nothing does."""
    found = ((order, _why(order)) for order in copying.orders_of(session, customer))
    return [Obstacle(order.number, why) for order, why in found if why]


def erase(session: Session, customer: Customer, *, actor: str) -> None:
    """Forget a customer, locked by the caller. Raises ErasureRefusedError while an order, payment or refund is open.

    Amounts, lines and dates of orders stay, as do the lines of the bank's statement and the dates of consent.
    """
    orders = copying.orders_of(session, customer)
    # A payment locks its charge before the order; in the same order here, or the two would wait for each other.
    for order in orders:
        payments.forget_payer(order.number, actor=actor)
        order_service.lock_order(session, order.id)
    open_ones = obstacles(session, customer)
    if open_ones:
        raise ErasureRefusedError(open_ones)
    _forget_feedback(session, customer)
    for order in orders:
        _forget_order(order)
    session.execute(
        update(VoucherUse)
        .where(VoucherUse.order_id.in_([order.id for order in orders]))
        .values(customer_key=f"erased-{customer.id}")
    )
    audit.forget_contact(session, [order.number for order in orders], customer.email)
    _forget_person(customer)
    audit.note(session, "customer.erased", customer.id, after={"orders": len(orders)}, actor=actor)
    session.flush()


def _why(order: Order) -> str | None:
    own = rules.why_open(
        payment_status=order.payment_status,
        shipment_status=order.shipment_status,
        hold_status=order.hold_status,
        is_cancelled=order.order_status == "cancelled",
        holds_stock=order.stock_released_at is None,
        sent_for=now() - order.shipped_at if order.shipped_at else None,
    )
    return own or payments.why_payer_needed(order.number)


def _forget_order(order: Order) -> None:
    if order.anonymised_at is not None:
        return
    for name in _EMPTIED:
        setattr(order, name, "")
    for name in _REPLACED:
        setattr(order, name, audit.GONE)
    order.anonymised_at = now()


def _forget_feedback(session: Session, customer: Customer) -> None:
    """Take the name off reviews and questions, which others read; messages to the shop go altogether."""
    written = copying.feedback_of(session, customer)
    for each in written:
        each.name, each.email = audit.GONE, ""
    session.flush()
    for product_id in sorted({each.product_id for each in written}):
        feedback.refresh_product(session, product_id)
    messages = [each.id for each in copying.messages_of(session, customer)]
    session.execute(delete(Message).where(Message.id.in_(messages)))


def _forget_person(customer: Customer) -> None:
    customer.email = f"{customer.id}@erased.invalid"
    customer.name = customer.phone = customer.note = customer.marketing_source = ""
    customer.cart = {}
    customer.addresses.clear()
    customer.marketing_at = customer.last_login_at = None
    customer.is_member = False
    customer.session_key = new_session_key()
    customer.erased_at = now()
