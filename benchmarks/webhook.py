"""The webhook endpoint under load: verify, store durably, answer; against a no-op view of the same server.

Budget: p99 under 50 ms at 16 connections, on SQLite with several processes and threads, and on PostgreSQL.
"""

import hashlib
import hmac
import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from benchmarks import host, load
from payments_moota.migrate import upgrade

CONNECTIONS = 16
SECONDS = 4.0
ROUNDS = 3
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


def main() -> None:
    print(f"webhook: {CONNECTIONS} connections, gunicorn 2 processes x 8 threads, median of {ROUNDS} rounds")
    print(f"{'':<28}{'per second':>12}{'x no-op':>10}{'p50 ms':>9}{'p99 ms':>9}{'failed':>8}")
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite WAL FULL", f"sqlite:///{folder}/bench.db")
    with _postgres() as url:
        if url:
            measure("PostgreSQL", url)


def measure(name: str, url: str) -> None:
    engine = create_engine(url)
    upgrade(engine)
    engine.dispose()
    with _server(url) as port:
        noop = _median(
            [load.run(port, "/noop", _empty, connections=CONNECTIONS, seconds=SECONDS) for _ in range(ROUNDS)]
        )
        store = _median(
            [
                load.run(port, "/webhook/moota", _webhooks, connections=CONNECTIONS, seconds=SECONDS)
                for _ in range(ROUNDS)
            ]
        )
    for label, result in ((f"no-op view ({name})", noop), (f"webhook ({name})", store)):
        ratio = result.per_second / noop.per_second
        print(
            f"{label:<28}{result.per_second:>12.0f}{ratio:>10.2f}{result.p50:>9.1f}{result.p99:>9.1f}{result.failures:>8}"
        )


def _empty(_number: int) -> Iterator[load.Request]:
    return itertools.repeat((b"", {}))


def _webhooks(number: int) -> Iterator[load.Request]:
    for position in itertools.count():
        unique = f"{number}-{position}-{time.time_ns()}"
        body = json.dumps([{"mutation_id": unique, "amount": 150_347, "type": "CR", "description": "x" * 900}]).encode()
        signature = hmac.new(host.SECRET.encode(), body, hashlib.sha256).hexdigest()
        yield body, {"Signature": signature, "Content-Type": "application/json"}


def _median(results: list[load.Result]) -> load.Result:
    return sorted(results, key=lambda result: result.p99)[len(results) // 2]


@contextmanager
def _server(url: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "benchmarks.host:create_app()", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "8", "--worker-class", "gthread", "--log-level", "error"]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, cwd=root, env={**os.environ, "BENCH_DATABASE_URL": url}) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


@contextmanager
def _postgres() -> Iterator[str | None]:
    """Make a database for this run alone; None where there is no server."""
    name = f"bench_{os.getpid()}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception as error:  # noqa: BLE001 - whatever keeps us from the server, the figure is left out
        print(f"PostgreSQL left out: {type(error).__name__}")
        yield None
        return
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


if __name__ == "__main__":
    main()
