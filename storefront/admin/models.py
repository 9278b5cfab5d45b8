"""The people behind the counter, and the attempts to get there that failed."""

import secrets
from datetime import datetime
from typing import Any, Literal

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from storefront.database import Base, Id, now
from storefront.searching import plain_text

Role = Literal["owner", "staff", "bookkeeper"]
ROLES: tuple[Role, ...] = ("owner", "staff", "bookkeeper")


def new_session_key() -> str:
    """Return what a login is bound to; a new one ends all logins of a person."""
    return secrets.token_hex(16)


class StaffMember(Base, UserMixin):  # type: ignore[misc]
    """Somebody who may sign in to the panel; `told_…` is what they want letters about.

    With a `totp_secret` a code is asked for besides the password; `totp_step` is the time step of the last code taken,
    so that none works twice.
    """

    __tablename__ = "staff_member"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(String(12))
    active: Mapped[bool] = mapped_column(default=True)
    session_key: Mapped[str] = mapped_column(String(32), default=new_session_key)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login_at: Mapped[datetime | None]
    told_orders: Mapped[bool] = mapped_column(default=False)
    told_trouble: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_step: Mapped[int] = mapped_column(default=0)

    @property
    def is_active(self) -> bool:
        """Tell Flask-Login whether this person may be signed in."""
        return self.active

    def get_id(self) -> str:
        """Return what the session keeps: the person and the key that this login is bound to."""
        return f"{self.id}.{self.session_key}"


class StaffSession(Base):
    """One sign-in with one browser, from where and until when; `key_hash` is what the browser's cookie must fit."""

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_staff_id_id", "staff_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(64))
    program: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One way in without the telephone that shows codes; works once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class LoginFailure(Base):
    """One failed attempt to sign in; kept only as long as it slows down the next."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_address_at", "address", "at"),
        Index("ix_login_failure_email_at", "email", "at"),
        Index("ix_login_failure_at", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))


class AuditEntry(Base):
    """One thing that somebody did in the panel or at a command line. Never deleted.

    Changed for one reason alone: a buyer asks to be forgotten (`audit.forget_contact`).
    `action` is a name such as `voucher.created`, `subject` what it was done to; `before` and `after` hold the figures
    that changed, without secrets or account numbers.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_actor_id", "actor", "id"),
        Index("ix_audit_entry_address_id", "address", "id"),
        Index("ix_audit_entry_action_id", "action", "id"),
        Index("ix_audit_entry_subject_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor: Mapped[str] = mapped_column(plain_text(254))
    address: Mapped[str] = mapped_column(plain_text(64), default="")
    action: Mapped[str] = mapped_column(plain_text(60))
    subject: Mapped[str] = mapped_column(plain_text(120), default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse_change(_mapper: Mapper[Any], _connection: object, entry: AuditEntry) -> None:
    raise TypeError(f"audit entry {entry.id} is history and cannot be changed")
