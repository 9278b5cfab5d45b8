"""Ask for an e-mail in the current transaction."""

from collections.abc import Mapping
from typing import Any, Literal

from storefront.extensions import moota
from storefront.orders.models import Order
from storefront.texts import _l

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

# What the letters are about, for lists.
LETTERS: Mapping[str, object] = {
    "instructions": _l("Cara membayar"),
    "reminder": _l("Pengingat batas waktu"),
    "extended": _l("Waktu diperpanjang"),
    "underpaid": _l("Pembayaran kurang"),
    "paid": _l("Pembayaran diterima"),
    "shipped": _l("Pesanan dikirim"),
    "ready": _l("Pesanan siap diambil"),
    "delivered": _l("Pesanan sudah diterima"),
    "expired": _l("Waktu pembayaran habis"),
    "cancelled": _l("Pesanan dibatalkan"),
    "reversed": _l("Bank menarik kembali uangnya"),
    "unpaid": _l("Pembayaran dikoreksi"),
    "refund": _l("Pengembalian dana"),
}


def ask_for_email(order: Order, letter: Letter, *, cause: int | None = None, **facts: Any) -> None:
    """Ask for one e-mail about an order, with `facts` for the moment it is written.

    Once per order, letter and `cause`, the event that is told, however often that is done. Without an address, none.
    """
    if not order.email:
        return
    payload = {"template": letter, "order_number": order.number, "locale": order.locale, **facts}
    key = f"email:{order.number}:{letter}"
    moota.enqueue(EMAIL, key if cause is None else f"{key}:{cause}", payload)
