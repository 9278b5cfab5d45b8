"""Paying a charge whose money is there already: it came while the charge was closed, or was to go back and stays."""

from sqlalchemy import and_, not_, select

from . import journal, ledger, proposals, reservations, signals
from .models import Charge, Refund
from .rules import states
from .work import Work


def pay_at_once(work: Work, charge: Charge) -> None:
    """Pay a charge by the money it has, as money that came late; the host looks whether it can still serve."""
    charge.status = states.next_state(states.CHARGE, charge.status, "pay")
    charge.paid_at = work.now()
    charge.amount_open = 0
    reservations.cool_down(work, charge)
    proposals.trim_proposals(work, charge)
    journal.record(work, "charge.paid", charge=charge, amount=ledger.figures_of(work, charge).received)
    work.emit(signals.charge_paid, charge=charge, mutation=None, is_late=True)


def accept_what_stays(work: Work, charge: Charge) -> None:
    """Bring an expired charge up to date once a refund of it was given up; the caller holds its lock.

    While its money was on its way back the charge asked for nothing, and nothing that came paid it. With nothing gone
    any more it is paid by what is there, unless some of it is still promised back; else it asks for the rest.
    """
    is_given_up = charge.status == "expired" and charge.amount_open == 0
    if not is_given_up or ledger.gone(work, charge):
        return
    if not ledger.is_settled(work, charge):
        reservations.ask_for_the_rest(work, charge)
    elif not _is_promised(work, charge):
        pay_at_once(work, charge)


def _is_promised(work: Work, charge: Charge) -> bool:
    """Tell whether somebody waits for a refund. What the system proposes, nobody has asked for."""
    is_proposal = and_(Refund.origin == "system", Refund.status.in_(("requested", "in_review")))
    query = select(Refund.id).where(
        Refund.charge_id == charge.id, Refund.status.in_(ledger.OPEN_REFUNDS), not_(is_proposal)
    )
    return work.session.scalars(query.limit(1)).first() is not None
