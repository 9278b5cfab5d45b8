"""Two at the same moment on the same money: one wins, the other is told so in words, and the books are whole.

Each race is run 200 times, by two threads that start together, each with an application context of its own.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank, minimal
from hosts.refunding import OWNER, STAFF
from sqlalchemy import select

from payments_moota import (
    InvalidTransition,
    NotRefundable,
    RefusedError,
    by_hand,
    changes,
    charges,
    expiry,
    inbox,
    reconcile,
    refunds,
    settlement,
    tasks,
)
from payments_moota.models import Allocation, Charge, Event, Refund

pytestmark = pytest.mark.long

TIMES = 200
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 12.00 WIB
SECOND_OWNER = "pemilik2@toko.test"


@contextmanager
def at(moment):
    """Stop the clock at a moment."""
    with time_machine.travel(moment, tick=False):
        yield


@pytest.fixture
def race():
    """Return a function that runs two at once and returns what each returned or was refused with."""
    barrier = threading.Barrier(2)

    def run(contestant):
        barrier.wait(timeout=30)
        try:
            return contestant()
        except RefusedError as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        yield lambda *two: list(pool.map(run, two))


@pytest.fixture(autouse=True)
def _nothing_goes_wrong_in_the_background(caplog):
    """Look at what the worker swallowed: here nothing may go wrong."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def open_charges(host, amount=100_000, count=TIMES):
    """Check out many orders in one transaction; return (order_ref, amount_due) of each."""
    with host.work("shop") as work:
        opened = []
        for number in range(count):
            minimal.db.session.add(minimal.Order(ref=f"INV-{number}", total=amount))
            opened.append(charges.create_charge(work, f"INV-{number}", amount))
        return [(charge.order_ref, charge.amount_due) for charge in opened]


def paid_charges(host):
    """Check out many orders that a person has settled; return their references."""
    opened = open_charges(host)
    with host.work(OWNER) as work:
        for ref, _ in opened:
            by_hand.settle_by_hand(work, ref, reason="tunai")
    return [ref for ref, _ in opened]


def store(host, amounts, **fields):
    """Store one webhook for each amount, nobody works on them; return the deliveries' ids."""
    with host.work("webhook") as work:
        for amount in amounts:
            line = bank.mutation(amount, **fields)
            inbox.receive(work, body=bank.body(line), source_ip="127.0.0.1", headers={})
        query = select(inbox.Delivery.id).order_by(inbox.Delivery.id)
        return list(work.session.scalars(query))[-len(amounts) :]


def told(work, lines):
    """Store and read one webhook with these lines; return the mutations' ids, nobody has decided them."""
    inbox.receive(work, body=bank.body(*lines), source_ip="127.0.0.1", headers={})
    delivery_id = work.session.scalars(select(inbox.Delivery.id).order_by(inbox.Delivery.id.desc())).first()
    inbox.parse(work, delivery_id)
    return inbox.due_mutations(work, delivery_id, until=work.now())


def worker(host, delivery_id):
    def run():
        with host.app.app_context():
            tasks.process_delivery(delivery_id)

    return run


def person(host, actor, verb, *given, **options):
    def run():
        with host.work(actor) as work:
            verb(work, *given, **options)

    return run


def read(host, model):
    with host.work() as work:
        rows = list(work.session.scalars(select(model).order_by(model.id)))
        work.session.expunge_all()
    return rows


def said(host, name):
    """Return how often a line of history was written, by charge."""
    return Counter(event.charge_id for event in read(host, Event) if event.name == name)


def assert_books_tie(host):
    with host.work() as work:
        document = reconcile.reconcile(work)
    assert document["faults"] == []


def test_payment_against_expiry(host, race):
    """Booked in time and seen at the very moment the deadline is over: paid, whoever comes first."""
    with at(NOON):
        opened = open_charges(host)
    deadline = NOON + timedelta(days=1)
    with at(deadline):
        deliveries = store(host, [due for _, due in opened], at=deadline - timedelta(minutes=1))
        ids = [charge.id for charge in read(host, Charge)]
        for charge_id, delivery_id in zip(ids, deliveries, strict=True):
            results = race(worker(host, delivery_id), person(host, "worker", expiry.expire, charge_id))
            assert results == [None, None]

    assert {(charge.status, charge.amount_open) for charge in read(host, Charge)} == {("paid", 0)}
    assert said(host, "charge.paid") == Counter(ids)
    assert max(said(host, "charge.expired").values(), default=0) <= 1
    assert len(read(host, Allocation)) == TIMES
    assert_books_tie(host)


def test_two_workers_on_one_delivery(host, race):
    opened = open_charges(host)
    for delivery_id in store(host, [due for _, due in opened]):
        assert race(worker(host, delivery_id), worker(host, delivery_id)) == [None, None]

    assert sorted(line.amount for line in read(host, Allocation)) == sorted(due for _, due in opened)
    assert set(said(host, "charge.paid").values()) == {1}
    assert {delivery.status for delivery in read(host, inbox.Delivery)} == {"processed"}
    assert_books_tie(host)


def test_two_owners_approve_one_refund(host, race):
    refs = paid_charges(host)
    with host.work(STAFF) as work:
        tickets = [refunds.request_refund(work, ref, 60_000, reason="goods").ticket for ref in refs]
    for ticket in tickets:
        results = race(
            person(host, OWNER, refunds.approve, ticket), person(host, SECOND_OWNER, refunds.approve, ticket)
        )
        assert Counter(type(each) for each in results) == {type(None): 1, InvalidTransition: 1}
        winner = (OWNER, SECOND_OWNER)[results.index(None)]
        with host.work() as work:
            assert refunds.get_refund(work, ticket).decided_by == winner

    assert {refund.status for refund in read(host, Refund)} == {"approved"}
    assert set(said(host, "refund.approved").values()) == {1}


def test_cancelling_against_payment(host, race):
    """The money is never lost: it pays the order, or it is proposed to be given back."""
    opened = open_charges(host)
    deliveries = store(host, [due for _, due in opened])
    for (ref, _), delivery_id in zip(opened, deliveries, strict=True):
        results = race(person(host, OWNER, changes.cancel, ref, reason="stok habis"), worker(host, delivery_id))
        assert type(results[0]) in {type(None), InvalidTransition}
        assert results[1] is None
        with host.work() as work:
            charge = charges.get_charge(work, ref)
            offered = [(refund.amount, refund.origin) for refund in refunds.list_refunds(work, order_ref=ref)]
            if results[0] is None:
                assert (charge.status, charge.exceptions) == ("cancelled", ["paid_after_cancel"])
                assert offered == [(charge.amount_due, "system")]
            else:
                assert (charge.status, charge.exceptions, offered) == ("paid", [], [])

    assert said(host, "charge.paid") + said(host, "charge.cancelled") == Counter(each.id for each in read(host, Charge))
    assert_books_tie(host)


def test_two_requests_for_the_last_rupiah(host, race):
    for ref in paid_charges(host):
        with host.work() as work:
            received = charges.get_charge(work, ref).amount_due
        results = race(
            person(host, STAFF, refunds.request_refund, ref, received, reason="goods"),
            person(host, "customer", refunds.request_refund, ref, 1, reason="cancellation", origin="customer"),
        )
        assert Counter(type(each) for each in results) == {type(None): 1, NotRefundable: 1}

    assert len(read(host, Refund)) == TIMES


def test_the_remainder_is_paid_twice_at_once(host, race):
    """The payer sends the rest by two phones: one completes the order, the other comes back to the payer."""
    open_charges(host)
    parts = [bank.mutation(60_000, description=f"TRSF {charge.reference}") for charge in read(host, Charge)]
    with host.work("worker") as work:
        for mutation_id in told(work, parts):
            settlement.settle(work, mutation_id)
    rest = {charge.id: charge.amount_open for charge in read(host, Charge)}
    with host.work("worker") as work:
        one, other = (told(work, [bank.mutation(amount) for amount in rest.values()]) for _ in range(2))
    for pair in zip(one, other, strict=True):
        results = race(*(person(host, "worker", settlement.settle, mutation_id) for mutation_id in pair))
        assert results == [None, None]

    for charge in read(host, Charge):
        assert (charge.status, charge.amount_open, charge.exceptions) == ("paid", 0, ["duplicate_payment"])
    assert {refund.charge_id: refund.amount for refund in read(host, Refund)} == rest
    assert set(said(host, "charge.paid").values()) == {1}
    assert_books_tie(host)
