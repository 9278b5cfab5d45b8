"""Retention: raw webhooks are kept as long as the settings say; what was read from them is kept for good."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update

from . import journal
from .models import Delivery
from .work import Work

# What a source of truth for disputes needs at least, whatever the settings say.
_LEAST = timedelta(days=14)
_OF_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Purged:
    """How many deliveries lost their body, and how many bytes these had."""

    deliveries: int = 0
    bytes: int = 0

    def __add__(self, other: "Purged") -> "Purged":
        return Purged(self.deliveries + other.deliveries, self.bytes + other.bytes)


def purge(work: Work, *, limit: int = 500) -> Purged:
    """Empty the bodies of at most `limit` processed deliveries that came in before MOOTA_INBOX_RETENTION_DAYS.

    What waits or failed is never touched. The row stays with its hash, so that the same bytes sent again are still
    known; see `is_purged`. Call it again, in a transaction of its own, until nothing is left.
    """
    work.begin()
    until = work.now() - max(work.settings.inbox_retention, _LEAST)
    size = func.length(Delivery.body)
    due = select(Delivery.id, size).where(Delivery.status == "processed", Delivery.received_at < until, size > 0)
    locked = due.order_by(Delivery.received_at).limit(limit).with_for_update(skip_locked=True)
    sizes: dict[int, int] = dict(work.session.execute(locked).all())
    if not sizes:
        return Purged()
    query = update(Delivery).where(Delivery.id.in_(sizes)).values(body=b"")
    work.session.execute(query, execution_options={"synchronize_session": False})
    done = Purged(len(sizes), sum(sizes.values()))
    journal.record(work, "inbox.purged", deliveries=done.deliveries, bytes=done.bytes, until=until.isoformat())
    return done


def is_purged(delivery: Delivery) -> bool:
    """Tell whether a delivery's body was here and is no more: its hash is not that of nothing."""
    return not delivery.body and delivery.body_sha256 != _OF_NOTHING
