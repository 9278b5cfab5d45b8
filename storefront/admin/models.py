"""The people behind the counter, and the attempts to get there that failed."""

import secrets
from datetime import datetime
from typing import Any, Literal

from flask_login import UserMixin
from sqlalchemy import Index, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from storefront.database import Base, Id, now

Role = Literal["owner", "staff", "bookkeeper"]
ROLES: tuple[Role, ...] = ("owner", "staff", "bookkeeper")


def new_session_key() -> str:
    """Return what a login is bound to; a new one ends all logins of a person."""
    return secrets.token_hex(16)


class StaffMember(Base, UserMixin):  # type: ignore[misc]
    """Somebody who may sign in to the panel; `told_…` is what they want letters about."""

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

    @property
    def is_active(self) -> bool:
        """Tell Flask-Login whether this person may be signed in."""
        return self.active

    def get_id(self) -> str:
        """Return what the session keeps: the person and the key that this login is bound to."""
        return f"{self.id}.{self.session_key}"


class LoginFailure(Base):
    """One failed attempt to sign in; kept only as long as it slows down the next."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_address_at", "address", "at"),
        Index("ix_login_failure_at", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))


class AuditEntry(Base):
    """One thing that somebody did in the panel or at a command line. Never changed, never deleted.

    `action` is a name such as `voucher.created`, `subject` what it was done to; `before` and `after` hold the figures
    that changed, without secrets or account numbers.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_actor_id", "actor", "id"),
        Index("ix_audit_entry_action_id", "action", "id"),
        Index("ix_audit_entry_subject_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120), default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse_change(_mapper: Mapper[Any], _connection: object, entry: AuditEntry) -> None:
    raise TypeError(f"audit entry {entry.id} is history and cannot be changed")
