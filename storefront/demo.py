"""`python -m storefront.demo`: shop, worker and pretend bank together, with nothing to set up.

Everything the demo sets is a default: what the environment or `.env` says counts. It may be started again at any
time; what exists already stays as it is.
"""

import ctypes
import http.client
import json
import os
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, cast

import click

from payments_moota.sandbox import SAMPLE_ACCOUNTS

from .catalog.sample import SHOP_NAME
from .config import read_environment
from .extensions import ConfigError
from .instance import prepare_instance

HOST = "127.0.0.1"
DEFAULT_PORT = "5000"
ADMIN_EMAIL = "admin@example.com"
READY_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 8
_FLASK = (sys.executable, "-m", "flask", "--app", "storefront")
_PR_SET_PDEATHSIG = 1  # from Linux's <sys/prctl.h>


class DemoError(Exception):
    """The demo cannot go on; the message is one line for the person who started it."""


@dataclass(frozen=True)
class Place:
    """Where the demo listens: the shop on one port, the pretend bank on the next."""

    port: int
    bank_port: int

    @property
    def shop_url(self) -> str:
        """The shop's address, without a slash at the end."""
        return f"http://{HOST}:{self.port}"


class Crew:
    """The child processes. Their output appears line by line behind their names; they all end together.

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
        child = subprocess.Popen(  # noqa: PLW1509 - we have no threads
            command,
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self._children[name] = child
        self._begun[name] = b""
        self._selector.register(cast("IO[bytes]", child.stdout), selectors.EVENT_READ, name)

    def watch(self, seconds: float) -> None:
        """Show what the children say for up to `seconds`; raises DemoError when one of them has ended."""
        self._relay(seconds)
        for name, child in self._children.items():
            if child.poll() is not None:
                self._relay(0.1)
                raise DemoError(f"[{name}] has ended by itself (exit status {child.returncode}), so the demo ends too.")

    def stop(self) -> None:
        """End all children, with force where they do not obey in time."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
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

    def _relay(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
        for key, _ in self._selector.select(seconds):
            said = os.read(key.fd, 65_536)
            if not said:
                self._selector.unregister(key.fileobj)
            *lines, self._begun[key.data] = (self._begun[key.data] + said).split(b"\n")
            for line in lines:
                _say(f"[{key.data}]".ljust(9) + line.decode(errors="replace"))


def main() -> int:
    """Run the demo until Ctrl-C; return the process's exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A demo started with nohup stays when the terminal closes.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        run()
    except KeyboardInterrupt:
        _say("\nThe demo has stopped.")
    except (DemoError, ConfigError) as problem:
        click.echo(str(problem), err=True)
        return 1
    return 0


def run() -> None:
    """Prepare and serve; ends by KeyboardInterrupt or DemoError."""
    place = find_place(os.environ.get("PORT") or DEFAULT_PORT)
    given = read_environment()
    instance = prepare_instance(given.get("STOREFRONT_INSTANCE") or "./instance")
    environment = {**os.environ, **defaults(place, instance, given)}
    _say("Preparing the shop: database, sample catalogue, demo admin, sample bank accounts.")
    password = prepare(environment, instance)
    with Crew(environment) as crew:
        for name, command in commands(place).items():
            crew.start(name, command)
        _wait_until_ready(crew, place)
        _say(welcome(place, given.get("SHOP_NAME") or SHOP_NAME, password))
        while True:
            crew.watch(0.5)


def find_place(port: str) -> Place:
    """Return where to listen; raises DemoError when the port or the next one cannot be had."""
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_535):  # noqa: PLR2004 - the highest port
        raise DemoError(f"PORT: {port!r} is no port; use a number from 1 to 65534.")
    place = Place(int(port), int(port) + 1)
    for wanted in (place.port, place.bank_port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, wanted))
            except OSError as error:
                why = f"Port {wanted} cannot be used ({os.strerror(error.errno or 0)})"
                raise DemoError(f"{why}; end what holds it, or choose another: make demo PORT=5100") from error
    return place


def defaults(place: Place, instance: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the demo's settings, without those that somebody has `given`."""
    wanted = {
        "PYTHONUNBUFFERED": "1",
        "SHOP_NAME": SHOP_NAME,
        "SHOP_BASE_URL": place.shop_url,
        "MOOTA_PUBLIC_URL": given.get("SHOP_BASE_URL") or place.shop_url,
        "MOOTA_WEBHOOK_ALLOWED_IPS": "*",
        "MOOTA_WEBHOOK_SECRET": _kept(instance / "demo_webhook_secret") or secrets.token_hex(24),
        "MAIL_URL": "console:",
    }
    chosen = {name: value for name, value in wanted.items() if not (given.get(name) or given.get(f"{name}_FILE"))}
    if "MOOTA_WEBHOOK_SECRET" in chosen:
        _keep(instance / "demo_webhook_secret", chosen["MOOTA_WEBHOOK_SECRET"])
    return chosen


def prepare(environment: Mapping[str, str], instance: Path) -> str | None:
    """Bring database, catalogue, admin and accounts to where the demo needs them; return the admin's password.

    None means that the admin was made outside the demo. Raises DemoError.
    """
    _flask(environment, "init")
    _flask(environment, "seed")
    _add_accounts(environment)
    password = _kept(instance / "demo_admin_password")
    fresh = password or "-".join(secrets.token_hex(2) for _ in range(4))
    made = _start_flask(environment, "create-admin", ADMIN_EMAIL, "--role", "owner", "--password-stdin", typed=fresh)
    if made.returncode == 0 and not password:
        _keep(instance / "demo_admin_password", fresh)
    return fresh if made.returncode == 0 else password


def _add_accounts(environment: Mapping[str, str]) -> None:
    known = {row["bank_id"] for row in json.loads(_flask(environment, "moota", "accounts", "list", "--json"))}
    for account in SAMPLE_ACCOUNTS:
        if account.bank_id in known:
            continue
        identity = ("--bank-id", account.bank_id, "--bank-type", account.bank_type, "--label", account.label)
        owner = ("--number", account.account_number, "--holder", account.holder)
        _flask(environment, "moota", "accounts", "add", *identity, *owner)


def commands(place: Place) -> dict[str, list[str]]:
    """Return what runs beside each other, by name."""
    server = "--worker-class gthread --workers 1 --threads 8 --graceful-timeout 5 --log-level warning"
    bind = ("--bind", f"{HOST}:{place.port}", "--no-control-socket", *server.split())
    return {
        "shop": [sys.executable, "-m", "gunicorn", *bind, "storefront:create_app()"],
        "worker": [*_FLASK, "worker"],
        "bank": [*_FLASK, "moota", "sandbox", "--port", str(place.bank_port), "--url", place.shop_url],
    }


def welcome(place: Place, shop_name: str, password: str | None) -> str:
    """Return the block that tells where everything is."""
    return f"""
  {shop_name} is open until you press Ctrl-C.

    Shop      {place.shop_url}/
    Admin     {place.shop_url}/admin/
    Login     {ADMIN_EMAIL}
    Password  {password or "(the one you chose)"}
    Sandbox   http://{HOST}:{place.bank_port}/  (the pretend bank: transfer the exact amount here)
"""


def _wait_until_ready(crew: Crew, place: Place) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    waiting = {place.port, place.bank_port}
    while waiting:
        crew.watch(0.2)
        waiting = {port for port in waiting if not _answers(port)}
        if waiting and time.monotonic() > deadline:
            raise DemoError(f"Nothing answered on port {min(waiting)} within {READY_WITHIN_SECONDS} seconds.")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/")
        return connection.getresponse().status < 500  # noqa: PLR2004 - a server's own errors begin here
    return False


def _flask(environment: Mapping[str, str], *arguments: str) -> str:
    done = _start_flask(environment, *arguments)
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().rpartition("\n")[2]
        raise DemoError(f"flask {' '.join(arguments[:3])} failed: {reason}")
    return done.stdout


def _start_flask(environment: Mapping[str, str], *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_FLASK, *arguments], env=dict(environment), input=typed, capture_output=True, text=True, check=False
    )


def _kept(path: Path) -> str | None:
    return path.read_text(encoding="ascii").strip() if path.exists() else None


def _keep(path: Path, text: str) -> None:
    """Keep `text` where only its owner can read it."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="ascii")


def _say(text: str) -> None:
    with suppress(OSError):  # nobody listens any more, for instance since the terminal was closed
        click.echo(text)


def _end_with_parent() -> None:
    """Have the kernel end this child when its parent is killed and cannot do it; other systems know no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
