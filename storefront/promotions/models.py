"""Vouchers and their uses."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base, Id, now

from .rules import VoucherKind


class Voucher(Base):
    """A code that takes something off.

    `value` is a percentage of the goods (1 to 100), an amount in rupiah, or the most that free delivery may cost the
    shop (0: all of it). `used` counts the orders that hold it now and is only ever changed by a guarded UPDATE.
    """

    __tablename__ = "voucher"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint("used >= 0", name="used_not_negative"),
        CheckConstraint("usage_limit IS NULL OR used <= usage_limit", name="within_limit"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[VoucherKind] = mapped_column(String(15))
    value: Mapped[int] = mapped_column(BigInteger, default=0)
    max_discount: Mapped[int | None] = mapped_column(BigInteger)
    min_subtotal: Mapped[int] = mapped_column(BigInteger, default=0)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    usage_limit: Mapped[int | None]
    per_customer_limit: Mapped[int | None]
    members_only: Mapped[bool] = mapped_column(default=False)
    used: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class VoucherUse(Base):
    """One order that holds a voucher; given back, once, when the order ends unpaid."""

    __tablename__ = "voucher_use"
    __table_args__ = (Index("ix_voucher_use_voucher_id_customer_key", "voucher_id", "customer_key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    customer_key: Mapped[str] = mapped_column(String(254))
    discount: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(default=now)
    released_at: Mapped[datetime | None]
