"""Retention: what is kept as long as the settings say, and no longer.

Raw webhooks lose their body; what was read from them is kept for good. Refunds that are over lose the number of the
account they went to, but for its last four digits; proofs of transfer lose their pictures.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update

from . import journal
from .models import Charge, Delivery, Event, Proof, Refund
from .rules.masking import HIDDEN, mask_number
from .work import Work

# What a source of truth for disputes needs at least, whatever the settings say.
_LEAST = timedelta(days=14)
# A refund that is over, and the lines of its history that say so.
_OVER = ("completed", "rejected", "withdrawn")
_ENDS = ("refund.completed", "refund.rejected", "refund.withdrawn", "refund.seen_on_statement")
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


def purge_destinations(work: Work, *, limit: int = 500) -> int:
    """Hide the account numbers of at most `limit` refunds that have been over for long; return how many.

    MOOTA_REFUND_DESTINATION_RETENTION_DAYS is counted from the last time a refund came to an end: one that the bank
    returned is not over, and its number stays until it is again.
    """
    work.begin()
    until = work.now() - work.settings.destination_retention
    ended = (
        select(Event.refund_id)
        .where(Event.name.in_(_ENDS), Event.refund_id == Refund.id)
        .group_by(Event.refund_id)
        .having(func.max(Event.at) < until)
    )
    due = select(Refund).where(Refund.status.in_(_OVER), Refund.bank_number.not_like(f"%{HIDDEN}%"), ended.exists())
    refunds = list(work.session.scalars(due.order_by(Refund.id).limit(limit).with_for_update(skip_locked=True)))
    for refund in refunds:
        refund.bank_number = mask_number(refund.bank_number or "")
        journal.record(work, "refund.account_removed", charge=refund.charge, refund=refund, status=refund.status)
    return len(refunds)


def purge_proofs(work: Work, *, limit: int = 50) -> int:
    """Empty at most `limit` proofs of transfer that were handed in before MOOTA_PROOF_RETENTION_DAYS; return how many.

    That one was handed in, and who looked at it, stays. Those of an order that still waits are kept.
    """
    work.begin()
    until = work.now() - max(work.settings.proof_retention, _LEAST)
    due = select(Proof).join(Proof.charge).where(Proof.removed_at.is_(None), Proof.created_at < until)
    due = due.where(Charge.status != "pending").order_by(Proof.id).limit(limit)
    proofs = list(work.session.scalars(due.with_for_update(of=Proof, skip_locked=True)))
    for proof in proofs:
        proof.content = b""
        proof.removed_at = work.now()
        journal.record(work, "charge.proof_removed", charge=proof.charge, proof=proof.public_id)
    return len(proofs)


def is_purged(delivery: Delivery) -> bool:
    """Tell whether a delivery's body was here and is no more: its hash is not that of nothing."""
    return not delivery.body and delivery.body_sha256 != _OF_NOTHING
