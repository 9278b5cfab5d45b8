"""Refunds: money the shop owes back, from the first request until it is seen to have gone.

Sent is not completed: only the outgoing mutation completes a refund, or a person with proof. Every verb takes the
ticket, locks the charge and the refund, writes one line of history and sends one signal.
"""

from typing import Literal, get_args

from sqlalchemy import func, select

from . import accepting, charges, ledger
from . import refund_steps as steps
from .errors import ApprovalRefused, InvalidAmount, NotRefundable, RefusedError, UnknownRefund
from .models import Allocation, Charge, Evidence, Mutation, Refund
from .models.refunds import RefundOrigin, RefundReason, RefundStatus
from .rules.destination import Destination
from .work import Work

REASONS: tuple[RefundReason, ...] = get_args(RefundReason)

# The shell has no login: whoever can run commands there has the rights of the owner.
OPERATOR = "cli"
_NOT_PEOPLE = frozenset({"system", "worker", "customer", "shop"})
# Banks post a transfer on the day it is made or on the next workday.
_ARRIVAL_DAYS = 1


def request_refund(
    work: Work,
    order_ref: str,
    amount: int,
    *,
    reason: RefundReason,
    note: str | None = None,
    origin: RefundOrigin = "owner",
    destination: Destination | None = None,
) -> Refund:
    """Ask for `amount` rupiah of an order's money back; it waits for somebody's approval.

    Raises UnknownCharge, InvalidAmount, RefusedError for a reason that is not on the list, or NotRefundable when the
    charge has received less than this, its refunds and its open requests together.
    """
    work.begin()
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise InvalidAmount(f"{amount!r} is not a positive whole number of rupiah.")
    if reason not in REASONS:
        raise RefusedError(f"{reason!r} is not a reason; choose one of {', '.join(REASONS)}.")
    text = steps.clean_text(note)
    charge = charges.lock_charge(work, order_ref)
    left = steps.refundable(work, charge)
    if amount > left:
        raise NotRefundable(
            f"{amount} rupiah cannot be refunded on {order_ref!r}: {max(0, left)} rupiah can be.",
            amount=amount,
            refundable=left,
        )
    return open_refund(work, charge, amount, reason=reason, note=text, origin=origin, destination=destination)


def open_refund(
    work: Work,
    charge: Charge,
    amount: int,
    *,
    reason: RefundReason,
    note: str | None,
    origin: RefundOrigin,
    destination: Destination | None = None,
) -> Refund:
    """Write a new refund with its ticket; the caller holds the charge's lock and has checked the amount."""
    now = work.now()
    refund = Refund(
        charge=charge,
        amount=amount,
        reason=reason,
        note=note,
        origin=origin,
        requested_by="system" if origin == "system" else work.actor,
        created_at=now,
        due_at=steps.due_after(work, work.settings.refund_review_days),
    )
    work.session.add(refund)
    work.session.flush()
    refund.ticket = f"RFD-{now.astimezone(work.settings.zone).year}-{refund.id:06d}"
    if destination:
        write_destination(work, refund, destination)
    else:
        steps.ask_destination(work, refund)
    steps.announce(work, refund, "refund.requested", note=note, reason=reason, origin=origin)
    return refund


def start_review(work: Work, ticket: str, *, note: str | None = None) -> Refund:
    """Show the shopper that somebody looks into it; the due date stays."""
    refund = steps.lock_refund(work, ticket)
    steps.move(work, refund, "review", note=steps.clean_text(note))
    return refund


def approve(work: Work, ticket: str, *, note: str | None = None, fresh_password: bool = False) -> Refund:
    """Decide that the money goes back.

    Approving needs another person than the one who asked. Where `approval_needs` says `fresh_password`, the one who
    asked may do it too when the caller has just checked the password and says so. The shell's `cli` may always: it
    has no login and counts as the operator, with full rights. Raises ApprovalRefused, InvalidTransition, or
    NotRefundable when the bank took the money back meanwhile.
    """
    refund = steps.lock_refund(work, ticket)
    steps.require(refund, "approve")
    _require_approver(work, refund, fresh_password=fresh_password)
    steps.require_covered(work, refund)
    text = steps.clean_text(note)
    _decide(work, refund)
    _set_transfer_due(work, refund)
    steps.move(work, refund, "approve", note=text)
    return refund


def approval_needs(work: Work) -> Literal["second_person", "fresh_password"]:
    """Return what approving one's own request needs, by MOOTA_REFUND_APPROVAL.

    `auto` asks for a second person, unless the host counts its approvers and there is no more than one.
    """
    asked = work.settings.refund_approval
    if asked != "auto":
        return asked
    is_alone = work.approvers is not None and work.approvers() <= 1
    return "fresh_password" if is_alone else "second_person"


def reject(work: Work, ticket: str, *, note: str | None) -> Refund:
    """Decide that the money stays; `note` tells the shopper why. Raises RefusedError without one."""
    text = steps.clean_text(note)
    if text is None:
        raise RefusedError("Say in a note why the refund is rejected; the shopper reads it.")
    refund = steps.lock_refund(work, ticket)
    steps.require(refund, "reject")
    _decide(work, refund)
    steps.move(work, refund, "reject", note=text)
    accepting.accept_what_stays(work, refund.charge)
    return refund


def withdraw(work: Work, ticket: str, *, note: str | None = None) -> Refund:
    """Take a request back before the money has left. Raises InvalidTransition when it has."""
    refund = steps.lock_refund(work, ticket)
    steps.move(work, refund, "withdraw", note=steps.clean_text(note))
    accepting.accept_what_stays(work, refund.charge)
    return refund


def mark_sent(work: Work, ticket: str, *, note: str | None = None) -> Refund:
    """Say that the transfer has been made; from here on the destination cannot be changed.

    Raises InvalidTransition, or NotRefundable when the bank took the money back meanwhile.
    """
    refund = steps.lock_refund(work, ticket)
    steps.require(refund, "send")
    steps.require_covered(work, refund)
    refund.sent_at = work.now()
    refund.due_at = max(refund.due_at, steps.due_after(work, _ARRIVAL_DAYS))
    steps.move(work, refund, "send", note=steps.clean_text(note))
    return refund


def complete(work: Work, ticket: str, *, note: str | None = None) -> Refund:
    """Vouch that the money has gone: with a file of kind `proof`, or a `note` that says what proves it.

    The shell's `cli` may do it on its word, as the operator. When the outgoing mutation comes later it takes this
    person's place in the books. Raises RefusedError without proof, or InvalidTransition.
    """
    refund = steps.lock_refund(work, ticket)
    steps.require(refund, "complete")
    text = steps.clean_text(note)
    if text is None and work.actor != OPERATOR and not _has_proof(work, refund):
        raise RefusedError("Attach the proof of the transfer, or say in a note what proves it.")
    _finish(work, refund, None, text)
    return refund


def complete_by_mutation(work: Work, refund: Refund, mutation: Mutation) -> Refund:
    """Complete a refund by the outgoing mutation that pays it; the caller holds the mutation's lock.

    A refund that a person had vouched for stays as it is: the mutation takes the person's place in the books. Raises
    InvalidTransition, or RefusedError when the mutation is no debit with this much left.
    """
    refund = steps.lock_refund(work, refund.ticket)
    _require_left(work, mutation, "debit", refund.amount)
    if refund.status not in {"approved", "sent"} and _vouched(work, refund) > 0:
        _book(work, refund, "refund", -refund.amount, None)
        _book(work, refund, "refund", refund.amount, mutation)
        steps.announce(work, refund, "refund.seen_on_statement", mutation=mutation)
    else:
        steps.require(refund, "complete")
        _finish(work, refund, mutation, None)
    return refund


def reopen_returned(work: Work, refund: Refund, mutation: Mutation) -> Refund:
    """Take back a refund that the bank returned (retur); the caller holds the mutation's lock.

    The shopper is asked for another destination. A payout that never showed on the statement is vouched for by its
    return. Raises InvalidTransition, or RefusedError when the mutation is no credit with this much left.
    """
    refund = steps.lock_refund(work, refund.ticket)
    steps.require(refund, "return")
    _require_left(work, mutation, "credit", refund.amount)
    if refund.status == "sent":
        _book(work, refund, "refund", refund.amount, None)
    _book(work, refund, "returned", refund.amount, mutation)
    refund.completed_at = None
    refund.sent_at = None
    refund.destination_at = None
    steps.ask_destination(work, refund)
    refund.due_at = steps.due_after(work, work.settings.refund_destination_days)
    steps.move(work, refund, "return", mutation=mutation)
    accepting.accept_what_stays(work, refund.charge)
    return refund


def retry(work: Work, ticket: str, *, note: str | None = None, fresh_password: bool = False) -> Refund:
    """Let a returned refund be sent again, normally after the shopper gave another destination.

    The same rule as for `approve`. Raises ApprovalRefused, InvalidTransition or NotRefundable.
    """
    refund = steps.lock_refund(work, ticket)
    steps.require(refund, "retry")
    _require_approver(work, refund, fresh_password=fresh_password)
    steps.require_covered(work, refund)
    _set_transfer_due(work, refund)
    steps.move(work, refund, "retry", note=steps.clean_text(note))
    return refund


def comment(work: Work, ticket: str, text: str) -> Refund:
    """Add a remark that both sides see. Raises RefusedError when it is empty or too long."""
    kept = steps.clean_text(text)
    if kept is None:
        raise RefusedError("The comment is empty.")
    refund = steps.lock_refund(work, ticket)
    steps.announce(work, refund, "refund.comment", note=kept)
    return refund


def suggested_amount(work: Work, charge: Charge) -> int:
    """Return what a full refund would be, in rupiah: everything left, without the unique code if the shop keeps it."""
    kept = 0
    if work.settings.refund_unique_code == "keep":
        kept = max(0, charge.amount_due - charge.amount - charge.fee)
    return max(0, steps.refundable(work, charge) - kept)


def find_refund(work: Work, ticket: str) -> Refund | None:
    """Return the refund with this ticket, or None."""
    return work.session.scalars(select(Refund).where(Refund.ticket == ticket)).one_or_none()


def get_refund(work: Work, ticket: str) -> Refund:
    """Return the refund with this ticket. Raises UnknownRefund."""
    refund = find_refund(work, ticket)
    if refund is None:
        raise UnknownRefund(f"There is no refund {ticket!r}; see `flask moota refund list`.")
    return refund


def list_refunds(
    work: Work, *, status: RefundStatus | None = None, order_ref: str | None = None, limit: int = 1000
) -> list[Refund]:
    """Return the newest refunds, newest first."""
    query = select(Refund).order_by(Refund.id.desc()).limit(limit)
    if status:
        query = query.where(Refund.status == status)
    if order_ref:
        query = query.join(Refund.charge).where(Charge.order_ref == order_ref)
    return list(work.session.scalars(query))


def overdue(work: Work, *, limit: int = 1000) -> list[Refund]:
    """Return the open refunds whose due date has passed, longest overdue first."""
    query = select(Refund).where(Refund.status.in_(ledger.OPEN_REFUNDS), Refund.due_at < work.now())
    return list(work.session.scalars(query.order_by(Refund.due_at).limit(limit)))


def write_destination(work: Work, refund: Refund, destination: Destination) -> None:
    """Note where the money goes."""
    refund.bank_code = destination.bank_code
    refund.bank_number = destination.number
    refund.bank_holder = destination.holder
    refund.destination_at = work.now()
    refund.destination_until = None


def _set_transfer_due(work: Work, refund: Refund) -> None:
    """Say until when the money is transferred; while nobody has said where to, until when the shopper has to."""
    refund.due_at = steps.due_after(work, work.settings.refund_transfer_days)
    if refund.destination_at is None:
        refund.due_at = steps.ask_destination(work, refund)


def _decide(work: Work, refund: Refund) -> None:
    refund.decided_by = work.actor
    refund.decided_at = work.now()


def _require_approver(work: Work, refund: Refund, *, fresh_password: bool) -> None:
    if work.actor in _NOT_PEOPLE:
        raise ApprovalRefused("A refund is approved by a person, not by the system.")
    if work.actor == OPERATOR or work.actor.casefold() != refund.requested_by.casefold():
        return
    if approval_needs(work) == "second_person":
        raise ApprovalRefused("You asked for this refund, so somebody else has to approve it.")
    if not fresh_password:
        raise ApprovalRefused("You asked for this refund yourself; enter your password again to approve it.")


def _has_proof(work: Work, refund: Refund) -> bool:
    query = select(Evidence.id).where(Evidence.refund_id == refund.id, Evidence.kind == "proof").limit(1)
    return work.session.scalars(query).first() is not None


def _finish(work: Work, refund: Refund, mutation: Mutation | None, note: str | None) -> None:
    refund.completed_at = work.now()
    _book(work, refund, "refund", refund.amount, mutation)
    steps.move(work, refund, "complete", note=note, mutation=mutation)


def _book(
    work: Work, refund: Refund, kind: Literal["refund", "returned"], amount: int, mutation: Mutation | None
) -> None:
    ledger.add_line(work, refund.charge, kind=kind, amount=amount, mutation=mutation, refund=refund)


def _vouched(work: Work, refund: Refund) -> int:
    """Return how much of a refund's payouts rests on a person's word, in rupiah."""
    query = select(func.coalesce(func.sum(Allocation.amount), 0)).where(
        Allocation.refund_id == refund.id, Allocation.kind == "refund", Allocation.mutation_id.is_(None)
    )
    return int(work.session.execute(query).scalar_one())


def _require_left(work: Work, mutation: Mutation, direction: str, amount: int) -> None:
    """Refuse to spend a mutation beyond its amount, whatever else it is spent on."""
    left = mutation.amount_hundredths // 100 - ledger.spent(work, mutation)
    if mutation.direction != direction or left < amount:
        raise RefusedError(
            f"The mutation {mutation.mutation_id!r} is no {direction} with {amount} rupiah left "
            f"(it is a {mutation.direction} with {left})."
        )
