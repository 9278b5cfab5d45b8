"""What an order is found by: words of its name, its addresses and numbers, kept in a table with an index.

A word is found by its beginning, so that a list of a million orders is never read through. The table follows the order
by itself, in the transaction that writes the order.
"""

import re
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, Select, String, delete, event, insert, inspect, select
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from storefront.database import Base, Id
from storefront.formats import fold, phone_digits

from .models import Order

_LONGEST = 60
_LAST_DIGITS = 4
# Sorts behind every character that text can hold.
_BEHIND = "\U0010ffff"
# Compared byte by byte everywhere, so that a beginning is a range of the index.
_TERM = String(_LONGEST, collation="C").with_variant(String(_LONGEST), "sqlite")
_SOURCES = ("name", "email", "phone", "tracking_number")


class OrderTerm(Base):
    """One word by which one order is found."""

    __tablename__ = "order_term"
    __table_args__ = (Index("ix_order_term_order_id", "order_id"),)

    term: Mapped[str] = mapped_column(_TERM, primary_key=True)
    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)


def terms_of(name: str, email: str, phone: str, tracking_number: str | None) -> set[str]:
    """Return the words by which an order with these facts is found."""
    words = fold(name).split()
    found = {*words, *(part for word in words for part in re.split(r"\W+", word))}
    address = fold(email)
    if "@" in address:
        domain = address.partition("@")[2]
        found |= {address, f"@{domain}", domain}
    if phone:
        digits = phone_digits(phone)
        found |= {digits, f"0{digits.removeprefix('62')}", digits[-_LAST_DIGITS:]}
    found.add("".join(fold(tracking_number or "").split()))
    return {word[:_LONGEST] for word in found if word}


def orders_with(word: str) -> Select[int]:
    """Return the query for the ids of the orders that have a word beginning like this."""
    begin = word[:_LONGEST]
    return select(OrderTerm.order_id).where(OrderTerm.term >= begin, OrderTerm.term < begin + _BEHIND)


@event.listens_for(Order, "after_insert")
def _write(_mapper: Mapper[Any], connection: Connection, order: Order) -> None:
    terms = terms_of(order.name, order.email, order.phone, order.tracking_number)
    if terms:
        connection.execute(insert(OrderTerm), [{"term": term, "order_id": order.id} for term in sorted(terms)])


@event.listens_for(Order, "after_update")
def _write_again(mapper: Mapper[Any], connection: Connection, order: Order) -> None:
    state = inspect(order)
    if any(state.attrs[name].history.has_changes() for name in _SOURCES):
        connection.execute(delete(OrderTerm).where(OrderTerm.order_id == order.id))
        _write(mapper, connection, order)
