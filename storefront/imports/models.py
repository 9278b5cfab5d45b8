"""One file that is being brought in."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import Base, Id, now

ImportKind = Literal["products", "customers"]
ImportStatus = Literal["mapping", "waiting", "running", "done", "failed"]


class ImportJob(Base):
    """A file of products or customers: which column is what, how far it is, and what became of its rows.

    `path` and `errors_path` lie below the instance folder. A dry run writes nothing but counts all the same.
    """

    __tablename__ = "import_job"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(200))
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dry_run: Mapped[bool] = mapped_column(default=True)
    status: Mapped[ImportStatus] = mapped_column(String(10), default="mapping")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    errors_path: Mapped[str | None] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
