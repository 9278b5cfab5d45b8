"""Refunds that the system proposes: money that came twice, too late, too much, or for a cancelled order.

A proposal is a refund like any other, except that nobody asked for it: a person approves it or lets it go.
"""

from sqlalchemy import select

from . import charges, ledger, refunds
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
    """Bring undecided proposals down to the money that is there and not due, after either became less; newest first."""
    charge = _lock(work, charge)
    for refund in filter(_is_proposal, reversed(_refunds(work, charge))):
        missing = max(-steps.refundable(work, charge), refund.amount - _still_not_due(work, charge, refund))
        if missing >= refund.amount:
            steps.move(work, refund, "withdraw")
        elif missing > 0:
            _change(work, refund, refund.amount - missing, None)


def not_due(work: Work, charge: Charge) -> dict[RefundReason, int]:
    """Return what the order does not need, in rupiah by the reason it goes back for.

    Of an order that ended unpaid it is everything; of the others never what they need, whatever it is marked as.
    """
    received = ledger.figures_of(work, charge).received
    if charge.status in _ENDED:
        return {_ENDED[charge.status]: received}
    spare = received - charge.amount_due
    found: dict[RefundReason, int] = {}
    for exception, amount in ledger.not_due(work, charge).items():
        found[_PROPOSED_FOR[exception]] = max(0, min(amount, spare))
        spare -= amount
    return found


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


def _still_not_due(work: Work, charge: Charge, refund: Refund) -> int:
    """Return how much of a proposal the order still does not need; what a host proposed is the host's to judge."""
    if refund.reason not in {*_ENDED.values(), *_PROPOSED_FOR.values()}:
        return refund.amount
    same = (each for each in _refunds(work, charge) if each.reason == refund.reason and each is not refund)
    return not_due(work, charge).get(refund.reason, 0) - sum(each.amount for each in same)


# What a refund of money that was not due is called: of a charge that ended, of one that is paid.
_ENDED: dict[str, RefundReason] = {"cancelled": "cancellation", "expired": "wrong_amount"}
_PROPOSED_FOR: dict[str, RefundReason] = {
    "paid_after_cancel": "cancellation",
    "duplicate_payment": "duplicate_payment",
    "overpaid": "wrong_amount",
}
