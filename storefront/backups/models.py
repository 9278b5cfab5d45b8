"""One backup that somebody asked for in the panel."""

from datetime import datetime
from typing import Literal

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base, Id, now

BackupStatus = Literal["waiting", "running", "done", "failed"]


class BackupRun(Base):
    """A wish for a backup, and what became of it; `file_name` lies in the folder of the backups."""

    __tablename__ = "backup_run"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    status: Mapped[BackupStatus] = mapped_column(String(10), default="waiting")
    asked_by: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    file_name: Mapped[str] = mapped_column(String(200), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
