"""Child processes that run and end together, their output merged line by line."""

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Self, cast

import click

STOP_WITHIN_SECONDS = 8
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1  # from Linux's <sys/prctl.h>


class ChildEnded(Exception):  # noqa: N818 - an event, told in one line
    """A child that should go on running has ended; the message says which."""


class Crew:
    """The children. Their output appears line by line behind their names; they all end together.

    Each leads a process group of its own, so that Ctrl-C reaches only us and their own children end with them.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._selector = selectors.DefaultSelector()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._begun: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a child under `name`."""
        child = subprocess.Popen(
            command,
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - we have no threads
        )
        self._children[name] = child
        self._begun[name] = b""
        self._selector.register(cast("IO[bytes]", child.stdout), selectors.EVENT_READ, name)

    def watch(self, seconds: float) -> None:
        """Show what the children say for up to `seconds`; raises ChildEnded when one of them has ended."""
        self._relay(seconds)
        for name, child in self._children.items():
            if child.poll() is not None:
                self._relay(0.1)
                raise ChildEnded(f"[{name}] has ended by itself (exit status {child.returncode}); all others end too.")

    def stop(self) -> None:
        """End all children, with force where they do not obey in time."""
        # A second Ctrl-C must not interrupt the ending and leave a child behind.
        handlers = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDING_SIGNALS}
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        while any(child.poll() is None for child in self._children.values()) and time.monotonic() < deadline:
            self._relay(0.1)
        for child in self._children.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._relay(0)
        self._selector.close()
        for child in self._children.values():
            cast("IO[bytes]", child.stdout).close()
        for number, handler in handlers.items():
            signal.signal(number, handler)

    def _relay(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            said = os.read(key.fd, 65_536)
            if not said:
                self._selector.unregister(key.fileobj)
                said = b"\n" if self._begun[key.data] else b""
            *lines, self._begun[key.data] = (self._begun[key.data] + said).split(b"\n")
            for line in lines:
                say(f"[{key.data}]".ljust(9) + line.decode(errors="replace"))


def say(text: str) -> None:
    """Print for a person, or to nobody when the terminal is gone."""
    with suppress(OSError):
        click.echo(text)


def _end_with_parent() -> None:
    """Have the kernel end this child when its parent is killed and cannot do it; other systems know no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
