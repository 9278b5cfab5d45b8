"""Money the shop owes back: the refund, what proves it, and complaints about it."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base, Id, new_public_id
from .charges import Charge

RefundStatus = Literal["requested", "in_review", "approved", "sent", "completed", "rejected", "withdrawn", "failed"]
RefundReason = Literal[
    "failed_transaction",
    "duplicate_payment",
    "cancellation",
    "bank_failure",
    "wrong_amount",
    "late_payment",
    "goods",
    "other",
]
RefundOrigin = Literal["customer", "owner", "system"]
EvidenceSide = Literal["customer", "owner"]
EvidenceKind = Literal["evidence", "proof"]

_UNANSWERED = text("closed_at IS NULL")
_OPEN = text("status IN ('requested', 'in_review', 'approved', 'sent', 'failed')")


class Refund(Base):
    """Money going back for one charge: who asked, why, where to, until when, and how far it is.

    The destination is what the shopper entered; only its last four digits are ever shown or logged.
    """

    __tablename__ = "moota_refund"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_moota_refund_open_due_at", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_moota_refund_status_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    ticket: Mapped[str | None] = mapped_column(String(20), unique=True)
    charge_id: Mapped[int] = mapped_column(ForeignKey("moota_charge.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[RefundReason] = mapped_column(String(24))
    note: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[RefundOrigin] = mapped_column(String(10))
    status: Mapped[RefundStatus] = mapped_column(String(12), default="requested")
    requested_by: Mapped[str] = mapped_column(String(120))
    decided_by: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    bank_code: Mapped[str | None] = mapped_column(String(8))
    bank_number: Mapped[str | None] = mapped_column(String(34))
    bank_holder: Mapped[str | None] = mapped_column(String(120))
    destination_at: Mapped[datetime | None]
    destination_until: Mapped[datetime | None]
    destination_link: Mapped[int] = mapped_column(default=1)
    reminded_at: Mapped[datetime | None]

    charge: Mapped[Charge] = relationship()


class Evidence(Base):
    """A picture or PDF that proves something about a refund, from the shopper's side or the owner's."""

    __tablename__ = "moota_evidence"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    refund_id: Mapped[int] = mapped_column(ForeignKey("moota_refund.id"), index=True)
    side: Mapped[EvidenceSide] = mapped_column(String(10))
    kind: Mapped[EvidenceKind] = mapped_column(String(10))
    filename: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]


class Complaint(Base):
    """A complaint about a refund, with a ticket of its own."""

    __tablename__ = "moota_complaint"
    __table_args__ = (
        Index("ix_moota_complaint_open_due_at", "due_at", sqlite_where=_UNANSWERED, postgresql_where=_UNANSWERED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket: Mapped[str | None] = mapped_column(String(20), unique=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("moota_refund.id"), index=True)
    message: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(120))


class Holiday(Base):
    """A day on which banks do not work, beside Saturdays and Sundays."""

    __tablename__ = "moota_holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
