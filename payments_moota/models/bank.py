"""What comes from the bank: accounts, deliveries of webhooks, mutations, refused requests."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..rules.codes import Mode as CodeMode
from ..rules.methods import Method
from .base import Base, Id, new_public_id

AccountKind = Method
Direction = Literal["credit", "debit"]
DeliveryStatus = Literal["received", "processed", "failed"]
Channel = Literal["webhook", "pull", "history", "file"]
MutationStatus = Literal["matched", "unmatched", "review", "ignored"]
Progress = Literal["waiting", "done", "failed"]

_FETCHED = text("channel <> 'webhook'")
_RECEIVED = text("status = 'received'")
# The panel's list of open lines asks in these very words.
_UNDECIDED = text("status IN ('unmatched', 'review')")
# What an account had before a month is asked for in these very words.
_TOLD = text("balance_hundredths <> 0")
_WANTED = text("wanted_at IS NOT NULL")


class Account(Base):
    """One bank account, virtual account product or QRIS merchant that Moota watches for the owner."""

    __tablename__ = "moota_account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    bank_id: Mapped[str] = mapped_column(String(64), unique=True)
    bank_type: Mapped[str] = mapped_column(String(64))
    kind: Mapped[AccountKind] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(120))
    account_number: Mapped[str] = mapped_column(String(64))
    holder: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    # What the owner decides: whether new orders may use it, in which place it stands among the others, within which
    # amounts it is offered, what it costs the payer, a printed QRIS to fill in.
    is_offered: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    minimum: Mapped[int | None] = mapped_column(BigInteger)
    maximum: Mapped[int | None] = mapped_column(BigInteger)
    fee_fixed: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_basis_points: Mapped[int] = mapped_column(default=0)
    static_qris: Mapped[str | None] = mapped_column(Text)
    # Unique codes of its own; each that is None is the settings'.
    code_low: Mapped[int | None]
    code_high: Mapped[int | None]
    code_mode: Mapped[CodeMode | None] = mapped_column(String(10))
    # What Moota says of it: how often it looks, when it last did, what hinders it, and the balance it saw.
    interval_minutes: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(Text)
    balance_hundredths: Mapped[int | None] = mapped_column(BigInteger)
    synced_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Delivery(Base):
    """One webhook request as received: the raw bytes, who sent them and what became of them.

    What is fetched by the API because no webhook brought it comes the same way; `channel` tells them apart.
    """

    __tablename__ = "moota_delivery"
    __table_args__ = (
        Index("ix_moota_delivery_due", "next_attempt_at", sqlite_where=_RECEIVED, postgresql_where=_RECEIVED),
        # With what the daily figures need, so that they are counted without reading bodies.
        Index("ix_moota_delivery_received_at", "received_at", "status", "processed_at"),
        Index("ix_moota_delivery_status", "status", "id"),
        # Nearly all are webhooks; the others are found among them by this.
        Index("ix_moota_delivery_fetched", "channel", "id", sqlite_where=_FETCHED, postgresql_where=_FETCHED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    received_at: Mapped[datetime]
    channel: Mapped[Channel] = mapped_column(String(10), default="webhook")
    source_ip: Mapped[str] = mapped_column(String(64))
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    body_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    repeats: Mapped[int] = mapped_column(default=0)
    status: Mapped[DeliveryStatus] = mapped_column(String(10), default="received")
    mutation_count: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    parsed_at: Mapped[datetime | None]
    processed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)

    mutations: Mapped[list["Mutation"]] = relationship(back_populates="delivery", order_by="Mutation.id")


class Mutation(Base):
    """One line of a bank statement as Moota reports it.

    Amounts are in hundredths of a rupiah, exactly as the bank wrote them; only whole rupiah ever match a charge.
    `progress` says whether the line has been decided yet; `status` and `reason` say what was decided.
    """

    __tablename__ = "moota_mutation"
    __table_args__ = (
        Index("ix_moota_mutation_delivery_id_progress", "delivery_id", "progress"),
        Index("ix_moota_mutation_status", "status", "occurred_at"),
        Index("ix_moota_mutation_account_id_occurred_at", "account_id", "occurred_at"),
        Index("ix_moota_mutation_content_sha256", "content_sha256"),
        Index("ix_moota_mutation_occurred_at", "occurred_at"),
        Index("ix_moota_mutation_amount_occurred_at", "amount_hundredths", "occurred_at"),
        Index("ix_moota_mutation_told", "bank_id", "occurred_at", sqlite_where=_TOLD, postgresql_where=_TOLD),
        Index(
            "ix_moota_mutation_open", "direction", "occurred_at", sqlite_where=_UNDECIDED, postgresql_where=_UNDECIDED
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    mutation_id: Mapped[str] = mapped_column(String(80), unique=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("moota_delivery.id", ondelete="SET NULL"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("moota_account.id"))
    bank_id: Mapped[str] = mapped_column(String(64))
    account_number: Mapped[str] = mapped_column(String(64))
    direction: Mapped[Direction] = mapped_column(String(6))
    amount_hundredths: Mapped[int] = mapped_column(BigInteger)
    balance_hundredths: Mapped[int | None] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime]
    day_only: Mapped[bool]
    description: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    provider_trx_id: Mapped[str | None] = mapped_column(String(120))
    provider_order_id: Mapped[str | None] = mapped_column(String(120))
    content_sha256: Mapped[str] = mapped_column(String(64))
    raw: Mapped[dict[str, Any]]
    near_misses: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    status: Mapped[MutationStatus] = mapped_column(String(10), default="unmatched")
    reason: Mapped[str] = mapped_column(String(40), default="waiting")
    progress: Mapped[Progress] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    delivery: Mapped[Delivery | None] = relationship(back_populates="mutations")
    account: Mapped[Account | None] = relationship()


class Refusal(Base):
    """How often requests from one source were refused for one reason on one day (UTC). Never a body.

    `signed` says that the signature was right: then it is Moota at an address the allow-list lacks, or a proxy
    that is not declared, and the owner must be told.
    """

    __tablename__ = "moota_refusal"
    __table_args__ = (
        UniqueConstraint("day", "reason", "source_ip", "signed"),
        CheckConstraint("count > 0", name="counted"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20))
    source_ip: Mapped[str] = mapped_column(String(64))
    signed: Mapped[bool]
    count: Mapped[int]
    last_at: Mapped[datetime]


class Look(Base):
    """That Moota is to be asked about one account now, and when it last was.

    `wanted_at` stands until the worker has looked, `claimed_at` while it does; `looked_at` and `failed_at` are when it
    last began to, with success or without, and `refreshed_at` when Moota was last made to look into the bank itself.
    """

    __tablename__ = "moota_look"
    __table_args__ = (Index("ix_moota_look_wanted_at", "wanted_at", sqlite_where=_WANTED, postgresql_where=_WANTED),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("moota_account.id"), unique=True)
    wanted_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class IgnoreRule(Base):
    """Mutations that are none of the shop's business: their description contains `text`, on one account or any."""

    __tablename__ = "moota_ignore_rule"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("moota_account.id"))
    direction: Mapped[Direction] = mapped_column(String(6))
    text: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
