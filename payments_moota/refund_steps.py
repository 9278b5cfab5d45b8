"""What every verb on a refund shares: the locks, the step from one status to the next, the due date and the cap.

Locks are always taken in the same order, the charge before its refunds, so that two people, or a person and the
worker, wait for each other and the later one sees what the earlier one did.
"""

import unicodedata
from datetime import date, datetime
from typing import Any

from blinker import NamedSignal
from sqlalchemy import select

from . import charges, journal, ledger, signals
from .errors import NotRefundable, RefusedError, UnknownRefund
from .models import Charge, Holiday, Mutation, Refund
from .models.refunds import RefundStatus
from .rules import states, workdays
from .rules.holidays import HOLIDAYS
from .work import Work

LONGEST_TEXT = 2000


def lock_refund(work: Work, ticket: str | None) -> Refund:
    """Return a refund as it is now, it and its charge locked until the transaction ends. Raises UnknownRefund."""
    work.begin()
    work.session.flush()
    query = select(Charge.order_ref).join(Refund, Refund.charge_id == Charge.id).where(Refund.ticket == ticket)
    order_ref = work.session.scalars(query).one_or_none()
    if order_ref is None:
        raise UnknownRefund(f"There is no refund {ticket!r}; see `flask moota refund list`.")
    charges.lock_charge(work, order_ref)
    locked = select(Refund).where(Refund.ticket == ticket).with_for_update(of=Refund)
    return work.session.scalars(locked.execution_options(populate_existing=True)).one()


def require(refund: Refund, event: str) -> RefundStatus:
    """Return the status that `event` leads to. Raises InvalidTransition before anything has been changed."""
    return states.next_state(states.REFUND, refund.status, event)


def move(work: Work, refund: Refund, event: str, *, note: str | None = None, mutation: Mutation | None = None) -> None:
    """Take one step of the table of states, and tell. Raises InvalidTransition."""
    refund.status = require(refund, event)
    announce(work, refund, f"refund.{refund.status}", note=note, mutation=mutation)


def announce(
    work: Work,
    refund: Refund,
    name: str,
    *,
    note: str | None = None,
    mutation: Mutation | None = None,
    **data: Any,
) -> None:
    """Write one line of the refund's history and send its one signal, with the line's name as `step`."""
    journal.record(
        work,
        name,
        charge=refund.charge,
        refund=refund,
        mutation=mutation,
        status=refund.status,
        amount=refund.amount,
        note=note,
        **data,
    )
    work.emit(_signal_of(name), refund=refund, step=name)


def due_after(work: Work, days: int) -> datetime:
    """Return the end of the workday that comes `days` workdays after today."""
    return workdays.due_at(work.now(), days, bank_holidays(work), work.settings.zone)


def bank_holidays(work: Work) -> frozenset[date]:
    """Return the days on which banks do not work: the known ones, and what the owner's table says over them.

    A row of the table without a name says that banks do work on that day.
    """
    own = {holiday.day: holiday.name for holiday in work.session.scalars(select(Holiday))}
    known = {holiday.day: holiday.name for holiday in HOLIDAYS}
    return frozenset(day for day, name in {**known, **own}.items() if name)


def ask_destination(work: Work, refund: Refund) -> datetime:
    """Give the shopper the time of the settings to say where the money goes; return until when."""
    until = due_after(work, work.settings.refund_destination_days)
    refund.destination_until = until
    refund.reminded_at = work.now()
    return until


def refundable(work: Work, charge: Charge) -> int:
    """Return what may still be asked back, in rupiah: received, less refunded, less all refunds that are open.

    Below zero when the bank took money back after it had been promised. True only while the charge is locked.
    """
    work.session.flush()
    money = ledger.figures_of(work, charge)
    return money.received - money.refunded - money.promised


def require_covered(work: Work, refund: Refund) -> None:
    """Make sure that the money promised is still there. Raises NotRefundable when the bank took it back."""
    left = refundable(work, refund.charge)
    if left < 0:
        raise NotRefundable(
            f"The order {refund.charge.order_ref!r} has {-left} rupiah less than its open refunds promise; "
            "reject or withdraw one of them.",
            amount=refund.amount,
            refundable=left + refund.amount,
        )


def clean_text(text: str | None) -> str | None:
    """Take control characters out of what somebody wrote; None when nothing is left. Raises RefusedError if long."""
    kept = "".join(sign for sign in text or "" if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    if len(kept) > LONGEST_TEXT:
        raise RefusedError(f"The text has {len(kept)} characters; at most {LONGEST_TEXT} are kept.")
    return kept.strip() or None


def _signal_of(name: str) -> NamedSignal:
    if name == "refund.requested":
        return signals.refund_requested
    return signals.refund_completed if name == "refund.completed" else signals.refund_updated
