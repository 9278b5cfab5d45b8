"""The extension inside its host: its own tables on the host's session, one state per application, tasks and signals."""

import gc
import logging
import sqlite3

import pytest
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from hosts import bank, minimal
from hosts.ground import Host, close, make_app, on_sqlite
from huey import MemoryHuey, SqliteHuey
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, mapped_column, relationship, scoped_session, sessionmaker

from payments_moota import Charge, ConfigError, MootaPayments, current_moota, migrate, signals, tasks
from payments_moota.models import Charge as ChargeModel
from payments_moota.models import OutboxMessage

moota, db = minimal.moota, minimal.db


# -- models ----------------------------------------------------------------------------------------------------------


def test_a_host_may_name_its_classes_like_ours(database_url):
    """Two registries: neither the class name nor a relationship by name is ambiguous."""

    class Base(DeclarativeBase):
        pass

    class Charge(Base):
        __tablename__ = "electricity_charge"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Refund(Base):
        __tablename__ = "deposit_refund"
        id: Mapped[int] = mapped_column(primary_key=True)

    engine = create_engine(database_url)
    Base.metadata.create_all(engine)
    with sessionmaker(engine)() as session:
        session.add_all([Charge(id=1), Refund(id=1)])
        session.flush()
        assert session.scalars(select(ChargeModel)).all() == []
        session.rollback()
    Base.metadata.drop_all(engine)
    engine.dispose()


def test_a_host_can_look_at_our_charge_from_its_order(host):
    class Base(DeclarativeBase):
        pass

    class Order(Base):
        __table__ = minimal.Order.__table__
        charge: Mapped[ChargeModel] = relationship(
            ChargeModel, primaryjoin=lambda: foreign(ChargeModel.order_ref) == Order.__table__.c.ref, viewonly=True
        )

    host.buy(ref="INV-1")
    with host.app.app_context():
        order = db.session.scalars(select(Order)).one()

        assert order.charge.order_ref == "INV-1"
        joined = select(minimal.Order.ref).join(ChargeModel, ChargeModel.order_ref == minimal.Order.ref)
        assert db.session.scalars(joined).all() == ["INV-1"]
        assert db.paginate(select(ChargeModel)).total == 1


def test_the_hosts_create_all_does_not_make_our_tables(databases, kind):
    url = databases.empty(kind)
    app = make_app(url)
    with app.app_context():
        db.create_all()
        assert inspect(db.engine).get_table_names() == ["shop_order"]
    close(app)


def test_a_plain_scoped_session_is_enough(database_url):
    """The extension depends on SQLAlchemy, not on Flask-SQLAlchemy: any callable that returns the session will do."""
    engine = create_engine(database_url)
    session = scoped_session(sessionmaker(engine))
    app = Flask("plain")
    app.config.update(SECRET_KEY="x", MOOTA_WEBHOOK_SECRET=bank.SECRET, MOOTA_WEBHOOK_ALLOWED_IPS="127.0.0.1")
    payments = MootaPayments()
    payments.init_app(app, session=session)
    app.teardown_appcontext(lambda _error: session.remove())
    host = Host(app)
    host.add_account()
    with app.app_context():
        due = payments.create_charge("INV-1", 150_000).amount_due
        session.commit()

    host.receive(bank.mutation(due))

    assert host.charge("INV-1")["status"] == "paid"
    engine.dispose()


# -- one state per application ---------------------------------------------------------------------------------------


@pytest.fixture
def two_shops(tmp_path, database_url, databases):
    """Return two applications of one process, each with its own database and queue."""
    second_url = databases.empty("sqlite")
    apps = [
        make_app(url, huey=SqliteHuey(filename=str(tmp_path / f"{number}.queue"), results=False))
        for number, url in enumerate([database_url, second_url])
    ]
    engine = create_engine(second_url)
    migrate.upgrade(engine)
    minimal.Base.metadata.create_all(engine)
    engine.dispose()
    yield [Host(app) for app in apps]
    for app in apps:
        app.extensions["moota"].huey.storage.close()
        close(app)


def run_queue(host):
    """Do what the queue holds, as a consumer would; return how many tasks there were."""
    huey, done = host.app.extensions["moota"].huey, 0
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
        done += 1
    return done


def test_two_applications_with_two_databases_and_queues_stay_apart(two_shops):
    first, second = two_shops
    for host in two_shops:
        host.add_account()
    heard = {"first": [], "second": []}
    signals.charge_paid.connect_via(first.app)(lambda _app, charge, **_: heard["first"].append(charge.order_ref))
    signals.charge_paid.connect_via(second.app)(lambda _app, charge, **_: heard["second"].append(charge.order_ref))
    charge = first.buy(ref="INV-1")
    second.buy(ref="INV-2")

    first.post_webhook(bank.body(bank.mutation(charge["amount_due"])))

    assert (run_queue(second), run_queue(first)) == (0, 1)
    assert heard == {"first": ["INV-1"], "second": []}
    assert [row["order_ref"] for row in second.json("charge", "list")] == ["INV-2"]
    assert second.json("inbox", "list") == []


def test_interleaved_contexts_of_two_applications_write_to_their_own_database(two_shops):
    """As in a test, or a script that copies from one shop to another."""
    first, second = two_shops
    for host in two_shops:
        host.add_account()
    with first.app.app_context():
        moota.create_charge("INV-1", 150_000)
        with second.app.app_context():
            moota.create_charge("INV-2", 150_000)
            db.session.commit()
        db.session.commit()

    assert [[row["order_ref"] for row in host.json("charge", "list")] for host in two_shops] == [["INV-1"], ["INV-2"]]


@on_sqlite
def test_from_begin_write_on_nobody_else_writes(own_host, tmp_path):
    """What is read afterwards is still true when it is written; other programs need not know our queue for that."""
    other = sqlite3.connect(tmp_path / "host.db", timeout=0, isolation_level=None)
    with own_host.app.app_context():
        moota.begin_write()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        db.session.rollback()

    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


@on_sqlite
def test_waiting_for_oneself_is_an_error_not_a_hang(host):
    """A second session of the same thread would wait for the first for ever."""
    with host.app.app_context():
        moota.create_charge("INV-1", 150_000)
        with host.app.app_context(), pytest.raises(RuntimeError, match="another session"):
            moota.create_charge("INV-2", 150_000)
        db.session.rollback()


@on_sqlite
def test_waiting_for_oneself_is_an_error_even_after_writing_elsewhere(two_shops):
    first, second = two_shops
    with first.app.app_context():
        moota.begin_write()
        with second.app.app_context():
            moota.begin_write()
            db.session.rollback()
        with first.app.app_context(), pytest.raises(RuntimeError, match="another session"):
            moota.begin_write()
        db.session.rollback()


@on_sqlite
def test_one_queue_for_two_applications_is_refused_in_words(database_url):
    huey = MemoryHuey("shared")
    first = make_app(database_url, huey=huey)
    with pytest.raises(ConfigError, match="give each its own queue"):
        make_app(database_url, huey=huey)
    close(first)


@on_sqlite
def test_setting_up_twice_is_refused_in_words(own_host):
    with pytest.raises(ConfigError, match="twice"):
        moota.init_app(own_host.app, session=db.session)


def test_use_without_setting_up_tells_the_remedy():
    app = Flask("bare")
    with app.app_context(), pytest.raises(ConfigError, match=r"moota\.init_app"):
        current_moota.get_charge("INV-1")


def test_a_session_without_a_database_of_its_own_is_refused_in_words(tmp_path):
    """Flask-SQLAlchemy takes binds by name alone; the payment tables would be in none of them."""
    other = SQLAlchemy()
    app = Flask("bound")
    app.config.update(SECRET_KEY="x", SQLALCHEMY_BINDS={"shop": f"sqlite:///{tmp_path / 'shop.db'}"})
    other.init_app(app)
    MootaPayments().init_app(app, session=other.session)

    with app.app_context(), pytest.raises(ConfigError, match="SQLALCHEMY_DATABASE_URI"):
        current_moota.create_charge("INV-1", 150_000)
    upgrade = app.test_cli_runner().invoke(args=["moota", "upgrade"])

    assert upgrade.exit_code == 1
    assert "SQLALCHEMY_DATABASE_URI" in upgrade.output


def test_the_extension_object_keeps_nothing_of_an_application():
    payments = MootaPayments()
    app = Flask("one")
    SQLAlchemy().init_app(app) if "SQLALCHEMY_DATABASE_URI" in app.config else None
    payments.init_app(app, session=lambda: None)

    assert not getattr(payments, "__dict__", {})


@on_sqlite
def test_current_moota_is_the_applications_own(own_host):
    with own_host.app.app_context():
        assert current_moota._get_current_object() is moota
        assert current_moota.list_accounts()[0].bank_id == bank.BCA


# -- tasks -----------------------------------------------------------------------------------------------------------


@on_sqlite
def test_a_task_keeps_its_name_when_its_function_moves(make_host):
    """What is in the queue during an upgrade must be found by the next version."""
    huey = MemoryHuey("names")
    make_host(huey=huey)

    names = set(huey._registry._registry)

    assert {"payments_moota.process_delivery", "payments_moota.send_outbox"} <= names


@on_sqlite
def test_tasks_carry_ids_and_nothing_else(make_host):
    huey = MemoryHuey("ids")
    host = make_host(huey=huey)
    host.post_webhook(b"[]")

    (task,) = huey.pending()

    assert [type(argument) for argument in task.args] == [int]
    assert task.kwargs == {}


def test_in_immediate_mode_a_webhook_is_processed_in_the_request_in_a_session_of_its_own(make_host):
    """The task begins after the commit: it can read what was stored, and writing does not wait for itself."""
    host = make_host(huey=MemoryHuey("now", immediate=True))
    host.add_account()
    charge = host.buy()

    answer = host.post_webhook(bank.body(bank.mutation(charge["amount_due"])))

    assert answer.json["status"] == "received"
    assert host.order_state("INV-1") == "paid"


def test_in_immediate_mode_a_task_sees_nothing_uncommitted(make_host):
    """It has its own session even inside a request, so tests with it stay honest."""
    host = make_host(huey=MemoryHuey("now", immediate=True))
    host.add_account()
    seen = []

    @moota.sender(host.app, "look")
    def look(_key, _payload):
        seen.append([order.ref for order in db.session.scalars(select(minimal.Order))])

    with host.app.app_context():
        moota.enqueue("look", "look-1", {})
        db.session.add(minimal.Order(ref="INV-1", total=1))
        db.session.flush()
        assert seen == []
        db.session.commit()

    assert seen == [["INV-1"]]


def test_a_fault_in_an_immediate_task_does_not_reach_the_request(make_host):
    host = make_host(huey=MemoryHuey("now", immediate=True))
    host.add_account()

    @signals.mutation_unmatched.connect_via(host.app)
    def break_down(_app, **_extra):
        raise LookupError

    assert host.post_webhook(bank.body(bank.mutation(5))).status_code == 200


# -- waking ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def woken(make_host):
    """Return a host, and how many tasks its queue holds."""
    huey = MemoryHuey("wishes")
    host = make_host(huey=huey)
    return host, lambda: len(huey.pending())


def test_a_worker_is_woken_after_the_commit_and_not_before(woken):
    host, waiting = woken
    with host.app.app_context():
        moota.enqueue("email", "one", {})
        db.session.flush()
        assert waiting() == 0
        db.session.commit()
        assert waiting() == 1


def test_a_rollback_wakes_nobody_and_neither_does_the_next_commit(woken):
    """A listener added per transaction would survive the rollback and fire at an unrelated commit."""
    host, waiting = woken
    with host.app.app_context():
        moota.enqueue("email", "one", {})
        db.session.rollback()
        db.session.add(minimal.Order(ref="INV-1", total=1))
        db.session.commit()

    assert waiting() == 0


def test_a_savepoint_released_wakes_nobody_before_the_outer_commit(woken):
    """`after_commit` fires at the release of a savepoint too."""
    host, waiting = woken
    with host.app.app_context():
        with db.session.begin_nested():
            moota.enqueue("email", "one", {})
        assert waiting() == 0
        db.session.commit()
        assert waiting() == 1


def test_a_savepoint_rolled_back_does_not_lose_the_wishes_around_it(woken):
    host, waiting = woken
    with host.app.app_context():
        moota.enqueue("email", "one", {})
        with pytest.raises(LookupError), db.session.begin_nested():
            raise LookupError
        db.session.commit()

    assert waiting() == 1


def test_a_wish_of_a_savepoint_that_failed_does_no_harm(woken, caplog):
    """The worker wakes up for a message that is not there, and finds nothing to do."""
    host, _ = woken
    with host.app.app_context():
        inner = db.session.begin_nested()
        moota.enqueue("email", "one", {})
        inner.rollback()
        db.session.commit()

    with caplog.at_level(logging.ERROR):
        run_queue(host)
    assert caplog.text == ""
    with host.work() as work:
        assert work.session.scalars(select(OutboxMessage)).all() == []


@on_sqlite
def test_the_same_wish_twice_wakes_once(woken):
    host, waiting = woken
    with host.app.app_context():
        for key in ("one", "two", "one"):
            moota.enqueue("email", key, {})
        db.session.commit()

    assert waiting() == 1


@on_sqlite
def test_a_task_for_something_long_gone_does_not_trouble_the_worker(woken, caplog):
    """A delivery may be purged, or its database restored, while its id waits in the queue."""
    host, _ = woken
    with host.app.app_context():
        tasks.process_delivery(987_654)

    assert caplog.text == ""


# -- signals ---------------------------------------------------------------------------------------------------------


def connect_in_a_factory(app, said, how):
    def on_paid(_app, **_extra):
        said.append(how)

    if how == "connect_via":
        signals.charge_paid.connect_via(app)(on_paid)
    else:
        signals.charge_paid.connect(on_paid, sender=app)


@pytest.mark.parametrize(("how", "heard"), [("connect_via", ["connect_via"]), ("connect", [])])
@on_sqlite
def test_a_receiver_made_in_a_factory_is_kept_by_connect_via_only(own_host, how, heard):
    """With a plain connect the closure is collected, and the order would never be marked paid."""
    said = []
    connect_in_a_factory(own_host.app, said, how)
    gc.collect()
    charge = own_host.buy()

    own_host.receive(bank.mutation(charge["amount_due"]))

    assert said == heard


@on_sqlite
def test_the_sender_of_a_signal_is_the_application_itself(own_host):
    """A receiver bound to the application does not hear what is sent by the proxy."""
    senders = []

    @signals.charge_created.connect
    def listen(sender, **_extra):
        senders.append(sender)

    own_host.buy()

    assert [sender is own_host.app for sender in senders] == [True]
    with own_host.app.app_context():
        assert senders[0] is not current_app


@on_sqlite
def test_facts_of_a_signal_are_keyword_arguments(own_host):
    told = []

    @signals.charge_cancelled.connect_via(own_host.app)
    def listen(*senders, **facts):
        told.append((senders, facts["charge"].order_ref, facts["reason"]))

    own_host.buy(ref="INV-1")
    own_host.json("charge", "cancel", "INV-1", "--reason", "batal")

    assert told == [((own_host.app,), "INV-1", "batal")]


# -- requests and sessions -------------------------------------------------------------------------------------------


@on_sqlite
def test_each_request_has_a_session_of_its_own(host):
    """Were an application context held open across requests, they would share one session on Flask 3.1."""
    host.buy(ref="INV-1")
    with host.app.test_request_context():
        first = db.session()
    with host.app.test_request_context():
        second = db.session()

    assert first is not second


# -- templates -------------------------------------------------------------------------------------------------------


def page_of(tmp_path, database_url, **templates):
    """Show the payment page of a host with these templates of its own."""
    for name, text in templates.items():
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    app = Flask("host", template_folder=str(tmp_path / "templates"), root_path=str(tmp_path))
    app.config.update(SECRET_KEY="x", SQLALCHEMY_DATABASE_URI=database_url)
    db.init_app(app)
    moota.init_app(app, session=db.session)
    Host(app).add_account()
    with app.test_request_context():
        url = moota.pay_url(moota.create_charge("INV-1", 150_000))
        db.session.commit()
    answer = app.test_client().get(url)
    close(app)
    assert answer.status_code == 200
    return answer.text


@on_sqlite
def test_without_templates_of_the_host_the_page_is_ours(tmp_path, database_url):
    page = page_of(tmp_path, database_url)

    assert "moota-plain" in page
    assert "/static/moota/moota.css" in page


@on_sqlite
def test_one_layout_of_the_host_puts_the_page_into_its_look(tmp_path, database_url):
    base = "<html><body><h1>Toko Saya</h1>{% block content %}{% endblock %}</body></html>"

    page = page_of(tmp_path, database_url, **{"base.html": base, "moota/layout.html": '{% extends "base.html" %}'})

    assert "Toko Saya" in page
    assert "1112 2233 34" in page
    assert "moota-plain" not in page


@on_sqlite
def test_a_partial_or_a_page_can_be_replaced_alone(tmp_path, database_url):
    part = page_of(tmp_path / "a", database_url, **{"moota/_account.html": "rekening versi kami"})
    assert "rekening versi kami" in part
    assert "moota-plain" in part


@on_sqlite
def test_a_whole_page_can_be_replaced(tmp_path, database_url):
    page = page_of(tmp_path, database_url, **{"moota/pay.html": "Bayar {{ page.amount_digits }} saja"})

    assert page.startswith("Bayar 150")


@on_sqlite
def test_static_files_lie_under_a_prefix_of_their_own(host):
    rules = {str(rule) for rule in host.app.url_map.iter_rules() if rule.endpoint.startswith("moota.")}

    assert "/static/moota/<path:filename>" in rules
    with host.client.get("/static/moota/pay.js") as answer:
        assert answer.status_code == 200


# -- the payment page's data -----------------------------------------------------------------------------------------


def pay_path(charge):
    return charge["pay_url"].removeprefix("http://localhost")


def test_the_status_of_a_charge_is_the_contracts_object_and_is_never_cached(host):
    charge = host.buy()

    answer = host.client.get(f"{pay_path(charge)}/status.json")

    told = dict(answer.json)
    assert (answer.status_code, told.pop("check")["state"], told) == (200, "none", charge)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["ETag"]


def test_nothing_is_sent_again_while_nothing_changed(host):
    charge = host.buy()
    path = f"{pay_path(charge)}/status.json"
    etag = host.client.get(path).headers["ETag"]

    same = host.client.get(path, headers={"If-None-Match": etag})
    host.receive(bank.mutation(charge["amount_due"]))
    changed = host.client.get(path, headers={"If-None-Match": etag})

    assert (same.status_code, same.data) == (304, b"")
    assert (changed.status_code, changed.json["status"]) == (200, "paid")


@on_sqlite
@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "x", lambda t: t.swapcase(), lambda _: "%00", lambda _: "é"]
)
def test_a_forged_or_altered_link_is_404(host, spoil):
    charge = host.buy()
    token = pay_path(charge).removeprefix("/pay/")

    for path in (f"/pay/{spoil(token)}", f"/pay/{spoil(token)}/status.json"):
        assert host.client.get(path).status_code == 404


@on_sqlite
def test_a_link_signed_with_the_key_before_still_works(make_host):
    old = make_host(SECRET_KEY="before")
    old.add_account()
    charge = old.buy()
    new = make_host(SECRET_KEY="now", SECRET_KEY_FALLBACKS=["before"])
    stranger = make_host(SECRET_KEY="now")

    assert new.client.get(pay_path(charge)).status_code == 200
    assert stranger.client.get(pay_path(charge)).status_code == 404


def test_a_charge_type_is_public():
    assert Charge is ChargeModel
