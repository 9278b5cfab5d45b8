"""The owner is called when money goes wrong: at once, and then at most once in a quarter of an hour."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from shopfloor import make_shop, stock_up
from sqlalchemy import func, select

from payments_moota import complaints, refunds
from payments_moota.context import work_on_host_session
from storefront.extensions import db
from storefront.notifications.models import OwnerAlert
from storefront.notifications.owner import tell_owner

OWNER = "toko@contoh.test"


@pytest.fixture
def shop(shop_address, tmp_path):
    made = make_shop(tmp_path / "instance", shop_address, SHOP_OWNER_EMAIL=OWNER, SHOP_BASE_URL="http://toko.test")
    stock_up(made)
    yield made
    made.close()


def calls(shop):
    return [message for message in shop.mails() if message.to == [OWNER]]


def look(shop):
    """Let the worker look around, and send what it then asked for."""
    shop.sweep()
    shop.process()


def _after(**delta):
    return time_machine.travel(datetime.now(UTC) + timedelta(**delta))


def unknown(amount):
    # Without a balance: here no bank's books have to continue.
    return bank.mutation(amount, description=f"SETORAN {amount}", balance=0)


def test_unknown_money_calls_the_owner(shop):
    shop.receive(unknown(123_456))
    look(shop)

    (call,) = calls(shop)
    assert "Rp123.456" in call.body
    assert "http://toko.test/admin/orders" in call.body
    assert "123.456" in call.alternatives[0][0]


def test_what_follows_waits_for_the_next_letter_and_nothing_is_lost(shop):
    shop.receive(unknown(101_000))
    look(shop)
    shop.receive(unknown(102_000), unknown(103_000))
    look(shop)
    assert len(calls(shop)) == 1

    with _after(minutes=14):
        look(shop)
    assert len(calls(shop)) == 1
    with _after(minutes=16):
        look(shop)
        look(shop)

    assert len(calls(shop)) == 2
    assert "Rp101.000" not in calls(shop)[1].body
    assert "Rp102.000" in calls(shop)[1].body
    assert "Rp103.000" in calls(shop)[1].body
    with _after(minutes=60):
        look(shop)
    assert len(calls(shop)) == 2


def test_a_feed_that_breaks_off_is_told(shop):
    now = datetime.now(UTC) - timedelta(hours=3)
    shop.receive(bank.mutation(10_000, balance=110_000, at=now))
    shop.receive(bank.mutation(10_000, balance=170_000, at=now + timedelta(minutes=5)))
    with _after(minutes=16):
        look(shop)

    assert any("Saldo rekening BCA tidak sambung" in call.body for call in calls(shop))


def test_each_kind_of_exception_is_told_with_the_order(shop):
    twice, reversed_, cancelled = shop.buy(), shop.buy(), shop.buy()
    shop.pay(twice)
    shop.pay(twice)
    shop.pay(reversed_)
    shop.reverse(reversed_)
    shop.run("moota", "charge", "cancel", cancelled, "--reason", "stok")
    shop.pay(cancelled)
    look(shop)

    (call,) = calls(shop)
    for number, words in (
        (twice, "dibayar lebih"),
        (reversed_, "Bank menarik kembali"),
        (cancelled, "sudah dibatalkan"),
    ):
        assert any(number in line and words in line for line in call.body.splitlines())
        assert f"http://toko.test/admin/orders/{number}" in call.body


def test_an_overdue_refund_is_told_once_for_each_date(shop):
    number = shop.buy()
    shop.pay(number)
    path = shop.path_of(number)
    shop.visitor().post(f"{path}/cancel", on=path)
    look(shop)
    assert "meminta" in calls(shop)[0].body

    for days in (20, 21):
        with _after(days=days):
            look(shop)
            look(shop)

    late = [call for call in calls(shop) if "melewati batas" in call.body]
    assert len(late) == 1
    assert shop.refunds(number)[0]["ticket"] in late[0].body


def test_what_a_buyer_says_about_a_refund_is_told_and_again_when_the_answer_is_late(shop):
    number = shop.buy()
    shop.pay(number)
    path = shop.path_of(number)
    shop.visitor().post(f"{path}/cancel", on=path)
    ticket = shop.refunds(number)[0]["ticket"]
    with shop.app.app_context():
        work = work_on_host_session("customer")
        refunds.comment(work, ticket, "Kapan?")
        filed = complaints.file_complaint(work, ticket, "Dana belum masuk.").ticket
        work.session.commit()
    look(shop)

    (call,) = calls(shop)
    assert f"menulis tentang pengembalian {ticket}" in call.body
    assert f"mengadu tentang pengembalian {ticket} ({filed})" in call.body
    assert "Dana belum masuk" not in call.body

    with _after(days=20):
        look(shop)
        look(shop)
    late = [call for call in calls(shop) if f"Aduan {filed}" in call.body]
    assert len(late) == 1
    shop.run("moota", "complaint", "answer", filed, "--note", "Sudah kami kirim.")
    with _after(days=30):
        look(shop)
    assert len([call for call in calls(shop) if f"Aduan {filed}" in call.body]) == 1


def test_a_mutation_told_twice_and_not_the_same_calls_the_owner(shop):
    line = unknown(123_456)
    shop.receive(line)
    shop.receive(line | {"amount": 123_457})
    look(shop)

    assert f"mutasi {line['mutation_id']} dua kali dengan isi berbeda" in calls(shop)[0].body


def test_an_expense_calls_nobody(shop):
    shop.receive(bank.mutation(55_000, kind="DB", description="BIAYA ADM"))
    look(shop)

    assert calls(shop) == []


def test_a_flood_is_cut_short(shop):
    shop.receive(*(unknown(200_000 + n) for n in range(40)))
    look(shop)

    (call,) = calls(shop)
    assert call.body.count("belum diketahui") == 30
    assert "Dan 10 hal lain" in call.body


def test_two_workers_ask_for_one_letter(shop):
    shop.receive(unknown(300_000))
    start = threading.Barrier(3)

    def ask():
        start.wait()
        with shop.app.app_context():
            tell_owner()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    shop.process()

    assert len(calls(shop)) == 1


def test_without_an_address_nothing_is_kept_for_later(shop_address, tmp_path):
    shop = make_shop(tmp_path / "instance", shop_address)
    stock_up(shop)

    shop.receive(unknown(123_456))
    look(shop)

    with shop.app.app_context():
        assert db.session.scalars(select(func.count()).select_from(OwnerAlert)).one() == 0
    assert shop.mails() == []
    shop.close()
