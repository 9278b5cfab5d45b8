"""Orders, their lines and their append-only history."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    event,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from storefront.database import Base, Id, now
from storefront.shipping.couriers import courier_named, tracking_url

from . import links, rules
from .rules import DeliveryKind, HoldStatus, OrderStatus, PaymentStatus, ShipmentStatus

FIRST_NUMBER = 1000
_PREFIX = "INV-"
_MAX_DIGITS = 12
_ATTENTION = text("attention IS NOT NULL")
_HOLDING = text("payment_status = 'expired' AND stock_released_at IS NULL")


class Order(Base):
    """What one shopper bought, priced at that moment. Money is in rupiah.

    `total` is what is asked for: the goods less `discount`, and `delivery_fee` less `delivery_discount`. A discount is
    a voucher's, or one that the shop gave for the reason in `discount_note`, which the buyer reads.
    Members' prices are already in the lines. `delivery_kind` tells whether a courier brings it or the buyer comes.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "total = subtotal - discount + delivery_fee - delivery_discount AND total >= 0", name="total_adds_up"
        ),
        Index("ix_orders_customer_id_id", "customer_id", "id"),
        Index("ix_orders_email_id", "email", "id"),
        Index("ix_orders_payment_status_id", "payment_status", "id"),
        Index("ix_orders_payment_status_shipment_status_id", "payment_status", "shipment_status", "id"),
        # With what the sales of a day need, so that they are added up without reading the orders.
        Index("ix_orders_created_at", "created_at", "total"),
        Index("ix_orders_paid_at", "paid_at", "order_status", "total"),
        Index("ix_orders_total_id", "total", "id"),
        Index("ix_orders_attention_id", "id", sqlite_where=_ATTENTION, postgresql_where=_ATTENTION),
        Index("ix_orders_shipment_status_id", "shipment_status", "id"),
        Index("ix_orders_holding_stock_until", "hold_until", sqlite_where=_HOLDING, postgresql_where=_HOLDING),
        # A number once given is never given again, not even after a deletion.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    checkout_key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(Text)
    village: Mapped[str] = mapped_column(String(80), default="")
    district: Mapped[str] = mapped_column(String(80), default="")
    city: Mapped[str] = mapped_column(String(80))
    province: Mapped[str] = mapped_column(String(80))
    postal_code: Mapped[str] = mapped_column(String(5))
    note: Mapped[str] = mapped_column(Text, default="")
    locale: Mapped[str] = mapped_column(String(5), default="id")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    subtotal: Mapped[int] = mapped_column(BigInteger)
    discount: Mapped[int] = mapped_column(BigInteger, default=0)
    voucher_code: Mapped[str | None] = mapped_column(String(40))
    discount_note: Mapped[str] = mapped_column(String(80), default="")
    delivery_kind: Mapped[DeliveryKind] = mapped_column(String(10), default="courier")
    delivery_name: Mapped[str] = mapped_column(String(80), default="")
    courier_code: Mapped[str | None] = mapped_column(String(20))
    weight_grams: Mapped[int] = mapped_column(default=0)
    delivery_fee: Mapped[int] = mapped_column(BigInteger, default=0)
    delivery_discount: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger)
    order_status: Mapped[OrderStatus] = mapped_column(String(10), default="open")
    payment_status: Mapped[PaymentStatus] = mapped_column(String(10), default="unpaid")
    shipment_status: Mapped[ShipmentStatus] = mapped_column(String(10), default="none")
    hold_status: Mapped[HoldStatus] = mapped_column(String(10), default="none")
    attention: Mapped[str | None] = mapped_column(String(20))
    courier: Mapped[str | None] = mapped_column(String(60))
    tracking_number: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=now)
    paid_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    processed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    hold_until: Mapped[datetime | None]
    stock_released_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]

    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.id", cascade="all, delete-orphan")
    events: Mapped[list["OrderEvent"]] = relationship(order_by="OrderEvent.id")

    @property
    def number(self) -> str:
        """Return the number people use, which is also the charge's reference to this order."""
        return f"{_PREFIX}{FIRST_NUMBER + self.id}"

    @property
    def token(self) -> str:
        """Return the secret part of the order's link."""
        return links.token_for(self.id)

    @property
    def label(self) -> str:
        """Return the one status a shopper reads."""
        return rules.customer_label(
            self.order_status, self.payment_status, self.shipment_status, self.hold_status, self.delivery_kind
        )

    @property
    def discount_text(self) -> str:
        """Return what the discount is called."""
        return rules.discount_text(self.voucher_code, self.discount_note)

    @property
    def can_cancel(self) -> bool:
        """Tell whether the shopper may still cancel at once."""
        return rules.may_cancel(self.order_status, self.payment_status)

    @property
    def can_ask_back(self) -> bool:
        """Tell whether the shopper may cancel by asking for the money back."""
        return rules.may_ask_back(self.order_status, self.payment_status, self.shipment_status)

    @property
    def is_free(self) -> bool:
        """Tell whether the shop can simply cancel it: nothing was to be paid, and the goods are here."""
        return self.order_status == "open" and self.is_here and self.total == 0

    @property
    def can_be_corrected(self) -> bool:
        """Tell whether contact and address may still be corrected."""
        return self.order_status == "open" and self.is_here

    @property
    def is_shippable(self) -> bool:
        """Tell whether the goods may leave now."""
        return rules.is_shippable(self.order_status, self.payment_status, self.shipment_status, self.hold_status)

    @property
    def can_be_processed(self) -> bool:
        """Tell whether the shop may note that it is getting the goods ready."""
        states = (self.order_status, self.payment_status, self.shipment_status, self.hold_status)
        return rules.is_shippable(*states, event="process")

    @property
    def address_lines(self) -> list[str]:
        """Return where the goods go, line by line as on a label."""
        parts = ", ".join(part for part in (self.village, self.district) if part)
        place = f"{self.city}, {self.province} {self.postal_code}".strip()
        return [line for line in (*self.address.splitlines(), parts, place) if line]

    @property
    def tracking_url(self) -> str | None:
        """Return where the courier shows the parcel, or None when we do not know the courier."""
        courier = courier_named(self.courier)
        return tracking_url(courier.code, self.tracking_number) if courier else None

    @property
    def is_here(self) -> bool:
        """Tell whether the goods have not left the shop."""
        return self.shipment_status in rules.HERE

    @property
    def is_pickup(self) -> bool:
        """Tell whether the buyer comes for the goods."""
        return self.delivery_kind == "pickup"

    @property
    def needs_attention(self) -> str | None:
        """Return what the owner has to look into, or None."""
        return str(rules.ATTENTION[self.attention]) if self.attention else None


def _among(column: Mapped[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Write the values into the statement: only then does a database see that a partial index has all it looks for."""
    return column.in_(bindparam(None, sorted(values), expanding=True, literal_execute=True))


# Paid orders whose goods are still in the shop: few, however many orders there are.
TO_SHIP = and_(
    _among(Order.payment_status, rules.SHIPPABLE),
    _among(Order.shipment_status, rules.HERE),
    _among(Order.order_status, ["open"]),
    _among(Order.hold_status, ["none"]),
)
Index("ix_orders_to_ship_id", Order.id, sqlite_where=TO_SHIP, postgresql_where=TO_SHIP)


class OrderLine(Base):
    """One variant of a product in an order: its names, price in rupiah and weight as they were."""

    __tablename__ = "order_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    label: Mapped[str] = mapped_column(String(120), default="")
    code: Mapped[str | None] = mapped_column(String(60))
    weight_grams: Mapped[int] = mapped_column(default=0)
    unit_price: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]

    refund_lines: Mapped[list["RefundLine"]] = relationship(back_populates="order_line")

    @property
    def restocked(self) -> int:
        """Return how many pieces are back on the shelf after a refund."""
        return sum(line.quantity for line in self.refund_lines if line.restocked_at)

    @property
    def full_name(self) -> str:
        """Return product and variant in one line."""
        return f"{self.name} ({self.label})" if self.label else self.name

    @property
    def total(self) -> int:
        """Return the price of the line."""
        return self.unit_price * self.quantity


class RefundLine(Base):
    """Pieces of an order line that a refund is about; `ticket` names the refund."""

    __tablename__ = "refund_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        UniqueConstraint("ticket", "order_line_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket: Mapped[str] = mapped_column(String(20))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    restocked_at: Mapped[datetime | None]

    order_line: Mapped[OrderLine] = relationship(back_populates="refund_lines")


class OrderEvent(Base):
    """One line of an order's history: what happened, when, by whom. Never changed, never deleted."""

    __tablename__ = "order_event"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    name: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(254))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


@event.listens_for(OrderEvent, "before_update")
@event.listens_for(OrderEvent, "before_delete")
def _refuse_change(_mapper: Mapper[Any], _connection: object, line: OrderEvent) -> None:
    raise TypeError(f"event {line.id} of an order is history and cannot be changed")


def id_of_number(number: str) -> int | None:
    """Return the id behind `INV-1001`, `inv-1001` or plain `1001`; None for anything else."""
    digits = number.strip().upper().removeprefix(_PREFIX)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MAX_DIGITS:
        return None
    order_id = int(digits) - FIRST_NUMBER
    return order_id if order_id > 0 else None
