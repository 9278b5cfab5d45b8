"""Backups asked for in the panel, made by the worker: one at a time, and never within a request.

A lock on a file tells who makes one; it ends with its process, so that a run which broke off is known as such.
"""

import fcntl
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront import payments
from storefront.admin import audit
from storefront.database import now
from storefront.extensions import db

from . import archive, folder
from .databases import BackupRefusedError
from .models import BackupRun

log = logging.getLogger(__name__)

TASK = "storefront.backup"
_UNFINISHED = ("waiting", "running")
_LOCK = ".backup.lock"
# What went wrong, for the page; other words are those of the program that refused.
NO_ROOM, BROKE_OFF = "no_room", "broke_off"


def bind(app: Flask, huey: Any) -> None:
    """Let the worker's queue make backups of this application."""

    def work() -> None:
        with app.app_context():
            run_waiting()

    work.__name__ = work.__qualname__ = TASK
    app.extensions[TASK] = huey.task(name=TASK)(work)


def ask(session: Session, actor: str) -> bool:
    """Note that a backup is wanted, unless one is under way; begin with `begin_write`."""
    if session.scalars(select(BackupRun.id).where(BackupRun.status.in_(_UNFINISHED))).first():
        return False
    session.add(BackupRun(asked_by=actor))
    audit.note(session, "backup.asked", "", actor=actor)
    session.flush()
    return True


def wake() -> None:
    """Wake the worker; with the queue away its sweep finds the wish a little later."""
    try:
        current_app.extensions[TASK]()
    except Exception:
        log.warning("The queue cannot be reached; the sweep will make the backup", exc_info=True)


def newest(session: Session) -> BackupRun | None:
    """Return the backup that was asked for last."""
    return session.scalars(select(BackupRun).order_by(BackupRun.id.desc()).limit(1)).first()


def continue_backups() -> None:
    """Make what waits, beside the sweep, which has money to look after; a part of the worker's sweep."""
    waits = db.session.scalars(select(BackupRun.id).where(BackupRun.status.in_(_UNFINISHED)).limit(1)).first()
    db.session.rollback()
    if waits is not None:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
        threading.Thread(target=_beside, args=(app,), name="backup", daemon=True).start()


def run_waiting() -> None:
    """Make the backup that waits, unless somebody does; one that broke off is given up, for a person to see."""
    try:
        with _alone() as is_alone:
            found = _take() if is_alone else None
            if found is not None:
                _make(*found)
    except OSError as error:
        # Not even the lock could be made: the folder is wrong, and whoever waits has to know.
        found = _take()
        if found is not None:
            _finish(*found, "failed", problem=f"{folder.backups_folder().name}/: {error.strerror or error}")


def _beside(app: Flask) -> None:
    with app.app_context():
        run_waiting()


def _take() -> tuple[int, str] | None:
    """Begin the run that waits; return its number and who asked, or None where there is nothing to do."""
    payments.begin_write()
    query = select(BackupRun).where(BackupRun.status.in_(_UNFINISHED)).order_by(BackupRun.id).with_for_update()
    run = db.session.scalars(query.execution_options(populate_existing=True)).first()
    taken = None
    if run is not None and run.status == "running":
        # Nobody holds the lock, so nobody is at it any more.
        run.status, run.problem, run.finished_at = "failed", BROKE_OFF, now()
    elif run is not None:
        run.status, run.started_at = "running", now()
        taken = (run.id, run.asked_by)
    db.session.commit()
    return taken


def _make(run_id: int, actor: str) -> None:
    at = now()
    target = folder.backups_folder() / folder.name_for(at)
    try:
        if not folder.is_room():
            _finish(run_id, actor, "failed", problem=NO_ROOM)
            return
        instance = Path(current_app.instance_path)
        archive.write(db.engine, instance, target, at=at, left_out=folder.backups_folder(), tell=log.info)
    except BackupRefusedError as refusal:
        _finish(run_id, actor, "failed", problem=str(refusal))
    except Exception as error:
        log.exception("Backup %s broke off", run_id)
        _finish(run_id, actor, "failed", problem=type(error).__name__)
    else:
        removed = folder.remove_older(target)
        _finish(run_id, actor, "done", removed, file_name=target.name, size=target.stat().st_size)


def _finish(run_id: int, actor: str, status: str, removed: Sequence[str] = (), **facts: Any) -> None:
    db.session.rollback()
    payments.begin_write()
    run = db.session.get(BackupRun, run_id)
    if run is not None:
        for name, value in {**facts, "status": status, "finished_at": now()}.items():
            setattr(run, name, value)
        gone = {"removed": list(removed)} if removed else {}
        audit.note(db.session(), f"backup.{status}", run.file_name, after={**facts, **gone}, actor=actor)
    db.session.commit()


@contextmanager
def _alone() -> Iterator[bool]:
    """Hold the lock on making backups while the block runs; False where somebody else has it."""
    where = folder.backups_folder()
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (where / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
