"""Finding customers by who they are and what they bought, for the panel and for campaigns. Reads only."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import Session

from storefront.catalog.rules import search_words
from storefront.database import now
from storefront.orders.models import Order
from storefront.searching import how_many
from storefront.spreadsheets import Cell
from storefront.texts import _

from .models import Customer
from .terms import CUSTOMER_WORDS

PAGE_SIZE = 25
# What was bought is added up customer by customer; a page looks at no more of them than this.
REACH = 5_000
_BATCH = 500
# In the very words of the partial index, or SQLite would not use it.
_MEMBER: ColumnElement[bool] = literal_column("customer.is_member")


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


@dataclass(frozen=True, slots=True)
class Page:
    """One page of customers, newest first, with what they bought; `older` is where the next one begins, or None.

    `broke_off`: only the next REACH customers were looked at, and the page is not full yet.
    """

    found: list[tuple[Customer, Bought]]
    older: int | None
    broke_off: bool = False


def find(session: Session, segment: Segment, *, older: int | None) -> Page:
    """Return the page of customers below the id `older`, or the newest."""
    query, is_broad = _query(session, segment)
    newest = session.execute(select(func.max(Customer.id))).scalar_one() or 0 if is_broad else 0
    begin = older or newest + 1
    end = begin - REACH if is_broad and begin - REACH > 1 else None
    bounds = [*([Customer.id < older] if older else []), *([Customer.id >= end] if end else [])]
    found = list(session.scalars(query.where(*bounds).limit(PAGE_SIZE + 1)))
    page, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    bought = bought_by(session, [customer.id for customer in page])
    shown = [(each, bought.get(each.id, Bought())) for each in page]
    return Page(shown, page[-1].id if more else end, broke_off=bool(end) and not more)


def bought_by(session: Session, ids: Sequence[int]) -> dict[int, Bought]:
    """Return what customers bought, by their ids; who bought nothing is missing."""
    sums = (func.count(Order.id), func.coalesce(func.sum(Order.total), 0), func.max(Order.created_at))
    query = select(Order.customer_id, *sums).where(Order.customer_id.in_(ids), _is_bought()).group_by(Order.customer_id)
    return {int(row[0] or 0): Bought(int(row[1]), int(row[2]), row[3]) for row in session.execute(query)}


def campaign_rows(session: Session, segment: Segment) -> Iterator[list[Cell]]:
    """Yield a table of those of a segment who agreed to be written to, and of nobody else."""
    yield [_("Nama"), _("E-mail"), _("Nomor HP"), _("Setuju sejak"), _("Pesanan"), _("Belanja"), _("Pesanan terakhir")]
    query, _is_broad = _query(session, segment)
    customers = list(session.scalars(query.where(Customer.marketing_at.is_not(None))))
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


def _query(session: Session, segment: Segment) -> tuple[Select[Customer], bool]:
    """Return who is looked for, and whether no index leads to them, so that the newest customers are walked."""
    query = select(Customer).where(Customer.erased_at.is_(None)).order_by(Customer.id.desc())
    words = search_words(segment.text)
    narrow = (
        CUSTOMER_WORDS.all_of(words, how_many(session, [CUSTOMER_WORDS.of(word) for word in words])) if words else None
    )
    if words:
        query = query.where(CUSTOMER_WORDS.has(Customer.id, words) if narrow is None else Customer.id.in_(narrow))
    if segment.agreed:
        query = query.where(Customer.marketing_at.is_not(None))
    if segment.members:
        query = query.where(_MEMBER)
    if segment.orders:
        query = query.where(_of_theirs(func.count(Order.id)) >= segment.orders)
    if segment.spent:
        query = query.where(_of_theirs(func.coalesce(func.sum(Order.total), 0)) >= segment.spent)
    if segment.quiet_days:
        query = query.where(_of_theirs(func.max(Order.created_at)) < now() - timedelta(days=segment.quiet_days))
    return query, bool(narrow is None and (words or segment.orders or segment.spent or segment.quiet_days))


def _of_theirs(figure: ColumnElement[Any]) -> Any:
    """Return a figure of the customer's own paid orders; found by their index, customer by customer."""
    return select(figure).where(Order.customer_id == Customer.id, _is_bought()).correlate(Customer).scalar_subquery()


def _is_bought() -> ColumnElement[bool]:
    return Order.payment_status == "paid"
