"""Charges: what one order asks of its payer, from opening to cancelling."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from . import accounts, journal, signals
from .errors import (
    DuplicateOrderRef,
    InvalidAmount,
    MethodUnavailable,
    NoUniqueCodeAvailable,
    RefusedError,
    UnknownCharge,
)
from .models import Account, Allocation, Charge, Reservation
from .models.base import insert_new
from .models.charges import ChargeStatus, Method
from .rules import states
from .rules.codes import choose_code
from .rules.money import LARGEST_RUPIAH
from .rules.reference import make_reference
from .work import Work

_random = random.SystemRandom()

# As the columns are declared; SQLite does not look.
_LONGEST = {"order_ref": 64, "name": 200, "email": 254, "phone": 32}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_TTL = 525_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who pays, as far as the shop knows; phone in the international form (+62…)."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A charge's money in rupiah, computed from its allocations."""

    paid: int
    refunded: int

    @property
    def refundable(self) -> int:
        """Return what could still go back."""
        return self.paid - self.refunded


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
        _reserve_first_free(work, charge, candidates)
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


def cancel_charge(work: Work, order_ref: str, *, reason: str) -> Charge:
    """Stop asking for payment; the amount stays reserved until the late window ends.

    Raises UnknownCharge, or InvalidTransition when the charge is already paid or cancelled.
    """
    work.begin()
    charge = lock_charge(work, order_ref)
    charge.status = states.next_state(states.CHARGE, charge.status, "cancel")
    charge.cancelled_at = work.now()
    charge.cancel_reason = reason
    journal.record(work, "charge.cancelled", charge=charge, reason=reason)
    work.emit(signals.charge_cancelled, charge=charge, reason=reason)
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


def list_charges(work: Work, *, status: ChargeStatus | None = None, limit: int = 1000) -> list[Charge]:
    """Return the newest charges, newest first."""
    query = select(Charge).order_by(Charge.id.desc()).limit(limit)
    if status:
        query = query.where(Charge.status == status)
    return list(work.session.scalars(query))


def figures(work: Work, charges: list[Charge]) -> dict[int, Figures]:
    """Return what was paid and refunded for each charge, by charge id, recomputed from the allocations."""
    ids = [charge.id for charge in charges]
    query = (
        select(Allocation.charge_id, func.sum(Allocation.amount))
        .where(Allocation.charge_id.in_(ids), Allocation.kind == "payment")
        .group_by(Allocation.charge_id)
    )
    paid = {charge_id: int(total) for charge_id, total in work.session.execute(query)}
    return {charge_id: Figures(paid=paid.get(charge_id, 0), refunded=0) for charge_id in ids}


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
    while True:
        reference = make_reference(_random)
        if not work.session.scalars(select(Charge.id).where(Charge.reference == reference)).first():
            return reference


def _reserve_first_free(work: Work, charge: Charge, candidates: list[Account]) -> None:
    for account in candidates:
        code = _reserve(work, charge, account)
        if code is not None:
            charge.account = account
            charge.unique_code = code
            charge.amount_due = charge.amount_open = work.settings.codes.amount_due(charge.amount, code)
            work.session.flush()
            return
    raise NoUniqueCodeAvailable(
        f"Every unique code for {charge.amount} rupiah is taken on the accounts tried; "
        "wait until a reservation ends, add an account, or widen MOOTA_UNIQUE_CODE_MAX.",
        amount=charge.amount,
        account=candidates[0].bank_id,
    )


def _reserve(work: Work, charge: Charge, account: Account) -> int | None:
    """Reserve an amount nobody waits for; the database decides who got it. None when all are taken."""
    codes = work.settings.codes
    taken = _reserved_amounts(work, account, charge.amount)
    while (code := choose_code(charge.amount, taken, codes, _random)) is not None:
        due = codes.amount_due(charge.amount, code)
        reserved = insert_new(
            work.session,
            Reservation.__table__,  # type: ignore[arg-type]
            account_id=account.id,
            amount=due,
            charge_id=charge.id,
            created_at=work.now(),
            reserved_until=max(charge.hold_until, charge.expires_at + work.settings.late_window),
        )
        if reserved is not None:
            return code
        taken = taken | {due} | _reserved_amounts(work, account, charge.amount)
    return None


def _reserved_amounts(work: Work, account: Account, amount: int) -> set[int]:
    low, high = work.settings.codes.span(amount)
    query = select(Reservation.amount).where(
        Reservation.account_id == account.id,
        Reservation.amount.between(low, high),
        Reservation.released_at.is_(None),
    )
    return set(work.session.scalars(query))
