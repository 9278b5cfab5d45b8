"""SQLite's single writer, taken on purpose and in turn.

SQLite has one writer. Transactions that find out late that they want to write fight for it: the loser of an upgrade
fails at once, and a waiting one sleeps and polls, so that under load one request in a hundred takes half a second.
Here a writer first queues on a file lock, which the kernel hands over at once and in order, and then says
BEGIN IMMEDIATE, which cannot fail any more. On other databases there is nothing to do: rows are locked instead.
"""

import os
import threading
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

_HELD = "moota_writer"


class _Mine(threading.local):
    """The databases whose writer's place this thread holds; several applications may live in one process."""

    def __init__(self) -> None:
        self.paths: set[str] = set()


_mine = _Mine()


class _Place(NamedTuple):
    path: str
    file: int


def begin_write(session: Session) -> None:
    """Begin a transaction that will write: on SQLite wait for the writer's place, elsewhere do nothing.

    Harmless when the session already writes. The place is given back when the session commits or rolls back.
    Raises RuntimeError when this thread already holds it in another session, which would wait for itself for ever.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite" or connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
        return
    path = connection.engine.url.database
    session.info[_HELD] = _take_place(path) if path and path != ":memory:" else None
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        release(session)
        raise


def release(session: Session) -> None:
    """Give the writer's place back, if this session holds it."""
    held: _Place | None = session.info.pop(_HELD, None)
    if held is not None:
        _mine.paths.discard(held.path)
        os.close(held.file)


def install() -> None:
    """Give the place back whenever a session ends its transaction; safe to call more than once."""
    if not event.contains(Session, "after_transaction_end", _on_transaction_end):
        event.listen(Session, "after_transaction_end", _on_transaction_end)


def _take_place(path: str) -> _Place | None:
    if fcntl is None:  # pragma: no cover - Windows
        return None
    if path in _mine.paths:
        raise RuntimeError("This thread already writes in another session; commit or roll back that one first.")
    try:
        place = os.open(f"{path}-writers", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None  # A folder that cannot be written: the transaction itself will say so.
    fcntl.flock(place, fcntl.LOCK_EX)
    _mine.paths.add(path)
    return _Place(path, place)


def _on_transaction_end(session: Session, transaction: SessionTransaction, *_: Any) -> None:
    if transaction.parent is None:
        release(session)
