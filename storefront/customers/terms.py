"""What a customer is found by in the panel: words of their name, their address and number, in a table with an index.

The table follows the customer by itself, in the transaction that writes them.
"""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base, Id
from storefront.orders.terms import terms_of
from storefront.searching import LONGEST_TERM, Words, plain_text

from .models import Customer


class CustomerTerm(Base):
    """One word by which one customer is found; who was erased has none."""

    __tablename__ = "customer_term"
    __table_args__ = (Index("ix_customer_term_customer_id_term", "customer_id", "term"),)

    term: Mapped[str] = mapped_column(plain_text(LONGEST_TERM), primary_key=True)
    customer_id: Mapped[int] = mapped_column(Id, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)


CUSTOMER_WORDS = Words(CustomerTerm.term, CustomerTerm.customer_id)


def _terms(customer: Customer) -> set[str]:
    return set() if customer.erased_at else terms_of(customer.name, customer.email, customer.phone)


CUSTOMER_WORDS.follow(Customer, ("name", "email", "phone", "erased_at"), _terms)
