"""Settlement: money is applied once, to the right charge, or to none; and never by half."""

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank, minimal
from hosts.ground import on_sqlite
from sqlalchemy import select

from payments_moota import InvalidTransition, current_moota, expiry, inbox, settlement, signals, tasks
from payments_moota.models import Account, Allocation, Charge, Delivery, Event, Mutation, Reservation

moota, db = minimal.moota, minimal.db
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # 12.00 WIB


@contextmanager
def at(moment):
    """Stop the clock at a moment."""
    with time_machine.travel(moment, tick=False):
        yield


def minutes(count):
    return timedelta(minutes=count)


def allocations(host):
    with host.work() as work:
        rows = work.session.execute(
            select(Mutation.mutation_id, Charge.order_ref, Allocation.amount)
            .join(Mutation, Mutation.id == Allocation.mutation_id)
            .join(Charge, Charge.id == Allocation.charge_id)
            .order_by(Allocation.id)
        )
        return [tuple(row) for row in rows]


def events(host, order_ref):
    with host.app.app_context():
        return [event.name for event in current_moota.timeline(order_ref)]


def heard(app, signal):
    """Collect whom a signal is about: order references, or ids of mutations."""
    said = []

    @signal.connect_via(app)
    def listen(_app, *, charge=None, mutation=None, **_extra):
        said.append(charge.order_ref if charge else mutation.mutation_id)

    return said


# -- once ------------------------------------------------------------------------------------------------------------


def spellings(lines):
    """Write the same mutations four times: other order, other keys' order, other spelling of money, other blanks."""
    shuffled = lines[1:] + lines[:1]
    as_text = [{**line, "amount": f"{line['amount']}.00", "account_number": 1112223334} for line in lines]
    backwards = [dict(reversed(line.items())) for line in reversed(lines)]
    return [
        bank.body(*lines),
        json.dumps(shuffled, indent=2).encode(),
        json.dumps(as_text, ensure_ascii=False).encode() + b"\n",
        bank.body(*backwards).replace(b'"amount":', b'"amount" : '),
    ]


@pytest.mark.parametrize("worker", ["after each", "after all"])
def test_the_same_webhook_four_times_in_other_order_and_formatting_pays_once(own_host, worker):
    host = own_host
    paid = heard(host.app, signals.charge_paid)
    opened = [host.buy(amount) for amount in (150_000, 150_000, 75_500)]
    lines = [bank.mutation(charge["amount_due"]) for charge in opened]

    for body in spellings(lines):
        assert host.post_webhook(body).json["status"] == "received"
        if worker == "after each":
            host.process()
    host.process()

    assert sorted(amount for _, _, amount in allocations(host)) == sorted(line["amount"] for line in lines)
    assert {order for _, order, _ in allocations(host)} == {"INV-1", "INV-2", "INV-3"}
    assert sorted(paid) == ["INV-1", "INV-2", "INV-3"]
    for charge in opened:
        ref = charge["order_ref"]
        assert (host.charge(ref)["amount_paid"], host.order_state(ref)) == (charge["amount_due"], "paid")
        assert events(host, ref).count("charge.paid") == 1
    assert {each["status"] for each in host.json("inbox", "list")} == {"processed"}


def test_the_history_says_that_a_mutation_came_again(host):
    charge = host.buy()
    line = bank.mutation(charge["amount_due"])
    host.receive(line)
    host.receive(line | {"note": "sekali lagi"})

    with host.work() as work:
        names = list(work.session.scalars(select(Event.name).order_by(Event.id)))

    assert "mutation.repeated" in names


def test_a_mutation_that_comes_again_with_another_amount_is_an_incident_and_changes_nothing(host):
    charge, other = host.buy(150_000), host.buy(99_000)
    line = bank.mutation(charge["amount_due"])
    host.receive(line)
    host.receive(line | {"amount": other["amount_due"]})
    host.receive(line | {"type": "DB"})

    with host.work() as work:
        names = list(work.session.scalars(select(Event.name).order_by(Event.id)))

    assert names.count("mutation.contradicted") == 2
    assert host.mutation(line["mutation_id"])["amount"] == charge["amount_due"]
    assert (host.order_state("INV-1"), host.order_state("INV-2")) == ("paid", "unpaid")


def test_two_workers_on_one_delivery_have_one_winner(own_host):
    """Fifty times, each with two threads that start together, as the queue and the sweep may."""
    host = own_host
    paid = heard(host.app, signals.charge_paid)
    barrier = threading.Barrier(2)

    def work_on(delivery_id):
        barrier.wait(10)
        with host.app.app_context():
            tasks.process_delivery(delivery_id)

    with ThreadPoolExecutor(2) as pool:
        for turn in range(50):
            charge = host.buy(100_000)
            host.post_webhook(bank.body(bank.mutation(charge["amount_due"])))
            with host.work() as work:
                newest = work.session.scalars(select(Delivery.id).order_by(Delivery.id.desc())).first()
            list(pool.map(work_on, [newest, newest]))

            assert (len(paid), len(allocations(host))) == (turn + 1, turn + 1)
    assert {(each["status"], each["attempts"]) for each in host.json("inbox", "list")} == {("processed", 1)}


def test_a_mutation_is_decided_once_also_when_it_fits_nothing(own_host):
    host = own_host
    told = heard(host.app, signals.mutation_unmatched)
    mutation_id = received(host, {"amount_due": 5}, mutation_id="Odd")

    _, _, waited = overlapping(
        host, lambda work: settlement.settle(work, mutation_id), lambda work: settlement.settle(work, mutation_id)
    )

    assert waited
    assert told == ["Odd"]


def test_a_processed_delivery_replayed_pays_nothing_again(host):
    charge = host.buy()
    delivery = host.receive(bank.mutation(charge["amount_due"]), bank.mutation(11_000))

    (again,) = host.json("inbox", "replay", delivery)

    assert again["status"] == "processed"
    assert len(allocations(host)) == 1


# -- receivers -------------------------------------------------------------------------------------------------------


class Shelf:
    """A host's receiver that refuses until it is repaired."""

    def __init__(self, host, error=None):
        self.error = error or LookupError("no shelf for this order")
        self.calls = 0
        signals.charge_paid.connect_via(host.app)(self.on_paid)

    def on_paid(self, _app, **_extra):
        self.calls += 1
        if self.error:
            raise self.error


def test_a_receiver_that_raises_undoes_the_payment_and_is_tried_again_with_growing_gaps(own_host):
    host = own_host
    with at(NOON):
        charge = host.buy()
        shelf = Shelf(host)
        line = bank.mutation(charge["amount_due"])
        host.post_webhook(bank.body(line))
        delivery = host.json("inbox", "list")[0]["id"]

    waits, moment, progress = [], NOON + timedelta(seconds=10), "waiting"
    while progress == "waiting":
        assert len(waits) < 20
        with at(moment):
            host.sweep()
            with host.work() as work:
                mutation = work.session.scalars(select(Mutation)).one()
                progress, following = mutation.progress, mutation.next_attempt_at
            assert (host.order_state("INV-1"), host.charge("INV-1")["amount_paid"]) == ("unpaid", 0)
            assert allocations(host) == []
        if progress == "waiting":
            waits.append(following - moment)
            moment = following

    assert waits == sorted(set(waits))
    assert shelf.calls == len(waits) + 1
    kept = host.mutation(line["mutation_id"])
    assert (kept["progress"], kept["attempts"]) == ("failed", shelf.calls)
    assert "no shelf for this order" in kept["error"]
    failed = host.delivery(delivery)
    assert failed["status"] == "failed"
    assert "no shelf for this order" in failed["error"]

    shelf.error = None
    with at(moment + minutes(5)):
        (replayed,) = host.json("inbox", "replay", delivery)

        assert (replayed["status"], replayed["error"]) == ("processed", None)
        assert host.order_state("INV-1") == "paid"
        assert len(allocations(host)) == 1
    assert host.mutation(line["mutation_id"])["error"] is None


def test_nothing_is_tried_before_its_time(own_host):
    host = own_host
    with at(NOON):
        charge = host.buy()
        shelf = Shelf(host)
        host.receive(bank.mutation(charge["amount_due"]))
        for _ in range(3):
            host.sweep()

        assert shelf.calls == 1


def test_process_tries_everything_that_waits_at_once(own_host):
    """A person who repaired the shop need not wait for the gap to end."""
    host = own_host
    charge = host.buy()
    shelf = Shelf(host)
    host.receive(bank.mutation(charge["amount_due"]))
    shelf.error = None

    host.process()

    assert host.order_state("INV-1") == "paid"


@pytest.mark.parametrize(
    "text", ["broken \x00 text", "broken \ud83d text", "x" * 100_000, ""], ids=["NUL", "half a pair", "long", "empty"]
)
def test_an_error_of_any_text_is_kept_and_holds_nobody_up(own_host, text, caplog):
    # What was logged is sent between processes when tests run side by side, and half a pair cannot be.
    caplog.set_level(logging.CRITICAL + 1, logger="payments_moota")
    host = own_host
    first, second = host.buy(), host.buy()
    shelf = Shelf(host, ValueError(text))
    host.receive(bank.mutation(first["amount_due"], mutation_id="First"), bank.mutation(second["amount_due"]))

    assert host.mutation("First")["attempts"] == 1
    assert host.mutation("First")["error"].startswith("ValueError")
    assert shelf.calls == 2


def test_one_order_that_cannot_be_served_does_not_hold_up_its_neighbours(own_host):
    host = own_host
    opened = [host.buy() for _ in range(3)]

    @signals.charge_paid.connect_via(host.app)
    def refuse_the_second(_app, charge, **_extra):
        if charge.order_ref == "INV-2":
            raise LookupError("no shelf")

    delivery = host.receive(*(bank.mutation(charge["amount_due"]) for charge in opened))

    assert [host.order_state(f"INV-{number}") for number in (1, 2, 3)] == ["paid", "unpaid", "paid"]
    assert host.delivery(delivery)["status"] == "received"


def test_a_receiver_hears_the_charge_already_paid_inside_the_same_transaction(own_host):
    host = own_host
    seen = {}

    @signals.charge_paid.connect_via(host.app)
    def look(app, charge, mutation, **_extra):
        seen["app"] = app is host.app
        seen["charge"] = (charge.status, charge.paid_at is not None)
        seen["mutation"] = (mutation.status, mutation.reason)
        seen["allocated"] = list(db.session.scalars(select(Allocation.amount)))
        seen["outside"] = allocations(host)

    charge = host.buy()
    host.receive(bank.mutation(charge["amount_due"]))

    assert seen == {
        "app": True,
        "charge": ("paid", True),
        "mutation": ("matched", "exact"),
        "allocated": [charge["amount_due"]],
        "outside": [],
    }


def test_money_that_fits_nothing_is_told_to_the_host(own_host):
    host = own_host
    told = heard(host.app, signals.mutation_unmatched)

    host.receive(bank.mutation(12_345, mutation_id="Odd"))

    assert told == ["Odd"]


# -- two at once -----------------------------------------------------------------------------------------------------


def overlapping(host, first, second):
    """Do `first` in a transaction that stays open until `second` has begun beside it; return what each returned."""
    begun, go_on = threading.Event(), threading.Event()

    def leader():
        with host.work() as work:
            result = first(work)
            begun.set()
            assert go_on.wait(10)
        return result

    def follower():
        with host.work() as work:
            return second(work)

    with ThreadPoolExecutor(2) as pool:
        leading = pool.submit(leader)
        assert begun.wait(10)
        following = pool.submit(follower)
        time.sleep(0.3)  # long enough for a follower that does not wait to be caught
        waited = not following.done()
        go_on.set()
        return leading.result(10), _outcome(following), waited


def _outcome(future):
    try:
        return future.result(10)
    except InvalidTransition as error:
        return error


def received(host, charge, **fields):
    """Store and read a mutation without settling it; return its row's id."""
    host.post_webhook(bank.body(bank.mutation(charge["amount_due"], **fields)))
    with host.work() as work:
        delivery = work.session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
        inbox.parse(work, delivery.id)
        return work.session.scalars(select(Mutation.id).where(Mutation.delivery_id == delivery.id)).one()


def charge_id(host, order_ref):
    with host.work() as work:
        return work.session.scalars(select(Charge.id).where(Charge.order_ref == order_ref)).one()


def test_a_payment_wins_over_a_cancellation_that_comes_after_it(host):
    charge = host.buy()
    mutation_id = received(host, charge)

    _, refused, waited = overlapping(
        host,
        lambda work: settlement.settle(work, mutation_id),
        lambda _work: moota.cancel_charge("INV-1", reason="berubah pikiran"),
    )

    assert waited
    assert isinstance(refused, InvalidTransition)
    assert (refused.current, refused.wanted) == ("paid", "cancel")
    assert (host.order_state("INV-1"), len(allocations(host))) == ("paid", 1)


def test_a_cancellation_wins_over_a_payment_that_comes_after_it(host):
    charge = host.buy()
    mutation_id = received(host, charge, mutation_id="TooLate")

    _, _, waited = overlapping(
        host,
        lambda _work: moota.cancel_charge("INV-1", reason="berubah pikiran").id,
        lambda work: settlement.settle(work, mutation_id),
    )

    assert waited
    assert (host.charge("INV-1")["status"], host.order_state("INV-1")) == ("cancelled", "unpaid")
    assert host.mutation("TooLate")["reason"] == "paid_after_cancel"


def test_an_expiry_cannot_take_back_a_payment_that_came_before_it(host):
    with at(NOON):
        charge = host.buy()
        mutation_id, row = received(host, charge), charge_id(host, "INV-1")
    with at(NOON + timedelta(days=2)):
        _, expired, waited = overlapping(
            host, lambda work: settlement.settle(work, mutation_id), lambda work: expiry.expire(work, row)
        )

    assert waited
    assert expired is None
    assert (host.charge("INV-1")["status"], host.order_state("INV-1")) == ("paid", "paid")


def test_an_expiry_just_before_does_not_cost_a_payment_that_the_bank_saw_in_time(host):
    with at(NOON):
        charge = host.buy()
        mutation_id, row = received(host, charge, mutation_id="InTime"), charge_id(host, "INV-1")
    with at(NOON + timedelta(days=2)):
        _, _, waited = overlapping(
            host, lambda work: expiry.expire(work, row).id, lambda work: settlement.settle(work, mutation_id)
        )

    assert waited
    assert (host.charge("INV-1")["status"], host.order_state("INV-1")) == ("paid", "paid")
    assert events(host, "INV-1") == ["charge.created", "charge.expired", "charge.paid"]


def test_two_mutations_for_one_charge_at_once_pay_it_once(own_host):
    host = own_host
    paid = heard(host.app, signals.charge_paid)
    charge = host.buy()
    first, second = received(host, charge, mutation_id="First"), received(host, charge, mutation_id="Second")

    _, _, waited = overlapping(
        host, lambda work: settlement.settle(work, first), lambda work: settlement.settle(work, second)
    )

    assert waited
    assert [host.mutation(each)["reason"] for each in ("First", "Second")] == ["exact", "duplicate_payment"]
    assert paid == ["INV-1"]


def test_cancelling_twice_at_once_is_done_once(own_host):
    host = own_host
    told = heard(host.app, signals.charge_cancelled)
    host.buy()

    def cancel(_work):
        return moota.cancel_charge("INV-1", reason="batal").status

    first, second, waited = overlapping(host, cancel, cancel)

    assert waited
    assert first == "cancelled"
    assert isinstance(second, InvalidTransition)
    assert len(told) == 1


# -- never paid ------------------------------------------------------------------------------------------------------


def assert_not_paid(host, mutation_id, reason, *, status="unmatched"):
    kept = host.mutation(mutation_id)
    assert (kept["status"], kept["reason"], kept["order_ref"], kept["progress"]) == (status, reason, None, "done")
    assert allocations(host) == []
    assert host.order_state("INV-1") == "unpaid"


UNFITTING = {
    "a debit": (lambda due: {"amount": due, "kind": "DB"}, "no_match"),
    "one rupiah more": (lambda due: {"amount": due + 1}, "no_match"),
    "one rupiah less": (lambda due: {"amount": due - 1}, "no_match"),
    "a fraction more": (lambda due: {"amount": f"{due}.50"}, "no_match"),
    "one hundredth less": (lambda due: {"amount": f"{due - 1}.99"}, "no_match"),
    "a negative credit": (lambda due: {"amount": -due}, "invalid"),
    "nothing": (lambda _due: {"amount": 0}, "invalid"),
    "another account of ours": (lambda due: {"amount": due, "bank_id": bank.MANDIRI}, "no_match"),
    "an account nobody knows": (lambda due: {"amount": due, "bank_id": "Unknown1234"}, "no_match"),
    "no account": (lambda due: {"amount": due, "bank_id": ""}, "no_match"),
    "the price without its code": (lambda _due: {"amount": 150_000}, "no_match"),
}


@pytest.mark.parametrize(("fields", "reason"), UNFITTING.values(), ids=UNFITTING.keys())
def test_money_that_does_not_fit_exactly_never_pays(host, fields, reason):
    host.add_account(bank.MANDIRI, "mandiriOnlineV2")
    charge = host.buy(150_000)

    host.receive(bank.mutation(mutation_id="Odd", **fields(charge["amount_due"])))

    assert_not_paid(host, "Odd", reason)


def test_a_second_transfer_of_the_same_amount_does_not_pay_again(own_host):
    """It is the payer's money, kept beside the charge and owed back; the host hears of one payment."""
    host = own_host
    paid = heard(host.app, signals.charge_paid)
    charge = host.buy()
    host.receive(bank.mutation(charge["amount_due"], mutation_id="First"))
    host.receive(bank.mutation(charge["amount_due"], mutation_id="Second"))

    assert host.mutation("Second")["reason"] == "duplicate_payment"
    after = host.charge("INV-1")
    assert (after["status"], after["exceptions"]) == ("paid", ["duplicate_payment"])
    assert (after["amount_paid"], after["difference"]) == (2 * charge["amount_due"], charge["amount_due"])
    assert paid == ["INV-1"]


def test_money_for_a_cancelled_charge_revives_nothing(own_host):
    host = own_host
    paid = heard(host.app, signals.charge_paid)
    charge = host.buy()
    host.json("charge", "cancel", "INV-1", "--reason", "berubah pikiran")

    host.receive(bank.mutation(charge["amount_due"], mutation_id="Odd"))

    assert host.mutation("Odd")["reason"] == "paid_after_cancel"
    after = host.charge("INV-1")
    assert (after["status"], after["exceptions"]) == ("cancelled", ["paid_after_cancel"])
    assert (host.order_state("INV-1"), paid) == ("unpaid", [])


# -- deadlines -------------------------------------------------------------------------------------------------------


def expire_at(host, moment):
    with at(moment):
        host.sweep()
        assert host.charge("INV-1")["status"] == "expired"


@pytest.mark.parametrize(
    ("date", "outcome"),
    [
        ("2026-11-24 12:30:00", "exact"),
        ("2026-11-24 13:00:00", "exact"),
        ("2026-11-24 13:00:01", "late"),
        ("2026-11-24 13:30:00", "late"),
        ("2026-11-24 00:00:00", "exact"),
        ("2026-11-24", "exact"),
        ("2026-11-25 00:00:00", "late"),
        ("2026-11-25", "late"),
    ],
)
def test_the_banks_date_decides_whether_an_expired_charge_was_paid_in_time(make_host, date, outcome):
    """Opened at 12.00 WIB for an hour, expired at 13.00; Moota tells at 14.00 what the bank booked when."""
    host = make_host(MOOTA_CHARGE_TTL_MINUTES="60")
    host.add_account()
    with at(NOON):
        charge = host.buy()
    expire_at(host, NOON + minutes(61))

    with at(NOON + minutes(120)):
        host.receive(bank.mutation(charge["amount_due"], date=date, mutation_id="Odd"))

    assert host.mutation("Odd")["reason"] == outcome
    assert host.charge("INV-1")["exceptions"] == ([] if outcome == "exact" else ["paid_late"])


def test_a_charge_past_its_deadline_that_nobody_expired_yet_is_judged_alike(make_host):
    """The sweep may lag behind; the bank's date decides then too. Nothing is late before it was expired."""
    host = make_host(MOOTA_CHARGE_TTL_MINUTES="60")
    host.add_account()
    with at(NOON):
        charge = host.buy()
    with at(NOON + minutes(90)):
        host.receive(bank.mutation(charge["amount_due"], date="2026-11-24 12:59:00"))

    assert host.order_state("INV-1") == "paid"


def test_the_deadline_itself_expires(make_host):
    host = make_host(MOOTA_CHARGE_TTL_MINUTES="60")
    host.add_account()
    with at(NOON):
        host.buy()
    with at(NOON + minutes(59)):
        assert host.json("expire") == {"expired": [], "released": 0}
    with at(NOON + minutes(60)):
        assert host.json("expire")["expired"] == ["INV-1"]
        assert host.json("expire")["expired"] == []


@pytest.mark.parametrize("window", ["0", "4320"])
def test_an_amount_stays_reserved_as_long_as_its_money_may_still_be_seen(make_host, window):
    """Even without a late window: Moota looks at the account some minutes after the deadline."""
    host = make_host(MOOTA_CHARGE_TTL_MINUTES="60", MOOTA_LATE_WINDOW_MINUTES=window)
    host.add_account()
    with at(NOON):
        charge = host.buy()
    expire_at(host, NOON + minutes(60))

    with at(NOON + minutes(75)):
        host.sweep()
        host.receive(bank.mutation(charge["amount_due"], date="2026-11-24 12:59:00"))

    assert host.order_state("INV-1") == "paid"


def test_an_amount_is_free_again_after_the_late_window(make_host):
    host = make_host(
        MOOTA_CHARGE_TTL_MINUTES="60",
        MOOTA_LATE_WINDOW_MINUTES="120",
        MOOTA_UNIQUE_CODE_MIN="5",
        MOOTA_UNIQUE_CODE_MAX="5",
    )
    host.add_account()
    with at(NOON):
        host.buy(80_000)
    with at(NOON + minutes(179)):
        host.sweep()
        assert host.client.post("/orders/INV-2", data={"total": 80_000}).status_code == 500  # the host lets it raise
    with at(NOON + minutes(180)):
        host.sweep()
        second = host.buy(80_000, "INV-3")
        host.receive(bank.mutation(second["amount_due"]))

    assert (host.order_state("INV-1"), host.order_state("INV-3")) == ("unpaid", "paid")


def test_a_refused_expiry_does_not_hold_up_the_others(own_host):
    host = own_host

    @signals.charge_expired.connect_via(host.app)
    def refuse_the_first(_app, charge, **_extra):
        if charge.order_ref == "INV-1":
            raise LookupError("no shelf")

    with at(NOON):
        for _ in range(3):
            host.buy()
    with at(NOON + timedelta(days=2)):
        assert host.json("expire")["expired"] == ["INV-2", "INV-3"]
    assert host.charge("INV-1")["status"] == "pending"


# -- later knowledge -------------------------------------------------------------------------------------------------


def test_an_account_added_after_its_first_webhook_is_known_on_replay(make_host):
    """An owner may connect Moota first and name the account here afterwards."""
    host = make_host()
    host.add_account(bank.MANDIRI, "mandiriOnlineV2")
    charge = host.buy()
    line = bank.mutation(charge["amount_due"], bank_id="LateComer12", mutation_id="Early")
    delivery = host.receive(line)
    assert host.mutation("Early")["reason"] == "no_match"
    host.add_account("LateComer12")
    with host.work() as work:
        reservation = work.session.scalars(select(Reservation)).one()
        reservation.account_id = work.session.scalars(select(Account.id).where(Account.bank_id == "LateComer12")).one()

    host.json("inbox", "replay", delivery)

    assert host.order_state("INV-1") == "paid"


@on_sqlite
def test_the_worker_reports_that_it_is_alive(host):
    with at(NOON):
        host.sweep()
    with host.work() as work:
        assert tasks.worker_seen_at(work) == NOON


@on_sqlite
def test_a_sweep_survives_whatever_a_periodic_job_does(own_host):
    """Jobs of every callable kind; and a fault in one leaves the others their turn."""
    host, done = own_host, []

    class Job:
        def __call__(self):
            done.append("object")
            raise LookupError

    with host.app.app_context():
        moota.periodic(host.app)(Job())
        moota.periodic(host.app)(lambda: done.append("function"))
        tasks.sweep()
        tasks.sweep()

    assert done == ["object", "function"] * 2
    with host.work() as work:
        assert tasks.worker_seen_at(work) is not None
