"""Files of goods brought in: kept, looked at, tried, and put on the shelf bit by bit in the worker.

Each bit is a short transaction that also notes how far the file is, so that a worker that is killed, or a second one,
goes on where the last left off. A try writes nothing but its counts.
"""

import csv
import json
import logging
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from storefront import payments
from storefront.admin import audit
from storefront.database import now
from storefront.extensions import db
from storefront.spreadsheets import csv_lines
from storefront.texts import _

from . import columns, goods, reading, shelving
from .models import ImportJob
from .reading import Row, UnreadableError

log = logging.getLogger(__name__)

TASK = "storefront.import"
_FOLDER = "imports"
_ROWS_AT_ONCE = 25
_SHOWN = 20
_KEPT = timedelta(days=90)
_UNFINISHED = ("waiting", "running")
_COUNTED = ("created", "updated", "unchanged", "refused")

_busy: set[tuple[str, int]] = set()
_guard = threading.Lock()


def bind(app: Flask, huey: Any) -> None:
    """Let the worker's queue run imports of this application."""

    def work(job_id: int) -> None:
        with app.app_context():
            run(job_id)

    work.__name__ = work.__qualname__ = TASK
    app.extensions[TASK] = huey.task(name=TASK)(work)


def keep_file(file_name: str, content: bytes) -> tuple[str, dict[str, Any]]:
    """Look at an upload and keep it; return its path and what its columns seem to be. Raises UnreadableError."""
    tables = reading.read_tables(content)
    number = columns.best_table(tables)
    guess = columns.guess(tables[number])
    path = f"{_FOLDER}/{secrets.token_hex(16)}"
    target = _path(path)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    target.write_bytes(content)
    log.info("%s was kept as %s", file_name, path)
    return path, {"table": number, "header": guess.header, "preset": guess.preset, "columns": guess.columns}


def add_job(session: Session, file_name: str, path: str, mapping: dict[str, Any], actor: str) -> ImportJob:
    """Note that a file waits to be brought in."""
    job = ImportJob(kind="products", file_name=file_name[:200], path=path, mapping=mapping, created_by=actor)
    session.add(job)
    session.flush()
    return job


def forget_old(session: Session) -> None:
    """Delete what was brought long ago, with its files; what came of it stays in the catalogue and the log."""
    old = session.scalars(select(ImportJob).where(ImportJob.created_at < now() - _KEPT))
    for job in old:
        for path in (job.path, _noted(job), _errors(job)):
            _path(path).unlink(missing_ok=True)
        session.delete(job)


def list_jobs(session: Session) -> list[ImportJob]:
    """Return the newest imports of goods."""
    query = select(ImportJob).where(ImportJob.kind == "products").order_by(ImportJob.id.desc()).limit(_SHOWN)
    return list(session.scalars(query))


def find_job(session: Session, job_id: int) -> ImportJob | None:
    """Return an import of goods as it stands now."""
    job = session.get(ImportJob, job_id, populate_existing=True)
    return job if job is not None and job.kind == "products" else None


def table_of(job: ImportJob) -> list[Row]:
    """Return the rows of a file. Raises UnreadableError when it is gone."""
    try:
        content = _path(job.path).read_bytes()
    except OSError as error:
        raise UnreadableError(_("Berkasnya sudah tidak ada. Unggah lagi.")) from error
    return reading.read_tables(content)[job.mapping["table"]]


def start(job: ImportJob, mapping: dict[str, Any], *, dry_run: bool) -> bool:
    """Let the worker bring a file in, or only try it; tell whether it was not under way already."""
    if job.status in _UNFINISHED or (job.status == "done" and not job.dry_run):
        return False
    job.mapping, job.dry_run, job.status = mapping, dry_run, "waiting"
    job.total = job.done = job.created = job.updated = job.unchanged = job.refused = 0
    job.problem, job.errors_path, job.started_at, job.finished_at = "", None, None, None
    for path in (_noted(job), _errors(job)):
        _path(path).unlink(missing_ok=True)
    return True


def wake(job_id: int) -> None:
    """Wake the worker for an import; with the queue away its sweep finds it a little later."""
    try:
        current_app.extensions[TASK](job_id)
    except Exception:
        log.warning("The queue cannot be reached; the sweep will find import %s", job_id, exc_info=True)


def continue_waiting() -> None:
    """Go on with imports that nobody works on; a part of the worker's sweep."""
    start_waiting()


def start_waiting() -> list[threading.Thread]:
    """Begin what waits beside the sweep, which has money to look after; return what was begun."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    waiting = list(db.session.scalars(select(ImportJob.id).where(ImportJob.status.in_(_UNFINISHED))))
    db.session.rollback()
    threads = [
        threading.Thread(target=_beside, args=(app, job_id), name=f"import-{job_id}", daemon=True)
        for job_id in waiting
        if (app.instance_path, job_id) not in _busy
    ]
    for thread in threads:
        thread.start()
    return threads


def run(job_id: int) -> None:
    """Bring a file in to its end, unless this process does so already."""
    mark = (current_app.instance_path, job_id)
    with _guard:
        if mark in _busy:
            return
        _busy.add(mark)
    try:
        _run(job_id)
    except OperationalError:
        # The database is busy or away; the sweep goes on with it.
        log.warning("Import %s pauses", job_id, exc_info=True)
        db.session.rollback()
    except Exception as error:
        log.exception("Import %s broke off", job_id)
        _fail(job_id, error)
    finally:
        with _guard:
            _busy.discard(mark)


def _beside(app: Flask, job_id: int) -> None:
    with app.app_context():
        run(job_id)


def _run(job_id: int) -> None:
    job = find_job(db.session(), job_id)
    if job is None or job.status not in _UNFINISHED:
        db.session.rollback()
        return
    mapping = dict(job.mapping)
    table = table_of(job)
    db.session.rollback()  # nothing is held while the file is read
    items = goods.read_items(table, mapping["header"], mapping["columns"])
    groups = goods.group(items)
    terms = shelving.Terms(mapping.get("category"), stock=mapping.get("stock", False), key=f"import-{job_id}")
    while _advance(job_id, groups, terms, total=len(items)):
        pass
    _finish(job_id, table, mapping["header"])


def _advance(job_id: int, groups: list[goods.Group], terms: shelving.Terms, *, total: int) -> bool:
    """Bring in the next few goods; tell whether there was anything left to do."""
    payments.begin_write()
    job = _locked(job_id)
    if job is None:
        db.session.rollback()
        return False
    job.status, job.total, job.started_at = "running", total, job.started_at or now()
    batch = list(_batch(groups, job.done))
    results = list(_tried(batch, terms) if job.dry_run else _shelved(batch, terms))
    for result in _COUNTED:
        setattr(job, result, getattr(job, result) + sum(each == result for _item, each in results))
    job.done += len(results)
    # Noted first: a line told twice is left out in the end, a line not told would be missed.
    _note_refused(job, [item for item, result in results if result == "refused"])
    db.session.commit()
    return bool(results)


def _shelved(batch: list[goods.Group], terms: shelving.Terms) -> Iterator[tuple[goods.Item, shelving.Result]]:
    for group in batch:
        yield from shelving.shelve(db.session(), group, terms)


def _tried(batch: list[goods.Group], terms: shelving.Terms) -> Iterable[tuple[goods.Item, shelving.Result]]:
    trial = db.session.begin_nested()
    results = list(_shelved(batch, terms))
    trial.rollback()
    return results


def _batch(groups: list[goods.Group], done: int) -> Iterator[goods.Group]:
    """Yield the next goods behind the rows that are done, never parting a product."""
    before = taken = 0
    for group in groups:
        if before >= done and (taken == 0 or taken + len(group.items) <= _ROWS_AT_ONCE):
            taken += len(group.items)
            yield group
        elif before >= done:
            return
        before += len(group.items)


def _finish(job_id: int, table: list[Row], header: int) -> None:
    payments.begin_write()
    job = _locked(job_id)
    if job is None:
        db.session.rollback()
        return
    refused = _read_refused(job)
    if refused:
        job.errors_path = _errors(job)
        headings = [_("Baris"), _("Alasan"), *(table[header] if header < len(table) else [])]
        rows: list[list[Any]] = [headings, *([number, why, *cells] for number, (why, cells) in sorted(refused.items()))]
        _path(job.errors_path).write_text("".join(csv_lines(rows)), encoding="utf-8")
    job.status, job.finished_at = "done", now()
    if not job.dry_run:
        counts = {name: getattr(job, name) for name in _COUNTED}
        audit.note(db.session(), "import.finished", job.file_name, after=counts, actor=job.created_by)
    db.session.commit()


def _fail(job_id: int, error: Exception) -> None:
    db.session.rollback()
    with suppress(OperationalError):
        payments.begin_write()
        job = _locked(job_id)
        if job is not None:
            known = isinstance(error, UnreadableError)
            job.problem = str(error) if known else _("Ada gangguan di toko ini. Coba lagi; bila berulang, periksa log.")
            job.status, job.finished_at = "failed", now()
        db.session.commit()


def _locked(job_id: int) -> ImportJob | None:
    query = select(ImportJob).where(ImportJob.id == job_id, ImportJob.status.in_(_UNFINISHED))
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _note_refused(job: ImportJob, items: list[goods.Item]) -> None:
    if items:
        with _path(_noted(job)).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps([item.number, item.problem, item.cells]) + "\n" for item in items)


def _read_refused(job: ImportJob) -> dict[int, tuple[str, list[str]]]:
    try:
        lines = _path(_noted(job)).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {number: (why, cells) for number, why, cells in map(json.loads, lines)}


def refused_rows(job: ImportJob, most: int) -> list[list[str]]:
    """Return the first rows that were refused: their number and why."""
    if not job.errors_path:
        return []
    with _path(job.errors_path).open(encoding="utf-8-sig", newline="") as file:
        return [row[:2] for row in islice(csv.reader(file, delimiter=";"), 1, most + 1)]


def errors_file(job: ImportJob) -> bytes | None:
    """Return the file of the rows that were refused, if any were."""
    try:
        return _path(job.errors_path).read_bytes() if job.errors_path else None
    except OSError:
        return None


def _noted(job: ImportJob) -> str:
    return f"{job.path}.refused"


def _errors(job: ImportJob) -> str:
    return f"{job.path}.csv"


def _path(path: str) -> Path:
    return Path(current_app.instance_path) / path
