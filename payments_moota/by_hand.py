"""What a person decides about money: match, split, unmatch, ignore, look again. Always with who and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from . import (
    candidates,
    charges,
    closing,
    ignoring,
    journal,
    ledger,
    proposals,
    refund_steps,
    refunds,
    reservations,
    settlement,
    signals,
)
from .errors import InvalidAmount, RefusedError
from .models import Allocation, Charge, Mutation, Refund
from .rules import states
from .rules.lateness import is_late
from .rules.matching import Share
from .rules.money import whole_rupiah
from .rules.near_misses import NearMiss
from .work import Work


def match(work: Work, mutation: Mutation, order_ref: str, *, reason: str | None = None) -> None:
    """Give all of a mutation to one order: a credit pays its charge, a debit is a refund's payout or a reversal.

    `reason` is kept in the history. Raises RefusedError when the mutation is spent already, is no whole number of
    rupiah, or when there is nothing on the order it could be; UnknownCharge.
    """
    mutation = _lock_free(work, mutation)
    charge = charges.get_charge(work, order_ref)
    if mutation.direction == "debit":
        _match_debit(work, mutation, charge, reason)
    else:
        split(work, mutation, [(order_ref, _rupiah(mutation))], reason=reason)


def split(work: Work, mutation: Mutation, parts: Sequence[tuple[str, int]], *, reason: str | None = None) -> None:
    """Give parts of a credit to several orders; the parts must add up to it exactly. Raises RefusedError."""
    mutation = _lock_free(work, mutation)
    wanted = _checked_parts(work, mutation, parts)
    locked = {charge.id: charge for charge in candidates.lock_charges(work, wanted)}
    settlement.close(work, mutation, status="matched", reason="manual")
    journal.record(work, "mutation.matched_by_hand", mutation=mutation, parts=dict(parts), reason=reason)
    settlement.apply_shares(
        work, mutation, [_share(work, locked[charge_id], mutation, amount) for charge_id, amount in wanted.items()]
    )


def reassign(work: Work, mutation: Mutation, parts: Sequence[tuple[str, int]], *, reason: str) -> None:
    """Give a matched credit to other orders, or in other parts: a surplus to the order it was meant for, say.

    One step, so that an order that keeps enough is never unpaid in between. The parts must add up to the credit.
    Raises RefusedError, also when money that would move has gone back already; UnknownCharge.
    """
    work.begin()
    mutation = settlement.lock_mutation(work, mutation.id)
    closing.require_open(work, mutation)
    lines = ledger.live_lines_of(work, mutation)
    if mutation.status != "matched" or not lines or any(line.kind != "payment" for line in lines):
        raise RefusedError(f"The mutation {mutation.mutation_id} pays no order.")
    wanted = _checked_parts(work, mutation, parts)
    had = Counter[int]()
    for line in lines:
        had[line.charge_id] += line.amount
    locked = {charge.id: charge for charge in candidates.lock_charges(work, {*had, *wanted})}
    less = [charge for charge in locked.values() if wanted.get(charge.id, 0) < had[charge.id]]
    for charge in less:
        _require_free(work, charge, had[charge.id] - wanted.get(charge.id, 0))
    settlement.close(work, mutation, status="unmatched", reason="manual")
    settlement.close(work, mutation, status="matched", reason="manual")
    journal.record(work, "mutation.reassigned", mutation=mutation, parts=dict(parts), reason=reason)
    for charge in less:
        _leave(work, charge, [line for line in lines if line.charge_id == charge.id], wanted.get(charge.id, 0))
    more = [(charge, wanted[charge.id] - had[charge.id]) for charge in locked.values() if charge.id in wanted]
    settlement.apply_shares(
        work, mutation, [_share(work, charge, mutation, amount) for charge, amount in more if amount > 0]
    )
    for charge in less:
        _unpay(work, charge, mutation, reason)


def unmatch(work: Work, mutation: Mutation, *, reason: str) -> None:
    """Take a match back: the money returns to the pool, and every charge it paid follows. Raises RefusedError."""
    work.begin()
    mutation = settlement.lock_mutation(work, mutation.id)
    closing.require_open(work, mutation)
    lines = ledger.live_lines_of(work, mutation)
    if mutation.status != "matched" or not lines:
        raise RefusedError(f"The mutation {mutation.mutation_id} is not matched.")
    if any(line.refund_id for line in lines):
        raise RefusedError("This mutation moved a refund; correct the refund instead.")
    _require_still_there(work, candidates.lock_charges(work, {line.charge_id for line in lines}), lines)
    settlement.close(work, mutation, status="unmatched", reason="manual")
    journal.record(work, "mutation.unmatched_by_hand", mutation=mutation, reason=reason)
    for line in lines:
        ledger.take_back(work, line)
        if line.kind == "reversal":
            settlement.follow_money(work, line.charge, mutation, _restored(line), is_restored=True)
        else:
            _unpay(work, line.charge, mutation, reason)
    if mutation.direction == "credit":
        settlement.explain(work, mutation)


def ignore(work: Work, mutation: Mutation, *, reason: str) -> None:
    """Say that a mutation is none of the shop's business. Raises InvalidTransition when it pays something."""
    work.begin()
    mutation = settlement.lock_mutation(work, mutation.id)
    closing.require_open(work, mutation)
    settlement.close(work, mutation, status="ignored", reason="manual")
    journal.record(work, "mutation.ignored", mutation=mutation, reason=reason)


def note(work: Work, mutation: Mutation, text: str) -> None:
    """Keep a remark in a mutation's history. Raises RefusedError when it is empty or too long."""
    kept = refund_steps.clean_text(text)
    if kept is None:
        raise RefusedError("The note is empty.")
    work.begin()
    journal.record(work, "mutation.note", mutation=mutation, note=kept)


def look_again(work: Work, mutation: Mutation) -> None:
    """Let the rules decide anew, now that something else is known. Raises RefusedError when it is matched."""
    mutation = _lock_free(work, mutation)
    if mutation.status == "ignored":
        mutation.status = states.next_state(states.MUTATION, mutation.status, "unmatched")
    mutation.progress = "waiting"
    mutation.attempts = 0
    mutation.next_attempt_at = work.now()
    settlement.settle(work, mutation.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the rules would decide about a mutation: the shares of charges, or the refund (its ticket), or neither.

    `ignored_by` is the text of the rule that would ignore it; `near_misses` are hints where nobody would get it.
    """

    status: str
    reason: str
    shares: Sequence[Share] = ()
    ticket: str | None = None
    ignored_by: str | None = None
    near_misses: Sequence[NearMiss] = ()


def what_would_happen(work: Work, mutation: Mutation) -> Outlook:
    """Return what the rules would decide now, and change nothing. Raises RefusedError when it is matched."""
    mutation = _lock_free(work, mutation)
    found = _decided(work, mutation)
    if found.status == "matched" or found.reason == "suspected_duplicate":
        return found
    rule = ignoring.rule_for(work, mutation) if found.reason == "no_match" else None
    if rule is not None:
        return Outlook(status="ignored", reason="rule", ignored_by=rule.text)
    return replace(found, near_misses=settlement.hints(work, mutation) if mutation.direction == "credit" else ())


def _decided(work: Work, mutation: Mutation) -> Outlook:
    if mutation.direction == "debit":
        debit = settlement.decide_debit(work, mutation)
        paid = [Share(charge_id=each.charge_id, order_ref=each.order_ref, amount=each.amount) for each in debit.credits]
        ticket = debit.payout.ticket if debit.payout else None
        return Outlook(status=debit.status, reason=debit.reason, shares=paid, ticket=ticket)
    returned = settlement.decide_return(work, mutation)
    if returned is not None:
        ticket = returned.payout.ticket if returned.payout else None
        return Outlook(status=returned.status, reason=returned.reason, ticket=ticket)
    credit = settlement.decide_credit(work, mutation)
    return Outlook(status=credit.status, reason=credit.reason, shares=credit.shares)


def settle_by_hand(work: Work, order_ref: str, *, reason: str) -> Charge:
    """Take a charge as paid on a person's word, such as cash over the counter: what is missing counts as received.

    Raises UnknownCharge, or InvalidTransition when the charge is paid or cancelled.
    """
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    states.next_state(states.CHARGE, charge.status, "pay")
    missing = charge.amount_due - ledger.figures_of(work, charge).received + ledger.gone(work, charge)
    marks = frozenset({"settled_by_hand"})
    ledger.add_line(work, charge, kind="payment", amount=missing, marks=marks)
    journal.record(work, "charge.settled_by_hand", charge=charge, amount=missing, reason=reason)
    share = Share(charge_id=charge.id, order_ref=order_ref, amount=missing, marks=marks)
    settlement.follow_money(work, charge, None, share)
    return charge


def _lock_free(work: Work, mutation: Mutation) -> Mutation:
    work.begin()
    mutation = settlement.lock_mutation(work, mutation.id)
    closing.require_open(work, mutation)
    if mutation.status == "matched" or ledger.spent(work, mutation):
        raise RefusedError(f"The mutation {mutation.mutation_id} is matched already; unmatch it first.")
    return mutation


def _rupiah(mutation: Mutation) -> int:
    amount = whole_rupiah(mutation.amount_hundredths)
    if amount is None or amount <= 0:
        raise InvalidAmount(f"The mutation {mutation.mutation_id} is not a positive whole number of rupiah.")
    return amount


def _share(work: Work, charge: Charge, mutation: Mutation, amount: int) -> Share:
    """Return a share given by hand: where it covers the price, the unique code's rupiah are let go.

    That is a person's word for the charge, as is paying one by hand whose earlier money has gone back.
    """
    marks: set[str] = set()
    waits = charge.status in {"pending", "expired"}
    price = min(charge.amount_due, charge.amount + charge.fee)
    received = ledger.figures_of(work, charge).received + amount
    if waits and received >= price and (received < charge.amount_due or ledger.gone(work, charge)):
        marks.add("settled_by_hand")
    if waits and is_late(candidates.bank_time_of(mutation), charge.expires_at):
        marks.add("paid_late")
    if charge.status == "cancelled":
        marks.add("paid_after_cancel")
    return Share(charge_id=charge.id, order_ref=charge.order_ref, amount=amount, marks=frozenset(marks))


def _match_debit(work: Work, mutation: Mutation, charge: Charge, reason: str | None) -> None:
    charge = charges.lock_charge(work, charge.order_ref)
    payout = _payout(work, charge, _rupiah(mutation))
    if payout is None and ledger.figures_of(work, charge).received < _rupiah(mutation):
        raise RefusedError(f"The order {charge.order_ref} has neither a refund nor a payment of this amount.")
    settlement.close(work, mutation, status="matched", reason="refund_payout" if payout else "reversal")
    journal.record(work, "mutation.matched_by_hand", charge=charge, mutation=mutation, reason=reason)
    if payout is not None:
        refunds.complete_by_mutation(work, payout, mutation)
    else:
        settlement.reverse_credit(work, charge, mutation, _rupiah(mutation))


def _checked_parts(work: Work, mutation: Mutation, parts: Sequence[tuple[str, int]]) -> dict[int, int]:
    """Return the rupiah for each charge by its id. Raises RefusedError for parts that are not all of the credit."""
    if mutation.direction != "credit" or any(amount <= 0 for _, amount in parts):
        raise InvalidAmount("Only money that came in can be given to orders, in parts of at least one rupiah.")
    if sum(amount for _, amount in parts) != _rupiah(mutation):
        raise RefusedError(f"The parts must add up to {_rupiah(mutation)} rupiah exactly.")
    wanted = {charges.get_charge(work, ref).id: amount for ref, amount in parts}
    if len(wanted) < len(parts):
        raise RefusedError("Name each order once.")
    return wanted


def _leave(work: Work, charge: Charge, lines: Sequence[Allocation], amount: int) -> None:
    """Leave a charge `amount` of what a mutation gave it, under the marks it came with."""
    for line in lines:
        ledger.take_back(work, line)
    if amount > 0:
        kept = lines[0]
        ledger.add_line(work, charge, kind="payment", amount=amount, mutation=kept.mutation, marks=kept.marks)


def _require_still_there(work: Work, locked: Sequence[Charge], lines: Sequence[Allocation]) -> None:
    """Refuse to give other orders money that has left again: the bank took it back, or it was refunded."""
    for charge in locked:
        moving = sum(line.amount for line in lines if line.charge_id == charge.id and line.kind == "payment")
        _require_free(work, charge, moving)


def _require_free(work: Work, charge: Charge, moving: int) -> None:
    if moving > ledger.figures_of(work, charge).received - ledger.gone(work, charge):
        raise RefusedError(
            f"Money of the order {charge.order_ref} has gone back already, to the payer or by the bank; "
            "unmatch that or withdraw the refund first."
        )


def _restored(line: Allocation) -> Share:
    return Share(charge_id=line.charge_id, order_ref=line.charge.order_ref, amount=line.amount)


def _unpay(work: Work, charge: Charge, mutation: Mutation, reason: str) -> None:
    """Let a charge wait again when what is left does not cover it."""
    if charge.status == "cancelled" or ledger.is_settled(work, charge) or "settled_by_hand" in charge.exceptions:
        proposals.trim_proposals(work, charge)
        return
    was_paid = charge.status == "paid"
    if was_paid:
        charge.status = states.next_state(states.CHARGE, charge.status, "unpay")
        charge.paid_at = None
    reservations.ask_for_the_rest(work, charge)
    proposals.trim_proposals(work, charge)
    if was_paid:
        journal.record(work, "charge.unpaid", charge=charge, mutation=mutation, reason=reason)
        work.emit(signals.charge_reversed, charge=charge, mutation=mutation)


def _payout(work: Work, charge: Charge, amount: int) -> Refund | None:
    query = select(Refund).where(Refund.charge_id == charge.id, Refund.amount == amount, candidates.awaits_its_debit())
    still_open = Refund.status.in_(("approved", "sent"))
    return work.session.scalars(query.order_by(still_open.desc(), Refund.id)).first()
