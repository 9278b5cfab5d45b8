"""What the owner is told about."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base, Id, now

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
