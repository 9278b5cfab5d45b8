"""The append-only history: one line for everything that happens to money."""

from typing import Any

from sqlalchemy import select

from .models import Charge, Delivery, Event, Mutation, Refund
from .work import Work


def record(
    work: Work,
    name: str,
    *,
    charge: Charge | None = None,
    mutation: Mutation | None = None,
    delivery: Delivery | None = None,
    refund: Refund | None = None,
    **data: Any,
) -> Event:
    """Add one line: `name` like `charge.paid`, the things it is about, and the figures as JSON values."""
    event = Event(
        at=work.now(),
        name=name,
        actor=work.actor,
        charge_id=charge.id if charge else None,
        mutation_id=mutation.id if mutation else None,
        delivery_id=delivery.id if delivery else None,
        refund_id=refund.id if refund else None,
        data=data,
    )
    work.session.add(event)
    return event


def timeline(work: Work, charge: Charge) -> list[Event]:
    """Return a charge's history, oldest first."""
    return list(work.session.scalars(select(Event).where(Event.charge_id == charge.id).order_by(Event.id)))


def timeline_of_mutation(work: Work, mutation: Mutation) -> list[Event]:
    """Return a mutation's history, oldest first."""
    return list(work.session.scalars(select(Event).where(Event.mutation_id == mutation.id).order_by(Event.id)))
