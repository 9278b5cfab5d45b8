"""Asking Moota for a number or a code before anything is written, with no transaction held meanwhile.

A way to pay that is the shop's own, such as a transfer, needs nothing: then what is prepared is None.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.orm import Session

from . import charges, offers, provider
from .context import state, work_on_session
from .errors import RefusedError
from .models.charges import Customer
from .offers import Offer
from .provider import Prepared
from .rules.methods import Method
from .work import Work, is_writing


def prepare_payment(
    key: str,
    amount: int,
    *,
    method: Method,
    account: str | None = None,
    customer: Customer | None = None,
    ttl_minutes: int | None = None,
) -> Prepared | None:
    """Have Moota make the number or code for a payment of `amount` rupiah on an account, or the first that offers it.

    `key` names the attempt, usually the order's reference. Raises DuplicateOrderRef, InvalidAmount, MethodUnavailable,
    UnknownAccount, RefusedError, ConfigError without an access token, ApiError.
    """
    charges.require_positive(amount)
    with _reading() as work:
        charges.refuse_duplicate(work, key)
        offer = offers.choose(work, amount, method=method, bank_id=account)[0]
        ttl = charges.time_to_live(work, ttl_minutes)
    return _ask(offer, key, customer or Customer(), ttl)


def prepare_change(order_ref: str, *, method: Method, account: str | None = None) -> Prepared | None:
    """Have Moota make the number or code by which a waiting charge is to be paid from now on; raises as above.

    None also for the way it is paid already, unless its number or code has run out: then another is made.
    """
    with _reading() as work:
        charge = charges.get_charge(work, order_ref)
        made = provider.current(work, charge)
        is_same = method == charge.method and account in {charge.account.bank_id, None}
        if is_same and not (made and provider.has_run_out(work, made)):
            return None
        offer = offers.choose(work, charge.amount, method=method, bank_id=account)[0]
        key = f"{order_ref}.{provider.count(work, charge) + 1}"
        customer = Customer(name=charge.customer_name, email=charge.customer_email, phone=charge.customer_phone)
        ttl = charge.expires_at - work.now()
    if ttl <= timedelta():
        raise RefusedError(f"The charge of {order_ref} has ended; it cannot be paid another way.")
    return _ask(offer, key, customer, ttl)


def refuse_while_writing(session: Session) -> None:
    """Raise RefusedError when a transaction has written already: it would be held while Moota is asked."""
    if is_writing(session):
        raise RefusedError(
            "This transaction has already written something, and must not wait for Moota: call prepare_payment before "
            "you write, and hand over what it returns."
        )


def _ask(offer: Offer, key: str, customer: Customer, ttl: timedelta) -> Prepared | None:
    if not offer.needs_provider:
        return None
    here = state()
    prepared = provider.ask(here.client(), offer, key, customer, time_to_live=ttl)
    return provider.with_image(prepared, base_url=here.settings.base_url)


@contextmanager
def _reading() -> Iterator[Work]:
    """Read on a connection of our own, closed before anything else happens; the host's transaction is left alone."""
    with Session(state().session().get_bind().engine) as session:
        yield work_on_session(session, "shop")
