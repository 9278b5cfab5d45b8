"""What may change about a charge once it is open: it is cancelled, gets more time or another account, lives again."""

from datetime import datetime
from typing import Any

from . import accepting, accounts, charges, journal, ledger, proposals, provider, reservations, signals
from .errors import RefusedError
from .models import Charge
from .provider import Prepared
from .rules import states
from .rules.methods import Method
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
    work.emit(signals.charge_extended, charge=charge)
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
        accepting.pay_at_once(work, charge)
    return charge


def change_method(
    work: Work,
    order_ref: str,
    *,
    method: Method = "bank_transfer",
    account: str | None = None,
    prepared: Prepared | None = None,
) -> Charge:
    """Let the payer pay another way, or to another account; the same way again changes nothing.

    The old amount of a transfer stays reserved, and money sent there still counts. An old virtual account number or
    QR code is taken away: what still comes by it is for a person to judge. Once a part has been paid, the rest can
    only be transferred. Raises RefusedError when the charge does not wait, when the way cannot be had, or when no
    unique code is free there.
    """
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    received = ledger.figures_of(work, charge).received
    if charge.status != "pending":
        raise RefusedError(f"The charge of {order_ref} is {charge.status}; only one that waits can move.")
    if received and (prepared is not None or method != "bank_transfer"):
        raise RefusedError(f"A part of {order_ref} is paid; the rest can only be transferred.")
    if prepared is None and (charge.method, account) in {(method, charge.account.bank_id), (method, None)}:
        return charge
    was = charge.method
    provider.end(work, charge)
    if prepared is not None:
        provider.keep(work, charge, accounts.get_account(work, prepared.bank_id), prepared)
    else:
        places = charges.places_for(work, charge.amount, method, account)
        reservations.reserve_first_free(work, charge, places, received=received)
    facts: dict[str, Any] = {
        "bank_id": charge.account.bank_id,
        "method": charge.method,
        "amount_due": charge.amount_due,
    }
    journal.record(work, "charge.moved", charge=charge, was=was, **facts)
    work.emit(signals.charge_moved, charge=charge)
    return charge


def _set_deadline(work: Work, charge: Charge, until: datetime) -> None:
    charge.expires_at = until
    charge.hold_until = until + work.settings.feed_delay
    charge.reminded_at = None
    reservations.follow_deadline(work, charge)
