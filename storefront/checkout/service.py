"""Turn a cart and a filled-in form into an order that asks for money: all of it or nothing. Flushes, never commits."""

from sqlalchemy.orm import Session

from storefront import payments
from storefront.cart.service import Cart, CartLine
from storefront.customers.service import note_order
from storefront.notifications.service import ask_for_email
from storefront.orders import service as orders
from storefront.orders.models import Order
from storefront.orders.service import Draft, DraftLine


def place(session: Session, draft: Draft, cart: Cart, *, way: str, prepared: payments.Prepared | None) -> Order:
    """Write order, stock, charge and the first e-mail into the open transaction.

    Raises OutOfStockError, payments.RefusedError; IntegrityError when this checkout was already sent.
    """
    lines = [_drafted(line) for line in cart.lines]
    order = orders.place_order(session, draft, lines, is_number_taken=payments.is_number_taken)
    note_order(session, order)
    charge = payments.open_charge(order, way, prepared)
    ask_for_email(order, "instructions", **payments.asked_of(charge))
    return order


def _drafted(line: CartLine) -> DraftLine:
    return DraftLine(
        product_id=line.product.id,
        variant_id=line.variant.id,
        name=line.product.name,
        label=line.variant.label,
        code=line.variant.code,
        weight_grams=line.variant.weight_grams,
        unit_price=line.unit_price,
        quantity=line.quantity,
    )
