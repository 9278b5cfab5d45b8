"""Everything about money of a period, one JSON object after the other, without holding it all at once."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from . import objects
from .models import Charge, Mutation, Refund
from .work import Work

Kind = Literal["charges", "mutations", "refunds"]

_BATCH = 500


def export(work: Work, kind: Kind, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Yield what was opened, booked or asked for from `since` on and before `until`, oldest first.

    Charges are without their payment link, which is a secret.
    """
    model, moment, shown = _KINDS[kind]
    last = 0
    while True:
        query = select(model).where(moment >= since, moment < until, model.id > last).order_by(model.id).limit(_BATCH)
        found = list(work.session.scalars(query))
        if not found:
            return
        last = found[-1].id
        yield from shown(work, found)
        # The session is the host's: only what was read here is let go.
        for each in found:
            work.session.expunge(each)


def _charges(work: Work, found: list[Charge]) -> list[dict[str, Any]]:
    return objects.charge_objects(work, found, [""] * len(found))


_KINDS: dict[Kind, tuple[Any, Any, Callable[[Work, list[Any]], list[dict[str, Any]]]]] = {
    "charges": (Charge, Charge.created_at, _charges),
    "mutations": (Mutation, Mutation.occurred_at, objects.mutation_objects),
    "refunds": (Refund, Refund.created_at, objects.refund_objects),
}
