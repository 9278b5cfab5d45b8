"""Incidents: Moota told one line of a statement twice, and not the same. The first content stands; a person looks.

Which of the two the bank has, only the bank's own statement says. Whoever has looked acknowledges it with a reason; the
same content told once more is then nothing new, another one is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from . import alerts, journal, settlement
from .errors import RefusedError
from .models import Event, Mutation
from .models.bank import Direction
from .work import Work

CONTRADICTED = "mutation.contradicted"
ACKNOWLEDGED = "mutation.acknowledged"

Content = tuple[str, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Who has looked at it, when, and what they say."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """What a known mutation (by its row's id) came again as, told first at `at`; amounts in hundredths of a rupiah."""

    mutation: int
    at: datetime
    direction: Direction
    hundredths: int
    bank_id: str
    acknowledged: Acknowledgement | None = None

    @property
    def content(self) -> Content:
        """Return what makes it another contradiction than one that is known."""
        return self.direction, self.hundredths, self.bank_id


def acknowledge(work: Work, mutation: Mutation, *, reason: str) -> None:
    """Say that somebody has looked at what came again with another content. Raises RefusedError for nothing (new)."""
    work.begin()
    mutation = settlement.lock_mutation(work, mutation.id)
    known = contradictions(work, [Event.mutation_id == mutation.id])
    if not known:
        raise RefusedError(f"The mutation {mutation.mutation_id} came with one content only.")
    if all(each.acknowledged for each in known):
        raise RefusedError(f"Somebody has acknowledged the mutation {mutation.mutation_id} already.")
    journal.record(work, ACKNOWLEDGED, mutation=mutation, reason=reason)
    alerts.end_alert(work, alert_key(mutation))


def alert_key(mutation: Mutation) -> str:
    """Return the key of the alert that stands until somebody has acknowledged what came again."""
    return f"contradicted:{mutation.mutation_id}"


def contradictions(work: Work, conditions: Sequence[ColumnElement[bool]] = ()) -> list[Contradiction]:
    """Return the contradictions told by the events under these conditions, each content once, by when it came first."""
    first = aliased(Mutation)
    query = (
        select(Event, first.bank_id)
        .join(first, first.id == Event.mutation_id)
        .where(Event.name.in_((CONTRADICTED, ACKNOWLEDGED)), *conditions)
    )
    found: dict[tuple[int, Content], Contradiction] = {}
    # Put in order here, or SQLite would walk through all events to have them so.
    for event, bank_id in sorted(work.session.execute(query), key=lambda row: row[0].id):
        if event.name == CONTRADICTED:
            told = _told(event, bank_id)
            found.setdefault((told.mutation, told.content), told)
            continue
        for key in _open_ones(found, event.mutation_id):
            seen = Acknowledgement(at=event.at, by=event.actor, reason=event.data["reason"])
            found[key] = replace(found[key], acknowledged=seen)
    return list(found.values())


def _open_ones(found: dict[tuple[int, Content], Contradiction], mutation: int | None) -> Iterable[tuple[int, Content]]:
    return [key for key, each in found.items() if each.mutation == mutation and each.acknowledged is None]


def _told(event: Event, bank_id: str) -> Contradiction:
    return Contradiction(
        mutation=event.mutation_id or 0,
        at=event.at,
        direction=event.data["direction"],
        hundredths=event.data["amount_hundredths"],
        bank_id=event.data.get("bank_id", bank_id),
    )
