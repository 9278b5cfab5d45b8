"""Refunds that the system proposes: money that came twice, too late, too much, or for a cancelled order.

A proposal is a refund like any other, except that nobody asked for it: a person approves it or lets it go.
"""

from sqlalchemy import select

from . import charges, refunds
from . import refund_steps as steps
from .models import Charge, Refund
from .models.refunds import RefundReason
from .work import Work

_UNDECIDED = ("requested", "in_review")
_DECIDED = ("approved", "sent", "failed")


def propose(work: Work, charge: Charge, amount: int, reason: RefundReason, *, note: str | None = None) -> Refund | None:
    """Propose that `amount` rupiah in all go back for one reason; None when there is nothing (more) to propose.

    An open proposal for the same reason is raised to the new amount, never doubled. What has been approved for this
    reason and has not arrived yet counts towards the amount. Never more than can be refunded at all.
    """
    charge = _lock(work, charge)
    same = _proposals(work, charge, reason)
    wanted = amount - sum(refund.amount for refund in same if refund.status in _DECIDED)
    waiting = next((refund for refund in same if refund.status in _UNDECIDED), None)
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
    for refund in reversed(_proposals(work, charge)):
        missing = -steps.refundable(work, charge)
        if missing <= 0:
            return
        if refund.status not in _UNDECIDED:
            continue
        if missing >= refund.amount:
            steps.move(work, refund, "withdraw")
        else:
            _change(work, refund, refund.amount - missing, None)


def _lock(work: Work, charge: Charge) -> Charge:
    work.begin()
    work.session.flush()
    return charges.lock_charge(work, charge.order_ref)


def _proposals(work: Work, charge: Charge, reason: RefundReason | None = None) -> list[Refund]:
    query = select(Refund).where(
        Refund.charge_id == charge.id, Refund.origin == "system", Refund.status.in_(_UNDECIDED + _DECIDED)
    )
    if reason:
        query = query.where(Refund.reason == reason)
    locked = query.order_by(Refund.id).with_for_update(of=Refund)
    return list(work.session.scalars(locked.execution_options(populate_existing=True)))


def _raise(work: Work, refund: Refund, wanted: int, note: str | None) -> None:
    capped = min(wanted, refund.amount + steps.refundable(work, refund.charge))
    if capped > refund.amount:
        _change(work, refund, capped, note)


def _change(work: Work, refund: Refund, amount: int, note: str | None) -> None:
    before = refund.amount
    refund.amount = amount
    steps.announce(work, refund, "refund.amount_changed", note=note, before=before)
