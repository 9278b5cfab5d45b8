"""When something last happened that happens again and again: a worker's sign of life, the last purge, the last pull."""

from datetime import datetime

from .models import StateEntry
from .work import Work

WORKER = "worker"
PURGE = "purge"
PULL = "pull"


def note(work: Work, key: str) -> None:
    """Note that it happens now."""
    work.begin()
    work.session.merge(StateEntry(key=key, value={}, at=work.now()))


def last_at(work: Work, key: str) -> datetime | None:
    """Return when it last happened, or None if never."""
    entry = work.session.get(StateEntry, key)
    return entry.at if entry else None
