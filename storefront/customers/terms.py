"""What a customer is found by in the panel: words of their name, their address and number, in a table with an index.

The table follows the customer by itself, in the transaction that writes them.
"""

from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, delete, event, insert, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from storefront.database import Base, Id
from storefront.orders.terms import terms_of
from storefront.searching import LONGEST_TERM, Words, plain_text

from .models import Customer

_SOURCES = ("name", "email", "phone", "erased_at")


class CustomerTerm(Base):
    """One word by which one customer is found; who was erased has none."""

    __tablename__ = "customer_term"
    __table_args__ = (Index("ix_customer_term_customer_id_term", "customer_id", "term"),)

    term: Mapped[str] = mapped_column(plain_text(LONGEST_TERM), primary_key=True)
    customer_id: Mapped[int] = mapped_column(Id, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)


CUSTOMER_WORDS = Words(CustomerTerm.term, CustomerTerm.customer_id)


@event.listens_for(Customer, "after_insert")
def _write(_mapper: Mapper[Any], connection: Connection, customer: Customer) -> None:
    if customer.erased_at is not None:
        return
    terms = terms_of(customer.name, customer.email, customer.phone)
    rows = [{"term": term, "customer_id": customer.id} for term in sorted(terms)]
    connection.execute(insert(CustomerTerm), rows)


@event.listens_for(Customer, "after_update")
def _write_again(mapper: Mapper[Any], connection: Connection, customer: Customer) -> None:
    state = inspect(customer)
    if any(state.attrs[name].history.has_changes() for name in _SOURCES):
        connection.execute(delete(CustomerTerm).where(CustomerTerm.customer_id == customer.id))
        _write(mapper, connection, customer)
