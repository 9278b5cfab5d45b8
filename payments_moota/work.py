"""What every verb of the extension receives: the session, the settings, the clock and the ways to speak up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blinker import NamedSignal
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from .config import Settings
from .sqlite import begin_write, release

_WISHES = "moota_wake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One unit of work on the host's session.

    Verbs flush and never commit: whoever opened the transaction ends it. `actor` names who does it, for the history:
    `system`, `worker`, `customer`, or a person's e-mail address. `approvers` counts who may approve refunds, where the
    host can tell.
    """

    session: Session
    settings: Settings
    clock: Callable[[], datetime]
    send: Callable[..., None]
    enqueue: Callable[..., None]
    actor: str
    approvers: Callable[[], int] | None = None

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return self.clock()

    def begin(self) -> None:
        """Make sure that this transaction may write, see `sqlite.begin_write`."""
        begin_write(self.session)

    def emit(self, signal: NamedSignal, **facts: Any) -> None:
        """Tell the host, inside this transaction. What a receiver raises undoes the work."""
        self.session.flush()
        self.send(signal, **facts)

    def wake(self, task: str, *ids: int) -> None:
        """Wish a worker awake for `task` once this transaction has been committed; forgotten when it is not."""
        wishes = self.session.info.setdefault(_WISHES, {})
        wishes[task, ids] = self.enqueue


def is_writing(session: Session) -> bool:
    """Tell whether this session's transaction has written something, or holds the writer's place."""
    if not session.in_transaction():
        return False
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar() is not None
    return bool(connection.connection.dbapi_connection.in_transaction)  # type: ignore[union-attr]


def install() -> None:
    """Fulfil wishes after the commit that was waited for; safe to call more than once.

    One permanent pair of listeners: a listener added per transaction would survive a rollback and fire at an
    unrelated commit, and `after_commit` alone also fires when a savepoint is released.
    """
    if not event.contains(Session, "after_commit", _on_commit):
        event.listen(Session, "after_commit", _on_commit)
        event.listen(Session, "after_soft_rollback", _on_rollback)


def _on_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    release(session)
    for (task, ids), enqueue in session.info.pop(_WISHES, {}).items():
        enqueue(task, *ids)


def _on_rollback(session: Session, previous: SessionTransaction) -> None:
    if not previous.nested:
        session.info.pop(_WISHES, None)
