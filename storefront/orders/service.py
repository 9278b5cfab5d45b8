"""What happens to orders. Functions on a session; they flush, the caller commits.

An order's payment is only ever moved by what the payments say, see `storefront.payments`.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storefront.catalog.service import OutOfStockError, return_stock, take_stock
from storefront.database import now
from storefront.promotions import service as promotions

from . import rules
from .models import Order, OrderEvent, OrderLine

SYSTEM = "system"
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the shopper typed at checkout, checked and normalised."""

    checkout_key: str
    name: str
    email: str
    phone: str
    address: str
    village: str
    district: str
    city: str
    province: str
    postal_code: str
    note: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What an order costs besides its goods, in rupiah, and how it gets to the buyer."""

    discount: int = 0
    voucher_code: str | None = None
    discount_note: str = ""
    delivery_kind: rules.DeliveryKind = "courier"
    delivery_name: str = ""
    courier_code: str | None = None
    weight_grams: int = 0
    delivery_fee: int = 0
    delivery_discount: int = 0


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One variant to order, with the price in rupiah the shopper agreed to."""

    product_id: int
    variant_id: int
    name: str
    label: str
    code: str | None
    weight_grams: int
    unit_price: int
    quantity: int


def place_order(
    session: Session,
    draft: Draft,
    lines: Sequence[DraftLine],
    sums: Sums,
    *,
    is_number_taken: Callable[[str], bool],
    actor: str = CUSTOMER,
) -> Order:
    """Write the order and take its goods off the shelf. `actor` is who placed it.

    Raises OutOfStockError; IntegrityError when the same checkout was already sent.
    """
    subtotal = sum(line.unit_price * line.quantity for line in lines)
    order = _insert(session, draft, subtotal, sums, is_number_taken)
    order.lines = [
        OrderLine(
            product_id=line.product_id,
            variant_id=line.variant_id,
            name=line.name,
            label=line.label,
            code=line.code,
            weight_grams=line.weight_grams,
            unit_price=line.unit_price,
            quantity=line.quantity,
        )
        for line in lines
    ]
    record(session, order, "order.created", actor)
    session.flush()
    take_stock(session, {line.variant_id: line.quantity for line in lines})
    return order


def find_order(session: Session, order_id: int) -> Order | None:
    """Return an order, or None."""
    return session.get(Order, order_id)


def find_by_checkout(session: Session, checkout_key: str) -> Order | None:
    """Return the order a checkout form has already led to, or None."""
    return session.scalars(select(Order).where(Order.checkout_key == checkout_key)).one_or_none()


def lock_order(session: Session, order_id: int) -> Order | None:
    """Return an order as it is now, locked until the transaction ends, or None."""
    query = select(Order).where(Order.id == order_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def record(session: Session, order: Order, name: str, actor: str, **data: Any) -> OrderEvent:
    """Add one line to the order's history."""
    line = OrderEvent(order_id=order.id, name=name, actor=actor, data=data)
    session.add(line)
    session.flush()
    return line


def mark_paid(session: Session, order: Order, *, at: datetime, amount: int) -> bool:
    """Note that the money is there, `amount` rupiah in all; return whether the goods are there too.

    Goods already given back are taken again; when they are gone the order is held.
    """
    _move_payment(order, "pay")
    order.paid_at = at
    order.hold_until = None
    record(session, order, "order.paid", SYSTEM, amount=amount)
    if order.stock_released_at is None or order.order_status != "open":
        return True
    try:
        _take_again(session, order)
    except OutOfStockError as shortage:
        hold(session, order, "stock", variant_id=shortage.variant_id)
        return False
    return True


def mark_expired(session: Session, order: Order, *, hold_until: datetime) -> None:
    """Note that the deadline passed. Goods are held until `hold_until`: a transfer made in time may still show up."""
    _move_payment(order, "expire")
    order.hold_until = hold_until
    record(session, order, "order.expired", SYSTEM)


def mark_cancelled(session: Session, order: Order, *, actor: str, reason: str) -> None:
    """End an order that nobody will pay any more; its goods go back at once."""
    _move_payment(order, "cancel")
    _end(order)
    record(session, order, "order.cancelled", actor, reason=reason)
    release_stock(session, order)


def mark_reopened(session: Session, order: Order, *, until: datetime) -> None:
    """Let an ended order wait for its money again. Raises OutOfStockError when goods already given back are gone."""
    _move_payment(order, "reopen")
    if order.order_status == "cancelled":
        order.order_status = rules.next_state("order", order.order_status, "reopen")  # type: ignore[assignment]
        order.cancelled_at = None
    order.hold_until = None
    record(session, order, "order.reopened", SYSTEM, until=until.isoformat())
    if order.stock_released_at is not None:
        _take_again(session, order)


def mark_reversed(session: Session, order: Order) -> None:
    """Note that the bank took the money back; the goods stay until an owner lets them go."""
    _move_payment(order, "reverse")
    record(session, order, "order.reversed", SYSTEM)
    hold(session, order, "reversed")


def mark_unpaid(session: Session, order: Order) -> None:
    """Note that what had paid the order was meant for something else: it waits for its money as before."""
    _move_payment(order, "unpay")
    order.paid_at = None
    record(session, order, "order.unpaid", SYSTEM)
    if not order.is_here:
        hold(session, order, "unpaid")
    elif order.hold_status == "held":
        _let_go(session, order, SYSTEM)


def mark_refunded(session: Session, order: Order) -> None:
    """Note that all the money is back with the shopper."""
    _move_payment(order, "refund")
    record(session, order, "order.refunded", SYSTEM)


def mark_returned(session: Session, order: Order) -> None:
    """Note that money sent back to the shopper has come back to the shop."""
    _move_payment(order, "return")
    record(session, order, "order.returned", SYSTEM)


def cancel_refunded(session: Session, order: Order) -> None:
    """End a paid order whose money has left again; goods that are still here go back on the shelf."""
    if order.hold_status == "held":
        _let_go(session, order, SYSTEM)
    _end(order)
    record(session, order, "order.cancelled", SYSTEM, reason="", refunded=True)
    release_stock(session, order)


def cancel_free(session: Session, order: Order, *, actor: str, reason: str) -> None:
    """End an order for which nothing was to be paid; its goods and its voucher go back. Raises OrderRefusedError."""
    rules.require_free(order.order_status, order.shipment_status, order.total)
    if order.hold_status == "held":
        _let_go(session, order, actor)
    _end(order)
    record(session, order, "order.cancelled", actor, reason=reason)
    release_stock(session, order)
    promotions.give_back(session, order.id)


def hold(session: Session, order: Order, reason: str, **data: Any) -> None:
    """Keep the goods from leaving and call the owner; `reason` is one of `rules.ATTENTION`."""
    order.hold_status = rules.next_state("hold", order.hold_status, "hold")  # type: ignore[assignment]
    if order.attention != "stock" or reason == "reversed":
        order.attention = reason
    record(session, order, "order.held", SYSTEM, reason=reason, **data)


def release_hold(session: Session, order: Order, *, actor: str) -> None:
    """Let a held order go on. Raises OrderRefusedError, or OutOfStockError when it has no goods to be sent."""
    _let_go(session, order, actor)
    if order.stock_released_at is not None and order.order_status == "open":
        _take_again(session, order)


def release_stock(session: Session, order: Order) -> bool:
    """Give the order's goods back, once: whoever sets `stock_released_at` first does it. Return whether it was us."""
    session.flush()
    won = session.execute(
        update(Order)
        .where(Order.id == order.id, Order.stock_released_at.is_(None))
        .values(stock_released_at=now())
        .execution_options(synchronize_session="fetch")
    )
    if won.rowcount != 1:  # type: ignore[attr-defined]
        return False
    return_stock(session, pieces(order))
    if order.paid_at is None:
        promotions.give_back(session, order.id)
    record(session, order, "order.stock_released", SYSTEM)
    return True


def orders_holding_too_long(session: Session, moment: datetime) -> list[int]:
    """Return the expired orders whose goods nobody can pay for any more."""
    query = select(Order.id).where(
        Order.payment_status == "expired", Order.stock_released_at.is_(None), Order.hold_until <= moment
    )
    return list(session.scalars(query.order_by(Order.id)))


def pieces(order: Order) -> dict[int, int]:
    """Return how many of each variant the order holds, by variant id, without those put back after a refund."""
    return {line.variant_id: line.quantity - line.restocked for line in order.lines if line.quantity > line.restocked}


def _insert(session: Session, draft: Draft, subtotal: int, sums: Sums, is_number_taken: Callable[[str], bool]) -> Order:
    """Insert the order. A number for which somebody already asked money by hand is skipped."""
    while True:
        order = Order(
            **asdict(draft),
            **asdict(sums),
            subtotal=subtotal,
            total=subtotal - sums.discount + sums.delivery_fee - sums.delivery_discount,
        )
        session.add(order)
        session.flush()
        if not is_number_taken(order.number):
            return order
        session.delete(order)
        session.flush()


def _move_payment(order: Order, event: str) -> None:
    order.payment_status = rules.next_state("payment", order.payment_status, event)  # type: ignore[assignment]


def _end(order: Order) -> None:
    order.order_status = rules.next_state("order", order.order_status, "cancel")  # type: ignore[assignment]
    order.cancelled_at = now()


def _let_go(session: Session, order: Order, actor: str) -> None:
    order.hold_status = rules.next_state("hold", order.hold_status, "release")  # type: ignore[assignment]
    record(session, order, "order.released", actor, reason=order.attention)
    order.attention = None


def _take_again(session: Session, order: Order) -> None:
    """Take goods that were given back off the shelf again. Raises OutOfStockError, with nothing taken."""
    with session.begin_nested():
        take_stock(session, pieces(order))
    promotions.take_again(session, order.id)
    order.stock_released_at = None
    record(session, order, "order.stock_taken_again", SYSTEM)
