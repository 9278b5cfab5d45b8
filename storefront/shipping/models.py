"""The ways of delivery the shop offers, its zones and rates."""

from typing import Any, Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.database import Base, Id

DeliveryKind = Literal["flat", "zone", "pickup", "service"]
KINDS: tuple[DeliveryKind, ...] = ("flat", "zone", "pickup", "service")


class DeliveryMethod(Base):
    """One way of delivery.

    `flat` costs `price` rupiah whatever it weighs; `zone` costs what the zone's rate says for the chargeable weight;
    `pickup` costs nothing; `service` is asked of the rate service named `service`. From goods worth `free_from` rupiah
    on it is free. `courier_code` names a courier of `shipping.couriers`, whose rounding and volumetric rules apply.
    """

    __tablename__ = "delivery_method"
    __table_args__ = (CheckConstraint("price >= 0", name="price_not_negative"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[DeliveryKind] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    estimate: Mapped[str] = mapped_column(String(80), default="")
    courier_code: Mapped[str | None] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(String(40))
    price: Mapped[int] = mapped_column(BigInteger, default=0)
    free_from: Mapped[int | None] = mapped_column(BigInteger)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    rates: Mapped[list["DeliveryRate"]] = relationship(cascade="all, delete-orphan")


class DeliveryZone(Base):
    """A part of the country: whole provinces, and single cities that count before any province."""

    __tablename__ = "delivery_zone"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    provinces: Mapped[list[Any]] = mapped_column(default=list)
    cities: Mapped[list[Any]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)


class DeliveryRate(Base):
    """What a method costs into a zone, in rupiah: the first kilogram, and each further one."""

    __tablename__ = "delivery_rate"
    __table_args__ = (
        UniqueConstraint("method_id", "zone_id"),
        CheckConstraint("first_kg >= 0 AND next_kg >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    method_id: Mapped[int] = mapped_column(ForeignKey("delivery_method.id", ondelete="CASCADE"))
    zone_id: Mapped[int] = mapped_column(ForeignKey("delivery_zone.id", ondelete="CASCADE"), index=True)
    first_kg: Mapped[int] = mapped_column(BigInteger)
    next_kg: Mapped[int] = mapped_column(BigInteger)
