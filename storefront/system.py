"""How the shop's machinery stands: what waits, what ran, versions of the tables, room on the disk, the last backup."""

import platform
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import func, select

from payments_moota import Finding, doctor, heartbeat, migrate
from payments_moota.context import work_on_host_session
from payments_moota.models import Delivery, OutboxMessage, StateEntry

from . import health, schema
from .backups.commands import newest
from .database import now
from .extensions import db
from .texts import _l

__all__ = ["Finding", "examine", "jobs", "last_backup", "queue", "room", "tables", "versions"]

_DISTRIBUTION = "flask-payments-moota"
_OLD_BACKUP = timedelta(days=2)
_LITTLE_ROOM = 1_000_000_000  # bytes
# What the worker does again and again: its key, its name, and the longest it may be silent.
_JOBS = (
    (heartbeat.WORKER, _l("Tanda hidup pekerja"), health.WORKER_SILENCE),
    (heartbeat.PULL, _l("Membaca daftar mutasi Moota"), timedelta(hours=1)),
    ("watch", _l("Mengawasi rekening"), timedelta(minutes=30)),
    ("watch.balances", _l("Memeriksa saldo yang sambung"), timedelta(hours=3)),
    (heartbeat.PURGE, _l("Menghapus yang masanya habis"), timedelta(days=2)),
)


@dataclass(frozen=True, slots=True)
class Job:
    """One thing the worker does again and again; `is_late`: it has been silent for too long."""

    name: str
    last_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits and what failed: webhooks to read, messages to send. `pending`: wishes in the queue itself."""

    received: int
    failed: int
    to_send: int
    not_sent: int
    pending: int | None


@dataclass(frozen=True, slots=True)
class Tables:
    """The version of one set of tables, and the newest there is."""

    name: str
    current: str | None
    head: str | None

    @property
    def is_current(self) -> bool:
        """Tell whether nothing has to be upgraded."""
        return self.current == self.head


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes on the disk that holds the shop's folder, and what the database and the files take of them."""

    free: int
    total: int
    database: int | None
    files: int

    @property
    def is_short(self) -> bool:
        """Tell whether there is too little left to go on for long."""
        return self.free < _LITTLE_ROOM


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest backup."""

    name: str
    at: datetime
    size: int

    @property
    def is_old(self) -> bool:
        """Tell whether more would be lost than two days."""
        return now() - self.at > _OLD_BACKUP


def jobs() -> list[Job]:
    """Return what the worker does again and again, with the moment it last did."""
    at = {entry.key: entry.at for entry in db.session.scalars(select(StateEntry))}
    return [Job(str(name), at.get(key), _is_late(at.get(key), limit)) for key, name, limit in _JOBS]


def queue() -> Queue:
    """Return what waits and what failed."""
    deliveries, messages = _counts(Delivery.status), _counts(OutboxMessage.status)
    return Queue(
        received=deliveries.get("received", 0),
        failed=deliveries.get("failed", 0),
        to_send=messages.get("waiting", 0),
        not_sent=messages.get("failed", 0),
        pending=_pending(),
    )


def tables() -> list[Tables]:
    """Return the versions of the shop's tables and of the payments'."""
    shop = MigrationContext.configure(db.session.connection()).get_current_revision()
    current, head = migrate.current_and_head(db.engine)
    return [Tables("storefront", shop, schema.head()), Tables("payments_moota", current, head)]


def room() -> Room:
    """Return how much room there is."""
    folder = Path(current_app.instance_path)
    usage = shutil.disk_usage(folder)
    return Room(usage.free, usage.total, _database_size(), _size(folder.rglob("*")))


def last_backup() -> Kept | None:
    """Return the newest backup, or None."""
    found = newest()
    return Kept(found[0].name, datetime.fromtimestamp(found[1], UTC), found[0].stat().st_size) if found else None


def versions() -> dict[str, str]:
    """Return which programs these are."""
    try:
        ours = version(_DISTRIBUTION)
    except PackageNotFoundError:
        ours = "?"
    return {"Storefront": ours, "Python": platform.python_version(), "Database": db.engine.dialect.name}


def examine() -> list[Finding]:
    """Let the doctor look at everything; asks Moota and the mail server, and holds no transaction meanwhile."""
    work_on_host_session("shop")
    db.session.rollback()
    return doctor.examine()


def _is_late(last: datetime | None, limit: timedelta) -> bool:
    return last is not None and now() - last > limit


def _counts(column: object) -> dict[str, int]:
    counted = select(column, func.count()).where(column != "processed", column != "sent").group_by(column)  # type: ignore[call-overload]
    return {status: number for status, number in db.session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy


def _pending() -> int | None:
    """Return how many wishes wait in the queue; None when it does not answer."""
    try:
        return int(current_app.extensions["huey"].pending_count())
    except Exception:  # noqa: BLE001 - the queue may be of any kind, and is allowed to be away
        return None


def _database_size() -> int | None:
    if db.engine.dialect.name == "sqlite":
        name = db.engine.url.database or ""
        return _size(Path(f"{name}{ending}") for ending in ("", "-wal"))
    return db.session.scalar(select(func.pg_database_size(func.current_database())))


def _size(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file() and not path.is_symlink())
