"""What a host hangs into the extension: senders of messages, jobs of the worker's sweep, checks of the doctor."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from flask import Flask

from . import outbox
from .context import KEY, Sender, State, work_on_host_session
from .doctor import Finding

_SenderT = TypeVar("_SenderT", bound=Sender)
_CheckT = TypeVar("_CheckT", bound=Callable[[], Iterable[Finding]])
_OverridesT = TypeVar("_OverridesT", bound=Callable[[], Mapping[str, str]])
_PeriodicT = TypeVar("_PeriodicT", bound=Callable[[], None])


class Hooks:
    """The part of the extension object that a host registers things with, and writes its own messages by."""

    def begin_write(self) -> None:
        """Take the writer's place before reading what will be changed; ends with the session's commit or rollback."""
        work_on_host_session("shop").begin()

    def enqueue(self, kind: str, key: str, payload: dict[str, Any]) -> None:
        """Ask for a message in the current transaction; the worker hands it to the sender of its kind."""
        outbox.enqueue(work_on_host_session("shop"), kind, key, payload)

    def sender(self, app: Flask, kind: str) -> Callable[[_SenderT], _SenderT]:
        """Register what sends messages of `kind`: called with the key and the payload, outside any transaction.

        What it raises makes the worker try again later.
        """

        def register(send: _SenderT) -> _SenderT:
            cast("State", app.extensions[KEY]).senders[kind] = send
            return send

        return register

    def periodic(self, app: Flask) -> Callable[[_PeriodicT], _PeriodicT]:
        """Register what the worker's sweep does every few seconds beside its own work; it commits itself."""

        def register(job: _PeriodicT) -> _PeriodicT:
            cast("State", app.extensions[KEY]).periodic.append(job)
            return job

        return register

    def doctor_check(self, app: Flask) -> Callable[[_CheckT], _CheckT]:
        """Register what `flask moota doctor` looks at beside its own checks: it yields `Finding`s."""

        def register(check: _CheckT) -> _CheckT:
            cast("State", app.extensions[KEY]).doctor_checks.append(check)
            return check

        return register

    def overrides(self, app: Flask) -> Callable[[_OverridesT], _OverridesT]:
        """Register what returns settings that count instead of those in `app.config`: their names and values as text.

        It is asked again and again, so let it be quick; check values with `config.load_settings` before you keep them.
        """

        def register(read: _OverridesT) -> _OverridesT:
            cast("State", app.extensions[KEY]).overrides = read
            return read

        return register
