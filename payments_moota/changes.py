"""What may change about a charge once it is open: it is cancelled, gets more time or another account, lives again."""

from datetime import datetime

from . import accounts, charges, journal, ledger, proposals, reservations, signals
from .errors import RefusedError
from .models import Charge
from .rules import states
from .work import Work


def cancel(work: Work, order_ref: str, *, reason: str) -> Charge:
    """Stop asking for payment; the amount stays reserved until the late window ends.

    Raises UnknownCharge, or InvalidTransition when the charge is already paid or cancelled.
    """
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    charge.status = states.next_state(states.CHARGE, charge.status, "cancel")
    charge.cancelled_at = work.now()
    charge.cancel_reason = reason
    charge.amount_open = 0
    journal.record(work, "charge.cancelled", charge=charge, reason=reason)
    work.emit(signals.charge_cancelled, charge=charge, reason=reason)
    received = ledger.figures_of(work, charge).received
    if received:
        proposals.propose(work, charge, received, "cancellation")
    return charge


def extend(work: Work, order_ref: str, *, until: datetime) -> Charge:
    """Give an unpaid charge more time. Raises RefusedError when it is not waiting or `until` is not later."""
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    if charge.status != "pending":
        raise RefusedError(f"The charge of {order_ref} is {charge.status}; only one that waits can be extended.")
    if until <= charge.expires_at:
        raise RefusedError("The new deadline must be later than the present one.")
    _set_deadline(work, charge, until)
    journal.record(work, "charge.extended", charge=charge, until=until.isoformat())
    return charge


def reopen(work: Work, order_ref: str, *, until: datetime) -> Charge:
    """Let an expired or cancelled charge wait again, for the same amount where it is still reserved.

    The host checks its stock in the receiver of `charge_reopened`; what it raises leaves everything as it was.
    Raises RefusedError, or InvalidTransition for a charge that waits or is paid.
    """
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    if until <= work.now():
        raise RefusedError("The new deadline must lie in the future.")
    if ledger.gone(work, charge):
        raise RefusedError(f"Money of the order {order_ref} goes back to the payer; let them order anew.")
    charge.status = states.next_state(states.CHARGE, charge.status, "reopen")
    charge.expired_at = charge.cancelled_at = charge.cancel_reason = None
    _set_deadline(work, charge, until)
    is_covered = ledger.is_settled(work, charge)
    if not is_covered:
        reservations.ask_for_the_rest(work, charge)
    ledger.refresh(work, charge)
    proposals.trim_proposals(work, charge)
    journal.record(work, "charge.reopened", charge=charge, until=until.isoformat(), amount_open=charge.amount_open)
    work.emit(signals.charge_reopened, charge=charge)
    if is_covered:
        _pay_at_once(work, charge)
    return charge


def change_account(work: Work, order_ref: str, *, account: str) -> Charge:
    """Let the payer transfer to another account; the old amount stays reserved, money sent there still counts.

    Raises RefusedError when the charge does not wait, when part of it is paid, or when no code is free there.
    """
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    if charge.status != "pending" or ledger.figures_of(work, charge).received:
        raise RefusedError(f"The charge of {order_ref} cannot move to another account any more.")
    target = accounts.get_account(work, account)
    if target.id != charge.account_id:
        charges.move_to(work, charge, target)
        journal.record(work, "charge.moved", charge=charge, bank_id=account, amount_due=charge.amount_due)
    return charge


def _pay_at_once(work: Work, charge: Charge) -> None:
    """Pay a charge whose money had come while it was closed."""
    charge.status = states.next_state(states.CHARGE, charge.status, "pay")
    charge.paid_at = work.now()
    charge.amount_open = 0
    journal.record(work, "charge.paid", charge=charge, amount=ledger.figures_of(work, charge).received)
    work.emit(signals.charge_paid, charge=charge, mutation=None, is_late=True)


def _set_deadline(work: Work, charge: Charge, until: datetime) -> None:
    charge.expires_at = until
    charge.hold_until = until + work.settings.feed_delay
    charge.reminded_at = None
    reservations.follow_deadline(work, charge)
