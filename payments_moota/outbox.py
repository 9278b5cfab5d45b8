"""Messages that must leave: written with the fact that causes them, sent by the worker afterwards.

Sending twice is harmless, losing one is impossible: a message is claimed, sent, and only then marked as sent. A worker
that dies in between leaves a claim that runs out.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from .errors import in_words
from .models import OutboxMessage
from .models.base import insert_new
from .rules.retry import next_gap
from .work import Work

SEND_OUTBOX = "send_outbox"

_CLAIM = timedelta(minutes=2)


def enqueue(work: Work, kind: str, key: str, payload: dict[str, Any]) -> None:
    """Ask for a message of `kind` in the current transaction; the same `key` again asks for nothing new."""
    work.begin()
    now = work.now()
    added = insert_new(
        work.session,
        OutboxMessage.__table__,  # type: ignore[arg-type]
        key=key,
        kind=kind,
        payload=payload,
        status="waiting",
        attempts=0,
        next_attempt_at=now,
        created_at=now,
    )
    if added is not None:
        work.wake(SEND_OUTBOX)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message taken by this worker, free of the database session."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]


def claim(work: Work, *, limit: int = 20) -> list[Claimed]:
    """Take the messages that are due, for this worker alone, for the next two minutes."""
    work.begin()
    now = work.now()
    due = (
        select(OutboxMessage)
        .where(OutboxMessage.status.in_(("waiting", "sending")), OutboxMessage.next_attempt_at <= now)
        .order_by(OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    messages = list(work.session.scalars(due))
    for message in messages:
        message.status = "sending"
        message.attempts += 1
        message.next_attempt_at = now + _CLAIM
    return [Claimed(message.id, message.kind, message.key, message.payload) for message in messages]


def mark_sent(work: Work, message_id: int) -> None:
    """Close a message that has left."""
    work.begin()
    query = update(OutboxMessage).where(OutboxMessage.id == message_id)
    work.session.execute(query.values(status="sent", sent_at=work.now(), error=None))


def mark_failed(work: Work, message_id: int, error: Exception) -> None:
    """Try a message again after a growing gap, and park it for a person after the last try."""
    work.begin()
    query = select(OutboxMessage).where(OutboxMessage.id == message_id).with_for_update()
    message = work.session.scalars(query.execution_options(populate_existing=True)).one()
    message.error = in_words(error)
    gap = next_gap(message.attempts)
    message.status = "failed" if gap is None else "waiting"
    message.next_attempt_at = work.now() + (gap or timedelta())
