"""An order's history in words: its own, together with that of its payment and its refunds."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from storefront.formats import rupiah
from storefront.payment_words import ACTORS
from storefront.texts import _, _l

from .models import OrderEvent
from .service import CUSTOMER, SYSTEM

_TEXTS = {
    "order.created": _l("Pesanan dibuat"),
    "order.paid": _l("Pembayaran diterima"),
    "order.expired": _l("Waktu pembayaran habis"),
    "order.extended": _l("Batas waktu pembayaran diperpanjang"),
    "order.reopened": _l("Pesanan dibuka lagi"),
    "order.cancelled": _l("Pesanan dibatalkan"),
    "order.reversed": _l("Bank menarik kembali uangnya"),
    "order.unpaid": _l("Transfer dilepas dari pesanan"),
    "order.refunded": _l("Semua uang sudah kembali ke pembeli"),
    "order.returned": _l("Uang yang dikirim kembali lagi ke toko"),
    "order.held": _l("Pesanan ditahan"),
    "order.released": _l("Pesanan tidak ditahan lagi"),
    "order.processing": _l("Pesanan mulai disiapkan"),
    "order.shipped": _l("Pesanan dikirim"),
    "order.tracking_corrected": _l("Nomor resi diperbaiki"),
    "order.ready": _l("Pesanan siap diambil"),
    "order.delivered": _l("Pesanan sudah diterima"),
    "order.collected": _l("Pesanan sudah diambil"),
    "order.note": _l("Catatan"),
    "order.replaced": _l("Diganti pesanan baru"),
    "order.contact_changed": _l("Kontak atau alamat diubah"),
    "order.restocked": _l("Barang kembali ke stok"),
    "order.stock_released": _l("Stok dikembalikan"),
    "order.stock_taken_again": _l("Stok diambil lagi"),
}
# Why an order is held, in a few words for both sides.
_HELD = {
    "stock": _l("barang habis ketika uang masuk"),
    "refund": _l("uangnya diminta kembali"),
    "reversed": _l("uangnya ditarik kembali oleh bank"),
    "unpaid": _l("transfernya dilepas lagi"),
}
# What of an order can be corrected; whatever else is a part of its address.
_PARTS = {
    "name": _l("nama"),
    "email": _l("e-mail"),
    "phone": _l("nomor HP"),
    "address": _l("alamat"),
    "note": _l("catatan"),
}
# What the shopper is told of the order itself; the payment and the refunds tell their own part.
_FOR_CUSTOMERS = frozenset(
    {
        *("order.created", "order.cancelled", "order.held", "order.released", "order.processing", "order.shipped"),
        *("order.tracking_corrected", "order.ready", "order.delivered", "order.collected", "order.replaced"),
    }
)
_ARRIVALS = frozenset({"order.delivered", "order.collected"})
# What the payment tells in its own words.
_TOLD_BY_PAYMENT = frozenset(
    {"order.paid", "order.expired", "order.extended", "order.reopened", "order.reversed", "order.unpaid"}
)

# When, what, a detail or None, where to read more or None, and the name of what happened.
Story = Iterable[tuple[datetime, str, str | None, str | None, str]]


class Entry(NamedTuple):
    """One line for people: when, what, a detail or None, and where to read more or None."""

    at: datetime
    text: str
    detail: str | None
    url: str | None = None


def for_customer(events: Iterable[OrderEvent], story: Story) -> list[Entry]:
    """Return what the shopper is told, oldest first; `story` is what the payment and the refunds tell."""
    own = [(event, _customer_detail(event)) for event in events if event.name in _FOR_CUSTOMERS]
    return _merged(own, story)


def for_staff(events: Iterable[OrderEvent], story: Story) -> list[Entry]:
    """Return everything that happened to the order, with who did it, and to its money, oldest first."""
    own = [(event, _staff_detail(event)) for event in events if event.name not in _TOLD_BY_PAYMENT]
    return _merged(own, story)


def _merged(own: list[tuple[OrderEvent, str | None]], story: Story) -> list[Entry]:
    entries = [Entry(event.at, str(_TEXTS.get(event.name, event.name)), detail) for event, detail in own]
    # An order is cancelled together with its charge, which is told once.
    repeated = {"charge.cancelled"} if any(event.name == "order.cancelled" for event, _detail in own) else set()
    told = [Entry(at, text, detail, url) for at, text, detail, url, name in story if name not in repeated]
    return sorted([*entries, *told], key=lambda entry: entry.at)


def _customer_detail(event: OrderEvent) -> str | None:
    if event.name == "order.cancelled" and not event.data.get("refunded"):
        return _("oleh Anda") if event.actor == CUSTOMER else _("oleh toko")
    if event.name in _ARRIVALS:
        return _("menurut Anda") if event.actor == CUSTOMER else _("menurut toko")
    return _facts(event.name, event.data)


def _staff_detail(event: OrderEvent) -> str | None:
    facts = _facts(event.name, event.data)
    if event.actor == SYSTEM:
        return facts
    actor = str(ACTORS.get(event.actor, event.actor))
    return (
        _("oleh %(actor)s", actor=actor) if facts is None else _("%(facts)s, oleh %(actor)s", facts=facts, actor=actor)
    )


def _facts(name: str, data: dict[str, Any]) -> str | None:
    tell = _FACTS.get(name)
    return tell(data) if tell else None


def _travel(data: dict[str, Any]) -> str:
    return _("%(courier)s, nomor resi %(number)s", courier=data["courier"], number=data["tracking_number"])


def _corrected(data: dict[str, Any]) -> str:
    return ", ".join(dict.fromkeys(str(_PARTS.get(name, _PARTS["address"])) for name in data["fields"]))


def _cancelled(data: dict[str, Any]) -> str | None:
    return _("karena uangnya dikembalikan") if data.get("refunded") else data["reason"] or None


def _restocked(data: dict[str, Any]) -> str:
    return _("%(pieces)d barang, %(ticket)s", pieces=data["pieces"], ticket=data["ticket"])


# What else there is to say of an event.
_FACTS: Mapping[str, Callable[[dict[str, Any]], str | None]] = {
    "order.paid": lambda data: rupiah(data["amount"]),
    "order.shipped": _travel,
    "order.tracking_corrected": _travel,
    "order.cancelled": _cancelled,
    "order.contact_changed": _corrected,
    "order.held": lambda data: str(_HELD.get(data["reason"], data["reason"])),
    "order.restocked": _restocked,
    "order.replaced": lambda data: str(data["by"]),
    "order.note": lambda data: str(data["text"]),
}
