"""Staff accounts and signing in. Flushes, never commits."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storefront.database import now
from storefront.extensions import db

from . import sessions
from .models import LoginFailure, Role, StaffMember, new_session_key
from .rules import MAX_PASSWORD, WINDOW, is_throttled, password_problem

_hasher = PasswordHasher()


class StaffRefusedError(Exception):
    """This account cannot be made."""


class LoginRefusedError(Exception):
    """E-mail and password do not belong together."""


class TooManyLoginsError(Exception):
    """There were too many failures lately."""


def create_staff(session: Session, email: str, password: str, role: Role) -> StaffMember:
    """Add somebody who may sign in. Raises StaffRefusedError."""
    problem = password_problem(password)
    if problem:
        raise StaffRefusedError(problem)
    if find_staff(session, email):
        raise StaffRefusedError(f"{email} already has an account")
    member = StaffMember(email=_key(email), password_hash=hash_password(password), role=role)
    session.add(member)
    session.flush()
    return member


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return _hasher.hash(password)


def find_staff(session: Session, email: str) -> StaffMember | None:
    """Return the person with this e-mail address, or None."""
    return session.scalars(select(StaffMember).where(StaffMember.email == _key(email))).one_or_none()


def count_active_owners() -> int:
    """Return how many people may approve refunds now."""
    query = select(func.count(StaffMember.id)).where(StaffMember.role == "owner", StaffMember.active)
    return db.session.execute(query).scalar_one()


def load_session(session: Session, session_id: str) -> StaffMember | None:
    """Return the person a login belongs to, unless the login was ended since."""
    number, _dot, session_key = session_id.partition(".")
    if not (number.isascii() and number.isdigit()):
        return None
    member = session.get(StaffMember, int(number))
    return member if member and member.active and member.session_key == session_key else None


def sign_in(session: Session, email: str, password: str, address: str) -> StaffMember:
    """Return the person, if e-mail and password belong together and nobody tried too often.

    Unknown e-mail addresses cost the same work as known ones. Raises TooManyLoginsError, LoginRefusedError.
    """
    require_not_throttled(session, email, address)
    member = find_staff(session, email)
    genuine = _verify(member.password_hash if member else _decoy(), password)
    if member is None or not member.active or not genuine:
        raise LoginRefusedError
    return member


def check_again(session: Session, member: StaffMember, password: str, address: str) -> None:
    """Make sure that it is still this person at the keyboard. Raises TooManyLoginsError, LoginRefusedError."""
    require_not_throttled(session, member.email, address)
    if not _verify(member.password_hash, password):
        raise LoginRefusedError


def welcome(session: Session, member: StaffMember, address: str) -> None:
    """Note that somebody got in, and forget their failures there."""
    session.execute(delete(LoginFailure).where(LoginFailure.email == member.email, LoginFailure.address == address))
    member.last_login_at = now()


def renew_hash(member: StaffMember, password: str) -> None:
    """Keep a password that was right anew, when its hash was made with older parameters."""
    if _hasher.check_needs_rehash(member.password_hash):
        member.password_hash = _hasher.hash(password)


def note_failure(session: Session, email: str, address: str) -> None:
    """Count one failure, and forget those that no longer matter."""
    session.execute(delete(LoginFailure).where(LoginFailure.at < now() - WINDOW))
    session.add(LoginFailure(email=_key(email)[:254], address=address))


def require_not_throttled(session: Session, email: str, address: str) -> None:
    """Raise TooManyLoginsError when this person or this address failed too often lately."""
    recent = select(func.count()).where(LoginFailure.address == address, LoginFailure.at >= now() - WINDOW)
    from_address = session.execute(recent).scalar_one()
    by_person_here = session.execute(recent.where(LoginFailure.email == _key(email))).scalar_one()
    everywhere = select(func.count()).where(LoginFailure.email == _key(email), LoginFailure.at >= now() - WINDOW)
    by_person = session.execute(everywhere).scalar_one()
    member = find_staff(session, email)
    is_known = member is not None and sessions.is_known_address(session, member, address)
    if is_throttled(
        by_person_here=by_person_here, from_address=from_address, by_person=by_person, is_known_here=is_known
    ):
        raise TooManyLoginsError


def forget_failures(session: Session, email: str) -> None:
    """Forget all failures of a person who has proven to be themselves in another way."""
    session.execute(delete(LoginFailure).where(LoginFailure.email == _key(email)))


def end_all_logins(member: StaffMember) -> None:
    """Sign a person out everywhere."""
    member.session_key = new_session_key()


def _key(email: str) -> str:
    return email.strip().lower()


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password[:MAX_PASSWORD])
    except VerificationError:
        return False


@cache
def _decoy() -> str:
    """Return a hash that no password fits, to be checked for people who do not exist."""
    return _hasher.hash(new_session_key())
