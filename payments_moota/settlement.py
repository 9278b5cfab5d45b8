"""Settlement: what a mutation means, decided by the rules and applied under locks in one transaction."""

from sqlalchemy import select

from . import charges, journal, signals
from .errors import in_words
from .models import Allocation, Charge, Mutation, Reservation
from .rules import states
from .rules.lateness import BankTime
from .rules.matching import Candidate, Decision, MutationFacts, decide
from .rules.policy import Policy
from .rules.retry import next_gap
from .work import Work


def settle(work: Work, mutation_id: int) -> None:
    """Decide one waiting mutation and apply the decision; nothing when another worker has done it already.

    Whatever a host's receiver raises comes out of here and undoes everything.
    """
    work.begin()
    mutation = _lock_mutation(work, mutation_id)
    if mutation.progress != "waiting":
        return
    candidates = _candidates(work, mutation)
    decision = decide(_facts(mutation), [_candidate(work, charge) for charge in candidates], Policy())
    mutation.status = states.next_state(states.MUTATION, mutation.status, decision.status)
    mutation.reason = decision.reason
    mutation.progress = "done"
    mutation.decided_at = work.now()
    mutation.error = None
    if decision.charge_id is not None and decision.status == "matched":
        charge = next(charge for charge in candidates if charge.id == decision.charge_id)
        _pay(work, charge, mutation, decision)
    else:
        journal.record(work, "mutation.unmatched", mutation=mutation, reason=decision.reason)
        work.emit(signals.mutation_unmatched, mutation=mutation)


def note_failure(work: Work, mutation_id: int, error: Exception) -> None:
    """Remember that settling failed: tried again after a growing gap, and parked for a person after the last try."""
    work.begin()
    mutation = _lock_mutation(work, mutation_id)
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


def _pay(work: Work, charge: Charge, mutation: Mutation, decision: Decision) -> None:
    charge.status = states.next_state(states.CHARGE, charge.status, "pay")
    charge.paid_at = work.now()
    work.session.add(
        Allocation(
            mutation=mutation,
            charge=charge,
            kind="payment",
            amount=decision.allocate,
            actor=work.actor,
            created_at=work.now(),
        )
    )
    journal.record(
        work, "charge.paid", charge=charge, mutation=mutation, amount=decision.allocate, reason=decision.reason
    )
    work.emit(signals.charge_paid, charge=charge, mutation=mutation)


def _lock_mutation(work: Work, mutation_id: int) -> Mutation:
    query = select(Mutation).where(Mutation.id == mutation_id).with_for_update(of=Mutation)
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def _candidates(work: Work, mutation: Mutation) -> list[Charge]:
    """Return the charges that wait, or lately waited, for exactly this amount on this account, locked."""
    amount, fraction = divmod(mutation.amount_hundredths, 100)
    if mutation.account_id is None or fraction or mutation.direction != "credit":
        return []
    query = (
        select(Charge)
        .join(Reservation, Reservation.charge_id == Charge.id)
        .where(
            Reservation.account_id == mutation.account_id,
            Reservation.amount == amount,
            Reservation.released_at.is_(None),
        )
        .order_by(Charge.id)
        .with_for_update(of=Charge)
    )
    return list(work.session.scalars(query.execution_options(populate_existing=True)))


def _facts(mutation: Mutation) -> MutationFacts:
    return MutationFacts(
        direction=mutation.direction,
        hundredths=mutation.amount_hundredths,
        bank_time=BankTime(at=mutation.occurred_at, day_only=mutation.day_only),
        known_account=mutation.account_id is not None,
        description=mutation.description,
    )


def _candidate(work: Work, charge: Charge) -> Candidate:
    return Candidate(
        charge_id=charge.id,
        order_ref=charge.order_ref,
        status=charge.status,
        amount_due=charge.amount_due,
        amount_paid=charges.figures(work, [charge])[charge.id].paid,
        expires_at=charge.expires_at,
    )
