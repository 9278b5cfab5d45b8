"""How the shop's machinery stands: what waits, what ran, versions of the tables, room on the disk, the last backup."""

import platform
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import Select, func, literal_column, select

from payments_moota import doctor, heartbeat, migrate
from payments_moota.context import work_on_host_session
from payments_moota.models import Delivery, OutboxMessage, StateEntry

from . import health, schema
from .database import now
from .extensions import db
from .texts import _, _l
from .tidying import TIDY

_DISTRIBUTION = "flask-payments-moota"
_MOST = 10_000
_LITTLE_ROOM = 1_000_000_000  # bytes
# What the worker does again and again: its key, its name, and the longest it may be silent.
_JOBS = (
    (heartbeat.WORKER, _l("Tanda hidup pekerja"), health.WORKER_SILENCE),
    (heartbeat.PULL, _l("Membaca daftar mutasi Moota"), timedelta(hours=1)),
    ("watch", _l("Mengawasi rekening"), timedelta(minutes=30)),
    ("watch.balances", _l("Memeriksa saldo yang sambung"), timedelta(hours=3)),
    (heartbeat.PURGE, _l("Menghapus yang masanya habis"), timedelta(days=2)),
    (TIDY, _l("Merapikan berkas yang tertinggal"), timedelta(days=3)),
)
# The parts of the worker's rounds, by the names of their functions.
_PARTS = {
    "_sweep_money": _l("Mengerjakan uang masuk"),
    "_sweep_deliveries": _l("Mengerjakan webhook"),
    "_remind": _l("Mengingatkan pembeli"),
    "expire_due": _l("Menutup tagihan yang lewat waktu"),
    "_release": _l("Melepas kode unik"),
    "_end_late_windows": _l("Menutup masa terlambat"),
    "send_outbox": _l("Mengirim surat dan tag"),
    "_purge": _l("Menghapus yang masanya habis"),
    "_watch": _l("Mengawasi rekening"),
    "release_held_stock": _l("Mengembalikan stok yang ditahan"),
    "note_overdue": _l("Mencatat yang lewat batas"),
    "tell_owner": _l("Memberi tahu pemilik"),
    "continue_waiting": _l("Memasukkan berkas barang"),
    "continue_backups": _l("Membuat cadangan"),
    "tidy": _l("Merapikan berkas yang tertinggal"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One thing the worker does again and again, and what came of it; `is_late`: it has been silent for too long."""

    name: str
    last_at: datetime | None
    is_late: bool
    result: str
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of the worker's rounds that fails, since when, and with which error."""

    name: str
    since: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What the doctor found, in the reader's language."""

    name: str
    status: doctor.Status
    message: str
    remedy: str | None


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


def jobs() -> list[Job]:
    """Return what the worker does again and again, with the moment it last did."""
    entries = {entry.key: entry for entry in db.session.scalars(select(StateEntry))}
    return [_job(key, str(name), entries.get(key), limit) for key, name, limit in _JOBS]


def faults() -> list[Fault]:
    """Return what the worker's last round could not finish."""
    work = work_on_host_session("shop")
    found: Mapping[str, Mapping[str, str]] = heartbeat.result_of(work, heartbeat.WORKER).get("faults", {})
    return [
        Fault(str(_PARTS.get(name, name)), datetime.fromisoformat(fault["since"]), fault["error"])
        for name, fault in sorted(found.items())
    ]


def queue() -> Queue:
    """Return what waits and what failed."""
    unsent = select(OutboxMessage.status).where(literal_column("moota_outbox.status <> 'sent'"))
    return Queue(
        received=_count(select(Delivery.id).where(Delivery.status == "received")),
        failed=_count(select(Delivery.id).where(Delivery.status == "failed")),
        to_send=_count(unsent.where(OutboxMessage.status == "waiting")),
        not_sent=_count(unsent.where(OutboxMessage.status == "failed")),
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


def versions() -> dict[str, str]:
    """Return which programs these are."""
    try:
        ours = version(_DISTRIBUTION)
    except PackageNotFoundError:
        ours = "?"
    return {"Storefront": ours, "Python": platform.python_version(), "Database": db.engine.dialect.name}


def examine() -> list[Examined]:
    """Let the doctor look at everything, and return the worst first.

    Asks Moota and the mail server, and holds no transaction meanwhile.
    """
    work_on_host_session("shop")
    db.session.rollback()
    found = [Examined(each.name, each.status, *doctor.for_a_page(each)) for each in doctor.examine()]
    return sorted(found, key=lambda each: ("error", "warning", "ok").index(each.status))


def _job(key: str, name: str, entry: StateEntry | None, limit: timedelta) -> Job:
    if entry is None:
        return Job(name, None, is_late=False, result="", has_failed=False)
    has_failed = bool(entry.value.get("failed"))
    return Job(name, entry.at, now() - entry.at > limit, _result(key, entry.value), has_failed)


def _result(key: str, value: Mapping[str, Any]) -> str:
    """Say what came of it in one line; nothing where that is not counted."""
    if value.get("failed"):
        return _("Gagal: %(why)s", why=next(iter(value["failed"].values())))
    if key == heartbeat.PULL and "seen" in value:
        return _("%(seen)d mutasi dibaca, %(new)d baru", seen=value["seen"], new=value["new"])
    if key == heartbeat.PURGE and "webhooks" in value:
        return _(
            "%(webhooks)d webhook dikosongkan, %(account_numbers)d nomor rekening dan %(proofs)d bukti dihapus", **value
        )
    if key == TIDY:
        return _("%(pictures)d gambar dan %(backups)d sisa cadangan dihapus", **value)
    return ""


def _count(query: Select[Any]) -> int:
    """Count no further than anybody would read."""
    return int(db.session.execute(select(func.count()).select_from(query.limit(_MOST).subquery())).scalar_one())


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
