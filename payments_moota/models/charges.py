"""What an order asks of its payer, the amounts reserved for it, and the numbers and codes Moota made for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..rules.methods import Method
from .bank import Account
from .base import Base, Id, new_public_id

ChargeStatus = Literal["pending", "paid", "expired", "cancelled"]

_LIVE = text("released_at IS NULL")
_PENDING = text("status = 'pending'")
# What is said to be paid is asked for in these very words.
_PAID = text("status = 'paid'")
_EXCEPTIONAL = text("is_exceptional")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who pays, as far as the shop knows; phone in the international form (+62…)."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Charge(Base):
    """What one order asks of the payer: method, account, exact amount due, deadline and status.

    What has been paid is not a column: it is the sum of the allocations, see `Allocation`. `amount_open` is what the
    payer is asked to transfer next, exactly: first the amount due, after a part of it the remainder, at last nothing.
    `is_exceptional` says whether there are any `exceptions`, for an index to find such charges by.
    """

    __tablename__ = "moota_charge"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("amount_due > 0", name="amount_due_positive"),
        Index("ix_moota_charge_pending_expires_at", "expires_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_moota_charge_status_id", "status", "id"),
        Index("ix_moota_charge_paid_at", "paid_at", sqlite_where=_PAID, postgresql_where=_PAID),
        Index("ix_moota_charge_amount_due", "amount_due"),
        Index("ix_moota_charge_amount_open", "amount_open"),
        Index("ix_moota_charge_customer_email", "customer_email"),
        Index("ix_moota_charge_customer_phone", "customer_phone"),
        Index("ix_moota_charge_exceptional", "id", sqlite_where=_EXCEPTIONAL, postgresql_where=_EXCEPTIONAL),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    order_ref: Mapped[str] = mapped_column(String(64), unique=True)
    method: Mapped[Method] = mapped_column(String(20))
    status: Mapped[ChargeStatus] = mapped_column(String(10), default="pending")
    exceptions: Mapped[list[str]] = mapped_column(default=list)
    is_exceptional: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("moota_account.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger, default=0)
    unique_code: Mapped[int]
    amount_due: Mapped[int] = mapped_column(BigInteger)
    amount_open: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(6), index=True)
    va_number: Mapped[str | None] = mapped_column(String(40))
    qr_string: Mapped[str | None] = mapped_column(Text)
    payment_url: Mapped[str | None] = mapped_column(Text)
    customer_name: Mapped[str | None] = mapped_column(String(200))
    customer_email: Mapped[str | None] = mapped_column(String(254))
    customer_phone: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    hold_until: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(Text)

    account: Mapped[Account] = relationship()


class Reservation(Base):
    """One amount on one account that belongs to one charge until it is released.

    The unique index is the guard: two charges can never wait for the same amount on the same account. A charge
    may hold several over its life (another method, a remainder); a released one stays as history.
    """

    __tablename__ = "moota_reservation"
    __table_args__ = (
        Index(
            "uq_moota_reservation_live_account_id_amount",
            "account_id",
            "amount",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_moota_reservation_live_reserved_until", "reserved_until", sqlite_where=_LIVE, postgresql_where=_LIVE),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("moota_account.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    charge_id: Mapped[int] = mapped_column(ForeignKey("moota_charge.id"), index=True)
    created_at: Mapped[datetime]
    reserved_until: Mapped[datetime]
    released_at: Mapped[datetime | None]


class ProviderTransaction(Base):
    """One virtual account number or QR code that Moota made for a charge.

    `order_id` is the name it has at Moota. It has ended when the payer chose another way, or when Moota gave the number
    to another order: money that still comes by it is a person's to judge. `total` in rupiah is what Moota asks.
    """

    __tablename__ = "moota_transaction"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("moota_charge.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("moota_account.id"))
    order_id: Mapped[str] = mapped_column(String(120), unique=True)
    trx_id: Mapped[str | None] = mapped_column(String(120), index=True)
    va_number: Mapped[str | None] = mapped_column(String(40), index=True)
    qr_string: Mapped[str | None] = mapped_column(Text)
    qr_url: Mapped[str | None] = mapped_column(Text)
    qr_image: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    merchant_name: Mapped[str | None] = mapped_column(String(200))
    payment_url: Mapped[str | None] = mapped_column(Text)
    total: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    charge: Mapped[Charge] = relationship()
