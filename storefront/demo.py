"""`python -m storefront.demo`: shop, worker and pretend bank together, with nothing to set up.

Everything the demo sets is a default: what the environment or `.env` says counts. It may be started again at any
time; what exists already stays as it is.
"""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import click

from payments_moota.sandbox import SAMPLE_TOKEN

from .catalog.sample import SHOP_NAME
from .config import read_environment
from .crew import ChildEnded, Crew, say
from .extensions import ConfigError
from .instance import prepare_instance

HOST = "127.0.0.1"
DEFAULT_PORT = "5000"
ADMIN_EMAIL = "admin@example.com"
READY_WITHIN_SECONDS = 60
_FLASK = (sys.executable, "-m", "flask", "--app", "storefront")


class DemoError(Exception):
    """The demo cannot go on; the message is one line for the person who started it."""


def main() -> int:
    """Run the demo until Ctrl-C; return the process's exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A demo started with nohup stays when the terminal closes.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        run(find_port(os.environ.get("PORT") or DEFAULT_PORT))
    except KeyboardInterrupt:
        say("\nThe demo has stopped.")
    except (DemoError, ChildEnded, ConfigError) as problem:
        click.echo(str(problem), err=True)
        return 1
    return 0


def run(port: int) -> None:
    """Prepare and serve; ends by KeyboardInterrupt, DemoError or ChildEnded."""
    given = read_environment()
    instance = prepare_instance(given.get("STOREFRONT_INSTANCE") or "./instance")
    environment = {**os.environ, **defaults(port, instance, given)}
    say("Preparing the shop: database, sample catalogue, demo admin, sample bank accounts.")
    password = prepare(environment, instance)
    with Crew(environment) as crew:
        for name, command in commands(port).items():
            crew.start(name, command)
        _wait_until_ready(crew, {port, port + 1})
        say(welcome(port, given.get("SHOP_NAME") or SHOP_NAME, password))
        while True:
            crew.watch(0.5)


def find_port(text: str) -> int:
    """Return the shop's port; the pretend bank has the next one. Raises DemoError when one of them cannot be had."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65_535):  # noqa: PLR2004 - the highest port
        raise DemoError(f"PORT: {text!r} is no port; use a number from 1 to 65534.")
    for port in (int(text), int(text) + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                why = f"Port {port} cannot be used ({os.strerror(error.errno or 0)})"
                raise DemoError(f"{why}; end what holds it, or choose another: make demo PORT=5100") from error
    return int(text)


def defaults(port: int, instance: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the demo's settings, without those that somebody has `given`."""
    secret = _kept(instance / "demo_webhook_secret") or secrets.token_hex(24)
    wanted = {
        "SHOP_NAME": SHOP_NAME,
        "SHOP_BASE_URL": _url(port),
        "MOOTA_PUBLIC_URL": given.get("SHOP_BASE_URL") or _url(port),
        "MOOTA_WEBHOOK_ALLOWED_IPS": "*",
        "MOOTA_WEBHOOK_SECRET": secret,
        "MOOTA_BASE_URL": _url(port + 1),
        "MOOTA_ACCESS_TOKEN": SAMPLE_TOKEN,
        "MAIL_URL": "console:",
    }
    chosen = {name: value for name, value in wanted.items() if not (given.get(name) or given.get(f"{name}_FILE"))}
    if "MOOTA_WEBHOOK_SECRET" in chosen:
        _keep(instance / "demo_webhook_secret", secret)
    # Without it the children's lines, e-mails above all, would appear long after they were written.
    return {"PYTHONUNBUFFERED": "1", **chosen}


def prepare(environment: Mapping[str, str], instance: Path) -> str | None:
    """Bring database, catalogue, admin and accounts to where the demo needs them; return the admin's password.

    None means that the admin was made outside the demo. Raises DemoError.
    """
    password = _kept(instance / "demo_admin_password")
    fresh = password or "-".join(secrets.token_hex(2) for _ in range(4))
    is_made = _run_preparations(environment, fresh) == "made"
    if is_made and not password:
        _keep(instance / "demo_admin_password", fresh)
    return fresh if is_made else password


def _run_preparations(environment: Mapping[str, str], password: str) -> str:
    """Prepare the shop in a process of its own, so that its settings and connections end with it."""
    command = [sys.executable, "-m", "storefront.demo_shop"]
    done = subprocess.run(
        command, env=dict(environment), input=f"{password}\n", capture_output=True, text=True, check=False
    )
    if done.returncode:
        *before, reason = (done.stderr or done.stdout).strip().splitlines() or ["the preparations failed"]
        if before:
            say("\n".join(before))
        raise DemoError(reason)
    return done.stdout.split()[-1]


def commands(port: int) -> dict[str, list[str]]:
    """Return what runs beside each other, by name."""
    options = "--no-control-socket --worker-class gthread --workers 1 --threads 8 --graceful-timeout 5"
    server = ["gunicorn", "--bind", f"{HOST}:{port}", *options.split(), "--log-level", "warning"]
    return {
        "shop": [sys.executable, "-m", *server, "storefront:create_app()"],
        "worker": [*_FLASK, "worker"],
        "bank": [*_FLASK, "moota", "sandbox", "--port", str(port + 1), "--url", _url(port)],
    }


def welcome(port: int, shop_name: str, password: str | None) -> str:
    """Return the block that tells where everything is."""
    return f"""
  {shop_name} is open until you press Ctrl-C.

    Shop      {_url(port)}/
    Admin     {_url(port)}/admin/
    Login     {ADMIN_EMAIL}
    Password  {password or "(the one you chose)"}
    Sandbox   {_url(port + 1)}/  (the pretend bank: transfer the exact amount here)
"""


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _wait_until_ready(crew: Crew, ports: set[int]) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while ports:
        crew.watch(0.2)
        ports = {port for port in ports if not _answers(port)}
        if ports and time.monotonic() > deadline:
            raise DemoError(f"Port {min(ports)} gave no good answer within {READY_WITHIN_SECONDS} seconds.")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/")
        return connection.getresponse().status < 500  # noqa: PLR2004 - a server's own errors begin here
    return False


def _kept(path: Path) -> str | None:
    return path.read_text(encoding="ascii").strip() if path.exists() else None


def _keep(path: Path, text: str) -> None:
    """Keep `text` where only its owner can read it."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
