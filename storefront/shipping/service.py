"""The shop's ways of delivery, read from the database and priced for one parcel."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from storefront.texts import _

from . import services
from .couriers import Courier, find_courier
from .models import DeliveryKind, DeliveryMethod, DeliveryZone
from .rules import (
    Destination,
    Parcel,
    Quote,
    Rate,
    Zone,
    billed_kilograms,
    chargeable_grams,
    rate_fee,
    with_free_delivery,
    zone_for,
)

# How a parcel is weighed that no courier of the table brings.
_ANYBODY = Courier("", "", "")


@dataclass(frozen=True, slots=True)
class Way:
    """One delivery method, away from the database. `rates` are by zone."""

    id: int
    kind: DeliveryKind
    name: str
    estimate: str
    courier_code: str | None
    service: str | None
    price: int
    free_from: int | None
    rates: dict[int, Rate]


@dataclass(frozen=True, slots=True)
class Tariff:
    """All that is needed to price a parcel, so that no transaction is open while a rate service is asked."""

    ways: tuple[Way, ...] = ()
    zones: tuple[Zone, ...] = ()

    @property
    def asks_for_address(self) -> bool:
        """Tell whether any price depends on the address."""
        return any(way.kind in ("zone", "service") for way in self.ways)


def read_tariff(session: Session) -> Tariff:
    """Return the active methods and the zones, in the shop's order."""
    methods = select(DeliveryMethod).where(DeliveryMethod.active).options(selectinload(DeliveryMethod.rates))
    ways = session.scalars(methods.order_by(DeliveryMethod.position, DeliveryMethod.id))
    zones = session.scalars(select(DeliveryZone).order_by(DeliveryZone.position, DeliveryZone.id))
    return Tariff(
        tuple(_way(method) for method in ways),
        tuple(Zone(zone.id, tuple(zone.provinces), tuple(zone.cities)) for zone in zones),
    )


def quotes(tariff: Tariff, parcel: Parcel, destination: Destination, *, goods: int) -> list[Quote]:
    """Return every way with its price for a parcel with goods worth `goods` rupiah. May ask rate services."""
    return [
        with_free_delivery(quote, goods, way.free_from)
        for way in tariff.ways
        for quote in _priced(way, tariff.zones, parcel, destination)
    ]


def _way(method: DeliveryMethod) -> Way:
    return Way(
        id=method.id,
        kind=method.kind,
        name=method.name,
        estimate=method.estimate,
        courier_code=method.courier_code,
        service=method.service,
        price=method.price,
        free_from=method.free_from,
        rates={rate.zone_id: Rate(rate.first_kg, rate.next_kg) for rate in method.rates},
    )


def _priced(way: Way, zones: Iterable[Zone], parcel: Parcel, destination: Destination) -> list[Quote]:
    if way.kind == "pickup":
        return [_quote(way, 0)]
    if way.kind == "flat":
        return [_quote(way, way.price)]
    if not destination.is_known:
        return [_quote(way, None, _("Isi alamat dulu untuk melihat ongkirnya."))]
    if way.kind == "zone":
        return [_zoned(way, zones, parcel, destination)]
    return _asked(way, parcel, destination)


def _zoned(way: Way, zones: Iterable[Zone], parcel: Parcel, destination: Destination) -> Quote:
    zone = zone_for(zones, destination)
    rate = way.rates.get(zone.id) if zone else None
    if rate is None:
        return _quote(way, None, _("Tidak menjangkau alamat ini."))
    courier = find_courier(way.courier_code) or _ANYBODY
    kilograms = billed_kilograms(chargeable_grams(parcel, courier.divisor), courier.tolerance_grams)
    return _quote(way, rate_fee(rate, kilograms))


def _asked(way: Way, parcel: Parcel, destination: Destination) -> list[Quote]:
    rates = services.ask(way.service, parcel, destination)
    if rates is None:
        return [_quote(way, None, _("Ongkirnya sedang tidak bisa ditanyakan. Pilih cara lain."))]
    if not rates:
        return [_quote(way, None, _("Tidak menjangkau alamat ini."))]
    return [
        Quote(
            key=f"{way.id}:{rate.code}",
            name=f"{way.name} {rate.name}",
            kind=way.kind,
            fee=rate.fee,
            full_fee=rate.fee,
            estimate=rate.estimate,
            courier_code=rate.courier_code or way.courier_code,
        )
        for rate in rates
    ]


def _quote(way: Way, fee: int | None, problem: str | None = None) -> Quote:
    return Quote(
        key=str(way.id),
        name=way.name,
        kind=way.kind,
        fee=fee,
        full_fee=fee or 0,
        estimate=way.estimate,
        courier_code=way.courier_code,
        problem=problem,
    )
