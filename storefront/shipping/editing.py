"""The owner's changes to ways of delivery and zones. Flushes, never commits.

Orders keep the name and price of their delivery, so a way or a zone can be changed and removed at any time.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from .models import DeliveryMethod, DeliveryRate, DeliveryZone
from .rules import Rate

_PLAIN = ("kind", "name", "estimate", "courier_code", "service", "price", "free_from", "position", "active")


def list_methods(session: Session) -> list[DeliveryMethod]:
    """Return all ways of delivery in the order in which they are offered, with their rates."""
    query = select(DeliveryMethod).options(selectinload(DeliveryMethod.rates))
    return list(session.scalars(query.order_by(DeliveryMethod.position, DeliveryMethod.id)))


def list_zones(session: Session) -> list[DeliveryZone]:
    """Return all zones in the shop's order."""
    return list(session.scalars(select(DeliveryZone).order_by(DeliveryZone.position, DeliveryZone.id)))


def save_method(
    session: Session, method: DeliveryMethod | None, values: Mapping[str, Any], rates: Mapping[int, Rate]
) -> DeliveryMethod:
    """Change a way of delivery, or make one, with its prices by zone."""
    if method is None:
        method = DeliveryMethod()
        session.add(method)
    _set(method, values)
    known = {rate.zone_id: rate for rate in method.rates}
    for zone_id, rate in rates.items():
        kept = known.get(zone_id)
        if kept is None:
            method.rates.append(DeliveryRate(zone_id=zone_id, first_kg=rate.first_kg, next_kg=rate.next_kg))
        else:
            kept.first_kg, kept.next_kg = rate.first_kg, rate.next_kg
    for zone_id in known.keys() - rates.keys():
        method.rates.remove(known[zone_id])
    session.flush()
    return method


def save_zone(session: Session, zone: DeliveryZone | None, values: Mapping[str, Any]) -> DeliveryZone:
    """Change a zone, or make one. Raises IntegrityError for a name that is taken."""
    if zone is None:
        zone = DeliveryZone()
        session.add(zone)
    _set(zone, values)
    session.flush()
    return zone


def remove_zone(session: Session, zone: DeliveryZone) -> None:
    """Remove a zone with all prices for it."""
    session.execute(delete(DeliveryRate).where(DeliveryRate.zone_id == zone.id))
    session.delete(zone)
    session.flush()


def method_facts(method: DeliveryMethod) -> dict[str, Any]:
    """Return a way of delivery as the audit log keeps it."""
    rates = {str(rate.zone_id): [rate.first_kg, rate.next_kg] for rate in method.rates}
    return {**{name: getattr(method, name) for name in _PLAIN}, "rates": rates}


def zone_facts(zone: DeliveryZone) -> dict[str, Any]:
    """Return a zone as the audit log keeps it."""
    return {"name": zone.name, "provinces": zone.provinces, "cities": zone.cities, "position": zone.position}


def _set(thing: DeliveryMethod | DeliveryZone, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(thing, name, value)
