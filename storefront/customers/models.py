"""Customers and their addresses."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database import Base, Id, now

_AGREED = text("marketing_at IS NOT NULL")
_MEMBER = text("is_member")


def new_session_key() -> str:
    """Return what a sign-in is bound to; a new one ends all of a customer's sign-ins and unused links."""
    return secrets.token_hex(16)


class Customer(Base):
    """Somebody who ordered, signed in, or was imported; known by the e-mail address in lower case.

    `marketing_at` is when they agreed to be written to about offers, with where that happened in `marketing_source`;
    None when they did not or withdrew. `cart` is what all their devices show, see `storefront.cart.sharing`. After
    `erased_at` nothing personal is left here.
    """

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_agreed_id", "id", sqlite_where=_AGREED, postgresql_where=_AGREED),
        Index("ix_customer_member_id", "id", sqlite_where=_MEMBER, postgresql_where=_MEMBER),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(20), default="", index=True)
    locale: Mapped[str] = mapped_column(String(5), default="id")
    is_member: Mapped[bool] = mapped_column(default=False)
    marketing_at: Mapped[datetime | None]
    marketing_source: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    cart: Mapped[dict[str, Any]] = mapped_column(default=dict)
    session_key: Mapped[str] = mapped_column(String(32), default=new_session_key)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    addresses: Mapped[list["CustomerAddress"]] = relationship(
        order_by="CustomerAddress.is_default.desc(), CustomerAddress.id", cascade="all, delete-orphan"
    )


class CustomerAddress(Base):
    """One address a customer keeps, under a name of their own such as home or office."""

    __tablename__ = "customer_address"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(Text)
    village: Mapped[str] = mapped_column(String(80), default="")
    district: Mapped[str] = mapped_column(String(80), default="")
    city: Mapped[str] = mapped_column(String(80))
    province: Mapped[str] = mapped_column(String(80))
    postal_code: Mapped[str] = mapped_column(String(5))
    is_default: Mapped[bool] = mapped_column(default=False)


class ConsentChange(Base):
    """One time that a customer agreed to letters about offers or withdrew, with where; the proof that law asks for."""

    __tablename__ = "consent_change"
    __table_args__ = (Index("ix_consent_change_customer_id_id", "customer_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=now)
    given: Mapped[bool]
    source: Mapped[str] = mapped_column(String(40))
