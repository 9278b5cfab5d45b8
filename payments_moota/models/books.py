"""What a bookkeeper has signed off."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Id

_STANDS = text("reopened_at IS NULL")


class ClosedMonth(Base):
    """A month of the bank statements that somebody signed off, named by its first day, with the figures of that moment.

    It is never deleted: `reopened_at` ends it, and the month can be closed once more.
    """

    __tablename__ = "moota_closed_month"
    __table_args__ = (
        CheckConstraint("(reopened_at IS NULL) = (reopened_by IS NULL)", name="reopened_by_somebody"),
        Index("uq_moota_closed_month_standing", "month", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    month: Mapped[date]
    figures: Mapped[dict[str, Any]]
    ties: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(String(254))
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[str | None] = mapped_column(String(254))
    reopened_because: Mapped[str | None] = mapped_column(Text)
