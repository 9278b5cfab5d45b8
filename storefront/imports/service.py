"""Files of goods and customers brought in: kept, looked at, tried, and done bit by bit in the worker.

Each bit is a short transaction that also notes how far the file is, so that a worker that is killed, or a second one,
goes on where the last left off. A try writes nothing but its counts.
"""

import csv
import json
import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

from flask import Flask, current_app
from sqlalchemy import Select, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from storefront import payments
from storefront.admin import audit
from storefront.database import now
from storefront.extensions import db
from storefront.spreadsheets import csv_lines
from storefront.texts import _

from . import columns, pictures, reading
from .kinds import KINDS, Kind
from .models import ImportJob, ImportKind
from .pictures import Pictures
from .reading import Row, UnreadableError
from .rows import RESULTS, Group, Item, Result

log = logging.getLogger(__name__)

TASK = "storefront.import"
_FOLDER = "imports"
_ROWS_AT_ONCE = 25
_SHOWN = 20
_UNFINISHED = ("waiting", "running")

_busy: set[tuple[str, int]] = set()
_guard = threading.Lock()


def bind(app: Flask, huey: Any) -> None:
    """Let the worker's queue run imports of this application."""

    def work(job_id: int) -> None:
        with app.app_context():
            run(job_id)

    work.__name__ = work.__qualname__ = TASK
    app.extensions[TASK] = huey.task(name=TASK)(work)


def keep_file(kind: ImportKind, file_name: str, content: bytes) -> tuple[str, dict[str, Any]]:
    """Look at an upload and keep it; return its path and what its columns seem to be. Raises UnreadableError."""
    tables = reading.read_tables(content)
    presets = KINDS[kind].presets
    number = columns.best_table(tables, presets)
    guess = columns.guess(tables[number], presets)
    path = f"{_FOLDER}/{secrets.token_hex(16)}"
    target = _path(path)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    target.write_bytes(content)
    log.info("%s was kept as %s", file_name, path)
    return path, {"table": number, "header": guess.header, "preset": guess.preset, "columns": guess.columns}


def keep_pictures(path: str, stream: IO[bytes]) -> None:
    """Keep the ZIP of pictures that came with a file. Raises UnreadableError, and then the file is not kept either."""
    try:
        pictures.keep(stream, _path(_zip(path)))
    except UnreadableError:
        _path(path).unlink()
        raise


def add_job(
    session: Session, kind: ImportKind, file_name: str, path: str, mapping: dict[str, Any], actor: str
) -> ImportJob:
    """Note that a file waits to be brought in."""
    job = ImportJob(kind=kind, file_name=file_name[:200], path=path, mapping=mapping, created_by=actor)
    session.add(job)
    session.flush()
    return job


def forget_old(session: Session) -> None:
    """Delete what was brought long ago, with its files; what came of it stays in the shop and the log."""
    for job in session.scalars(_old()):
        for path in (job.path, _zip(job.path), _noted(job), _told(job), _errors(job), _notes(job)):
            _path(path).unlink(missing_ok=True)
        session.delete(job)


def _old() -> Select[Any]:
    ages = [(ImportJob.kind == name) & (ImportJob.created_at < now() - kind.kept_for) for name, kind in KINDS.items()]
    return select(ImportJob).where(or_(*ages), ImportJob.status.not_in(_UNFINISHED))


def list_jobs(session: Session, kind: ImportKind) -> list[ImportJob]:
    """Return the newest imports of a kind."""
    query = select(ImportJob).where(ImportJob.kind == kind).order_by(ImportJob.id.desc()).limit(_SHOWN)
    return list(session.scalars(query))


def find_job(session: Session, job_id: int, kind: ImportKind) -> ImportJob | None:
    """Return an import of a kind as it stands now."""
    job = session.get(ImportJob, job_id, populate_existing=True)
    return job if job is not None and job.kind == kind else None


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
    for path in (_noted(job), _told(job), _errors(job), _notes(job)):
        _path(path).unlink(missing_ok=True)
    return True


def wake(job_id: int) -> None:
    """Wake the worker for an import; with the queue away its sweep finds it a little later."""
    try:
        current_app.extensions[TASK](job_id)
    except Exception:
        log.warning("The queue cannot be reached; the sweep will find import %s", job_id, exc_info=True)


def continue_waiting() -> None:
    """Go on with imports that nobody works on, and delete old files; a part of the worker's sweep."""
    has_old = db.session.scalars(_old().limit(1)).first() is not None
    db.session.rollback()
    if has_old:
        payments.begin_write()
        forget_old(db.session())
        db.session.commit()
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
    job = db.session.get(ImportJob, job_id, populate_existing=True)
    if job is None or job.status not in _UNFINISHED:
        db.session.rollback()
        return
    kind, mapping = KINDS[job.kind], dict(job.mapping)
    table = table_of(job)
    db.session.rollback()  # nothing is held while the file is read
    groups = kind.read(table, mapping)
    archive = _path(_zip(job.path))
    with closing(Pictures(archive if archive.exists() else None)) as came:
        while _advance(job_id, kind, groups, mapping, came):
            pass
    _finish(job_id, table, mapping["header"])


def _advance(job_id: int, kind: Kind, groups: list[Group], mapping: dict[str, Any], came: Pictures) -> bool:
    """Bring in the next few rows; tell whether there was anything left to do."""
    job = db.session.get(ImportJob, job_id, populate_existing=True)
    done, dry_run = (job.done, job.dry_run) if job is not None else (0, True)
    db.session.rollback()
    batch = list(_batch(groups, done))
    came.prepare(batch, dry_run=dry_run)
    payments.begin_write()
    job = _locked(job_id)
    if job is None or job.done != done:
        # It was ended, or another worker goes on with it.
        db.session.rollback()
        return False
    job.status, job.total = "running", sum(len(group.items) for group in groups)
    job.started_at = job.started_at or now()
    trial = db.session.begin_nested() if job.dry_run else None
    results = [pair for group in batch for pair in kind.bring(db.session(), group, mapping, f"import-{job_id}")]
    if trial is not None:
        trial.rollback()
    for result in RESULTS:
        setattr(job, result, getattr(job, result) + sum(each == result for _item, each in results))
    job.done += len(results)
    # Noted first: a line told twice is left out in the end, a line not told would be missed.
    _note(job, results)
    db.session.commit()
    return bool(results)


def _batch(groups: list[Group], done: int) -> Iterator[Group]:
    """Yield the next goods behind the rows that are done, never parting a group."""
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
    headings = table[header] if header < len(table) else []
    if _write(_errors(job), _noted(job), [_("Baris"), _("Alasan"), *headings]):
        job.errors_path = _errors(job)
    _write(_notes(job), _told(job), [_("Baris"), _("Keterangan"), *headings])
    job.status, job.finished_at = "done", now()
    if not job.dry_run:
        counts: dict[str, int] = {name: getattr(job, name) for name in RESULTS}
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


def _note(job: ImportJob, results: list[tuple[Item, Result]]) -> None:
    """Note the rows that were refused, and apart from them those of which something is to be told."""
    _append(_noted(job), [(item, item.problem) for item, result in results if result == "refused"])
    _append(_told(job), [(item, item.note) for item, result in results if result != "refused" and item.note])


def _append(path: str, lines: list[tuple[Item, str]]) -> None:
    if lines:
        with _path(path).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps([item.number, text, item.cells]) + "\n" for item, text in lines)


def _write(path: str, noted: str, headings: list[str]) -> bool:
    """Write what was noted as a table; tell whether there was anything."""
    try:
        lines = _path(noted).read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    kept = {number: (text, cells) for number, text, cells in map(json.loads, lines)}
    rows: list[list[Any]] = [headings, *([number, text, *cells] for number, (text, cells) in sorted(kept.items()))]
    _path(path).write_text("".join(csv_lines(rows)), encoding="utf-8")
    return True


def refused_rows(job: ImportJob, most: int) -> list[list[str]]:
    """Return the first rows that were refused: their number and why."""
    return _first_rows(_errors(job), most)


def noted_rows(job: ImportJob, most: int) -> list[list[str]]:
    """Return the first rows of which something was kept or left out: their number and what."""
    return _first_rows(_notes(job), most)


def errors_file(job: ImportJob) -> bytes | None:
    """Return the file of the rows that were refused, if any were."""
    return _file(_errors(job))


def notes_file(job: ImportJob) -> bytes | None:
    """Return the file of the rows of which something was kept or left out, if there are any."""
    return _file(_notes(job))


def _first_rows(path: str, most: int) -> list[list[str]]:
    try:
        with _path(path).open(encoding="utf-8-sig", newline="") as file:
            return [row[:2] for row in islice(csv.reader(file, delimiter=";"), 1, most + 1)]
    except OSError:
        return []


def _file(path: str) -> bytes | None:
    try:
        return _path(path).read_bytes()
    except OSError:
        return None


def _zip(path: str) -> str:
    return f"{path}.zip"


def _noted(job: ImportJob) -> str:
    return f"{job.path}.refused"


def _errors(job: ImportJob) -> str:
    return f"{job.path}.csv"


def _told(job: ImportJob) -> str:
    return f"{job.path}.told"


def _notes(job: ImportJob) -> str:
    return f"{job.path}.notes.csv"


def _path(path: str) -> Path:
    return Path(current_app.instance_path) / path
