"""Ask for an e-mail in the current transaction."""

from typing import Any, Literal

from storefront.extensions import moota
from storefront.orders.models import Order

EMAIL = "email"
Letter = Literal[
    "instructions",
    "reminder",
    "extended",
    "underpaid",
    "paid",
    "shipped",
    "ready",
    "delivered",
    "expired",
    "cancelled",
    "reversed",
    "unpaid",
    "refund",
]


def ask_for_email(order: Order, letter: Letter, *, cause: int | None = None, **facts: Any) -> None:
    """Ask for one e-mail about an order, with `facts` for the moment it is written.

    Once per order, letter and `cause`, the event that is told, however often that is done.
    """
    payload = {"template": letter, "order_number": order.number, "locale": order.locale, **facts}
    key = f"email:{order.number}:{letter}"
    moota.enqueue(EMAIL, key if cause is None else f"{key}:{cause}", payload)
