"""What does not agree (faults), and what is fine for the books and waits for somebody (open points)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from ..models import Account, Allocation, Charge, Event, Mutation, Refund
from ..models.charges import ChargeStatus
from ..rules import disagreements
from ..rules.disagreements import ChargeClaim
from ..rules.outcome import Line
from ..work import Work
from .days import rupiah
from .loading import Lines, Period, Row

Point: TypeAlias = dict[str, Any]

_NAMED_AT_MOST = 50
_WAITS_FOR = {
    "mutation.unreadable": "could not be read, in no account's books, see `flask moota inbox list`",
    "mutation.undecided": "not decided yet, run `flask moota process`",
    "mutation.in_review": "waiting for a person, see `flask moota mutation list --status review`",
}


def faults(work: Work, period: Period, rows: Sequence[Row], lines: Lines) -> list[Point]:
    """Return what does not agree; with one of these the books do not tie."""
    return [
        *_of_mutations(rows, lines),
        *_contradictions(work.session, period),
        *_of_charges(work, period, lines),
        *_of_refunds(work.session, period, lines),
    ]


def open_points(work: Work, period: Period, rows: Sequence[Row], lines: Lines) -> list[Point]:
    """Return what is fine for the books and waits for the worker, a person or the bank."""
    return [*_waiting(rows), *_unseen_refunds(work.session, period, lines)]


def _of_mutations(rows: Iterable[Row], lines: Lines) -> Iterator[Point]:
    for row in rows:
        spent = lines.by_mutation.get(row.id, {})
        for found in disagreements.of_mutation(row.direction, row.hundredths, row.status, spent):
            yield _of_mutation(found.code, found.text, row.mutation_id, row.bank_id)


def _contradictions(session: Session, period: Period) -> Iterator[Point]:
    query = (
        select(Mutation.mutation_id, Mutation.bank_id, Mutation.direction, Mutation.amount_hundredths, Event.data)
        .join(Event, Event.mutation_id == Mutation.id)
        .where(Event.name == "mutation.contradicted", *period.of_mutations)
    )
    for mutation_id, bank_id, direction, hundredths, data in session.execute(query.order_by(Event.id)):
        first = f"{direction} of {rupiah(hundredths)} rupiah"
        again = f"{data['direction']} of {rupiah(data['amount_hundredths'])} rupiah"
        yield _of_mutation(
            "mutation.contradicted", f"it is a {first} and came again as a {again}", mutation_id, bank_id
        )


def _of_mutation(code: str, text: str, mutation_id: str, bank_id: str) -> Point:
    return {
        "code": code,
        "text": f"Mutation {mutation_id}: {text}.",
        "bank_id": bank_id,
        "mutation_ids": [mutation_id],
    }


def _of_charges(work: Work, period: Period, lines: Lines) -> Iterator[Point]:
    moved = Charge.id.in_(select(Allocation.charge_id).where(*period.charges(Allocation.charge_id)))
    unmoved = ~exists().where(Allocation.charge_id == Charge.id)
    said_to_be_paid = and_(Charge.status == "paid", unmoved, *period.within(Charge.paid_at, Account.bank_id))
    query = (
        select(Charge.id, Charge.order_ref, Charge.status, Charge.exceptions, Charge.amount_due, Charge.amount_open)
        .join(Account, Account.id == Charge.account_id)
        .where(or_(moved, said_to_be_paid))
    )
    for charge_id, order_ref, status, exceptions, due, amount_open in work.session.execute(query.order_by(Charge.id)):
        own = lines.by_charge.get(charge_id, [])
        if _is_simply_paid(status, exceptions, due, own):
            continue
        claim = ChargeClaim(status=status, exceptions=frozenset(exceptions), amount_due=due, amount_open=amount_open)
        for found in disagreements.of_charge(claim, own, tolerance=work.settings.tolerance):
            yield {"code": found.code, "text": f"Order {order_ref}: {found.text}.", "order_ref": order_ref}


def _is_simply_paid(status: ChargeStatus, exceptions: list[str], due: int, lines: list[Line]) -> bool:
    """Tell whether a charge is as nearly all are, which needs no closer look: paid exactly, by one transfer."""
    return status == "paid" and not exceptions and lines == [Line(kind="payment", amount=due)]


def _of_refunds(session: Session, period: Period, lines: Lines) -> Iterator[Point]:
    query = (
        select(Refund.id, Refund.ticket, Charge.order_ref, Refund.status, Refund.amount)
        .join(Charge, Charge.id == Refund.charge_id)
        .where(*period.charges(Refund.charge_id))
    )
    for refund_id, ticket, order_ref, status, amount in session.execute(query.order_by(Refund.id)):
        for found in disagreements.of_refund(status, amount, lines.paid_out.get(refund_id, 0)):
            yield _of_refund(found.code, found.text, ticket, order_ref)


def _unseen_refunds(session: Session, period: Period, lines: Lines) -> Iterator[Point]:
    """Name the refunds that are completed on a person's word."""
    query = (
        select(Refund.id, Refund.ticket, Charge.order_ref)
        .join(Charge, Charge.id == Refund.charge_id)
        .where(Refund.status == "completed", *period.charges(Refund.charge_id))
    )
    for refund_id, ticket, order_ref in session.execute(query.order_by(Refund.id)):
        vouched = lines.vouched.get(refund_id, 0)
        if vouched > 0:
            text = f"a person says that {vouched} rupiah have gone, no statement shows it yet"
            yield _of_refund("refund.not_on_statement", text, ticket, order_ref)


def _of_refund(code: str, text: str, ticket: str | None, order_ref: str) -> Point:
    return {"code": code, "text": f"Refund {ticket}: {text}.", "order_ref": order_ref, "ticket": ticket}


def _waiting(rows: Iterable[Row]) -> Iterator[Point]:
    """Name what is booked as unmatched and waits for the worker or a person, and what could not be read at all."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.is_unreadable:
            waiting["mutation.unreadable"].append(row.mutation_id)
        elif row.progress != "done":
            waiting["mutation.undecided"].append(row.mutation_id)
        elif row.status == "review":
            waiting["mutation.in_review"].append(row.mutation_id)
    for code, ids in waiting.items():
        yield {"code": code, "text": f"Mutations {_WAITS_FOR[code]}: {len(ids)}.", "mutation_ids": ids[:_NAMED_AT_MOST]}
