"""Workers killed without warning: what was received is applied exactly once, with or without the queue."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hosts import bank
from hosts.ground import on_postgresql, on_sqlite
from huey import SqliteHuey
from sqlalchemy import func, select, text

from payments_moota import tasks
from payments_moota.models import Allocation, Mutation

pytestmark = pytest.mark.long


class Workers:
    """Real `flask moota worker` processes on the test's database and queue; all are gone at the end."""

    def __init__(self, database_url, folder):
        self.queue = folder / "queue.db"
        self.stop, self.reached, self.log = folder / "stop", folder / "reached", folder / "worker.log"
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "HOST_DATABASE_URL": database_url,
            "HOST_QUEUE": str(self.queue),
            "HOST_STOP": str(self.stop),
            "HOST_REACHED": str(self.reached),
        }
        self._started: list[subprocess.Popen] = []

    def start(self):
        command = [sys.executable, "-m", "flask", "--app", "hosts.stalling", "moota", "worker", "--threads", "2"]
        with self.log.open("ab") as log:
            worker = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        self._started.append(worker)
        return worker

    def kill(self, worker):
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)

    def forget_the_queue(self):
        for file in self.queue.parent.glob("queue.db*"):
            file.unlink()

    def end(self):
        for worker in self._started:
            if worker.poll() is None:
                self.kill(worker)


@pytest.fixture
def workers(database_url, tmp_path):
    workers = Workers(database_url, tmp_path)
    yield workers
    workers.end()


@pytest.fixture
def shop(make_host, workers):
    """Return the web side of the same shop: it shares database and queue with the workers."""
    host = make_host(huey=SqliteHuey(filename=str(workers.queue), results=False))
    host.add_account()
    return host


def wait_for(condition, *, seconds=30, what=""):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def started(shop):
    """Tell whether a worker has reported yet."""
    with shop.work() as work:
        return tasks.worker_seen_at(work) is not None


def paid(shop, ref):
    return lambda: shop.order_state(ref) == "paid"


def applied(shop):
    """Return how many allocations there are, and which mutations are in which state."""
    with shop.work() as work:
        count = work.session.scalars(select(func.count()).select_from(Allocation)).one()
        return count, sorted(work.session.scalars(select(Mutation.progress)))


def test_a_worker_killed_between_storing_and_processing_loses_nothing(shop, workers):
    """The issue's own case: stored, killed, restarted without the queue's file."""
    worker = workers.start()
    wait_for(lambda: started(shop), what="first heartbeat")
    workers.kill(worker)
    charge = shop.buy(ref="INV-1")
    shop.post_webhook(bank.body(bank.mutation(charge["amount_due"])))
    workers.forget_the_queue()

    workers.start()

    wait_for(paid(shop, "INV-1"), what=workers.log.read_text())
    assert applied(shop) == (1, ["done"])


def test_a_worker_killed_in_the_middle_of_settling_leaves_no_half_of_it(shop, workers):
    workers.stop.touch()
    worker = workers.start()
    charges = [shop.buy(ref=f"INV-{number}") for number in (1, 2)]
    shop.post_webhook(bank.body(*(bank.mutation(charge["amount_due"]) for charge in charges)))
    wait_for(workers.reached.exists, what=workers.log.read_text())
    workers.kill(worker)
    workers.forget_the_queue()

    assert applied(shop) == (0, ["waiting", "waiting"])
    assert [shop.charge(f"INV-{number}")["status"] for number in (1, 2)] == ["pending", "pending"]
    assert [shop.order_state(f"INV-{number}") for number in (1, 2)] == ["unpaid", "unpaid"]

    workers.stop.unlink()
    workers.start()

    wait_for(paid(shop, "INV-1"), what=workers.log.read_text())
    wait_for(paid(shop, "INV-2"), what=workers.log.read_text())
    wait_for(lambda: shop.json("inbox", "list")[0]["status"] == "processed", what="delivery closed")
    assert applied(shop) == (2, ["done", "done"])


@on_postgresql
def test_two_workers_share_the_work_and_one_may_die(shop, workers):
    first, second = workers.start(), workers.start()
    charges = [shop.buy() for _ in range(10)]
    for charge in charges[:5]:
        shop.post_webhook(bank.body(bank.mutation(charge["amount_due"])))
    workers.kill(first)
    for charge in charges[5:]:
        shop.post_webhook(bank.body(bank.mutation(charge["amount_due"])))

    for charge in charges:
        wait_for(paid(shop, charge["order_ref"]), what=workers.log.read_text())
    assert applied(shop) == (10, ["done"] * 10)
    assert second.poll() is None


@on_postgresql
def test_a_worker_survives_the_loss_of_its_database_connections(shop, workers):
    """As when the server restarts: the worker connects anew, without being started again."""
    worker = workers.start()
    wait_for(lambda: started(shop), what="first heartbeat")
    with shop.work() as work:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        work.session.execute(text(f"{others} AND pid <> pg_backend_pid()"))

    charge = shop.buy()
    shop.post_webhook(bank.body(bank.mutation(charge["amount_due"])))

    wait_for(paid(shop, charge["order_ref"]), what=workers.log.read_text())
    assert worker.poll() is None


@on_sqlite
def test_a_worker_told_to_stop_finishes_what_it_is_doing(shop, workers):
    workers.stop.touch()
    worker = workers.start()
    charge = shop.buy(ref="INV-1")
    shop.post_webhook(bank.body(bank.mutation(charge["amount_due"])))
    wait_for(workers.reached.exists, what=workers.log.read_text())

    worker.send_signal(signal.SIGINT)
    workers.stop.unlink()

    worker.wait(20)
    assert shop.order_state("INV-1") == "paid"
    assert applied(shop) == (1, ["done"])


@on_sqlite
def test_a_worker_without_a_queue_finds_the_work_by_itself(own_host, workers):
    workers._environment.pop("HOST_QUEUE")
    workers.start()
    charge = own_host.buy(ref="INV-1")
    own_host.post_webhook(bank.body(bank.mutation(charge["amount_due"])))

    wait_for(paid(own_host, "INV-1"), what=workers.log.read_text())
