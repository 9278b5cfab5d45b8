"""What Moota's mutation list has and the inbox lacks: taken in by the same path as a webhook.

A page of rows is compared with what is known, and the rest becomes one delivery. So it does not matter which comes
first, webhook or pull: the second one finds its mutations known.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select

from . import inbox
from .api.schemas import MutationIn
from .models import Account, Event, Mutation
from .models.bank import Channel
from .rules.lateness import bank_day
from .work import Work

# Banks book transfers back by a day or two, and Moota may have been away over a weekend.
OVERLAP = timedelta(days=3)
# Of an account whose first mutation is not known yet.
_FIRST_LOOK = timedelta(days=7)


def first_day(work: Work, account: Account) -> date:
    """Return the day from which an account's mutations may be missing: its last known one, with an overlap."""
    query = select(func.max(Mutation.occurred_at)).where(Mutation.account_id == account.id)
    last = work.session.execute(query).scalar_one_or_none()
    if last is None:
        return bank_day(work.now() - _FIRST_LOOK)
    return bank_day(min(last, work.now()) - OVERLAP)


def take(work: Work, rows: Sequence[dict[str, Any]], *, channel: Channel) -> int:
    """Take in the rows that are not known yet, or known with other figures; return how many these are.

    A row that cannot be read comes alone: then the same row is known by its bytes the next time.
    """
    readable, broken = _read(rows)
    strange = _strange(work, readable)
    if strange:
        _receive(work, [readable[mutation_id][1] for mutation_id in strange], channel)
    new_ones = [row for row in broken if _receive(work, [row], channel)]
    return len(strange) + len(new_ones)


def _read(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, tuple[MutationIn, dict[str, Any]]], list[dict[str, Any]]]:
    """Part the rows into those that can be read, by their ids, and the others."""
    readable: dict[str, tuple[MutationIn, dict[str, Any]]] = {}
    broken: list[dict[str, Any]] = []
    for row in rows:
        try:
            mutation = MutationIn.read(row)
        except ValidationError:
            broken.append(row)
        else:
            readable[mutation.mutation_id] = (mutation, row)
    return readable, broken


def _strange(work: Work, readable: dict[str, tuple[MutationIn, dict[str, Any]]]) -> list[str]:
    """Return the ids of the rows that say something new."""
    query = select(Mutation.mutation_id, Mutation.id, Mutation.amount_hundredths, Mutation.direction)
    found = work.session.execute(query.where(Mutation.mutation_id.in_(readable)))
    known = {mutation_id: (number, amount, direction) for mutation_id, number, amount, direction in found}
    return [
        mutation_id
        for mutation_id, (mutation, _row) in readable.items()
        if mutation_id not in known or _contradicts(work, mutation, *known[mutation_id])
    ]


def _contradicts(work: Work, mutation: MutationIn, number: int, amount: int, direction: str) -> bool:
    """Tell whether a row has other figures than the known mutation, and that has not been told yet."""
    if (mutation.amount, mutation.type) == (amount, direction):
        return False
    query = select(Event.data).where(Event.mutation_id == number, Event.name == "mutation.contradicted")
    told = {(data["amount_hundredths"], data["direction"]) for data in work.session.scalars(query)}
    return (mutation.amount, mutation.type) not in told


def _receive(work: Work, rows: list[dict[str, Any]], channel: Channel) -> bool:
    """Store rows as one delivery, read at once so that the next page finds them known; tell whether it is new."""
    # Exact decimals as text: no JSON writer keeps them otherwise.
    body = json.dumps(rows, default=str, separators=(",", ":")).encode()
    received = inbox.receive(work, body=body, source_ip="", headers={}, channel=channel)
    if received.is_duplicate:
        return False
    inbox.parse(work, inbox.get_delivery(work, received.public_id).id)
    return True
