"""Opening charges: the amount is unique on its account, whoever asks at the same time, or nothing is written."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hosts import bank, minimal
from hosts.ground import on_sqlite
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from payments_moota import (
    Customer,
    DuplicateOrderRef,
    InvalidAmount,
    MethodUnavailable,
    NoUniqueCodeAvailable,
    RefusedError,
    UnknownAccount,
    signals,
)
from payments_moota.models import Account, Charge, Event, OutboxMessage, Reservation

moota, db = minimal.moota, minimal.db

# One process of a shop: waits for the starting shot, then opens charges, each in a transaction of its own.
OPENER = """
import sys, time
from pathlib import Path
from hosts.minimal import create_app, db, moota

app, number, shot = create_app(), sys.argv[1], Path(sys.argv[2])
with app.app_context():
    db.session.connection()
    db.session.rollback()
print("ready", flush=True)
while not shot.exists():
    time.sleep(0.01)
for turn in range(int(sys.argv[3])):
    with app.app_context():
        moota.create_charge(f"P{number}-{turn}", 150_000)
        db.session.commit()
"""


def start_opener(url, number, shot, turns):
    environment = {
        **os.environ,
        "HOST_DATABASE_URL": url,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONWARNINGS": "error::DeprecationWarning:payments_moota",
    }
    command = [sys.executable, "-c", OPENER, str(number), str(shot), str(turns)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.long
def test_960_charges_opened_by_6_processes_have_960_amounts(database_url, own_host, tmp_path):
    shot = tmp_path / "shot"
    openers = [start_opener(database_url, number, shot, 160) for number in range(6)]
    for opener in openers:
        opener.stdout.readline()
    started = time.monotonic()
    shot.touch()

    faults = [opener.communicate(timeout=120)[1] for opener in openers]
    took = time.monotonic() - started

    assert faults == [""] * 6
    with own_host.work() as work:
        due = list(work.session.scalars(select(Charge.amount_due)))
        reserved = list(work.session.scalars(select(Reservation.amount)))
    assert (len(due), len(set(due))) == (960, 960)
    assert sorted(due) == sorted(reserved)
    assert set(due) <= set(range(150_001, 151_000))
    assert took < 90, f"{took:.1f} s"  # about 8 s on two idle cores


def test_codes_are_random_over_the_whole_range(host):
    """Whoever sees two codes must not be able to count the orders between them."""
    codes = [host.buy(50_000)["unique_code"] for _ in range(12)]

    assert sorted(codes) != codes
    assert max(codes) - min(codes) > 100


def fill(host, amount, codes, bank_id=bank.BCA):
    """Reserve these codes of an amount, as charges of other orders would."""
    with host.work() as work:
        account = work.session.scalars(select(Account).where(Account.bank_id == bank_id)).one()
        other = moota.create_charge(f"FILL-{amount}-{bank_id}", 7_000_000, account=bank_id)
        for code in codes:
            work.session.add(
                Reservation(
                    account_id=account.id,
                    amount=amount + code,
                    charge_id=other.id,
                    created_at=work.now(),
                    reserved_until=other.expires_at,
                )
            )


def test_opening_is_quick_when_95_percent_of_the_codes_are_taken(host):
    fill(host, 80_000, range(1, 950))

    started = time.perf_counter()
    charges = [host.buy(80_000) for _ in range(40)]
    took = (time.perf_counter() - started) / 40

    assert len({charge["unique_code"] for charge in charges}) == 40
    assert all(950 <= charge["unique_code"] <= 999 for charge in charges)
    assert took < 0.25, f"{took:.3f} s each"


def counts(host):
    with host.work() as work:
        return {
            model.__tablename__: work.session.scalars(select(func.count()).select_from(model)).one()
            for model in (Charge, Reservation, Event, OutboxMessage)
        }


def refuse(host, error, *arguments, **options):
    """Open a charge that must be refused, and commit all the same, as a careless host would; nothing may be there."""
    before = counts(host)
    with host.app.app_context():
        with pytest.raises(error) as refused:
            moota.create_charge(*arguments, **options)
        db.session.commit()
    assert before == counts(host)
    return refused.value


def test_when_every_code_is_taken_nothing_is_written(host):
    fill(host, 80_000, range(1, 1000))

    refused = refuse(host, NoUniqueCodeAvailable, "INV-1", 80_000)

    assert (refused.amount, refused.account) == (80_000, bank.BCA)
    assert "MOOTA_UNIQUE_CODE_MAX" in str(refused)


def test_the_next_account_is_taken_when_the_first_is_full(host):
    host.add_account(bank.MANDIRI, "mandiriOnlineV2")
    fill(host, 80_000, range(1, 1000))

    assert host.buy(80_000)["account"]["bank_id"] == bank.MANDIRI


def test_an_account_asked_for_is_not_replaced_by_another(host):
    host.add_account(bank.MANDIRI, "mandiriOnlineV2")
    fill(host, 80_000, range(1, 1000))

    refuse(host, NoUniqueCodeAvailable, "INV-1", 80_000, account=bank.BCA)


def test_the_same_amount_may_be_asked_on_two_accounts(make_host):
    host = make_host(MOOTA_UNIQUE_CODE_MIN="5", MOOTA_UNIQUE_CODE_MAX="5")
    host.add_account()
    host.add_account(bank.MANDIRI, "mandiriOnlineV2")

    first, second = host.buy(80_000), host.buy(80_000)

    assert 80_005 == first["amount_due"] == second["amount_due"]
    assert first["account"]["bank_id"] != second["account"]["bank_id"]


def test_codes_can_be_subtracted(make_host):
    host = make_host(MOOTA_UNIQUE_CODE_MODE="subtract", MOOTA_UNIQUE_CODE_MIN="7", MOOTA_UNIQUE_CODE_MAX="7")
    host.add_account()

    charge = host.buy(80_000)
    host.receive(bank.mutation(79_993))

    assert (charge["unique_code"], charge["amount_due"]) == (7, 79_993)
    assert host.order_state("INV-1") == "paid"


def test_a_subtracted_code_never_leaves_nothing_to_pay(make_host):
    host = make_host(MOOTA_UNIQUE_CODE_MODE="subtract")
    host.add_account()

    assert sorted(host.buy(3)["amount_due"] for _ in range(2)) == [1, 2]
    refuse(host, NoUniqueCodeAvailable, "INV-9", 3)
    refuse(host, NoUniqueCodeAvailable, "INV-9", 1)


def test_amounts_of_neighbouring_prices_never_meet(make_host):
    """150.003 may be 150.001 + 2 or 150.002 + 1: what is on the statement must belong to one of them."""
    host = make_host(MOOTA_UNIQUE_CODE_MAX="9")
    host.add_account()

    due = [host.buy(price)["amount_due"] for price in (150_001, 150_002, 150_000, 150_003, 150_001, 150_002)]

    assert len(set(due)) == 6


@pytest.mark.parametrize("amount", [0, -1, 1.5, 2.0, True, "150000", None, 10**15 + 1, 10**30])
def test_what_is_no_amount_of_rupiah_is_refused(host, amount):
    refuse(host, InvalidAmount, "INV-1", amount)


@pytest.mark.parametrize("order_ref", ["", "x" * 65, "INV\x001", "INV\n1", "INV-\ud800"], ids=ascii)
def test_what_cannot_name_an_order_is_refused(host, order_ref):
    refuse(host, RefusedError, order_ref, 150_000)


def test_order_references_of_every_usual_shape_are_taken(host):
    for order_ref in ("1", "INV/2026/11/0001", "pesanan nomor 7", "x" * 64, "№ 5 – é"):
        with host.app.app_context():
            moota.create_charge(order_ref, 150_000)
            db.session.commit()

        assert order_ref == host.charge(order_ref)["order_ref"]


@pytest.mark.parametrize("method", ["virtual_account", "qris"])
def test_a_method_that_no_account_offers_is_refused(host, method):
    refuse(host, MethodUnavailable, "INV-1", 150_000, method=method)


def test_an_unknown_account_is_refused_by_its_name(host):
    assert "Nobody" in str(refuse(host, UnknownAccount, "INV-1", 150_000, account="Nobody"))


def test_without_any_account_the_remedy_is_told(make_host):
    assert "accounts add" in str(refuse(make_host(), MethodUnavailable, "INV-1", 150_000))


@pytest.mark.parametrize("minutes", [-1, 525_601, 10**12])
def test_a_deadline_that_makes_no_sense_is_refused(host, minutes):
    refuse(host, RefusedError, "INV-1", 150_000, ttl_minutes=minutes)


@pytest.mark.parametrize(
    "customer",
    [
        Customer(name="x" * 201),
        Customer(email="x" * 255),
        Customer(phone="+62" * 20),
        Customer(name="B\x00udi"),
        Customer(name="Budi \ud83d"),
    ],
)
def test_what_no_database_could_keep_of_a_customer_is_refused_in_words(host, customer):
    assert "at most" in str(refuse(host, RefusedError, "INV-1", 150_000, customer=customer))


def test_customers_may_have_any_name_people_have(host):
    with host.app.app_context():
        moota.create_charge(
            "INV-1", 150_000, customer=Customer(name="Nguyễn 👩\u200d🍳 \u200fعلي" + "x" * 150, email="", phone=None)
        )
        db.session.commit()

    assert host.charge("INV-1")["status"] == "pending"


def test_a_second_charge_for_an_order_is_refused(host):
    host.buy(ref="INV-1")

    assert refuse(host, DuplicateOrderRef, "INV-1", 99_000).order_ref == "INV-1"


def test_two_requests_for_one_order_open_one_charge(host):
    """Both look before either has written: the database decides, and the loser hears it in our words."""
    barrier = threading.Barrier(4)

    def open_charge(_):
        barrier.wait(10)
        with host.app.app_context():
            try:
                moota.create_charge("INV-1", 150_000)
                db.session.commit()
            except DuplicateOrderRef:
                db.session.rollback()
                return "duplicate"
            return "opened"

    for turn in range(5):
        with ThreadPoolExecutor(4) as pool:
            outcomes = Counter(pool.map(open_charge, range(4)))

        assert Counter(opened=1 if turn == 0 else 0, duplicate=3 if turn == 0 else 4) == outcomes | Counter(opened=0)
    assert [counts(host)[table] for table in ("moota_charge", "moota_reservation")] == [1, 1]


@pytest.mark.parametrize("after", ["create", "cancel"])
def test_a_rollback_of_the_host_leaves_nothing(host, after):
    host.buy(ref="OLD")
    before = counts(host)

    with host.app.app_context():
        db.session.add(minimal.Order(ref="INV-1", total=150_000))
        moota.create_charge("INV-1", 150_000)
        if after == "cancel":
            moota.cancel_charge("OLD", reason="batal")
        db.session.rollback()

    assert before == counts(host)
    assert host.client.get("/orders/INV-1").status_code == 404
    assert host.charge("OLD")["status"] == "pending"


def test_a_host_that_fails_half_way_leaves_neither_order_nor_charge(host):
    """The order's own constraint fails at the host's flush, after the charge was written."""
    host.buy(ref="INV-1")
    before = counts(host)

    with host.app.app_context():
        moota.create_charge("INV-2", 150_000)
        db.session.add(minimal.Order(ref="INV-1", total=1))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()

    assert before == counts(host)


def test_a_receiver_that_raises_stops_the_checkout(own_host):
    @signals.charge_created.connect_via(own_host.app)
    def refuse_it(_app, **_extra):
        raise LookupError("no stock")

    with own_host.app.app_context():
        with pytest.raises(LookupError):
            moota.create_charge("INV-1", 150_000)
        db.session.rollback()

    assert counts(own_host)["moota_charge"] == 0


def test_order_and_charge_are_saved_by_one_commit(host):
    """Another connection sees neither before the host commits, and both after."""

    def seen():
        with host.work() as work:
            models = (Charge, minimal.Order)
            return [work.session.scalars(select(func.count()).select_from(model)).one() for model in models]

    with host.app.app_context():
        db.session.add(minimal.Order(ref="INV-1", total=150_000))
        moota.create_charge("INV-1", 150_000)
        before = seen()
        db.session.commit()

    assert (before, seen()) == ([0, 0], [1, 1])


@on_sqlite
def test_the_references_of_charges_differ(host):
    assert len({host.buy()["reference"] for _ in range(20)}) == 20


# -- unique codes of one account -------------------------------------------------------------------------------------


def test_an_account_may_have_unique_codes_of_its_own(host):
    host.add_account(bank.MANDIRI, "mandiri")
    given = host.json(
        "accounts", "terms", bank.MANDIRI, "--code-min", 500, "--code-max", 501, "--code-mode", "subtract"
    )
    assert given["unique_codes"] == {"min": 500, "max": 501, "mode": "subtract"}
    assert host.json("accounts", "list")[0]["unique_codes"] == {"min": 1, "max": 999, "mode": "add"}

    there = [
        host.json("charge", "create", f"X-{number}", 150_000, "--account", bank.MANDIRI)["amount_due"]
        for number in range(2)
    ]
    here = host.json("charge", "create", "X-9", 150_000, "--account", bank.BCA)
    full = host.run("charge", "create", "X-3", "150000", "--account", bank.MANDIRI)

    assert sorted(there) == [149_499, 149_500]
    assert here["amount_due"] > 150_000
    assert (full.exit_code, "Every unique code" in full.stderr) == (1, True)


def test_where_the_codes_of_one_account_are_taken_the_next_one_has_room_with_its_own(host):
    host.add_account(bank.MANDIRI, "mandiri")
    host.json("accounts", "terms", bank.BCA, "--code-max", 1)
    host.json("accounts", "terms", bank.MANDIRI, "--code-max", 1, "--code-mode", "subtract")

    assert [host.buy(150_000)["amount_due"] for _ in range(2)] == [150_001, 149_999]


def test_the_remainder_that_collides_goes_up_in_either_mode(host):
    """The code grows by what is asked more where codes are added, and shrinks where they are taken off."""
    host.json("accounts", "terms", bank.BCA, "--code-min", 5, "--code-max", 5, "--code-mode", "subtract")
    taken = host.buy(40_005)
    charge = host.buy(100_005)
    host.receive(bank.mutation(60_000, description=f"TRSF {charge['reference']}"))

    after = host.charge(charge["order_ref"])

    assert taken["amount_due"] == 40_000
    assert (after["amount_open"], after["amount_due"], after["unique_code"]) == (40_001, 100_001, 4)


@on_sqlite
def test_codes_of_an_account_can_be_taken_back_and_have_to_make_sense(host):
    host.json("accounts", "terms", bank.BCA, "--code-min", 500, "--code-max", 600)
    refused = host.run("accounts", "terms", bank.BCA, "--code-max", 499)
    assert (refused.exit_code, "from 500 to 499" in refused.stderr) == (1, True)

    back = host.json("accounts", "terms", bank.BCA, "--code-min", 0, "--code-max", 0, "--code-mode", "default")

    assert back["unique_codes"] == {"min": 1, "max": 999, "mode": "add"}
    assert host.json("accounts", "terms", bank.BCA, "--code-min", 5_000)["unique_codes"]["max"] == 5_000


@on_sqlite
def test_a_missing_code_is_named_however_large_the_accounts_codes_are(host):
    host.json("accounts", "terms", bank.BCA, "--code-min", 40_000, "--code-max", 40_999)
    charge = host.buy(1_500_000)
    line = bank.mutation(1_500_000)
    host.receive(line)

    (miss,) = host.mutation(line["mutation_id"])["near_misses"]
    assert (miss["order_ref"], miss["code"]) == (charge["order_ref"], "code_missing")
