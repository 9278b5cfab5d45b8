"""When something last happened that happens again and again, and what came of it: a worker's sign of life, a pull."""

from datetime import datetime
from typing import Any

from .models import StateEntry
from .work import Work

WORKER = "worker"
PURGE = "purge"
PULL = "pull"


def note(work: Work, key: str, **result: Any) -> None:
    """Note that it happens now, with what came of it as JSON can hold it."""
    work.begin()
    work.session.merge(StateEntry(key=key, value=result, at=work.now()))


def note_result(work: Work, key: str, **result: Any) -> None:
    """Note what came of something that was noted when it began."""
    work.begin()
    entry = work.session.get(StateEntry, key, with_for_update=True, populate_existing=True)
    if entry is not None:
        entry.value = result


def result_of(work: Work, key: str) -> dict[str, Any]:
    """Return what came of it the last time."""
    entry = work.session.get(StateEntry, key)
    return dict(entry.value) if entry else {}


def last_at(work: Work, key: str) -> datetime | None:
    """Return when it last happened, or None if never."""
    entry = work.session.get(StateEntry, key)
    return entry.at if entry else None
