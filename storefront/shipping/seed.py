"""Sample ways of delivery and a sample voucher."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.promotions.models import Voucher

from .models import DeliveryMethod, DeliveryRate, DeliveryZone

_JAVA = ("Banten", "DKI Jakarta", "Jawa Barat", "Jawa Tengah", "DI Yogyakarta", "Jawa Timur")
_NEAR = ("Bali", "Lampung", "Sumatera Selatan", "Bengkulu", "Jambi", "Riau", "Sumatera Barat", "Sumatera Utara", "Aceh")
# Zone, its provinces, and JNE's prices there for the first and each further kilogram.
_ZONES = (("Jawa", _JAVA, 12_000, 10_000), ("Sumatera dan Bali", _NEAR, 26_000, 24_000))


def load_sample(session: Session) -> bool:
    """Add sample ways of delivery and a voucher to a shop that has no way yet; tell whether it did. Never commits."""
    if session.scalars(select(DeliveryMethod.id).limit(1)).first() is not None:
        return False
    zones = [DeliveryZone(name=name, provinces=list(where)) for name, where, _first, _next in _ZONES]
    session.add_all(zones)
    session.flush()
    rates = [
        DeliveryRate(zone_id=zone.id, first_kg=first, next_kg=more)
        for zone, (_name, _where, first, more) in zip(zones, _ZONES, strict=True)
    ]
    regular = DeliveryMethod(kind="flat", name="Reguler, gratis ongkir", estimate="3 sampai 6 hari kerja", position=1)
    express = DeliveryMethod(kind="zone", name="JNE YES", estimate="Besok sampai", courier_code="jne", position=2)
    express.rates = rates
    pickup = DeliveryMethod(kind="pickup", name="Ambil di toko", estimate="Siap dalam 1 hari kerja", position=3)
    session.add_all([regular, express, pickup])
    if session.scalars(select(Voucher.id).where(Voucher.code == "KENALAN")).first() is None:
        session.add(
            Voucher(
                code="KENALAN",
                name="Perkenalan",
                kind="percent",
                value=10,
                max_discount=25_000,
                min_subtotal=50_000,
                usage_limit=100,
                per_customer_limit=1,
            )
        )
    session.flush()
    return True
