"""Charges: what one order asks of its payer, from opening to cancelling."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from . import accounts, journal, reservations, signals
from .errors import (
    DuplicateOrderRef,
    InvalidAmount,
    MethodUnavailable,
    RefusedError,
    UnknownCharge,
)
from .models import Account, Charge
from .models.charges import ChargeStatus, Method
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who pays, as far as the shop knows; phone in the international form (+62…)."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


def create_charge(
    work: Work,
    order_ref: str,
    amount: int,
    *,
    method: Method = "bank_transfer",
    account: str | None = None,
    customer: Customer | None = None,
    ttl_minutes: int | None = None,
) -> Charge:
    """Ask a payer for `amount` rupiah for an order, made unique by a code, to be paid within `ttl_minutes`.

    Without `account` (Moota's bank id) the first account with a free code is taken. Raises DuplicateOrderRef,
    InvalidAmount, UnknownAccount, MethodUnavailable, NoUniqueCodeAvailable when every code of this amount is
    reserved, or RefusedError for a text or deadline that cannot be kept; in all these cases nothing has been written.
    """
    customer = customer or Customer()
    _require_positive(amount)
    _require_storable(order_ref, customer)
    ttl = _time_to_live(work, ttl_minutes)
    work.begin()
    if method != "bank_transfer":
        raise MethodUnavailable(f"No connected account offers {method}; choose bank_transfer.")
    candidates = _receiving_accounts(work, account)
    if find_charge(work, order_ref) is not None:
        raise _duplicate(order_ref)
    with _one_per_order(order_ref), work.session.begin_nested():
        charge = _open(work, order_ref, amount, method, candidates[0], customer, ttl)
        reservations.reserve_first_free(work, charge, candidates)
    journal.record(
        work,
        "charge.created",
        charge=charge,
        amount=charge.amount,
        unique_code=charge.unique_code,
        amount_due=charge.amount_due,
        bank_id=charge.account.bank_id,
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


def move_to(work: Work, charge: Charge, account: Account) -> None:
    """Ask for a waiting charge's money on another account, with a new amount; the old one stays reserved.

    Raises NoUniqueCodeAvailable, MethodUnavailable.
    """
    if account.kind != "bank_transfer":
        raise MethodUnavailable(f"The account {account.bank_id!r} does not receive transfers.")
    reservations.reserve_first_free(work, charge, [account])


def list_charges(work: Work, *, status: ChargeStatus | None = None, limit: int = 1000) -> list[Charge]:
    """Return the newest charges, newest first."""
    query = select(Charge).order_by(Charge.id.desc()).limit(limit)
    if status:
        query = query.where(Charge.status == status)
    return list(work.session.scalars(query))


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


def _require_positive(amount: int) -> None:
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


def _time_to_live(work: Work, minutes: int | None) -> timedelta:
    if minutes is None:
        return work.settings.charge_ttl
    if not 0 <= minutes <= _LONGEST_TTL:
        raise RefusedError(f"A charge cannot be open for {minutes} minutes; {_LONGEST_TTL} (a year) at most.")
    return timedelta(minutes=minutes)


def _receiving_accounts(work: Work, bank_id: str | None) -> list[Account]:
    if bank_id is None:
        found = accounts.list_accounts(work, kind="bank_transfer")
    else:
        found = [accounts.get_account(work, bank_id)]
    usable = [account for account in found if account.kind == "bank_transfer"]
    if not usable:
        raise MethodUnavailable(
            "No active bank account can receive transfers; add one with `flask moota accounts add`."
        )
    return usable


def _open(
    work: Work, order_ref: str, amount: int, method: Method, account: Account, customer: Customer, ttl: timedelta
) -> Charge:
    now = work.now()
    charge = Charge(
        order_ref=order_ref,
        method=method,
        account=account,
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
