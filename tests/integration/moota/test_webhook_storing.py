"""What an accepted webhook leaves behind: one durable row, an answer Moota understands, and nothing secret."""

import json
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from hosts.ground import on_sqlite
from huey.api import Huey, RedisHuey
from huey.storage import BlackHoleStorage
from sqlalchemy import select, text

from payments_moota import sqlite
from payments_moota.models import Delivery, Mutation


def deliveries(host):
    return host.json("inbox", "list")


def test_the_raw_body_is_stored_byte_for_byte(host):
    body = b' [ {"amount" : 50000.00 , "unknown":"\\u00e9\xc3\xa9 "} ]\r\n'

    answer = host.post_webhook(body)

    assert {"status": "received", "delivery": deliveries(host)[0]["id"]} == answer.json
    with host.work() as work:
        assert [body] == list(work.session.scalars(select(Delivery.body)))


def test_nothing_but_storing_happens_in_the_request(host):
    """Reading and matching belong to the worker: the answer must not wait for them."""
    charge = host.buy()

    host.post_webhook(bank.body(bank.mutation(charge["amount_due"])))

    assert [(each["status"], each["mutations"]) for each in deliveries(host)] == [("received", 0)]
    with host.work() as work:
        assert list(work.session.scalars(select(Mutation))) == []


def test_the_same_bytes_again_are_a_duplicate_of_the_first(host):
    body = bank.body(bank.mutation(50_000))

    first, second, third = (host.post_webhook(body) for _ in range(3))

    assert first.json["status"] == "received"
    expected = {"status": "duplicate", "delivery": first.json["delivery"]}
    assert [(200, expected)] * 2 == [(again.status_code, again.json) for again in (second, third)]
    assert [each["repeats"] for each in deliveries(host)] == [2]


def test_the_same_bytes_from_many_connections_are_stored_once(host):
    body = bank.body(bank.mutation(50_000))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: host.post_webhook(body), range(24)))

    assert {200} == {answer.status_code for answer in answers}
    assert len({answer.json["delivery"] for answer in answers}) == 1
    assert sorted(answer.json["status"] for answer in answers) == ["duplicate"] * 23 + ["received"]
    assert [each["repeats"] for each in deliveries(host)] == [23]


def test_a_mutation_spelt_differently_is_another_delivery_but_pays_once(host):
    charge = host.buy()
    line = bank.mutation(charge["amount_due"])
    respelt = {**dict(reversed(line.items())), "amount": f"{charge['amount_due']}.00"}

    first = host.post_webhook(bank.body(line)).json
    second = host.post_webhook(json.dumps([respelt], indent=2).encode()).json
    host.process()

    assert [first["status"], second["status"]] == ["received", "received"]
    assert first["delivery"] != second["delivery"]
    assert charge["amount_due"] == host.charge("INV-1")["amount_paid"]
    assert [each["status"] for each in deliveries(host)] == ["processed", "processed"]


def queue_that_raises():
    class Storage(BlackHoleStorage):
        def enqueue(self, *_):
            raise OSError("the queue is gone")

    return Huey("gone", storage_class=Storage)


def queue_that_does_not_answer():
    return RedisHuey("gone", host="127.0.0.1", port=1)


@pytest.mark.parametrize("queue", [queue_that_raises, queue_that_does_not_answer])
def test_a_queue_that_is_down_costs_no_webhook(make_host, queue):
    """The answer is 200, and the sweep finds what nobody was woken for."""
    host = make_host(huey=queue())
    host.add_account()
    charge = host.buy()

    answer = host.post_webhook(bank.body(bank.mutation(charge["amount_due"])))

    assert (answer.status_code, answer.json["status"]) == (200, "received")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30)):
        host.sweep()
    assert host.order_state("INV-1") == "paid"


@pytest.fixture
def missing_table(host):
    """Take the table away under the running shop, and put it back."""
    with host.work() as work:
        work.session.execute(text("ALTER TABLE moota_delivery RENAME TO moota_delivery_away"))
    yield
    with host.work() as work:
        work.session.execute(text("ALTER TABLE moota_delivery_away RENAME TO moota_delivery"))


def test_what_cannot_be_stored_is_asked_for_again(host, missing_table):
    answer = host.post_webhook(bank.body(bank.mutation(50_000)))

    assert (answer.status_code, answer.json) == (503, {"status": "unavailable"})


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://nobody@127.0.0.1:1/nothing", "sqlite:////nowhere/at/all.db"],
    ids=["no server", "no folder"],
)
@on_sqlite
def test_a_database_that_is_away_is_a_503(make_host, url):
    assert make_host(url=url).post_webhook(b"[]").status_code == 503


@on_sqlite
def test_a_database_that_is_read_only_is_a_503(make_host, database_url):
    path = database_url.removeprefix("sqlite:///")

    host = make_host(url=f"sqlite:///file:{path}?mode=ro&uri=true")

    assert host.post_webhook(b"[]").status_code == 503


@on_sqlite
def test_a_database_given_as_a_file_uri_works(make_host, database_url):
    path = database_url.removeprefix("sqlite:///")

    host = make_host(url=f"sqlite:///file:{path}?uri=true")

    assert host.post_webhook(b"[]").status_code == 200


@on_sqlite
def test_without_the_writers_queue_webhooks_are_still_taken(own_host, tmp_path):
    """Where its file cannot be made, SQLite's own waiting has to do."""
    (tmp_path / "host.db-writers").unlink(missing_ok=True)
    (tmp_path / "host.db-writers").mkdir()

    assert own_host.post_webhook(b"[]").status_code == 200
    assert own_host.post_webhook(b"[]", signature=False).status_code == 401


@on_sqlite
def test_a_database_that_another_program_holds_is_a_503_for_that_time_only(make_host, tmp_path):
    host = make_host(SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": 0.05}})
    holder = sqlite3.connect(tmp_path / "host.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    held = host.post_webhook(b"[]")
    holder.execute("ROLLBACK")
    holder.close()
    free = host.post_webhook(b"[]")

    assert (held.status_code, free.status_code) == (503, 200)


@pytest.fixture
def stopped_writer(tmp_path):
    """Return a process that was stopped while it had the writer's place."""
    script = (
        "import fcntl, os, signal, sys\n"
        "fcntl.flock(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "os.kill(os.getpid(), signal.SIGSTOP)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "host.db-writers")], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    yield holder
    holder.kill()
    holder.communicate()


@on_sqlite
def test_a_writer_that_was_stopped_makes_webhooks_fail_and_not_hang(own_host, stopped_writer, monkeypatch):
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 0.2)

    refused = [own_host.post_webhook(b"[]").status_code for _ in range(3)]
    waiting = [thread for thread in threading.enumerate() if thread.name == "moota-writer"]
    stopped_writer.kill()
    stopped_writer.wait()
    for thread in waiting:
        thread.join(timeout=10)

    assert refused == [503, 503, 503]
    assert len(waiting) == 1, "who comes next takes over the turn of those who gave up"
    assert own_host.post_webhook(b"[]").status_code == 200


@on_sqlite
def test_whoever_waits_for_a_stopped_writer_goes_on_when_it_does(own_host, stopped_writer, monkeypatch):
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 0.2)
    own_host.post_webhook(b"[]")
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 30)

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(own_host.post_webhook, body) for body in (b"[]", b"[ ]")]
        assert not wait(answers, timeout=0.2).done
        stopped_writer.kill()

    assert [answer.result().status_code for answer in answers] == [200, 200]


SECRETS = {"Authorization": "Bearer jangan-disimpan", "Cookie": "session=jangan-disimpan", "Proxy-Authorization": "x y"}


@on_sqlite
def test_credentials_are_neither_stored_nor_logged(host, caplog):
    delivery = host.post_webhook(b"[]", headers=SECRETS).json["delivery"]
    host.post_webhook(b"[]", signature="ab" * 32, headers=SECRETS)

    kept = host.delivery(delivery)
    assert {name.lower() for name in SECRETS}.isdisjoint(name.lower() for name in kept["headers"])
    for text_ in (json.dumps(kept), caplog.text):
        assert "jangan-disimpan" not in text_
        assert bank.SECRET not in text_


def test_a_body_that_could_not_be_stored_is_not_logged(host, missing_table, caplog):
    """A statement is the customers' business; the log is read by others."""
    host.post_webhook(bank.body(bank.mutation(50_000, description="BUDI SANTOSO")), headers={"X-Note": "titipan"})

    assert "could not be stored" in caplog.text
    assert "BUDI" not in caplog.text
    assert "titipan" not in caplog.text


@on_sqlite
def test_the_settings_do_not_show_their_secrets(host):
    assert bank.SECRET not in repr(host.app.extensions["moota"])


@pytest.mark.parametrize("value", ["a\x00b", "caf\xe9", "x" * 4000])
def test_headers_of_every_kind_are_kept(host, value):
    """The test client hands a NUL through, as some servers do."""
    answer = host.post_webhook(b"[]", environ_base={"HTTP_X_STRANGE": value})

    assert answer.status_code == 200
    assert value.replace("\x00", "") == host.delivery(answer.json["delivery"])["headers"]["X-Strange"]
