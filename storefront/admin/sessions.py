"""Sign-ins to the panel, kept by the server: each can be seen and ended. Flushes, never commits."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storefront.database import now

from .models import StaffMember, StaffSession
from .rules import IDLE_SESSION, SESSIONS_KEPT

_NOTED_EVERY = timedelta(minutes=10)
_MOST_PROGRAM = 200


def begin(session: Session, member: StaffMember, *, address: str, program: str) -> str:
    """Note a sign-in and return the key that the browser keeps; what is long over is forgotten."""
    key = secrets.token_urlsafe(32)
    session.execute(delete(StaffSession).where(StaffSession.seen_at < now() - SESSIONS_KEPT))
    session.add(
        StaffSession(staff_id=member.id, key_hash=_hash(key), address=address[:64], program=program[:_MOST_PROGRAM])
    )
    session.flush()
    return key


def find(session: Session, member: StaffMember, key: object) -> StaffSession | None:
    """Return the sign-in that a browser's key belongs to, unless it has ended."""
    if not isinstance(key, str):
        return None
    query = select(StaffSession).where(StaffSession.key_hash == _hash(key), StaffSession.staff_id == member.id)
    found = session.scalars(query).one_or_none()
    return found if found and found.ended_at is None and found.seen_at > now() - IDLE_SESSION else None


def is_to_be_noted(current: StaffSession) -> bool:
    """Tell whether it is long enough since this sign-in was last seen to write that down."""
    return current.seen_at < now() - _NOTED_EVERY


def note_seen(session: Session, session_id: int) -> None:
    """Write down that a sign-in is still used."""
    session.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now()))


def open_ones(session: Session, member: StaffMember) -> list[StaffSession]:
    """Return a person's sign-ins that have not ended, newest first."""
    query = select(StaffSession).where(
        StaffSession.staff_id == member.id,
        StaffSession.ended_at.is_(None),
        StaffSession.seen_at > now() - IDLE_SESSION,
    )
    return list(session.scalars(query.order_by(StaffSession.id.desc())))


def end(session: Session, member: StaffMember, *, only: int | None = None, but: int | None = None) -> int:
    """End a person's sign-ins: all, `only` one, or all `but` one; return how many."""
    query = update(StaffSession).where(StaffSession.staff_id == member.id, StaffSession.ended_at.is_(None))
    if only is not None:
        query = query.where(StaffSession.id == only)
    if but is not None:
        query = query.where(StaffSession.id != but)
    ended = session.execute(query.values(ended_at=now()).execution_options(synchronize_session="fetch"))
    return int(ended.rowcount)  # type: ignore[attr-defined]


def is_known_address(session: Session, member: StaffMember, address: str) -> bool:
    """Tell whether this person was signed in from there lately."""
    query = select(StaffSession.id).where(StaffSession.staff_id == member.id, StaffSession.address == address[:64])
    return session.scalars(query.limit(1)).first() is not None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
