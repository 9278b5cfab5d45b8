"""What does not agree (faults), and what is fine for the books and waits for somebody (open points)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from .. import incidents
from ..incidents import Contradiction
from ..models import Account, Allocation, Charge, Refund
from ..models.refunds import RefundStatus
from ..objects import acknowledgement_object
from ..rules import disagreements
from ..rules.disagreements import ChargeClaim
from ..work import Work
from .days import rupiah
from .loading import Period, Row, Spent, load_lines

Point: TypeAlias = dict[str, Any]

_NAMED_AT_MOST = 50
# An empty list as the databases keep it.
_NONE = "[]"
_WAITS_FOR = {
    "mutation.unreadable": "could not be read, in no account's books, see `flask moota inbox list`",
    "mutation.undecided": "not decided yet, run `flask moota process`",
    "mutation.in_review": "waiting for a person, see `flask moota mutation list --status review`",
}


def faults(work: Work, period: Period, rows: Sequence[Row], spent: Spent) -> list[Point]:
    """Return what does not agree; with one of these the books do not tie."""
    return [
        *_of_mutations(rows, spent),
        *_of_charges(work, period),
        *_of_refunds(work.session, period),
    ]


def contradictions(work: Work, period: Period, rows: Sequence[Row]) -> tuple[list[Point], list[Point]]:
    """Return the lines that came again with another content: faults, and those that somebody has looked at."""
    found = incidents.contradictions(work, period.of_mutations)
    known = {row.id: row for row in rows}
    open_ones = [_contradiction(known[each.mutation], each) for each in found if not each.acknowledged]
    seen = [
        _contradiction(known[each.mutation], each) | acknowledgement_object(each.acknowledged, work.settings.zone)
        for each in found
        if each.acknowledged
    ]
    return open_ones, seen


def open_points(session: Session, period: Period, rows: Sequence[Row]) -> list[Point]:
    """Return what is fine for the books and waits for the worker, a person or the bank."""
    return [*_waiting(rows), *_unseen_refunds(session, period)]


def _of_mutations(rows: Iterable[Row], spent: Spent) -> Iterator[Point]:
    for row in rows:
        for found in disagreements.of_mutation(row.direction, row.hundredths, row.status, spent.get(row.id, {})):
            yield _of_mutation(found.code, found.text, row.mutation_id, row.bank_id)


def _contradiction(row: Row, again: Contradiction) -> Point:
    first = f"{row.direction} of {rupiah(row.hundredths)} rupiah"
    elsewhere = "" if again.bank_id == row.bank_id else f" on the account {again.bank_id}"
    text = f"it is a {first} and came again as a {again.direction} of {rupiah(again.hundredths)} rupiah{elsewhere}"
    seen = again.acknowledged
    said = f"; {seen.by} says: {seen.reason}" if seen else ""
    return _of_mutation(incidents.CONTRADICTED, text + said, row.mutation_id, row.bank_id)


def _of_mutation(code: str, text: str, mutation_id: str, bank_id: str) -> Point:
    return {
        "code": code,
        "text": f"Mutation {mutation_id}: {text}.",
        "bank_id": bank_id,
        "mutation_ids": [mutation_id],
    }


def _of_charges(work: Work, period: Period) -> Iterator[Point]:
    in_question = _charges_in_question(period)
    lines = load_lines(work.session, in_question)
    query = select(
        Charge.id, Charge.order_ref, Charge.status, Charge.exceptions, Charge.amount_due, Charge.amount_open
    ).where(Charge.id.in_(in_question))
    for charge_id, order_ref, status, exceptions, due, amount_open in work.session.execute(query.order_by(Charge.id)):
        claim = ChargeClaim(status=status, exceptions=frozenset(exceptions), amount_due=due, amount_open=amount_open)
        for found in disagreements.of_charge(claim, lines.get(charge_id, []), tolerance=work.settings.tolerance):
            yield {"code": found.code, "text": f"Order {order_ref}: {found.text}.", "order_ref": order_ref}


def _charges_in_question(period: Period) -> Select[int]:
    """Return the charges that money moved or that say so, less those that are as nearly all are: paid exactly, once."""
    moved = Charge.id.in_(select(Allocation.charge_id).where(*period.charges(Allocation.charge_id)))
    unmoved = ~exists().where(Allocation.charge_id == Charge.id)
    said_to_be_paid = and_(Charge.status == "paid", unmoved, *period.within(Charge.paid_at, Account.bank_id))
    simply_paid = (
        select(Charge.id)
        .join(Allocation, Allocation.charge_id == Charge.id)
        .where(Charge.status == "paid", cast(Charge.exceptions, Text) == _NONE, *period.charges(Charge.id))
        .group_by(Charge.id)
        .having(
            func.count() == 1,
            func.min(Allocation.kind) == "payment",
            func.min(Allocation.amount) == Charge.amount_due,
            func.min(cast(Allocation.marks, Text)) == _NONE,
        )
    )
    query = select(Charge.id).join(Account, Account.id == Charge.account_id)
    return query.where(or_(moved, said_to_be_paid), Charge.id.not_in(simply_paid))


def _of_refunds(session: Session, period: Period) -> Iterator[Point]:
    paid_out = case((Allocation.kind == "refund", Allocation.amount), else_=-Allocation.amount)
    for ticket, order_ref, status, amount, total in session.execute(_refunds(period, paid_out)):
        for found in disagreements.of_refund(status, amount, int(total)):
            yield _of_refund(found.code, found.text, ticket, order_ref)


def _unseen_refunds(session: Session, period: Period) -> Iterator[Point]:
    """Name the refunds that are completed on a person's word."""
    is_vouched = (Allocation.kind == "refund") & Allocation.mutation_id.is_(None)
    query = _refunds(period, case((is_vouched, Allocation.amount), else_=0)).where(Refund.status == "completed")
    for ticket, order_ref, _, _, vouched in session.execute(query):
        if vouched > 0:
            text = f"a person says that {vouched} rupiah have gone, no statement shows it yet"
            yield _of_refund("refund.not_on_statement", text, ticket, order_ref)


def _refunds(period: Period, worth: ColumnElement[int]) -> "Select[str | None, str, RefundStatus, int, int]":
    """Return refunds with what their lines add up to, each line worth `worth`."""
    return (
        select(Refund.ticket, Charge.order_ref, Refund.status, Refund.amount, func.coalesce(func.sum(worth), 0))
        .join(Charge, Charge.id == Refund.charge_id)
        .outerjoin(Allocation, Allocation.refund_id == Refund.id)
        .where(*period.charges(Refund.charge_id))
        .group_by(Refund.id, Charge.order_ref)
        .order_by(Refund.id)
    )


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
