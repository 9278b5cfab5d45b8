"""Copying the database while the shop is running, and putting a copy in its place: SQLite and PostgreSQL."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import URL

_TAIL = 300


class BackupRefusedError(Exception):
    """What was asked cannot be done; the message says why, and what to do."""


def dump(engine: Engine, target: Path) -> None:
    """Write a consistent copy of the database to `target`, beside whoever is writing. Raises BackupRefusedError."""
    if engine.dialect.name == "sqlite":
        _copy_sqlite(_file_of(engine), target)
    else:
        _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], engine.url)


def load(engine: Engine, source: Path) -> None:
    """Put a copy in the place of the database, all of it or nothing. Raises BackupRefusedError."""
    engine.dispose()
    if engine.dialect.name == "sqlite":
        _put_sqlite(source, _file_of(engine))
        return
    _empty_schema(engine)
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(source)]
    _run("pg_restore", options, engine.url)


def is_empty(engine: Engine) -> bool:
    """Tell whether the database holds nothing yet; a file that is not there is not made."""
    if engine.dialect.name == "sqlite" and not _file_of(engine).exists():
        return True
    try:
        return not inspect(engine).get_table_names()
    finally:
        engine.dispose()


def check(kind: str, path: Path) -> None:
    """Make sure that a copy can be read again. Raises BackupRefusedError."""
    if kind == "sqlite":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise BackupRefusedError(f"the copy of the database is damaged: {found}")
        return
    _run("pg_restore", ["--list", str(path)], None)


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise BackupRefusedError(f"there is no database at {source.name}; run `flask init`")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        # All pages in one step: the copy is of one moment, and writers wait a moment at most.
        live.backup(copy)
        # The copy is one file, whoever opens it.
        copy.execute("PRAGMA journal_mode = DELETE")


def _put_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(source, beside)
    beside.chmod(0o600)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    # What the old file had not written back yet must not be mixed with the new one.
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    beside.replace(target)


def _empty_schema(engine: Engine) -> None:
    """Drop every table there is: what the copy does not know must not survive beside it."""
    tables = inspect(engine).get_table_names()
    if tables:
        quote = engine.dialect.identifier_preparer.quote
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            connection.execute(text(f"DROP TABLE {', '.join(quote(name) for name in tables)} CASCADE"))
    engine.dispose()


def _file_of(engine: Engine) -> Path:
    name = engine.url.database
    if not name or name == ":memory:":
        raise BackupRefusedError("a database in memory has nothing that could be kept")
    return Path(name)


def _run(program: str, options: Sequence[str], url: URL | None) -> None:
    """Run one of PostgreSQL's own programs; the password goes by its environment, where other people cannot read it."""
    found = shutil.which(program)
    if found is None:
        raise BackupRefusedError(f"{program} is not installed; install PostgreSQL's client programs")
    environment, target = dict(os.environ), []
    if url is not None:
        plain = url.set(drivername="postgresql", password=None, query={})
        target = [f"--dbname={plain.render_as_string(hide_password=False)}"]
        if url.password:
            environment["PGPASSWORD"] = url.password
    done = subprocess.run([found, *target, *options], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupRefusedError(f"{program} refused: {' '.join(done.stderr.split())[:_TAIL]}")
