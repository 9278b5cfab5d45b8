"""Amounts reserved on accounts: which a payer is asked for, how long they stay his, and the remainder after a part.

The unique index on (account, amount) decides who gets an amount; everything here only proposes.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, update

from . import accounts, ledger
from .errors import NoUniqueCodeAvailable
from .models import Account, Charge, Reservation
from .models.base import insert_new
from .rules.codes import CodeRange, choose_code
from .rules.methods import Method
from .rules.money import Rupiah
from .rules.qris import with_amount
from .work import Work

_random = random.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and how an amount can be paid that no provider has to make, and the fee for it in rupiah."""

    account: Account
    method: Method
    fee: Rupiah


def reserve_first_free(work: Work, charge: Charge, places: Sequence[Place], *, received: Rupiah = 0) -> None:
    """Give a charge an amount nobody else waits for: at the first place with room, then in the wider range.

    What was already `received` for it is taken off. Raises NoUniqueCodeAvailable when every amount is taken.
    """
    for choose_range in (accounts.codes_of, _wider_codes_of):
        for place in places:
            base = charge.amount + place.fee - received
            codes = choose_range(work, place.account)
            code = _reserve_random(work, charge, place.account, base, codes) if codes else None
            if codes and code is not None:
                charge.account, charge.method, charge.fee = place.account, place.method, place.fee
                charge.unique_code = code
                charge.amount_due = received + codes.amount_due(base, code)
                _ask(charge, codes.amount_due(base, code))
                work.session.flush()
                return
    raise NoUniqueCodeAvailable(
        f"Every unique code for {charge.amount} rupiah is taken on the accounts tried; wait until a reservation ends, "
        "add an account, or allow more codes with MOOTA_UNIQUE_CODE_MAX or MOOTA_UNIQUE_CODE_WIDER_MAX.",
        amount=charge.amount,
        account=places[0].account.bank_id,
    )


def ask_for_the_rest(work: Work, charge: Charge) -> None:
    """Ask for what is still missing, exactly, reserved like a first amount.

    When another charge already waits for that very amount on the account, the payer is asked for the next free one
    above it; the few rupiah more become part of what is due, as the unique code is.
    """
    missing = charge.amount_due - ledger.figures_of(work, charge).received
    asked = missing
    while not _reserve_exactly(work, charge, asked):
        asked += 1
    charge.unique_code += (asked - missing) * (1 if accounts.codes_of(work, charge.account).mode == "add" else -1)
    charge.amount_due += asked - missing
    _ask(charge, asked)


def cool_down(work: Work, charge: Charge) -> None:
    """Keep a paid charge's amounts reserved: a second transfer must be known as a second one, not as another's."""
    _prolong(work, charge, work.now() + work.settings.late_window)


def follow_deadline(work: Work, charge: Charge) -> None:
    """Keep a charge's amounts reserved until the late window after its deadline has ended."""
    _prolong(work, charge, _until(work, charge))


@dataclass(frozen=True, slots=True)
class Pool:
    """The unique codes of one price on one account: how many amounts are reserved, and how many codes there are."""

    account: Account
    price: Rupiah
    taken: int
    size: int


def pools(work: Work, *, limit: int | None = None) -> list[Pool]:
    """Return the pools of codes in use on active accounts, the fullest first."""
    query = (
        select(Reservation.account_id, Charge.amount, func.count())
        .join(Charge, Charge.id == Reservation.charge_id)
        .where(Reservation.released_at.is_(None))
        .group_by(Reservation.account_id, Charge.amount)
    )
    known = {account.id: account for account in accounts.list_accounts(work)}
    found = [
        Pool(known[account_id], amount, count, _size(work, known[account_id]))
        for account_id, amount, count in work.session.execute(query)
        if account_id in known
    ]
    return sorted(found, key=lambda pool: (-pool.taken / pool.size, pool.price, pool.account.id))[:limit]


def _size(work: Work, account: Account) -> int:
    codes = accounts.codes_of(work, account)
    return codes.high - codes.low + 1


def release_ended(work: Work) -> int:
    """Free the amounts whose time has ended; return how many."""
    now = work.now()
    query = update(Reservation).where(Reservation.released_at.is_(None), Reservation.reserved_until <= now)
    result = work.session.execute(query.values(released_at=now), execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]


def _wider_codes_of(work: Work, account: Account) -> CodeRange | None:
    """Return the codes that are allowed once all others are taken; None where there are none."""
    usual, highest = accounts.codes_of(work, account), work.settings.wider_code_max
    return None if highest is None or highest <= usual.high else replace(usual, low=usual.high + 1, high=highest)


def _ask(charge: Charge, amount: Rupiah) -> None:
    """Ask for exactly this much next, in the code as well where it is the shop's own."""
    charge.amount_open = amount
    if charge.method == "qris" and charge.account.static_qris:
        charge.qr_string = with_amount(charge.account.static_qris, amount)


def _reserve_random(work: Work, charge: Charge, account: Account, base: Rupiah, codes: CodeRange) -> int | None:
    taken = _taken(work, account, *codes.span(base))
    while (code := choose_code(base, taken, codes, _random)) is not None:
        due = codes.amount_due(base, code)
        if _insert(work, charge, account.id, due):
            return code
        taken = taken | {due} | _taken(work, account, *codes.span(base))
    return None


def _reserve_exactly(work: Work, charge: Charge, amount: int) -> bool:
    """Reserve an amount for a charge; True also when it holds it already."""
    return _insert(work, charge, charge.account_id, amount) or _holder(work, charge.account_id, amount) == charge.id


def _insert(work: Work, charge: Charge, account_id: int, amount: int) -> bool:
    return (
        insert_new(
            work.session,
            Reservation.__table__,  # type: ignore[arg-type]
            account_id=account_id,
            amount=amount,
            charge_id=charge.id,
            created_at=work.now(),
            reserved_until=_until(work, charge),
        )
        is not None
    )


def _holder(work: Work, account_id: int, amount: int) -> int | None:
    query = select(Reservation.charge_id).where(
        Reservation.account_id == account_id, Reservation.amount == amount, Reservation.released_at.is_(None)
    )
    return work.session.scalars(query).one_or_none()


def _taken(work: Work, account: Account, low: int, high: int) -> set[int]:
    query = select(Reservation.amount).where(
        Reservation.account_id == account.id,
        Reservation.amount.between(low, high),
        Reservation.released_at.is_(None),
    )
    return set(work.session.scalars(query))


def _until(work: Work, charge: Charge) -> datetime:
    """Return when nothing is awaited any more: after the late window, never before Moota can have seen the money."""
    return max(charge.hold_until, charge.expires_at + work.settings.late_window)


def _prolong(work: Work, charge: Charge, until: datetime) -> None:
    query = update(Reservation).where(
        Reservation.charge_id == charge.id, Reservation.released_at.is_(None), Reservation.reserved_until < until
    )
    work.session.execute(query.values(reserved_until=until), execution_options={"synchronize_session": False})
