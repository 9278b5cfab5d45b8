"""SQLite's single writer, taken on purpose and in turn.

SQLite has one writer. Transactions that find out late that they want to write fight for it: the loser of an upgrade
fails at once, and a waiting one sleeps and polls, so that under load one request in a hundred takes half a second.
Here a writer first queues on a file lock, which the kernel hands over at once and in order, and then says
BEGIN IMMEDIATE, which cannot fail any more. On other databases there is nothing to do: rows are locked instead.

The kernel waits for a lock in order or not at all, never in order for twenty seconds. So who has to wait lets a thread
stand in the queue, and may walk away from it: a process that was stopped while it wrote makes the others say that the
database is busy, and does not make them hang with it.
"""

import os
import sqlite3
import threading
from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, SessionTransaction

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: SQLite's own waiting has to do
    fcntl = None  # type: ignore[assignment]

# Longer than any queue of healthy writers; then the request fails like one that finds the database locked.
PATIENCE_SECONDS = 20.0

_HELD = "moota_writer"
_BEGIN = "BEGIN IMMEDIATE"


class _Mine(threading.local):
    """The databases whose writer's place this thread holds; several applications may live in one process."""

    def __init__(self) -> None:
        self.paths: set[str] = set()


_mine = _Mine()


class _Place(NamedTuple):
    path: str
    file: int


class _Turn:
    """A place in the kernel's queue for one file, held by a thread that does nothing but wait.

    Who gives up leaves the turn behind, and the next one who has to wait takes it over: however long a writer hangs,
    no more threads wait for it than there were requests at the same time.
    """

    def __init__(self, path: str, file: int) -> None:
        self.path = path
        self.file = file
        self.has_come = threading.Event()
        self.is_wanted = True
        threading.Thread(target=self._wait, name="moota-writer", daemon=True).start()

    def give_up(self) -> bool:
        """Leave the queue; False when the turn has come."""
        with _guard:
            if self.has_come.is_set():
                return False
            self.is_wanted = False
            _given_up[self.path].append(self)
            return True

    def _wait(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_EX)
        with _guard:
            if self.is_wanted:
                self.has_come.set()
                return
            _given_up[self.path].remove(self)
        _give_back(self.file)


# The turns that nobody wants for now, by database; `_guard` keeps them.
_given_up: defaultdict[str, list[_Turn]] = defaultdict(list)
_guard = threading.Lock()


def begin_write(session: Session) -> None:
    """Begin a transaction that will write: on SQLite wait for the writer's place, elsewhere do nothing.

    Harmless when the session already writes. The place is given back when the session commits or rolls back.
    Raises RuntimeError when this thread already holds it in another session, which would wait for itself for ever, and
    OperationalError, as for a locked database, when the place is not free for PATIENCE_SECONDS.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite" or connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
        return
    path = connection.engine.url.database
    session.info[_HELD] = _take_place(path) if path and path != ":memory:" else None
    try:
        connection.exec_driver_sql(_BEGIN)
    except BaseException:
        release(session)
        raise


def release(session: Session) -> None:
    """Give the writer's place back, if this session holds it."""
    held: _Place | None = session.info.pop(_HELD, None)
    if held is not None:
        _mine.paths.discard(held.path)
        _give_back(held.file)


def install() -> None:
    """Give the place back whenever a session ends its transaction; safe to call more than once."""
    if not event.contains(Session, "after_transaction_end", _on_transaction_end):
        event.listen(Session, "after_transaction_end", _on_transaction_end)


def _forget_turns() -> None:
    """Begin anew in a process that was forked: the threads that waited have stayed behind."""
    global _guard  # noqa: PLW0603 - it may have been held at that moment
    _guard = threading.Lock()
    _given_up.clear()


if fcntl is not None:
    os.register_at_fork(after_in_child=_forget_turns)


def _take_place(path: str) -> _Place | None:
    if fcntl is None:  # pragma: no cover - Windows
        return None
    if path in _mine.paths:
        raise RuntimeError("This thread already writes in another session; commit or roll back that one first.")
    try:
        place = os.open(f"{path}-writers", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None  # A folder that cannot be written: the transaction itself will say so.
    place = _lock(path, place)
    _mine.paths.add(path)
    return _Place(path, place)


def _lock(path: str, file: int) -> int:
    """Return an open file that holds the lock: this one at once, or the one that had to stand in the queue."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _stand_in_line(_take_turn(path, file))
    return file


def _take_turn(path: str, file: int) -> _Turn:
    """Return a turn that somebody gave up, which is further in front, or begin one with this file."""
    with _guard:
        turn = _given_up[path].pop(0) if _given_up[path] else None
        if turn is not None:
            turn.is_wanted = True
    if turn is None:
        return _Turn(path, file)
    os.close(file)
    return turn


def _stand_in_line(turn: _Turn) -> int:
    try:
        turn.has_come.wait(PATIENCE_SECONDS)
    except BaseException:
        if not turn.give_up():
            _give_back(turn.file)
        raise
    if turn.give_up():
        message = f"database is locked: somebody else has been writing for {PATIENCE_SECONDS:g} seconds"
        raise OperationalError(_BEGIN, None, sqlite3.OperationalError(message))
    return turn.file


def _give_back(file: int) -> None:
    """Unlock by name, since closing does not do it while a forked child has the file open too."""
    fcntl.flock(file, fcntl.LOCK_UN)
    os.close(file)


def _on_transaction_end(session: Session, transaction: SessionTransaction, *_: Any) -> None:
    if transaction.parent is None:
        release(session)
