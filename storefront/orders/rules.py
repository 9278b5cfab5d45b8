"""Which step an order may take next, on each of its four axes, and what the shopper is told. Pure.

Order, payment, shipment and hold move on their own; the one label a shopper reads is derived from all four. The payment
axis follows the charge and its refunds and is never moved by anything else. The hold keeps goods from leaving.
"""

from collections.abc import Mapping
from typing import Any, Literal

from storefront.texts import _, _l

OrderStatus = Literal["open", "cancelled"]
PaymentStatus = Literal["unpaid", "paid", "expired", "cancelled", "reversed", "refunded"]
ShipmentStatus = Literal["none", "processing", "shipped", "delivered"]
DeliveryKind = Literal["courier", "pickup"]
HoldStatus = Literal["none", "held"]
Axis = Literal["order", "payment", "shipment", "hold"]

Transitions = Mapping[tuple[str, str], str]

TRANSITIONS: Mapping[Axis, Transitions] = {
    "order": {
        ("open", "cancel"): "cancelled",
        # The owner lets a cancelled order wait for its money again.
        ("cancelled", "reopen"): "open",
    },
    "payment": {
        ("unpaid", "pay"): "paid",
        ("unpaid", "expire"): "expired",
        ("unpaid", "cancel"): "cancelled",
        # The money came after the deadline, or came in time and was seen only then.
        ("expired", "pay"): "paid",
        # The owner rules out that late money still pays for it.
        ("expired", "cancel"): "cancelled",
        ("expired", "reopen"): "unpaid",
        ("cancelled", "reopen"): "unpaid",
        # The bank took the money back; perhaps bit by bit, perhaps the shopper pays again.
        ("paid", "reverse"): "reversed",
        ("refunded", "reverse"): "reversed",
        ("reversed", "reverse"): "reversed",
        ("reversed", "pay"): "paid",
        # A person took the match back: the money was meant for something else.
        ("paid", "unpay"): "unpaid",
        ("reversed", "unpay"): "unpaid",
        ("refunded", "unpay"): "unpaid",
        # The money has gone back to the shopper; the bank may return it to the shop.
        ("paid", "refund"): "refunded",
        ("refunded", "return"): "paid",
    },
    # To be fetched means: shipped once it is ready for the buyer, delivered once it has been collected.
    "shipment": {
        ("none", "process"): "processing",
        ("none", "ship"): "shipped",
        ("processing", "ship"): "shipped",
        ("shipped", "deliver"): "delivered",
    },
    "hold": {
        ("none", "hold"): "held",
        # A second reason to hold what is held already.
        ("held", "hold"): "held",
        ("held", "release"): "none",
    },
}

STATES: Mapping[Axis, tuple[str, ...]] = {
    "order": ("open", "cancelled"),
    "payment": ("unpaid", "paid", "expired", "cancelled", "reversed", "refunded"),
    "shipment": ("none", "processing", "shipped", "delivered"),
    "hold": ("none", "held"),
}

_LABELS = {
    "unpaid": _l("Menunggu Pembayaran"),
    "paid": _l("Pembayaran Diterima"),
    "expired": _l("Kedaluwarsa"),
    "cancelled": _l("Dibatalkan"),
    "reversed": _l("Dana Ditarik Kembali"),
    "refunded": _l("Dana Dikembalikan"),
}
_UNDER_WAY: Mapping[tuple[str, str], Any] = {
    ("courier", "processing"): _l("Sedang Disiapkan"),
    ("courier", "shipped"): _l("Dikirim"),
    ("courier", "delivered"): _l("Sudah Diterima"),
    ("pickup", "processing"): _l("Sedang Disiapkan"),
    ("pickup", "shipped"): _l("Siap Diambil"),
    ("pickup", "delivered"): _l("Sudah Diambil"),
}

# Why an order is held, and what the owner has to do about it.
ATTENTION = {
    "stock": _l("Uang masuk setelah stok dilepas, dan barang sudah habis. Uang diusulkan kembali; hubungi pembeli."),
    "refund": _l("Seluruh uang diminta kembali. Putuskan pengembaliannya sebelum barang dikirim."),
    "reversed": _l("Bank menarik kembali uang pesanan ini. Jangan kirim barang sebelum jelas."),
    "unpaid": _l("Transfer yang dicatat untuk pesanan ini dilepas lagi, padahal barang sudah dikirim."),
}

# With the money taken back an order leaves only when an owner has let it go.
SHIPPABLE = frozenset({"paid", "reversed"})
# The goods have not left the shop.
HERE = frozenset({"none", "processing"})


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


def require_shippable(order: str, payment: str, shipment: str, hold: str, *, event: str = "ship") -> None:
    """Check that goods may leave, or be got ready: an open order, not held, not shipped, and paid.

    An order whose money the bank took back is held; once an owner released it, it may leave all the same.
    Raises OrderRefusedError.
    """
    if order != "open":
        raise OrderRefusedError("order", order, event)
    if payment not in SHIPPABLE:
        raise OrderRefusedError("payment", payment, event)
    if hold != "none":
        raise OrderRefusedError("hold", hold, event)
    next_state("shipment", shipment, event)


def is_shippable(order: str, payment: str, shipment: str, hold: str, *, event: str = "ship") -> bool:
    """Tell whether `require_shippable` would let the goods leave."""
    try:
        require_shippable(order, payment, shipment, hold, event=event)
    except OrderRefusedError:
        return False
    return True


def require_correctable(order: str, shipment: str) -> None:
    """Check that contact and address may still be corrected: the order goes on, and the goods are here.

    Raises OrderRefusedError.
    """
    if order != "open":
        raise OrderRefusedError("order", order, "correct")
    if shipment not in HERE:
        raise OrderRefusedError("shipment", shipment, "correct")


def require_free(order: str, shipment: str, total: int) -> None:
    """Check that an order can be cancelled for which nothing was paid: it cost nothing, and the goods are here.

    Raises OrderRefusedError.
    """
    if order != "open" or total:
        raise OrderRefusedError("order", order, "cancel")
    if shipment not in HERE:
        raise OrderRefusedError("shipment", shipment, "cancel")


def may_cancel(order: str, payment: str) -> bool:
    """Tell whether the shopper may still cancel at once: nothing has been paid and nothing decided."""
    return order == "open" and payment == "unpaid"


def may_ask_back(order: str, payment: str, shipment: str) -> bool:
    """Tell whether the shopper may cancel by asking for the money back: paid, and the goods are still here."""
    return order == "open" and payment == "paid" and shipment in HERE


def discount_text(voucher_code: str | None, note: str) -> str:
    """Return what a discount is called: after its voucher, or after the reason for which the shop gave it."""
    if voucher_code:
        return _("Voucher %(code)s", code=voucher_code)
    return _("Potongan (%(reason)s)", reason=note) if note else _("Potongan")


def customer_label(order: str, payment: str, shipment: str, hold: str, kind: DeliveryKind = "courier") -> str:
    """Return the one status a shopper reads, in the reader's language."""
    if payment == "refunded":
        return str(_LABELS["refunded"])
    if order == "cancelled":
        return str(_LABELS["cancelled"])
    if shipment != "none" and hold == "none" and payment in SHIPPABLE:
        return str(_UNDER_WAY[kind, shipment])
    if shipment not in HERE and payment == "paid":
        return str(_UNDER_WAY[kind, shipment])
    return str(_LABELS[payment])
