"""Which step an order may take next, on each of its three axes, and what the shopper is told. Pure.

Order, payment and shipment move on their own; the one label a shopper reads is derived from all three. The payment
axis follows the charge and is never moved by anything else.
"""

from collections.abc import Mapping
from typing import Literal

from storefront.texts import _l

OrderStatus = Literal["open", "cancelled"]
PaymentStatus = Literal["unpaid", "paid", "expired", "cancelled"]
ShipmentStatus = Literal["none", "shipped"]
Axis = Literal["order", "payment", "shipment"]

Transitions = Mapping[tuple[str, str], str]

TRANSITIONS: Mapping[Axis, Transitions] = {
    "order": {("open", "cancel"): "cancelled"},
    "payment": {
        ("unpaid", "pay"): "paid",
        ("unpaid", "expire"): "expired",
        ("unpaid", "cancel"): "cancelled",
        # The money came in time by the bank's date, but was seen only after the deadline.
        ("expired", "pay"): "paid",
    },
    "shipment": {("none", "ship"): "shipped"},
}

STATES: Mapping[Axis, tuple[str, ...]] = {
    "order": ("open", "cancelled"),
    "payment": ("unpaid", "paid", "expired", "cancelled"),
    "shipment": ("none", "shipped"),
}

_LABELS = {
    "unpaid": _l("Menunggu Pembayaran"),
    "paid": _l("Pembayaran Diterima"),
    "expired": _l("Kedaluwarsa"),
    "cancelled": _l("Dibatalkan"),
}

ATTENTION = {
    "stock": _l("Pembayaran masuk setelah stok dilepas, dan barang sudah habis. Hubungi pembeli."),
}


class OrderRefusedError(Exception):
    """The order is in a state that does not allow this step."""

    def __init__(self, axis: Axis, current: str, event: str) -> None:
        super().__init__(f'An order whose {axis} is "{current}" does not allow "{event}".')
        self.axis = axis
        self.current = current
        self.event = event


def next_state(axis: Axis, current: str, event: str) -> str:
    """Return where `event` leads from `current`. Raises OrderRefusedError when it leads nowhere."""
    try:
        return TRANSITIONS[axis][current, event]
    except KeyError:
        raise OrderRefusedError(axis, current, event) from None


def require_shippable(order: str, payment: str, shipment: str) -> None:
    """Check that goods may leave: an open order, paid, not yet shipped. Raises OrderRefusedError."""
    if order != "open":
        raise OrderRefusedError("order", order, "ship")
    if payment != "paid":
        raise OrderRefusedError("payment", payment, "ship")
    next_state("shipment", shipment, "ship")


def may_cancel(order: str, payment: str) -> bool:
    """Tell whether the shopper may still cancel: nothing has been paid and nothing decided."""
    return order == "open" and payment == "unpaid"


def customer_label(order: str, payment: str, shipment: str) -> str:
    """Return the one status a shopper reads, in the reader's language."""
    if order == "cancelled":
        return str(_LABELS["cancelled"])
    if payment == "paid" and shipment == "shipped":
        return str(_l("Dikirim"))
    return str(_LABELS[payment])
