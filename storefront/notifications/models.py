"""What the owner is told about, and the owner's own words for letters."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base, Id, now

Channel = Literal["email", "whatsapp"]

_UNTOLD = text("told_at IS NULL")


class OwnerAlert(Base):
    """One thing the owner should look into, noted once by its `key`; `told_at` is when a mail with it was asked for."""

    __tablename__ = "owner_alert"
    __table_args__ = (
        Index("ix_owner_alert_told_at", "told_at"),
        Index("ix_owner_alert_untold_id", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(30))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    told_at: Mapped[datetime | None]


class LetterTemplate(Base):
    """The owner's own words for one letter or WhatsApp message in one language; without one, ours are used."""

    __tablename__ = "letter_template"
    __table_args__ = (UniqueConstraint("channel", "letter", "locale"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[Channel] = mapped_column(String(10))
    letter: Mapped[str] = mapped_column(String(30))
    locale: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(String(254))
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
