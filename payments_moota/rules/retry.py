"""How long to wait before trying again: growing gaps, then a person."""

from datetime import timedelta

_GAPS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)


def next_gap(attempts: int) -> timedelta | None:
    """Return the wait after the given number of failed attempts (from 1), or None when it is a person's turn."""
    return _GAPS[attempts - 1] if attempts <= len(_GAPS) else None
