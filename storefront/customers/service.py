"""Customers: found or made with their first order, signed in, agreeing and withdrawing. Flushes, never commits."""

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storefront.database import now
from storefront.extensions import db
from storefront.orders.models import Order

from . import rules
from .models import ConsentChange, Customer, new_session_key

# Where a customer agreed or withdrew.
CHECKOUT = "checkout"
ACCOUNT = "account"
LETTER = "letter"
PAGE_SIZE = 20


def find_customer(session: Session, email: str) -> Customer | None:
    """Return the customer with this e-mail address, however its letters are written, or None."""
    return session.scalars(select(Customer).where(Customer.email == rules.email_key(email))).one_or_none()


def lock_customer(session: Session, customer_id: int) -> Customer | None:
    """Return a customer as it is now, locked until the transaction ends, or None."""
    query = select(Customer).where(Customer.id == customer_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def note_order(session: Session, order: Order, *, wants_offers: bool = False) -> Customer | None:
    """Give an order to the customer with its e-mail address, who comes to exist with the first one.

    What the customer already told stays: an order is no proof that its address is one's own. `wants_offers` is the
    box that was ticked at checkout; leaving it empty withdraws nothing. None for an order without an address.
    """
    if not order.email:
        order.customer_id = None
        return None
    customer = _locked(session, order.email) or _add(session, order)
    order.customer_id = customer.id
    if wants_offers:
        change_consent(session, customer, given=True, source=CHECKOUT)
    session.flush()
    return customer


def change_consent(session: Session, customer: Customer, *, given: bool, source: str) -> None:
    """Note that a customer agreed to letters about offers or withdrew; saying the same again changes nothing."""
    if given == (customer.marketing_at is not None):
        return
    moment = now()
    customer.marketing_at = moment if given else None
    customer.marketing_source = source if given else ""
    session.add(ConsentChange(customer_id=customer.id, at=moment, given=given, source=source))
    session.flush()


def consent_history(session: Session, customer: Customer) -> list[ConsentChange]:
    """Return every time the customer agreed or withdrew, newest first."""
    query = select(ConsentChange).where(ConsentChange.customer_id == customer.id)
    return list(session.scalars(query.order_by(ConsentChange.id.desc())))


def list_orders(customer: Customer, *, page: int) -> Pagination:
    """Return one page of a customer's orders, newest first. 404 for a page that is not there."""
    query = select(Order).where(Order.customer_id == customer.id).order_by(Order.id.desc())
    return db.paginate(query, page=page, per_page=PAGE_SIZE)


def newest_orders(session: Session, customer: Customer, *, most: int) -> list[Order]:
    """Return a customer's newest orders, newest first."""
    query = select(Order).where(Order.customer_id == customer.id).order_by(Order.id.desc()).limit(most)
    return list(session.scalars(query))


def note_sign_in(customer: Customer) -> None:
    """Note that a customer signed in, which uses up the link."""
    customer.last_login_at = now()


def change_profile(customer: Customer, *, name: str, phone: str) -> None:
    """Correct what a customer is called, and their mobile number in the international form."""
    customer.name = name
    customer.phone = phone


def end_all_sign_ins(customer: Customer) -> None:
    """Sign a customer out everywhere and make links that were not used worthless."""
    customer.session_key = new_session_key()


def _locked(session: Session, email: str) -> Customer | None:
    """Return the customer with this address, locked, or None.

    Whoever is being forgotten in this moment is waited for, and then has this address no longer.
    """
    query = select(Customer).where(Customer.email == rules.email_key(email)).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _add(session: Session, order: Order) -> Customer:
    """Insert the customer; when another order did so in this very moment, take theirs."""
    customer = Customer(
        email=rules.email_key(order.email),
        name=order.name,
        phone=order.phone,
        locale=order.locale,
    )
    try:
        with session.begin_nested():
            session.add(customer)
    except IntegrityError:
        return _locked(session, order.email) or _add(session, order)
    return customer
