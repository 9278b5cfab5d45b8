"""Where the tests stand: databases made and emptied, servers asked for, and the small host they drive."""

import json
import os
import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hosts import bank, minimal
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from payments_moota import models, tasks
from payments_moota.context import transaction

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def _postgres_problem() -> str | None:
    try:
        engine = create_engine(POSTGRES_URL, connect_args={"connect_timeout": 3}, poolclass=NullPool)
        with engine.connect():
            return None
    except Exception as error:  # noqa: BLE001 - whatever stands in the way is the reason
        return f"PostgreSQL does not answer at TEST_POSTGRES_URL: {_first_line(error)}"


def _redis_problem() -> str | None:
    try:
        import redis

        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as client:
            client.ping()
    except Exception as error:  # noqa: BLE001 - as above
        return f"Redis does not answer at TEST_REDIS_URL: {_first_line(error)}"
    return None


def _browser_problem() -> str | None:
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            found = Path(playwright.chromium.executable_path).exists()
    except Exception as error:  # noqa: BLE001 - as above
        return f"Playwright does not start: {_first_line(error)}"
    return None if found else "Chromium is not installed; run `playwright install chromium`."


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


_PROBLEMS = {
    "postgres": (_postgres_problem, "REQUIRE_SERVICES"),
    "redis": (_redis_problem, "REQUIRE_SERVICES"),
    "browser": (_browser_problem, "REQUIRE_BROWSER"),
}

_seen: dict[str, str | None] = {}


def need(service: str) -> None:
    """Skip, saying why, when a `service` (postgres, redis, browser) is missing; fail where it is required."""
    problem, required = _PROBLEMS[service]
    if service not in _seen:
        _seen[service] = problem()
    reason = _seen[service]
    if reason is None:
        return
    if os.environ.get(required) == "1":
        pytest.fail(f"{reason} ({required}=1)", pytrace=False)
    pytest.skip(reason)


class Databases:
    """Makes databases that nobody else uses, also when two runs share a server, and drops them at the end.

    A run holds an advisory lock with its own number for as long as it lives. So a later run can tell the databases of
    one that was killed, whose lock is free, from those of one that goes on beside it, and drops the former.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._run = uuid.uuid4().int >> 97  # 31 bits, positive in every integer of the server
        self._made: list[str] = []
        self._alive: Connection | None = None

    def empty(self, kind: str) -> str:
        """Return the address of a database without a table; `kind` is sqlite or postgresql."""
        if kind == "sqlite":
            return f"sqlite:///{self._folder / uuid.uuid4().hex}.db"
        need("postgres")
        server = self._server()
        name = f"moota_run_{self._run}_{len(self._made)}"
        server.execute(text(f"CREATE DATABASE {name}"))
        self._made.append(name)
        # No test pulls the server's plug, so none has to wait for its disk.
        server.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)

    def drop_all(self) -> None:
        if self._alive is not None:
            for name in self._made:
                self._alive.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            self._alive.close()

    def _server(self) -> Connection:
        if self._alive is None:
            engine = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT", poolclass=NullPool)
            self._alive = engine.connect()
            self._alive.execute(text("SELECT pg_advisory_lock(:run)"), {"run": self._run})
            _drop_abandoned(self._alive)
        return self._alive


def _drop_abandoned(server: Connection) -> None:
    left = server.execute(text("SELECT datname FROM pg_database WHERE datname LIKE 'moota_run_%'")).scalars().all()
    for name in left:
        run = {"run": int(name.split("_")[2])}
        if server.execute(text("SELECT pg_try_advisory_lock(:run)"), run).scalar_one():
            server.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            server.execute(text("SELECT pg_advisory_unlock(:run)"), run)


on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)

on_postgresql = pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)


def _copied(address: str, folder: Path) -> str:
    copy = folder / "host.db"
    shutil.copy(make_url(address).database or "", copy)
    return f"sqlite:///{copy}"


def empty_tables(address: str) -> None:
    """Delete all rows; the numbering goes on, so that an id of an earlier test can never fit by chance."""
    tables = [*reversed(models.metadata.sorted_tables), *minimal.Base.metadata.sorted_tables]
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '10s'"))
        for table in tables:
            connection.execute(table.delete())


@dataclass
class Host:
    """A running host shop, and what a test does with it: buy, pay, look."""

    app: Flask
    secret: str = bank.SECRET
    serial: int = 0

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    @contextmanager
    def work(self, actor="test"):
        """Open a transaction of the extension in an application context of its own."""
        with self.app.app_context(), transaction(actor) as work:
            yield work

    def add_account(self, bank_id=bank.BCA, bank_type="bca"):
        return self.json(
            *("accounts", "add", "--bank-id", bank_id, "--bank-type", bank_type),
            *("--number", "1112223334", "--holder", "Toko Contoh"),
        )

    def buy(self, amount=150_000, ref=None):
        """Check out one order; return its charge as JSON."""
        self.serial += 1
        answer = self.client.post(f"/orders/{ref or f'INV-{self.serial}'}", data={"total": amount})
        assert answer.status_code == 201, answer.text
        return answer.json

    def order_state(self, ref):
        return self.client.get(f"/orders/{ref}").json["state"]

    def post_webhook(self, content, *, signature=None, source="127.0.0.1", headers=(), **options):
        """Post a body as Moota does, signed unless another signature is given."""
        given = {"Signature": bank.sign(content, self.secret) if signature is None else signature, **dict(headers)}
        given = {name: value for name, value in given.items() if value is not False}
        options.setdefault("content_type", "application/json")
        return self.client.post(
            "/webhook/moota", data=content, headers=given, environ_overrides={"REMOTE_ADDR": source}, **options
        )

    def receive(self, *mutations):
        """Post a webhook with these mutations and let the worker have it; return the delivery's id."""
        answer = self.post_webhook(bank.body(*mutations))
        assert answer.status_code == 200, answer.text
        self.process()
        return answer.json["delivery"]

    def process(self):
        with self.app.app_context():
            return tasks.process_everything()

    def sweep(self):
        with self.app.app_context():
            tasks.sweep()

    def run(self, *arguments, **options):
        """Run `flask moota …` and return click's result."""
        return self.app.test_cli_runner().invoke(args=["moota", *map(str, arguments)], **options)

    def json(self, *arguments) -> Any:
        """Run `flask moota … --json`, which must succeed; return the document."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def charge(self, ref):
        return self.json("charge", "show", ref)

    def mutation(self, mutation_id):
        return self.json("mutation", "show", mutation_id)

    def delivery(self, delivery_id):
        return self.json("inbox", "show", delivery_id)


def make_app(url: str, *, huey: Any = None, **config: Any) -> Flask:
    config.setdefault("MOOTA_WEBHOOK_SECRET", bank.SECRET)
    config.setdefault("MOOTA_WEBHOOK_ALLOWED_IPS", "127.0.0.1")
    app = minimal.create_app({"SQLALCHEMY_DATABASE_URI": url, **config}, huey=huey)
    with app.app_context():
        event.listen(minimal.db.engine, "connect", _do_not_wait_for_the_disk)
    return app


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    """No test pulls the plug: what SQLite wrote need not have reached the disk."""
    if type(connection).__module__ == "sqlite3":
        connection.execute("PRAGMA synchronous = OFF")


def close(app: Flask) -> None:
    """Give the application's database connections back."""
    with app.app_context():
        for engine in minimal.db.engines.values():
            engine.dispose()
