"""Where a refund's money goes: asked of the shopper by a link that works once, checked, masked, open until it is sent.

The link carries the refund and a number; using it, or asking anew, counts the number up, and every older link is dead.
The full account number is in the refund alone: no event, message or JSON object ever has it.
"""

from datetime import timedelta

from sqlalchemy import select

from . import journal
from . import refund_steps as steps
from .errors import InvalidLink, RefusedError
from .models import Refund
from .refunds import write_destination
from .rules.bank_codes import BANKS
from .rules.destination import Destination
from .rules.masking import is_masked, tail
from .work import Work

# While the money has not left.
_CHANGEABLE = ("requested", "in_review", "approved", "failed")
# The shop itself enters an account only before somebody approves the refund with it.
_SHOP_MAY_ENTER = ("requested", "in_review", "failed")
_REMIND_EVERY = timedelta(days=4)


def check_link(work: Work, public_id: str, number: int) -> Refund:
    """Return the refund that a destination link is for. Raises InvalidLink saying why it does not work (any more)."""
    refund = work.session.scalars(select(Refund).where(Refund.public_id == public_id)).one_or_none()
    if refund is None:
        raise InvalidLink("This link is not one of ours.", why="altered")
    _require_usable(work, refund, number)
    return refund


def enter_by_link(work: Work, public_id: str, number: int, destination: Destination) -> Refund:
    """Take the destination a shopper entered; the link is used up. Raises InvalidLink as `check_link` does."""
    refund = steps.lock_refund(work, check_link(work, public_id, number).ticket)
    _require_usable(work, refund, number)
    refund.destination_link += 1
    _enter(work, refund, destination)
    return refund


def enter_by_shop(work: Work, ticket: str, destination: Destination) -> Refund:
    """Enter what the shopper told the shop in another way, before the approval. Raises RefusedError after it."""
    refund = steps.lock_refund(work, ticket)
    if refund.status not in _SHOP_MAY_ENTER:
        raise RefusedError(
            f'The refund is "{refund.status}": only the shopper can change the account now, by the link.'
        )
    refund.destination_link += 1
    _enter(work, refund, destination)
    return refund


def renew_link(work: Work, ticket: str) -> Refund:
    """Ask the shopper (again): a new link, a new deadline, and older links die. Raises RefusedError once it is sent.

    An account that was entered before stays in force until the shopper gives another.
    """
    refund = steps.lock_refund(work, ticket)
    if refund.status not in _CHANGEABLE:
        raise RefusedError(f'The refund is "{refund.status}": its account cannot be changed.')
    refund.destination_link += 1
    steps.ask_destination(work, refund)
    steps.announce(work, refund, "refund.destination_asked")
    return refund


def reveal(work: Work, ticket: str) -> Destination | None:
    """Return the full destination to somebody who makes the transfer; who looked is written into the history."""
    refund = steps.lock_refund(work, ticket)
    found = destination_of(refund)
    if found is not None:
        journal.record(work, "refund.destination_viewed", charge=refund.charge, refund=refund, status=refund.status)
    return found


def destination_of(refund: Refund) -> Destination | None:
    """Return where a refund goes, or None while nobody has said, or once the number has been removed."""
    if refund.bank_code is None or refund.bank_number is None or refund.bank_holder is None:
        return None
    if is_masked(refund.bank_number):
        return None
    return Destination(refund.bank_code, refund.bank_number, refund.bank_holder)


def due_reminders(work: Work, *, limit: int = 200) -> list[str]:
    """Return the tickets whose shoppers should be reminded: asked four days ago, silent, and still in time."""
    now = work.now()
    query = select(Refund.ticket).where(
        Refund.status.in_(_CHANGEABLE),
        Refund.destination_at.is_(None),
        Refund.destination_until > now,
        Refund.reminded_at <= now - _REMIND_EVERY,
    )
    return [ticket for ticket in work.session.scalars(query.order_by(Refund.id).limit(limit)) if ticket]


def remind(work: Work, ticket: str) -> bool:
    """Tell the host to remind one shopper; False when that has become unnecessary meanwhile."""
    refund = steps.lock_refund(work, ticket)
    now = work.now()
    waiting = refund.status in _CHANGEABLE and refund.destination_at is None
    in_time = refund.destination_until is not None and refund.destination_until > now
    asked = refund.reminded_at is not None and refund.reminded_at <= now - _REMIND_EVERY
    if not (waiting and in_time and asked):
        return False
    refund.reminded_at = now
    steps.announce(work, refund, "refund.destination_reminded")
    return True


def _require_usable(work: Work, refund: Refund, number: int) -> None:
    if refund.status not in _CHANGEABLE:
        raise InvalidLink("The account cannot be changed any more.", why="closed")
    if refund.destination_link != number:
        raise InvalidLink("This link has been used, or a newer one was sent.", why="used")
    if refund.destination_until is None or refund.destination_until <= work.now():
        raise InvalidLink("The time to use this link is over; ask the shop for a new one.", why="expired")


def _enter(work: Work, refund: Refund, destination: Destination) -> None:
    write_destination(work, refund, destination)
    if refund.status == "approved":
        refund.due_at = steps.due_after(work, work.settings.refund_transfer_days)
    steps.announce(
        work,
        refund,
        "refund.destination_entered",
        bank=BANKS[destination.bank_code].name,
        number_ends_in=tail(destination.number),
    )
