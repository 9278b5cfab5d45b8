"""Pieces of an order that go back: which are left, what they are worth, and putting them on the shelf again, once.

Flushes, never commits; begin with `payments.begin_write`.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from storefront.catalog.service import return_stock
from storefront.database import now

from .models import Order, OrderLine, RefundLine
from .returns import Part, Piece, Proposal, propose
from .service import record

# Refunds from which nothing comes any more; their pieces can be asked for again.
_DROPPED = frozenset({"rejected", "withdrawn"})


class NotRestockableError(Exception):
    """These pieces are back on the shelf already, or went back with the whole order."""


def pieces_of(session: Session, order: Order, statuses: Mapping[str, str]) -> list[Piece]:
    """Return an order's lines with how many pieces each has left; `statuses` are those of its refunds, by ticket."""
    taken: dict[int, int] = {}
    for line in refund_lines(session, order):
        if statuses.get(line.ticket, "rejected") not in _DROPPED:
            taken[line.order_line_id] = taken.get(line.order_line_id, 0) + line.quantity
    return [
        Piece(line_id=line.id, unit_price=line.unit_price, quantity=line.quantity, taken=taken.get(line.id, 0))
        for line in order.lines
    ]


def proposal_for(
    order: Order, pieces: list[Piece], wanted: Mapping[int, int], *, refundable: int, whole: int
) -> Proposal:
    """Return what `wanted` pieces of an order are worth; `whole` is what goes back with all of it before it left."""
    return propose(
        pieces, wanted, discount=order.discount, refundable=refundable, whole=whole if order.is_here else None
    )


def write_lines(session: Session, ticket: str, parts: Iterable[Part]) -> None:
    """Write down which pieces a refund is about, in the transaction that asks for it."""
    session.add_all(
        RefundLine(ticket=ticket, order_line_id=part.line_id, quantity=part.quantity, amount=part.amount)
        for part in parts
    )
    session.flush()


def lines_of_refund(session: Session, ticket: str) -> list[RefundLine]:
    """Return the pieces a refund is about, with their order lines."""
    query = select(RefundLine).options(joinedload(RefundLine.order_line)).where(RefundLine.ticket == ticket)
    return list(session.scalars(query.order_by(RefundLine.id)))


def restock(session: Session, order: Order, ticket: str, *, actor: str) -> int:
    """Put a refund's pieces back on the shelf; return how many. Whoever sets `restocked_at` first does it.

    The caller holds the order's lock. Raises NotRestockableError.
    """
    if order.stock_released_at is not None:
        raise NotRestockableError
    moment = now()
    guarded = update(RefundLine).where(RefundLine.ticket == ticket, RefundLine.restocked_at.is_(None))
    won = session.execute(guarded.values(restocked_at=moment).execution_options(synchronize_session=False))
    if won.rowcount < 1:  # type: ignore[attr-defined]
        raise NotRestockableError
    session.expire_all()
    given: dict[int, int] = {}
    for line in lines_of_refund(session, ticket):
        variant_id = line.order_line.variant_id
        given[variant_id] = given.get(variant_id, 0) + line.quantity
    return_stock(session, given)
    record(session, order, "order.restocked", actor, ticket=ticket, pieces=sum(given.values()))
    return sum(given.values())


def refund_lines(session: Session, order: Order) -> list[RefundLine]:
    """Return the pieces that any refund of an order is about."""
    query = select(RefundLine).join(OrderLine, OrderLine.id == RefundLine.order_line_id)
    return list(session.scalars(query.where(OrderLine.order_id == order.id)))
