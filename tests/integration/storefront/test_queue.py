"""The queue only wakes the worker: every kind does, and none is needed to be paid."""

import os
import pickle
import time

import pytest
from huey.exceptions import HueyException
from shopfloor import make_shop, on_sqlite, stock_up

from storefront.queue import make_queue, prepare_storage

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
NOBODY = "127.0.0.1:1"


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("redis", marks=pytest.mark.redis),
    ]
)
def queue_url(request, databases):
    """Return the address of an empty queue of each kind."""
    if request.param == "redis":
        _need_redis()
        return REDIS_URL
    return "sqlite:///q.db" if request.param == "sqlite" else databases.empty("postgresql")


def _need_redis():
    import redis

    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError as error:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(f"Redis does not answer at TEST_REDIS_URL: {error} (REQUIRE_SERVICES=1)")
        pytest.skip(f"Redis does not answer at TEST_REDIS_URL: {error}")


def close(huey):
    huey.storage.flush_queue()
    if hasattr(huey.storage, "close"):
        huey.storage.close()
    else:
        huey.storage.pool.disconnect()


def test_a_task_travels_through_every_kind_of_queue(queue_url, tmp_path):
    huey = make_queue(queue_url, tmp_path, "rahasia")
    huey.storage.flush_queue()
    done = []
    task = huey.task(name="add")(done.append)

    task(7)
    huey.execute(huey.dequeue())

    assert done == [7]
    close(huey)


def test_a_message_signed_by_nobody_is_not_run(queue_url, tmp_path):
    """Messages are pickles: who could put one into a shared queue could run anything."""
    huey = make_queue(queue_url, tmp_path, "rahasia")
    huey.storage.flush_queue()

    huey.storage.enqueue(pickle.dumps(print))

    with pytest.raises((ValueError, HueyException)):
        huey.dequeue()
    close(huey)


def test_preparing_twice_is_harmless(queue_url, tmp_path):
    huey = make_queue(queue_url, tmp_path, "rahasia")

    prepare_storage(huey)
    prepare_storage(huey)

    assert huey.storage.queue_size() == 0
    close(huey)


@on_sqlite
@pytest.mark.parametrize(
    "address", [f"redis://{NOBODY}/0", f"postgresql://postgres@{NOBODY}/q", "sqlite:////proc/q.db"]
)
def test_without_its_queue_the_shop_opens_sells_and_is_paid(shop_address, tmp_path, address):
    shop = make_shop(tmp_path / "instance", shop_address, QUEUE_URL=address)
    stock_up(shop)
    begun = time.monotonic()

    number = shop.buy()
    shop.pay(number)

    assert time.monotonic() - begun < 10
    assert shop.order(number).payment_status == "paid"
    shop.close()
