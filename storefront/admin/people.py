"""Who works in the shop: invited, given a role, let go. Flushes, never commits; begin with `payments.begin_write`."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import second_factor, service, sessions
from .models import Role, StaffMember


class LastOwnerError(Exception):
    """The shop would be left without an owner."""


class KnownAlreadyError(Exception):
    """Somebody with this address is there already."""


def everybody(session: Session) -> list[StaffMember]:
    """Return all people, those who may sign in first."""
    return list(session.scalars(select(StaffMember).order_by(StaffMember.active.desc(), StaffMember.email)))


def lock(session: Session, staff_id: int) -> StaffMember | None:
    """Return a person as they are now, locked together with all owners, so that two changes see each other."""
    query = select(StaffMember).where((StaffMember.id == staff_id) | (StaffMember.role == "owner"))
    locked = query.order_by(StaffMember.id).with_for_update().execution_options(populate_existing=True)
    return next((each for each in session.scalars(locked).all() if each.id == staff_id), None)


def invite(session: Session, email: str, role: Role) -> StaffMember:
    """Add somebody who chooses a password by the link in their letter. Raises KnownAlreadyError."""
    if service.find_staff(session, email):
        raise KnownAlreadyError
    # Nobody knows it, so nobody can sign in with it.
    return service.create_staff(session, email, secrets.token_urlsafe(32), role)


def change_role(session: Session, member: StaffMember, role: Role) -> None:
    """Give a locked person another role. Raises LastOwnerError."""
    if role != "owner":
        _require_another_owner(session, member)
    member.role = role
    session.flush()


def let_go(session: Session, member: StaffMember) -> None:
    """Let a locked person sign in no more, and end where they are signed in. Raises LastOwnerError."""
    _require_another_owner(session, member)
    member.active = False
    service.end_all_logins(member)
    sessions.end(session, member)


def take_back(member: StaffMember) -> None:
    """Let a locked person sign in again."""
    member.active = True


def set_password(session: Session, member: StaffMember, password: str) -> None:
    """Give a person another password; links and sign-ins from before are over."""
    member.password_hash = service.hash_password(password)
    service.end_all_logins(member)
    sessions.end(session, member)


def forget_second_factor(session: Session, member: StaffMember) -> None:
    """Let a person who lost telephone and codes sign in with the password; they are signed out everywhere."""
    second_factor.disable(session, member)
    service.end_all_logins(member)
    sessions.end(session, member)


def _require_another_owner(session: Session, member: StaffMember) -> None:
    owners = select(StaffMember.id).where(StaffMember.role == "owner", StaffMember.active, StaffMember.id != member.id)
    if member.role == "owner" and member.active and session.scalars(owners.limit(1)).first() is None:
        raise LastOwnerError
