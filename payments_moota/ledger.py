"""A charge's money: lines are added, sums and exceptions are computed from them, nothing is counted up in place."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from .models import Allocation, Charge, Mutation, Refund
from .models.allocations import AllocationKind
from .rules import outcome
from .work import Work

# Refunds whose money has not left for good: what they promise cannot be promised again.
OPEN_REFUNDS = ("requested", "in_review", "approved", "sent", "failed")


@dataclass(frozen=True, slots=True)
class Figures:
    """A charge's money in rupiah: what came in and stayed, what went back, what is promised back."""

    received: int
    refunded: int
    promised: int

    @property
    def refundable(self) -> int:
        """Return what may still be asked back."""
        return max(0, self.received - self.refunded - self.promised)


def figures(work: Work, charges: Iterable[Charge]) -> dict[int, Figures]:
    """Return each charge's figures by charge id, in two queries however many there are."""
    ids = [charge.id for charge in charges]
    sums = _sums(work, ids)
    promised = _promised(work, ids)
    return {
        charge_id: Figures(
            received=sums.get((charge_id, "payment"), 0) - sums.get((charge_id, "reversal"), 0),
            refunded=sums.get((charge_id, "refund"), 0) - sums.get((charge_id, "returned"), 0),
            promised=promised.get(charge_id, 0),
        )
        for charge_id in ids
    }


def figures_of(work: Work, charge: Charge) -> Figures:
    """Return one charge's figures."""
    return figures(work, [charge])[charge.id]


def lines_of(work: Work, charge: Charge) -> list[outcome.Line]:
    """Return a charge's lines as the rules read them."""
    query = select(Allocation).where(Allocation.charge_id == charge.id).order_by(Allocation.id)
    return [
        outcome.Line(kind=line.kind, amount=line.amount, marks=frozenset(line.marks))
        for line in work.session.scalars(query)
    ]


def add_line(
    work: Work,
    charge: Charge,
    *,
    kind: AllocationKind,
    amount: int,
    mutation: Mutation | None = None,
    refund: Refund | None = None,
    marks: Iterable[str] = (),
) -> Allocation:
    """Add one line and bring the charge's exceptions up to date. The caller holds the charge locked."""
    line = Allocation(
        mutation=mutation,
        charge=charge,
        refund=refund,
        kind=kind,
        amount=amount,
        marks=sorted(marks),
        actor=work.actor,
        created_at=work.now(),
    )
    work.session.add(line)
    work.session.flush()
    refresh(work, charge)
    return line


def refresh(work: Work, charge: Charge) -> None:
    """Recompute a charge's exceptions from its lines."""
    found = outcome.exceptions(lines_of(work, charge), amount_due=charge.amount_due, tolerance=work.settings.tolerance)
    charge.exceptions = sorted(found)
    charge.is_exceptional = bool(found)


def not_due(work: Work, charge: Charge) -> dict[str, int]:
    """Return what came in and was not due, in rupiah by exception."""
    return outcome.not_due(lines_of(work, charge), amount_due=charge.amount_due)


def gone(work: Work, charge: Charge) -> int:
    """Return what was sent back or is about to be, in rupiah: somebody has decided it, nobody can ask it back."""
    decided = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.charge_id == charge.id, Refund.status.in_(("approved", "sent"))
    )
    return figures_of(work, charge).refunded + int(work.session.execute(decided).scalar_one())


def is_settled(work: Work, charge: Charge) -> bool:
    """Tell whether what came in covers what is due."""
    received = figures_of(work, charge).received
    return outcome.is_settled(received, amount_due=charge.amount_due, tolerance=work.settings.tolerance)


def live_lines_of(work: Work, mutation: Mutation) -> list[Allocation]:
    """Return what a mutation is spent on now: the lines that no opposite line has taken back."""
    query = select(Allocation).where(Allocation.mutation_id == mutation.id).order_by(Allocation.id)
    return _live(work.session.scalars(query))


def live_lines_of_charge(work: Work, charge: Charge) -> list[Allocation]:
    """Return the lines of a charge that no opposite line has taken back, in the order they were written."""
    query = select(Allocation).options(joinedload(Allocation.mutation)).where(Allocation.charge_id == charge.id)
    return sorted(_live(work.session.scalars(query.order_by(Allocation.id))), key=lambda line: line.id)


def take_back(work: Work, line: Allocation) -> None:
    """Undo a line by its opposite."""
    add_line(
        work,
        line.charge,
        kind=line.kind,
        amount=-line.amount,
        mutation=line.mutation,
        refund=line.refund,
        marks=line.marks,
    )


def spent(work: Work, mutation: Mutation) -> int:
    """Return how much of a mutation is allocated, in rupiah."""
    query = select(func.coalesce(func.sum(Allocation.amount), 0)).where(Allocation.mutation_id == mutation.id)
    return int(work.session.execute(query).scalar_one())


def _live(lines: Iterable[Allocation]) -> list[Allocation]:
    live: dict[tuple[int | None, int, str, int | None], list[Allocation]] = {}
    for line in lines:
        same = live.setdefault((line.mutation_id, line.charge_id, line.kind, line.refund_id), [])
        if line.amount > 0:
            same.append(line)
        else:
            same.pop()
    return [line for same in live.values() for line in same]


def _sums(work: Work, ids: list[int]) -> dict[tuple[int, str], int]:
    query = (
        select(Allocation.charge_id, Allocation.kind, func.sum(Allocation.amount))
        .where(Allocation.charge_id.in_(ids))
        .group_by(Allocation.charge_id, Allocation.kind)
    )
    return {(charge_id, kind): int(total) for charge_id, kind, total in work.session.execute(query)}


def _promised(work: Work, ids: list[int]) -> dict[int, int]:
    query = (
        select(Refund.charge_id, func.sum(Refund.amount))
        .where(Refund.charge_id.in_(ids), Refund.status.in_(OPEN_REFUNDS))
        .group_by(Refund.charge_id)
    )
    return {charge_id: int(total) for charge_id, total in work.session.execute(query)}
