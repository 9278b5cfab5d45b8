"""What does not agree (faults), and what is fine for the books and waits for somebody (open points)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from sqlalchemy import exists

from .. import incidents
from ..incidents import Contradiction
from ..models import Event, Mutation
from ..objects import acknowledgement_object
from ..rules import disagreements
from ..rules.disagreements import ChargeClaim
from ..rules.money import Rupiah
from ..rules.outcome import Line
from ..work import Work
from .days import rupiah
from .loading import ChargeRow, Period, RefundRow, Row, Spent, load_rows

Point: TypeAlias = dict[str, Any]

_NAMED_AT_MOST = 50
_WAITS_FOR = {
    "mutation.unreadable": "could not be read, in no account's books, see `flask moota inbox list`",
    "mutation.undecided": "not decided yet, run `flask moota process`",
    "mutation.in_review": "waiting for a person, see `flask moota mutation list --status review`",
}


def faults(
    work: Work, odd: Iterable[Row], spent: Spent, charges: Iterable[ChargeRow], refunds: Iterable[RefundRow]
) -> list[Point]:
    """Return what does not agree; with one of these the books do not tie."""
    return [
        *_of_mutations(odd, spent),
        *_of_charges(charges, work.settings.tolerance),
        *_of_refunds(refunds),
    ]


def contradictions(work: Work, period: Period) -> tuple[list[Point], list[Point]]:
    """Return the lines that came again with another content: faults, and those that somebody has looked at."""
    # Asked so that they are looked up from their events, which are few.
    within = exists().where(Mutation.id == Event.mutation_id, *period.of_mutations)
    found = incidents.contradictions(work, [within])
    known = {row.id: row for row in load_rows(work.session, {each.mutation for each in found})}
    open_ones = [_contradiction(known[each.mutation], each) for each in found if not each.acknowledged]
    seen = [
        _contradiction(known[each.mutation], each) | acknowledgement_object(each.acknowledged, work.settings.zone)
        for each in found
        if each.acknowledged
    ]
    return open_ones, seen


def open_points(odd: Iterable[Row], refunds: Iterable[RefundRow]) -> list[Point]:
    """Return what is fine for the books and waits for the worker, a person or the bank."""
    return [*_waiting(odd), *_unseen_refunds(refunds)]


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


def _of_charges(charges: Iterable[ChargeRow], tolerance: Rupiah) -> Iterator[Point]:
    for row in charges:
        claim = ChargeClaim(status=row.status, exceptions=row.exceptions, amount_due=row.due, amount_open=row.open)
        lines = [Line(kind=given.kind, amount=given.amount, marks=given.marks) for given in row.given]
        for found in disagreements.of_charge(claim, lines, tolerance=tolerance):
            yield {"code": found.code, "text": f"Order {row.order_ref}: {found.text}.", "order_ref": row.order_ref}


def _of_refunds(refunds: Iterable[RefundRow]) -> Iterator[Point]:
    for row in refunds:
        for found in disagreements.of_refund(row.status, row.amount, row.paid_out):
            yield _of_refund(found.code, found.text, row.ticket, row.order_ref)


def _unseen_refunds(refunds: Iterable[RefundRow]) -> Iterator[Point]:
    """Name the refunds that are completed on a person's word."""
    for row in refunds:
        if row.status == "completed" and row.vouched > 0:
            text = f"a person says that {row.vouched} rupiah have gone, no statement shows it yet"
            yield _of_refund("refund.not_on_statement", text, row.ticket, row.order_ref)


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
