"""The history of what happened, the messages that must go out, and small facts the system keeps about itself."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id

OutboxStatus = Literal["waiting", "sending", "sent", "failed"]

_OPEN = text("status IN ('waiting', 'sending')")
_UNSENT = text("status <> 'sent'")
_STANDING = text("ended_at IS NULL")


class Event(Base):
    """One append-only line of history: what happened to which thing, by whom, when, with the figures."""

    __tablename__ = "moota_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(60), index=True)
    actor: Mapped[str] = mapped_column(String(120))
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("moota_charge.id"), index=True)
    mutation_id: Mapped[int | None] = mapped_column(ForeignKey("moota_mutation.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("moota_refund.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("moota_delivery.id", ondelete="SET NULL"), index=True)
    data: Mapped[dict[str, Any]]


class OutboxMessage(Base):
    """Something that must leave the system after the transaction that caused it, once.

    `key` makes it unique: the same step of the same order asks for the same message, however often it runs.
    """

    __tablename__ = "moota_outbox"
    __table_args__ = (
        Index("ix_moota_outbox_open_due", "next_attempt_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_moota_outbox_unsent_status", "status", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]]
    status: Mapped[OutboxStatus] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class Alert(Base):
    """Something about the way of the money that the owner has to look into; it stands until it has ended.

    One alert of a `key` stands at a time; `kind` says in one word what it is about, `data` has the figures.
    """

    __tablename__ = "moota_alert"
    __table_args__ = (
        Index("uq_moota_alert_standing_key", "key", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StateEntry(Base):
    """A small fact the system keeps about itself, such as when the worker was last seen."""

    __tablename__ = "moota_state"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[dict[str, Any]]
    at: Mapped[datetime]
