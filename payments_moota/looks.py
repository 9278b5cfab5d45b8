"""Looks that a payer asks for: the wish is a row, so it outlives everything, and the worker fulfils it.

However many payers ask, Moota's list is read at most every `EVERY` for one account, and each payer is heard once in
`PATIENCE`. What the look brings comes in by the path of every mutation; a look decides nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import or_, select

from . import charges, journal
from .models import Charge, Event, Look
from .models.base import insert_new
from .work import Work

LookState = Literal["none", "waiting", "done", "failed"]

EVERY = timedelta(seconds=30)
PATIENCE = timedelta(minutes=1)
MOST_A_DAY = 30

_ASKED = "charge.look_asked"
_A_DAY = timedelta(days=1)
# A worker that was killed while it looked is not waited for.
_GIVEN_UP_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a payer's wish is: `asked_at` and `first_asked_at` by this payer, `looked_at` whoever asked.

    `next_at` is when the payer may ask again; None when that is now.
    """

    state: LookState
    asked_at: datetime | None = None
    first_asked_at: datetime | None = None
    looked_at: datetime | None = None
    failed_at: datetime | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A look to be made now: `may_refresh` says whether Moota is to look into the bank itself, too."""

    id: int
    bank_id: str
    may_refresh: bool


def ask(work: Work, order_ref: str) -> bool:
    """Wish for a look at the account that a charge is to be paid to; tell whether it was granted.

    Nothing happens when the same payer asked a moment ago or too often today. Raises UnknownCharge.
    """
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    asked = _asked(work, charge)
    if not can_be_asked(charge) or _next_at(asked, work.now()) is not None:
        return False
    look = _lock_of(work, charge.account_id)
    look.wanted_at = work.now()
    journal.record(work, _ASKED, charge=charge, bank_id=charge.account.bank_id)
    return True


def can_be_asked(charge: Charge) -> bool:
    """Tell whether money may still be on its way to this charge."""
    return charge.status in {"pending", "expired"}


def standing(work: Work, charge: Charge) -> Standing:
    """Return how far the wish of this charge's payer is, and when Moota was last asked about the account."""
    asked = _asked(work, charge)
    look = work.session.scalars(select(Look).where(Look.account_id == charge.account_id)).one_or_none()
    looked_at, failed_at = (look.looked_at, look.failed_at) if look else (None, None)
    if not asked:
        return Standing(state="none", looked_at=looked_at)
    return Standing(
        state=_state(asked[-1], looked_at, failed_at),
        asked_at=asked[-1],
        first_asked_at=asked[0],
        looked_at=looked_at,
        failed_at=failed_at,
        next_at=_next_at(asked, work.now()),
    )


def due(work: Work) -> list[int]:
    """Return the looks that are wished for and may be made now, the longest waiting first."""
    now = work.now()
    query = select(Look.id).where(
        Look.wanted_at.is_not(None),
        or_(Look.claimed_at.is_(None), Look.claimed_at < now - _GIVEN_UP_AFTER),
        *(or_(moment.is_(None), moment <= now - EVERY) for moment in (Look.looked_at, Look.refreshed_at)),
    )
    return list(work.session.scalars(query.order_by(Look.wanted_at)))


def claim(work: Work, look_id: int) -> Claimed | None:
    """Take a look for one worker alone; None when another has it."""
    work.begin()
    if look_id not in due(work):
        return None
    look = _lock(work, look_id)
    if look.wanted_at is None or (look.claimed_at and look.claimed_at > work.now() - _GIVEN_UP_AFTER):
        return None
    look.claimed_at = work.now()
    return Claimed(id=look.id, bank_id=look.account.bank_id, may_refresh=_may_refresh(work, look))


def finish(work: Work, look_id: int, *, succeeded: bool) -> None:
    """Note how a claimed look ended; a wish that came while it ran stays."""
    work.begin()
    look = _lock(work, look_id)
    began = look.claimed_at or work.now()
    if succeeded:
        look.looked_at = began
    else:
        look.failed_at = began
    if look.wanted_at is not None and look.wanted_at <= began:
        look.wanted_at = None
    look.claimed_at = None


def note_refresh(work: Work, look_id: int) -> None:
    """Note that Moota was made to look into the bank; what it finds is looked for in a moment, so the wish stays."""
    work.begin()
    look = _lock(work, look_id)
    look.refreshed_at = work.now()
    look.claimed_at = None


def note_looked(work: Work, account_id: int, at: datetime) -> None:
    """Note that the account's list was read without anybody's wish."""
    work.begin()
    look = _lock_of(work, account_id)
    look.looked_at = max(at, look.looked_at or at)


def _state(asked: datetime, looked_at: datetime | None, failed_at: datetime | None) -> LookState:
    if looked_at is not None and looked_at >= asked:
        return "done"
    return "failed" if failed_at is not None and failed_at >= asked else "waiting"


def _asked(work: Work, charge: Charge) -> list[datetime]:
    query = select(Event.at).where(Event.charge_id == charge.id, Event.name == _ASKED).order_by(Event.id)
    return list(work.session.scalars(query))


def _next_at(asked: list[datetime], now: datetime) -> datetime | None:
    """Return when somebody who asked at these moments may ask again; None when that is now."""
    today = [at for at in asked if now - at < _A_DAY]
    waits = [at + PATIENCE for at in today[-1:]]
    if len(today) >= MOST_A_DAY:
        waits.append(today[-MOST_A_DAY] + _A_DAY)
    return next((at for at in sorted(waits, reverse=True) if at > now), None)


def _may_refresh(work: Work, look: Look) -> bool:
    every = work.settings.refresh_every
    if not every or look.account.kind != "bank_transfer":
        return False
    return look.refreshed_at is None or work.now() - look.refreshed_at >= every


def _lock(work: Work, look_id: int) -> Look:
    query = select(Look).where(Look.id == look_id).with_for_update(of=Look)
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def _lock_of(work: Work, account_id: int) -> Look:
    insert_new(work.session, Look.__table__, account_id=account_id)  # type: ignore[arg-type]
    query = select(Look).where(Look.account_id == account_id).with_for_update(of=Look)
    return work.session.scalars(query.execution_options(populate_existing=True)).one()
