"""Refunds that the system proposes: money that came twice, too late, too much, or for a cancelled order.

A proposal is a refund like any other, except that nobody asked for it: a person approves it or lets it go.
"""

from sqlalchemy import select

from . import charges, refunds
from . import refund_steps as steps
from .models import Charge, Refund
from .models.refunds import RefundReason
from .work import Work


def propose(work: Work, charge: Charge, amount: int, reason: RefundReason, *, note: str | None = None) -> Refund | None:
    """Propose that all that came for one reason, `amount` rupiah, goes back; None when nothing (more) is to be done.

    An undecided proposal for the same reason is raised to the new amount, never doubled. Whatever else was asked,
    promised or paid back for this reason, by whomever, counts towards the amount. Never more than can be refunded.
    """
    charge = _lock(work, charge)
    same = [refund for refund in _refunds(work, charge) if refund.reason == reason]
    waiting = next((refund for refund in same if _is_proposal(refund)), None)
    wanted = amount - sum(refund.amount for refund in same if refund is not waiting)
    if waiting is not None:
        _raise(work, waiting, wanted, note)
        return waiting
    capped = min(wanted, steps.refundable(work, charge))
    if capped <= 0:
        return None
    return refunds.open_refund(work, charge, capped, reason=reason, note=note, origin="system")


def trim_proposals(work: Work, charge: Charge) -> None:
    """Bring undecided proposals down to the money that is there, after some of it left the charge; newest first."""
    charge = _lock(work, charge)
    for refund in filter(_is_proposal, reversed(_refunds(work, charge))):
        missing = -steps.refundable(work, charge)
        if missing <= 0:
            return
        if missing >= refund.amount:
            steps.move(work, refund, "withdraw")
        else:
            _change(work, refund, refund.amount - missing, None)


def _lock(work: Work, charge: Charge) -> Charge:
    work.begin()
    work.session.flush()
    return charges.lock_charge(work, charge.order_ref)


def _refunds(work: Work, charge: Charge) -> list[Refund]:
    """Return a charge's refunds that were not given up, oldest first, locked."""
    query = select(Refund).where(Refund.charge_id == charge.id, Refund.status.not_in(("rejected", "withdrawn")))
    locked = query.order_by(Refund.id).with_for_update(of=Refund)
    return list(work.session.scalars(locked.execution_options(populate_existing=True)))


def _is_proposal(refund: Refund) -> bool:
    return refund.origin == "system" and refund.status in {"requested", "in_review"}


def _raise(work: Work, refund: Refund, wanted: int, note: str | None) -> None:
    capped = min(wanted, refund.amount + steps.refundable(work, refund.charge))
    if capped > refund.amount:
        _change(work, refund, capped, note)


def _change(work: Work, refund: Refund, amount: int, note: str | None) -> None:
    before = refund.amount
    refund.amount = amount
    steps.announce(work, refund, "refund.amount_changed", note=note, before=before)
