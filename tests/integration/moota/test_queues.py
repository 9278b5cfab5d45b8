"""Every kind of queue wakes the worker once for a webhook; what the queue forgets, the sweep finds."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from hosts.ground import REDIS_URL, need, on_sqlite
from huey import RedisHuey, SqliteHuey
from huey.api import PostgresHuey
from sqlalchemy import make_url

from payments_moota.tasks import make_consumer


def sqlite_queue(tmp_path, _databases):
    return SqliteHuey(filename=str(tmp_path / "queue.db"), results=False)


def redis_queue(_tmp_path, _databases):
    need("redis")
    return RedisHuey(f"moota-test-{uuid.uuid4().hex}", url=REDIS_URL, results=False)


def postgresql_queue(_tmp_path, databases):
    url = make_url(databases.empty("postgresql")).set(drivername="postgresql")
    return PostgresHuey(dsn=url.render_as_string(hide_password=False), results=False)


KINDS = [
    sqlite_queue,
    pytest.param(redis_queue, marks=pytest.mark.redis),
    pytest.param(postgresql_queue, marks=pytest.mark.postgres),
]


@pytest.fixture(params=KINDS)
def huey(request, tmp_path, databases):
    queue = request.param(tmp_path, databases)
    yield queue
    queue.flush()
    queue.storage.close()


pytestmark = on_sqlite


@pytest.fixture
def shop(make_host, huey):
    host = make_host(huey=huey)
    host.add_account()
    return host


def test_a_webhook_wakes_the_worker_once(shop, huey):
    charge = shop.buy()
    body = bank.body(bank.mutation(charge["amount_due"]))

    for _ in range(3):
        shop.post_webhook(body)

    assert huey.pending_count() == 1
    huey.execute(huey.dequeue())
    assert shop.order_state("INV-1") == "paid"
    assert huey.dequeue() is None


def test_what_the_queue_forgets_the_sweep_finds(shop, huey):
    charge = shop.buy()
    shop.post_webhook(bank.body(bank.mutation(charge["amount_due"])))
    huey.flush()

    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30)):
        shop.sweep()

    assert shop.order_state("INV-1") == "paid"


def test_a_task_that_comes_twice_does_nothing_the_second_time(shop, huey):
    """A queue may deliver again what it is not sure to have delivered."""
    charge = shop.buy()
    shop.post_webhook(bank.body(bank.mutation(charge["amount_due"])))
    task = huey.dequeue()

    for _ in range(2):
        huey.execute(task)

    assert shop.charge("INV-1")["amount_paid"] == charge["amount_due"]


def test_an_idle_worker_looks_again_before_a_shopper_notices(shop, huey):
    """The consumer's own habit is to back off to seconds after a quiet spell."""
    assert make_consumer(huey, threads=1).max_delay <= 0.05
