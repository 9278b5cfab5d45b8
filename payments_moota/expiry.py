"""What time does: deadlines pass, reserved amounts become free again."""

from sqlalchemy import select, update

from . import journal, signals
from .models import Charge, Reservation
from .rules import states
from .work import Work


def due_charges(work: Work, *, limit: int = 200) -> list[int]:
    """Return the ids of pending charges whose advertised deadline has passed, oldest first."""
    query = select(Charge.id).where(Charge.status == "pending", Charge.expires_at <= work.now())
    return list(work.session.scalars(query.order_by(Charge.expires_at).limit(limit)))


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


def release_reservations(work: Work) -> int:
    """Free the amounts whose late window has ended; return how many."""
    work.begin()
    now = work.now()
    query = update(Reservation).where(Reservation.released_at.is_(None), Reservation.reserved_until <= now)
    result = work.session.execute(query.values(released_at=now), execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]
