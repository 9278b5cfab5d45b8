"""Reviews and questions about products, and messages to the shop."""

from datetime import datetime
from typing import Literal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storefront.catalog.models import Product
from storefront.database import Base, Id, now

FeedbackKind = Literal["review", "question"]
FeedbackStatus = Literal["waiting", "shown", "hidden"]

_OPEN = text("done_at IS NULL")


class Feedback(Base):
    """A review by somebody whose order was delivered, or a question; with the shop's answer.

    Reviews have 1 to 5 `stars` and belong to an order; questions have neither.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("(kind = 'review') = (stars IS NOT NULL AND order_id IS NOT NULL)", name="review_has_stars"),
        CheckConstraint("stars IS NULL OR stars BETWEEN 1 AND 5", name="stars_one_to_five"),
        UniqueConstraint("order_id", "product_id"),
        Index("ix_feedback_product_id_status_id", "product_id", "status", "id"),
        Index("ix_feedback_status_id", "status", "id"),
        Index("ix_feedback_status_kind_id", "status", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[FeedbackKind] = mapped_column(String(10))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), default="")
    locale: Mapped[str] = mapped_column(String(5), default="id")
    stars: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[FeedbackStatus] = mapped_column(String(10), default="waiting")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(String(254))
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    product: Mapped[Product] = relationship()


class Message(Base):
    """Something written to the shop on the contact page."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_open_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(20), default="")
    order_number: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(254))
