"""Turn a cart and a filled-in form into an order that asks for money: all of it or nothing. Flushes, never commits."""

from sqlalchemy.orm import Session

from storefront import payments
from storefront.cart.service import Cart
from storefront.notifications.service import ask_for_email
from storefront.orders import service as orders
from storefront.orders.models import Order
from storefront.orders.service import Draft, DraftLine


def place(session: Session, draft: Draft, cart: Cart, *, way: str, prepared: payments.Prepared | None) -> Order:
    """Write order, stock, charge and the first e-mail into the open transaction.

    Raises OutOfStockError, payments.RefusedError; IntegrityError when this checkout was already sent.
    """
    lines = [DraftLine(line.product.id, line.product.name, line.unit_price, line.quantity) for line in cart.lines]
    order = orders.place_order(session, draft, lines, is_number_taken=payments.is_number_taken)
    charge = payments.open_charge(order, way, prepared)
    ask_for_email(order, "instructions", **payments.asked_of(charge))
    return order
