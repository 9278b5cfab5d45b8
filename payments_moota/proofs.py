"""Proofs of transfer that payers hand in, for when the bank or Moota is slow: a person looks at them.

A proof pays nothing: only the bank's own line, or a person's decision, does. It shows the shop where to look.
"""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from . import charges, journal, signals
from .errors import InvalidEvidence, RefusedError
from .evidence import CleanFile
from .models import Charge, Proof
from .work import Work

MOST_PROOFS = 5


def hand_in(work: Work, order_ref: str, file: CleanFile) -> Proof:
    """Keep a cleaned file as a proof of the transfer for an order; the same file again is the same proof.

    Raises UnknownCharge, RefusedError once the order is paid, InvalidEvidence when there are too many.
    """
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    digest = hashlib.sha256(file.content).hexdigest()
    same = select(Proof).where(Proof.charge_id == charge.id, Proof.content_sha256 == digest)
    known = work.session.scalars(same).one_or_none()
    if known is not None:
        return known
    if not can_be_handed_in(charge):
        raise RefusedError(f"The order {order_ref!r} is {charge.status}; a proof is of no use any more.")
    if count(work, charge) >= MOST_PROOFS:
        raise InvalidEvidence(f"There are {MOST_PROOFS} proofs already; more are not kept.", why="proofs")
    proof = Proof(
        charge=charge,
        filename=file.filename,
        media_type=file.media_type,
        content=file.content,
        content_sha256=digest,
        created_at=work.now(),
    )
    work.session.add(proof)
    work.session.flush()
    journal.record(work, "charge.proof_received", charge=charge, proof=proof.public_id, filename=proof.filename)
    work.emit(signals.proof_received, charge=charge, proof=proof)
    return proof


def can_be_handed_in(charge: Charge) -> bool:
    """Tell whether a proof may still help: money is waited for, or may have gone to an ended order."""
    return charge.status != "paid"


def count(work: Work, charge: Charge) -> int:
    """Return how many proofs were handed in for a charge."""
    query = select(func.count(Proof.id)).where(Proof.charge_id == charge.id)
    return int(work.session.execute(query).scalar_one())


def of(work: Work, charge: Charge) -> list[Proof]:
    """Return the proofs of a charge, oldest first, without reading their content."""
    query = select(Proof).where(Proof.charge_id == charge.id).order_by(Proof.id)
    return list(work.session.scalars(query.options(defer(Proof.content))))


def get(work: Work, order_ref: str, public_id: str) -> Proof:
    """Return one proof of this order, with its content. Raises RefusedError when it has none such, or no more."""
    query = select(Proof).join(Proof.charge)
    query = query.where(Charge.order_ref == order_ref, Proof.public_id == public_id, Proof.removed_at.is_(None))
    proof = work.session.scalars(query).one_or_none()
    if proof is None:
        raise RefusedError(f"The order {order_ref!r} has no proof {public_id!r}.")
    return proof


def waiting(work: Work, *, limit: int = 200) -> list[Proof]:
    """Return the proofs that nobody has looked at, of orders that are not paid; oldest first."""
    query = select(Proof).join(Proof.charge).where(Proof.seen_at.is_(None), Charge.status != "paid")
    return list(work.session.scalars(query.options(defer(Proof.content)).order_by(Proof.id).limit(limit)))


def note_seen(work: Work, order_ref: str) -> int:
    """Note that a person has looked at an order's proofs; the payer sees that. Return how many were new to them.

    Raises UnknownCharge.
    """
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    query = select(Proof).where(Proof.charge_id == charge.id, Proof.seen_at.is_(None)).options(defer(Proof.content))
    unseen = list(work.session.scalars(query))
    for proof in unseen:
        proof.seen_at = work.now()
        proof.seen_by = work.actor
    if unseen:
        journal.record(work, "charge.proof_seen", charge=charge, count=len(unseen))
    return len(unseen)
