"""Finding customers by who they are and what they bought, for the panel and for campaigns. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from storefront.catalog.rules import search_words
from storefront.database import now
from storefront.orders.models import Order
from storefront.spreadsheets import Cell
from storefront.texts import _

from .models import Customer

PAGE_SIZE = 25
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Which customers are looked for; empty and None stand for all.

    `orders` is how many paid orders they have at least, `spent` how much they paid in rupiah at least, `quiet_days` for
    how many days they, who did buy once, have not ordered.
    """

    text: str = ""
    agreed: bool = False
    members: bool = False
    orders: int | None = None
    spent: int | None = None
    quiet_days: int | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """What a customer has paid for: number of orders, their sum in rupiah, and when the last was placed."""

    orders: int = 0
    spent: int = 0
    last_at: datetime | None = None


def find(session: Session, segment: Segment, *, older: int | None) -> tuple[list[tuple[Customer, Bought]], int | None]:
    """Return one page of customers, newest first, with what they bought, and where the next page begins or None."""
    query = _query(segment)
    if older:
        query = query.where(Customer.id < older)
    found = list(session.scalars(query.limit(PAGE_SIZE + 1)))
    page = found[:PAGE_SIZE]
    bought = bought_by(session, [customer.id for customer in page])
    return [(each, bought.get(each.id, Bought())) for each in page], page[-1].id if len(found) > PAGE_SIZE else None


def bought_by(session: Session, ids: Sequence[int]) -> dict[int, Bought]:
    """Return what customers bought, by their ids; who bought nothing is missing."""
    sums = (func.count(Order.id), func.coalesce(func.sum(Order.total), 0), func.max(Order.created_at))
    query = select(Order.customer_id, *sums).where(Order.customer_id.in_(ids), _is_bought()).group_by(Order.customer_id)
    return {int(row[0] or 0): Bought(int(row[1]), int(row[2]), row[3]) for row in session.execute(query)}


def campaign_rows(session: Session, segment: Segment) -> Iterator[list[Cell]]:
    """Yield a table of those of a segment who agreed to be written to, and of nobody else."""
    yield [_("Nama"), _("E-mail"), _("Nomor HP"), _("Setuju sejak"), _("Pesanan"), _("Belanja"), _("Pesanan terakhir")]
    query = _query(segment).where(Customer.marketing_at.is_not(None))
    customers = list(session.scalars(query))
    for batch in _batches(customers):
        bought = bought_by(session, [customer.id for customer in batch])
        for customer in batch:
            yield _row(customer, bought.get(customer.id, Bought()))


def _row(customer: Customer, bought: Bought) -> list[Cell]:
    agreed = customer.marketing_at.date().isoformat() if customer.marketing_at else ""
    last = bought.last_at.date().isoformat() if bought.last_at else ""
    return [customer.name, customer.email, customer.phone, agreed, bought.orders, bought.spent, last]


def _batches(customers: list[Customer]) -> Iterable[list[Customer]]:
    return (customers[start : start + _BATCH] for start in range(0, len(customers), _BATCH))


def _query(segment: Segment) -> Select[Customer]:
    query = select(Customer).where(Customer.erased_at.is_(None)).order_by(Customer.id.desc())
    for word in search_words(segment.text) if segment.text else ():
        query = query.where(Customer.search_text.contains(word, autoescape=True))
    if segment.agreed:
        query = query.where(Customer.marketing_at.is_not(None))
    if segment.members:
        query = query.where(Customer.is_member)
    if segment.orders:
        query = query.where(_of_theirs(func.count(Order.id)) >= segment.orders)
    if segment.spent:
        query = query.where(_of_theirs(func.coalesce(func.sum(Order.total), 0)) >= segment.spent)
    if segment.quiet_days:
        query = query.where(_of_theirs(func.max(Order.created_at)) < now() - timedelta(days=segment.quiet_days))
    return query


def _of_theirs(figure: ColumnElement[Any]) -> Any:
    """Return a figure of the customer's own paid orders; found by their index, customer by customer."""
    return select(figure).where(Order.customer_id == Customer.id, _is_bought()).correlate(Customer).scalar_subquery()


def _is_bought() -> ColumnElement[bool]:
    return Order.payment_status == "paid"
