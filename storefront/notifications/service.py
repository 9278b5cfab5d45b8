"""Ask for an e-mail in the current transaction."""

from typing import Literal

from storefront.extensions import moota
from storefront.orders.models import Order

EMAIL = "email"
Letter = Literal["instructions", "paid", "cancelled", "expired"]


def ask_for_email(order: Order, letter: Letter) -> None:
    """Ask for one e-mail about an order. Once per order and letter, however often the fact is told."""
    payload = {"template": letter, "order_number": order.number, "locale": order.locale}
    moota.enqueue(EMAIL, f"email:{order.number}:{letter}", payload)
