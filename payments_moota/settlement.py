"""Settlement: what a mutation means, decided by the rules and applied under locks in one transaction.

credit   a refund that came back?  ->  the refund is reopened
         else the decision table   ->  shares for charges, or a person
debit    a refund's payout, the bank taking a credit back, or none of our business
"""

import dataclasses
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from . import candidates, charges, ignoring, journal, ledger, proposals, refunds, reservations, signals, tagging
from .errors import in_words
from .models import Charge, Mutation, Refund
from .rules import outcome, states
from .rules.matching import Decision, Share, decide
from .rules.near_misses import NearMiss, near_misses
from .rules.policy import Policy
from .rules.retry import next_gap
from .rules.reversals import DebitDecision, ReturnDecision, judge_debit, judge_returned_credit
from .work import Work


def settle(work: Work, mutation_id: int) -> None:
    """Decide one waiting mutation and apply the decision; nothing when another worker has done it already.

    Whatever a host's receiver raises comes out of here and undoes everything.
    """
    work.begin()
    mutation = lock_mutation(work, mutation_id)
    if mutation.progress != "waiting":
        return
    if mutation.direction == "debit":
        _settle_debit(work, mutation)
    else:
        _settle_credit(work, mutation)


def decide_credit(work: Work, mutation: Mutation) -> Decision:
    """Return what the rules say of a credit, the charges it may concern locked."""
    found = candidates.charges_meant(work, mutation)
    locked = candidates.lock_charges(work, found)
    known = [candidates.candidate_of(work, charge, mutation, found[charge.id]) for charge in locked]
    return decide(candidates.facts_of(work, mutation), known, Policy(tolerance=work.settings.tolerance))


def apply_shares(work: Work, mutation: Mutation, shares: Iterable[Share]) -> None:
    """Give each charge its share of a credit and let it follow."""
    for share in shares:
        charge = charges.lock_by_id(work, share.charge_id)
        ledger.add_line(work, charge, kind="payment", amount=share.amount, mutation=mutation, marks=share.marks)
        follow_money(work, charge, mutation, share)
        tagging.ask_for_tags(work, mutation, share.order_ref)


def follow_money(
    work: Work, charge: Charge, mutation: Mutation | None, share: Share, *, is_restored: bool = False
) -> None:
    """Bring a charge's status, its open amount and the host up to date after money came in for it.

    `is_restored`: the bank had not taken it back after all.
    """
    facts: dict[str, Any] = {"amount": share.amount, "exceptions": charge.exceptions}
    if charge.status == "cancelled" or _is_given_up(work, charge, share):
        charge.amount_open = 0
        journal.record(work, "charge.paid_after_cancel", charge=charge, mutation=mutation, **facts)
        _more_than_due(work, charge, mutation)
    elif charge.status == "paid" and ledger.not_due(work, charge):
        journal.record(work, "charge.paid_again", charge=charge, mutation=mutation, **facts)
        _more_than_due(work, charge, mutation)
    elif charge.status == "paid" and not (is_restored or _was_taken_back(work, charge, share)):
        # What a person, or the tolerance, had let go: the order is served already.
        journal.record(work, "charge.rest_paid", charge=charge, mutation=mutation, **facts)
    elif charge.status == "paid" and (ledger.is_settled(work, charge) or "reversed" not in charge.exceptions):
        # The bank had taken money back, and here it is again.
        journal.record(work, "charge.paid", charge=charge, mutation=mutation, **facts)
        work.emit(signals.charge_paid, charge=charge, mutation=mutation, is_late="paid_late" in share.marks)
    elif charge.status == "paid":
        # Of what the bank had taken back, only a part.
        journal.record(work, "charge.underpaid", charge=charge, mutation=mutation, **facts, open=charge.amount_open)
        work.emit(signals.charge_underpaid, charge=charge, mutation=mutation)
    elif ledger.is_settled(work, charge) or "settled_by_hand" in share.marks:
        charge.status = states.next_state(states.CHARGE, charge.status, "pay")
        charge.paid_at = work.now()
        charge.amount_open = 0
        reservations.cool_down(work, charge)
        proposals.trim_proposals(work, charge)
        journal.record(work, "charge.paid", charge=charge, mutation=mutation, **facts)
        work.emit(signals.charge_paid, charge=charge, mutation=mutation, is_late="paid_late" in share.marks)
        if "overpaid" in charge.exceptions:
            _more_than_due(work, charge, mutation)
    else:
        reservations.ask_for_the_rest(work, charge)
        journal.record(work, "charge.underpaid", charge=charge, mutation=mutation, **facts, open=charge.amount_open)
        work.emit(signals.charge_underpaid, charge=charge, mutation=mutation)


def close(work: Work, mutation: Mutation, *, status: str, reason: str) -> None:
    """Write down what was decided about a mutation."""
    mutation.status = states.next_state(states.MUTATION, mutation.status, status)
    mutation.reason = reason
    mutation.progress = "done"
    mutation.decided_at = work.now()
    mutation.error = None
    mutation.near_misses = []


def note_failure(work: Work, mutation_id: int, error: Exception) -> None:
    """Remember that settling failed: tried again after a growing gap, and parked for a person after the last try."""
    work.begin()
    mutation = lock_mutation(work, mutation_id)
    if mutation.progress != "waiting":
        return
    mutation.attempts += 1
    mutation.error = in_words(error)
    gap = next_gap(mutation.attempts)
    if gap is None:
        mutation.progress = "failed"
        journal.record(work, "mutation.failed", mutation=mutation, error=mutation.error, attempts=mutation.attempts)
    else:
        mutation.next_attempt_at = work.now() + gap


def lock_mutation(work: Work, mutation_id: int) -> Mutation:
    """Return a mutation as it is now, locked until the transaction ends."""
    query = select(Mutation).where(Mutation.id == mutation_id).with_for_update(of=Mutation)
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def reverse_credit(work: Work, charge: Charge, mutation: Mutation, amount: int) -> None:
    """Book what the bank took back. The host holds the order; nothing is cancelled by itself."""
    ledger.add_line(work, charge, kind="reversal", amount=amount, mutation=mutation)
    if not _is_awaited(work, charge):
        charge.amount_open = 0
    elif not ledger.is_settled(work, charge):
        reservations.ask_for_the_rest(work, charge)
    proposals.trim_proposals(work, charge)
    journal.record(work, "charge.reversed", charge=charge, mutation=mutation, amount=amount)
    work.emit(signals.charge_reversed, charge=charge, mutation=mutation)


def _settle_credit(work: Work, mutation: Mutation) -> None:
    returned = decide_return(work, mutation)
    if returned is not None:
        close(work, mutation, status=returned.status, reason=returned.reason)
        if returned.payout is not None:
            refunds.reopen_returned(work, work.session.get_one(Refund, returned.payout.refund_id), mutation)
        else:
            _left_for_a_person(work, mutation)
        return
    decision = decide_credit(work, mutation)
    if decision.shares:
        close(work, mutation, status=decision.status, reason=decision.reason)
        apply_shares(work, mutation, decision.shares)
    else:
        _nobody(work, mutation, status=decision.status, reason=decision.reason)


def _settle_debit(work: Work, mutation: Mutation) -> None:
    decision = decide_debit(work, mutation)
    if decision.payout is not None:
        close(work, mutation, status=decision.status, reason=decision.reason)
        refunds.complete_by_mutation(work, work.session.get_one(Refund, decision.payout.refund_id), mutation)
    elif decision.status == "matched":
        close(work, mutation, status=decision.status, reason=decision.reason)
        candidates.lock_charges(work, {credit.charge_id for credit in decision.credits})
        credit = work.session.get_one(Mutation, decision.credits[0].mutation_id)
        for line in ledger.live_lines_of(work, credit):
            reverse_credit(work, line.charge, mutation, line.amount)
    else:
        is_repeat = decision.status == "review" and candidates.facts_of(work, mutation).repeats_content
        reason = "suspected_duplicate" if is_repeat else decision.reason
        _nobody(work, mutation, status=decision.status, reason=reason)


def decide_return(work: Work, mutation: Mutation) -> ReturnDecision | None:
    """Return which refund a credit brings back, or None; a line that came under a second id is a person's to judge."""
    facts = candidates.facts_of(work, mutation)
    if facts.repeats_content:
        return None
    return judge_returned_credit(facts, candidates.payouts_that_may_return(work, mutation))


def decide_debit(work: Work, mutation: Mutation) -> DebitDecision:
    """Return what the rules say of money that left; a line that came under a second id is a person's to judge."""
    facts = candidates.facts_of(work, mutation)
    if facts.repeats_content and facts.known_account:
        return DebitDecision(status="review", reason="ambiguous")
    return judge_debit(
        facts,
        candidates.open_payouts(work, mutation),
        candidates.credits_that_may_be_reversed(work, mutation),
    )


def _nobody(work: Work, mutation: Mutation, *, status: str, reason: str) -> None:
    rule = ignoring.rule_for(work, mutation) if reason == "no_match" else None
    if rule is not None:
        close(work, mutation, status="ignored", reason="rule")
        journal.record(work, "mutation.ignored", mutation=mutation, reason=rule.reason, rule=rule.id)
        return
    close(work, mutation, status=status, reason=reason)
    if mutation.direction == "credit" and reason in {"no_match", "ambiguous", "method_changed"}:
        explain(work, mutation)
    _left_for_a_person(work, mutation)


def _left_for_a_person(work: Work, mutation: Mutation) -> None:
    journal.record(work, "mutation.unmatched", mutation=mutation, status=mutation.status, reason=mutation.reason)
    work.emit(signals.mutation_unmatched, mutation=mutation)


def explain(work: Work, mutation: Mutation) -> None:
    """Note on a credit that pays nobody which orders it may have been meant for."""
    mutation.near_misses = [dataclasses.asdict(miss) for miss in hints(work, mutation)]


def hints(work: Work, mutation: Mutation) -> list[NearMiss]:
    """Return the orders that a credit may have been meant for, and what kept it from matching."""
    whole, fraction = divmod(mutation.amount_hundredths, 100)
    return near_misses(
        whole,
        candidates.nearby(work, mutation),
        booked=candidates.bank_time_of(mutation),
        has_fraction=fraction > 0,
    )


def _is_awaited(work: Work, charge: Charge) -> bool:
    """Tell whether more money would still pay a charge; not when what came before it ended has gone back."""
    return charge.status == "pending" or (charge.status == "expired" and not ledger.gone(work, charge))


def _was_taken_back(work: Work, charge: Charge, share: Share) -> bool:
    """Tell whether a paid charge lacked money before this share because the bank had taken some back."""
    received = ledger.figures_of(work, charge).received - share.amount
    covered = outcome.is_settled(received, amount_due=charge.amount_due, tolerance=work.settings.tolerance)
    return "reversed" in charge.exceptions and not covered


def _is_given_up(work: Work, charge: Charge, share: Share) -> bool:
    """Tell whether what came before has gone back already: later money alone does not revive the order."""
    return charge.status == "expired" and ledger.gone(work, charge) > 0 and "settled_by_hand" not in share.marks


def _more_than_due(work: Work, charge: Charge, mutation: Mutation | None) -> None:
    """Tell the host, and propose to give back what was not due."""
    work.emit(signals.charge_overpaid, charge=charge, mutation=mutation)
    for refund_reason, amount in proposals.not_due(work, charge).items():
        proposals.propose(work, charge, amount, refund_reason)
