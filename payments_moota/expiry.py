"""What time does: reminders go out, deadlines pass, late windows end."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, select

from . import charges, journal, ledger, proposals, signals
from .models import Allocation, Charge, Refund
from .rules import states
from .work import Work

# A reminder goes out once, when a quarter of the time is left, at the latest six hours before the deadline.
_LONGEST_NOTICE = timedelta(hours=6)


def due_charges(work: Work, *, limit: int = 200) -> list[int]:
    """Return the ids of pending charges whose advertised deadline has passed, oldest first."""
    query = select(Charge.id).where(Charge.status == "pending", Charge.expires_at <= work.now())
    return list(work.session.scalars(query.order_by(Charge.expires_at, Charge.id).limit(limit)))


def expire(work: Work, charge_id: int) -> Charge | None:
    """Expire one charge; None when it was paid, cancelled or extended in the meantime."""
    work.begin()
    query = select(Charge).where(Charge.id == charge_id).with_for_update(of=Charge)
    charge = work.session.scalars(query.execution_options(populate_existing=True)).one()
    if charge.status != "pending" or charge.expires_at > work.now():
        return None
    charge.status = states.next_state(states.CHARGE, charge.status, "expire")
    charge.expired_at = work.now()
    journal.record(work, "charge.expired", charge=charge)
    work.emit(signals.charge_expired, charge=charge)
    return charge


def end_late_window(work: Work, charge_id: int) -> None:
    """Propose to give back what came for a charge that was never paid in full, now that nothing more is awaited."""
    work.begin()
    charge = charges.lock_by_id(work, charge_id)
    received = ledger.figures_of(work, charge).received
    if charge.status == "expired" and received:
        proposals.propose(work, charge, received, "wrong_amount")


def ended_late_windows(work: Work, *, limit: int = 200) -> list[int]:
    """Return the ids of charges that ended underpaid and whose late window has ended too, with nothing proposed yet."""
    query = (
        select(Charge.id)
        .join(Allocation, Allocation.charge_id == Charge.id)
        .where(
            Charge.status == "expired",
            Charge.expires_at <= work.now() - work.settings.late_window,
            ~exists().where(Refund.charge_id == Charge.id),
        )
        .group_by(Charge.id)
        .having(func.sum(Allocation.amount) > 0)
    )
    return list(work.session.scalars(query.limit(limit)))


def due_reminders(work: Work, *, limit: int = 200) -> list[int]:
    """Return the ids of waiting charges whose payer should be reminded now and was not yet."""
    query = select(Charge).where(
        Charge.status == "pending",
        Charge.reminded_at.is_(None),
        Charge.expires_at > work.now(),
        Charge.expires_at <= work.now() + _LONGEST_NOTICE,
    )
    waiting = work.session.scalars(query.order_by(Charge.expires_at, Charge.id).limit(limit))
    return [charge.id for charge in waiting if work.now() >= _remind_at(charge)]


def remind(work: Work, charge_id: int) -> None:
    """Remind a payer once; nothing when it happened or is no longer needed."""
    work.begin()
    charge = charges.lock_by_id(work, charge_id)
    if charge.status != "pending" or charge.reminded_at is not None:
        return
    charge.reminded_at = work.now()
    journal.record(work, "charge.reminded", charge=charge)
    work.emit(signals.charge_due_soon, charge=charge)


def _remind_at(charge: Charge) -> datetime:
    return charge.expires_at - min(_LONGEST_NOTICE, (charge.expires_at - charge.created_at) / 4)
