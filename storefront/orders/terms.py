"""What an order is found by: words of its name, its addresses and numbers, kept in a table with an index.

A word is found by its beginning, so that a list of a million orders is never read through. The table follows the order
by itself, in the transaction that writes the order.
"""

import re

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base, Id
from storefront.formats import fold, phone_digits
from storefront.searching import LONGEST_TERM, Words, plain_text

from .models import Order

_LAST_DIGITS = 4


class OrderTerm(Base):
    """One word by which one order is found."""

    __tablename__ = "order_term"
    __table_args__ = (Index("ix_order_term_order_id_term", "order_id", "term"),)

    term: Mapped[str] = mapped_column(plain_text(LONGEST_TERM), primary_key=True)
    order_id: Mapped[int] = mapped_column(Id, ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)


ORDER_WORDS = Words(OrderTerm.term, OrderTerm.order_id)


def terms_of(name: str, email: str, phone: str, tracking_number: str | None = None) -> set[str]:
    """Return the words by which an order, or a customer, with these facts is found."""
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
    return {word[:LONGEST_TERM] for word in found if word}


def _terms(order: Order) -> set[str]:
    return terms_of(order.name, order.email, order.phone, order.tracking_number)


ORDER_WORDS.follow(Order, ("name", "email", "phone", "tracking_number"), _terms)
