"""Charges: what one order asks of its payer, from opening to cancelling."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from . import accounts, journal, offers, provider, reservations, signals
from .errors import (
    DuplicateOrderRef,
    InvalidAmount,
    MethodUnavailable,
    RefusedError,
    UnknownCharge,
)
from .models import Charge
from .models.charges import ChargeStatus, Customer
from .offers import Offer
from .provider import Prepared
from .reservations import Place
from .rules.methods import Method
from .rules.money import LARGEST_RUPIAH
from .rules.reference import make_reference
from .work import Work

_random = random.SystemRandom()

# As the columns are declared; SQLite does not look.
_LONGEST = {"order_ref": 64, "name": 200, "email": 254, "phone": 32}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_TTL = 525_600

# A reference may be given again after this; by then nobody pays by the old one.
REFERENCE_LIFE = timedelta(days=365)


def create_charge(
    work: Work,
    order_ref: str,
    amount: int,
    *,
    method: Method = "bank_transfer",
    account: str | None = None,
    customer: Customer | None = None,
    ttl_minutes: int | None = None,
    prepared: Prepared | None = None,
) -> Charge:
    """Ask a payer for `amount` rupiah for an order, to be paid within `ttl_minutes`.

    A transfer is made unique by a code; without `account` (Moota's bank id) the first account with a free one is taken.
    `prepared` is the number or code that Moota has made for a virtual account or QRIS; it settles method and account.
    Raises DuplicateOrderRef, InvalidAmount, UnknownAccount, MethodUnavailable, NoUniqueCodeAvailable when every code of
    this amount is reserved, or RefusedError for a text or deadline that cannot be kept; then nothing has been written.
    """
    customer = customer or Customer()
    require_positive(amount)
    _require_storable(order_ref, customer)
    ttl = time_to_live(work, ttl_minutes)
    work.begin()
    places = _places(work, amount, method, account, prepared)
    refuse_duplicate(work, order_ref)
    with _one_per_order(order_ref), work.session.begin_nested():
        charge = _open(work, order_ref, amount, places[0], customer, ttl)
        if prepared is not None:
            provider.keep(work, charge, places[0].account, prepared)
        else:
            reservations.reserve_first_free(work, charge, places)
    journal.record(
        work,
        "charge.created",
        charge=charge,
        amount=charge.amount,
        unique_code=charge.unique_code,
        amount_due=charge.amount_due,
        bank_id=charge.account.bank_id,
        method=charge.method,
    )
    work.emit(signals.charge_created, charge=charge)
    return charge


def find_charge(work: Work, order_ref: str) -> Charge | None:
    """Return the charge of an order, or None."""
    return work.session.scalars(select(Charge).where(Charge.order_ref == order_ref)).one_or_none()


def get_charge(work: Work, order_ref: str) -> Charge:
    """Return the charge of an order. Raises UnknownCharge."""
    charge = find_charge(work, order_ref)
    if charge is None:
        raise UnknownCharge(f"There is no charge for the order {order_ref!r}.")
    return charge


def lock_charge(work: Work, order_ref: str) -> Charge:
    """Return the charge of an order as it is now, locked until the transaction ends. Raises UnknownCharge."""
    query = select(Charge).where(Charge.order_ref == order_ref).with_for_update(of=Charge)
    charge = work.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if charge is None:
        raise UnknownCharge(f"There is no charge for the order {order_ref!r}.")
    return charge


def lock_by_id(work: Work, charge_id: int) -> Charge:
    """Return a charge as it is now, locked until the transaction ends."""
    query = select(Charge).where(Charge.id == charge_id).with_for_update(of=Charge)
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def list_charges(work: Work, *, status: ChargeStatus | None = None, limit: int = 1000) -> list[Charge]:
    """Return the newest charges, newest first."""
    query = select(Charge).order_by(Charge.id.desc()).limit(limit)
    if status:
        query = query.where(Charge.status == status)
    return list(work.session.scalars(query))


def refuse_duplicate(work: Work, order_ref: str) -> None:
    """Raise DuplicateOrderRef when an order has a charge already."""
    if find_charge(work, order_ref) is not None:
        raise _duplicate(order_ref)


def _duplicate(order_ref: str) -> DuplicateOrderRef:
    return DuplicateOrderRef(f"The order {order_ref!r} already has a charge.", order_ref=order_ref)


@contextmanager
def _one_per_order(order_ref: str) -> Iterator[None]:
    """Two requests may open the same order's charge at once: the unique key lets one of them through."""
    try:
        yield
    except IntegrityError as error:
        if "order_ref" in str(error.orig):
            raise _duplicate(order_ref) from error
        raise


def require_positive(amount: int) -> None:
    """Raise InvalidAmount for what is no positive whole number of rupiah."""
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount <= LARGEST_RUPIAH:
        raise InvalidAmount(f"{amount!r} is not a positive whole number of rupiah that an account could hold.")


def _require_storable(order_ref: str, customer: Customer) -> None:
    """Refuse in words what one of the databases would refuse in its own way, or worse, keep."""
    if not order_ref or not order_ref.isprintable():
        raise RefusedError(f"{order_ref!r} cannot name an order; it needs at least one character, all of them visible.")
    given = {"order_ref": order_ref, "name": customer.name, "email": customer.email, "phone": customer.phone}
    for field, text in given.items():
        if text and (len(text) > _LONGEST[field] or _UNSTORABLE.search(text)):
            raise RefusedError(f"{field} may have {_LONGEST[field]} characters at most, none of them NUL.")


def time_to_live(work: Work, minutes: int | None) -> timedelta:
    """Return how long a charge stays open, by default as MOOTA_CHARGE_TTL_MINUTES says. Raises RefusedError."""
    if minutes is None:
        return work.settings.charge_ttl
    if not 0 <= minutes <= _LONGEST_TTL:
        raise RefusedError(f"A charge cannot be open for {minutes} minutes; {_LONGEST_TTL} (a year) at most.")
    return timedelta(minutes=minutes)


def places_for(work: Work, amount: int, method: Method, bank_id: str | None) -> list[Place]:
    """Return where an amount can be paid by a method without asking Moota first.

    Raises UnknownAccount, or MethodUnavailable saying what stands in the way.
    """
    found = offers.choose(work, amount, method=method, bank_id=bank_id)
    places = [_place(work, offer) for offer in found if not offer.needs_provider]
    if not places:
        raise MethodUnavailable(
            f"Moota makes a number or a code for every payment by {method}: call prepare_payment before anything is "
            "written, and hand over what it returns."
        )
    return places


def _places(work: Work, amount: int, method: Method, bank_id: str | None, prepared: Prepared | None) -> list[Place]:
    if prepared is None:
        return places_for(work, amount, method, bank_id)
    account = accounts.get_account(work, prepared.bank_id)
    return [Place(account=account, method=prepared.method, fee=prepared.fee)]


def _place(work: Work, offer: Offer) -> Place:
    return Place(account=accounts.get_account(work, offer.bank_id), method=offer.method, fee=offer.fee)


def _open(work: Work, order_ref: str, amount: int, place: Place, customer: Customer, ttl: timedelta) -> Charge:
    now = work.now()
    charge = Charge(
        order_ref=order_ref,
        method=place.method,
        account=place.account,
        amount=amount,
        unique_code=0,
        amount_due=amount,
        amount_open=amount,
        reference=_new_reference(work),
        customer_name=customer.name,
        customer_email=customer.email,
        customer_phone=customer.phone,
        created_at=now,
        expires_at=now + ttl,
        hold_until=now + ttl + work.settings.feed_delay,
    )
    work.session.add(charge)
    work.session.flush()
    return charge


def _new_reference(work: Work) -> str:
    """Make a reference that no charge of the last year has; there are about 1.5 million."""
    since = work.now() - REFERENCE_LIFE
    while True:
        reference = make_reference(_random)
        query = select(Charge.id).where(Charge.reference == reference, Charge.created_at >= since)
        if work.session.scalars(query).first() is None:
            return reference
