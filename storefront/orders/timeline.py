"""An order's history in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from storefront.formats import rupiah
from storefront.texts import _, _l

from .models import OrderEvent
from .service import CUSTOMER

_TEXTS = {
    "order.created": _l("Pesanan dibuat"),
    "order.paid": _l("Pembayaran diterima"),
    "order.expired": _l("Waktu pembayaran habis"),
    "order.cancelled": _l("Pesanan dibatalkan"),
    "order.shipped": _l("Pesanan dikirim"),
    "order.stock_released": _l("Stok dikembalikan"),
    "order.stock_taken_again": _l("Stok diambil lagi"),
    "order.attention": _l("Perlu perhatian pemilik toko"),
}
_FOR_CUSTOMERS = frozenset({"order.created", "order.paid", "order.expired", "order.cancelled", "order.shipped"})


class Entry(NamedTuple):
    """One line for people: when, what, and a detail or None."""

    at: datetime
    text: str
    detail: str | None


def for_customer(events: Iterable[OrderEvent]) -> list[Entry]:
    """Return what the shopper is told, oldest first."""
    return [_entry(event, _customer_detail(event)) for event in events if event.name in _FOR_CUSTOMERS]


def for_staff(events: Iterable[OrderEvent]) -> list[Entry]:
    """Return everything, with who did it, oldest first."""
    return [_entry(event, _staff_detail(event)) for event in events]


def _entry(event: OrderEvent, detail: str | None) -> Entry:
    return Entry(event.at, str(_TEXTS.get(event.name, event.name)), detail)


def _customer_detail(event: OrderEvent) -> str | None:
    if event.name == "order.cancelled":
        return _("oleh Anda") if event.actor == CUSTOMER else _("oleh toko")
    return _facts(event.name, event.data)


def _staff_detail(event: OrderEvent) -> str | None:
    facts = _facts(event.name, event.data)
    if facts is None:
        return event.actor
    return _("%(facts)s, oleh %(actor)s", facts=facts, actor=event.actor)


def _facts(name: str, data: dict[str, Any]) -> str | None:
    if name == "order.paid":
        return rupiah(data["amount"])
    if name == "order.shipped":
        return _("%(courier)s, nomor resi %(number)s", courier=data["courier"], number=data["tracking_number"])
    if name == "order.cancelled":
        return data["reason"] or None
    return None
