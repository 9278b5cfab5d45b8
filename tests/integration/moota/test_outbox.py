"""The outbox: a message is sent once as far as anybody can see, never lost, and never sent inside a transaction."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import minimal
from hosts.ground import on_postgresql, on_sqlite
from sqlalchemy import create_engine, select, text

from payments_moota import outbox, tasks
from payments_moota.models import OutboxMessage

moota, db = minimal.moota, minimal.db
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@contextmanager
def at(moment):
    with time_machine.travel(moment, tick=False):
        yield


class Postman:
    """A host's sender: keeps what it sent, and fails as often as it is told to."""

    def __init__(self, host, kind="email"):
        self.sent, self.failures = [], 0
        moota.sender(host.app, kind)(self.send)

    def send(self, key, payload):
        if self.failures:
            self.failures -= 1
            raise OSError("no mail server \x00")
        self.sent.append((key, payload))


@pytest.fixture
def postman(own_host):
    return Postman(own_host)


def ask(host, key, payload=None, kind="email"):
    with host.app.app_context():
        moota.enqueue(kind, key, payload or {})
        db.session.commit()


def send(host):
    with host.app.app_context():
        return tasks.send_outbox()


def messages(host):
    with host.work() as work:
        rows = work.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [(row.key, row.status, row.attempts, row.error) for row in rows]


def test_a_message_is_sent_once(own_host, postman):
    ask(own_host, "paid-INV-1", {"to": "budi@example.id", "amount": 150_347})

    assert (send(own_host), send(own_host)) == (1, 0)
    assert postman.sent == [("paid-INV-1", {"to": "budi@example.id", "amount": 150_347})]
    assert messages(own_host) == [("paid-INV-1", "sent", 1, None)]


def test_the_same_key_asks_for_one_message_also_after_it_was_sent(own_host, postman):
    ask(own_host, "paid-INV-1", {"turn": 1})
    ask(own_host, "paid-INV-1", {"turn": 2})
    send(own_host)
    ask(own_host, "paid-INV-1", {"turn": 3})
    send(own_host)

    assert postman.sent == [("paid-INV-1", {"turn": 1})]


def test_the_same_key_from_several_threads_asks_for_one_message(own_host, postman):
    barrier = threading.Barrier(4)

    def ask_together(_):
        barrier.wait(10)
        ask(own_host, "paid-INV-1")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask_together, range(4)))

    assert len(messages(own_host)) == 1


def test_a_message_of_a_transaction_that_failed_does_not_exist(own_host, postman):
    with own_host.app.app_context():
        moota.enqueue("email", "paid-INV-1", {})
        db.session.rollback()

    assert (send(own_host), messages(own_host)) == (0, [])


def test_messages_leave_in_the_order_they_were_asked_for(own_host, postman):
    keys = [f"message-{number}" for number in range(45)]
    for key in keys:
        ask(own_host, key)

    assert send(own_host) == 45
    assert [key for key, _ in postman.sent] == keys


def test_a_message_that_failed_is_tried_again_with_growing_gaps_and_parked_in_the_end(own_host, postman):
    postman.failures = 100
    moment, waits = NOON, []
    with at(NOON):
        ask(own_host, "paid-INV-1")
    while len(waits) < 20:
        with at(moment):
            own_host.sweep()
            own_host.sweep()
            with own_host.work() as work:
                message = work.session.scalars(select(OutboxMessage)).one()
                if message.status == "failed":
                    break
                assert message.status == "waiting"
                waits.append(message.next_attempt_at - moment)
                moment = message.next_attempt_at

    assert waits == sorted(set(waits))
    assert (100 - postman.failures, postman.sent) == (len(waits) + 1, [])
    ((_, _, attempts, error),) = messages(own_host)
    assert attempts == len(waits) + 1
    assert error.startswith("OSError: no mail server")


def test_a_message_arrives_once_the_server_is_back(own_host, postman):
    postman.failures = 2
    with at(NOON):
        ask(own_host, "paid-INV-1")
        assert send(own_host) == 0
    with at(NOON + timedelta(hours=1)):
        assert send(own_host) == 0
    with at(NOON + timedelta(hours=2)):
        assert send(own_host) == 1

    assert [key for key, _ in postman.sent] == ["paid-INV-1"]
    assert messages(own_host)[0][1:] == ("sent", 3, None)


def test_one_message_that_fails_does_not_hold_up_the_others(own_host, postman):
    postman.failures = 1
    for key in ("first", "second"):
        ask(own_host, key)

    assert send(own_host) == 1
    assert [key for key, _ in postman.sent] == ["second"]


def test_a_kind_that_nobody_sends_waits_and_says_so(own_host, postman):
    """The remedy is told; the message is there when the host was repaired."""
    ask(own_host, "x-1", kind="pigeon")
    ask(own_host, "paid-INV-1")

    assert send(own_host) == 1
    pigeon = messages(own_host)[0]
    assert pigeon[1] == "waiting"
    assert "pigeon" in pigeon[3]
    assert "moota.sender" in pigeon[3]


def test_two_workers_do_not_send_the_same_message(own_host, postman):
    for number in range(60):
        ask(own_host, f"message-{number}")

    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(lambda _: send(own_host), range(3)))

    assert sum(sent) == 60
    assert len({key for key, _ in postman.sent}) == len(postman.sent) == 60


def test_a_message_claimed_by_a_worker_that_died_is_sent_by_another_later(own_host, postman):
    with at(NOON):
        ask(own_host, "paid-INV-1")
        with own_host.work() as work:
            assert len(outbox.claim(work)) == 1
        assert send(own_host) == 0
    with at(NOON + timedelta(minutes=1)):
        assert send(own_host) == 0
    with at(NOON + timedelta(minutes=3)):
        assert send(own_host) == 1

    assert len(postman.sent) == 1


def test_sending_happens_outside_any_transaction_in_a_context_of_its_own(own_host):
    """A slow mail server must hold neither a lock nor a connection."""
    seen = []

    @moota.sender(own_host.app, "email")
    def look(_key, _payload):
        with own_host.app.app_context():
            moota.create_charge(f"INV-{len(seen)}", 150_000)  # takes the writer's place: nobody else may have it
            db.session.commit()
        seen.append(db.session().in_transaction())

    ask(own_host, "one")
    ask(own_host, "two")

    assert send(own_host) == 2
    assert seen == [False, False]


@on_sqlite
def test_another_program_can_write_while_a_message_is_sent(own_host, tmp_path):
    @moota.sender(own_host.app, "email")
    def write(_key, _payload):
        other = sqlite3.connect(tmp_path / "host.db", timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
        other.close()

    ask(own_host, "one")

    assert send(own_host) == 1


@on_postgresql
def test_no_connection_is_idle_in_a_transaction_while_a_message_is_sent(own_host, database_url):
    states = []

    @moota.sender(own_host.app, "email")
    def look(_key, _payload):
        watcher = create_engine(database_url)
        with watcher.connect() as connection:
            query = "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            states.extend(connection.execute(text(query)).scalars())
        watcher.dispose()

    ask(own_host, "one")
    send(own_host)

    assert "idle in transaction" not in states


def test_what_a_sender_leaves_uncommitted_is_gone(own_host):
    @moota.sender(own_host.app, "email")
    def forget(_key, _payload):
        db.session.add(minimal.Order(ref="INV-1", total=1))
        db.session.flush()

    ask(own_host, "one")

    assert send(own_host) == 1
    assert own_host.client.get("/orders/INV-1").status_code == 404


@on_postgresql
def test_a_sweep_survives_a_connection_that_dies_under_a_failing_job(own_host):
    """Then even undoing the transaction fails; the sweep must not end with it."""
    done = []

    @moota.periodic(own_host.app)
    def die():
        mine = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with own_host.work() as work:
            work.session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        raise LookupError

    @moota.periodic(own_host.app)
    def live():
        done.append(db.session.execute(text("SELECT 1")).scalar_one())
        db.session.rollback()

    own_host.sweep()

    assert done == [1]
