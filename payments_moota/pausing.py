"""Processing paused by a person: webhooks are stored as ever, nothing is read from them until somebody resumes it.

While it is paused nobody sees money come, so no deadline is held against a payer either: nothing expires, and no
reserved amount is given to others.
"""

from dataclasses import dataclass
from datetime import datetime

from . import journal
from .errors import RefusedError
from .models import StateEntry
from .refund_steps import clean_text
from .work import Work

_KEY = "processing_paused"


@dataclass(frozen=True, slots=True)
class Pause:
    """Who paused processing, when, and why."""

    by: str
    at: datetime
    reason: str


def paused(work: Work) -> Pause | None:
    """Return the pause that stands, or None while everything is processed."""
    entry = work.session.get(StateEntry, _KEY, populate_existing=True)
    return Pause(entry.value["by"], entry.at, entry.value["reason"]) if entry and entry.value else None


def pause(work: Work, *, reason: str) -> None:
    """Pause processing; nothing happens when it is paused already. Raises RefusedError without a reason."""
    text = clean_text(reason)
    if text is None:
        raise RefusedError("Say why processing is paused; whoever wonders reads it.")
    work.begin()
    if paused(work) is None:
        work.session.merge(StateEntry(key=_KEY, value={"by": work.actor, "reason": text}, at=work.now()))
        journal.record(work, "processing.paused", reason=text)


def resume(work: Work) -> None:
    """Process again, what has gathered first; nothing happens when it is not paused."""
    work.begin()
    if paused(work) is not None:
        work.session.merge(StateEntry(key=_KEY, value={}, at=work.now()))
        journal.record(work, "processing.resumed")
