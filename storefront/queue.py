"""The worker's queue. It only wakes the worker up: what it loses, the sweeps find again in the database."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from huey.api import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from sqlalchemy.engine import make_url

from .extensions import ConfigError

log = logging.getLogger(__name__)

NAME = "storefront"


def make_queue(url: str, instance: Path, secret: str) -> Huey:
    """Return the queue at `url`; the tables it needs are made at once if its server answers.

    Messages are signed with `secret`: whoever can write to a shared queue cannot make the worker run what he likes.

    Raises ConfigError naming QUEUE_URL when the library for that kind of queue is missing.
    """
    try:
        huey = _open(url or "sqlite:///queue.db", instance, SignedSerializer(secret, "storefront.queue"))
    except Exception as error:
        raise ConfigError(f"QUEUE_URL: this queue cannot be used: {error}") from error
    prepare_storage(huey)
    return huey


def prepare_storage(huey: Huey) -> None:
    """Make the queue's tables. A queue that is down stops nobody: it is told in the log and left for later."""
    initialise = getattr(huey.storage, "initialize_schema", None)
    try:
        if initialise is not None:
            initialise()
    except Exception:
        log.warning("The queue does not answer; work waits for the worker's sweeps.", exc_info=True)


def _open(url: str, instance: Path, serializer: SignedSerializer) -> Huey:
    scheme = urlsplit(url).scheme
    common: dict[str, Any] = {"name": NAME, "results": False, "serializer": serializer}
    if scheme == "sqlite":
        database = make_url(url).database or "queue.db"
        # No fsync: the queue may forget, the database is the truth.
        return SqliteHuey(filename=str(instance / database), fsync=False, create_tables=False, **common)
    if scheme.startswith("postgresql"):
        dsn = urlunsplit(urlsplit(url)._replace(scheme="postgresql"))
        return PostgresHuey(dsn=dsn, connect_timeout=2, create_tables=False, **common)
    return RedisHuey(connection_pool=_redis_pool(url), **common)


def _redis_pool(url: str) -> object:
    """Short timeouts: a shopper's request must not wait for a queue that is away."""
    from redis import ConnectionPool

    return ConnectionPool.from_url(url, socket_timeout=5, socket_connect_timeout=1)
