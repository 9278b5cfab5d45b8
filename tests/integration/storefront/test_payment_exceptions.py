"""Money that comes late, too little, too often, for nothing, or goes back by the bank's hand: what the shop does."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank

from payments_moota import tasks
from storefront import payments
from storefront.extensions import db


def states(order):
    return (order.order_status, order.payment_status, order.shipment_status, order.hold_status)


def after(**delta):
    return time_machine.travel(datetime.now(UTC) + timedelta(**delta))


def sweep(shop, **delta):
    """Let time pass, and the worker notice and write."""
    with after(**delta):
        shop.sweep()
        shop.process()


def refunds(shop, number):
    return [(refund["reason"], refund["amount"], refund["status"], refund["origin"]) for refund in shop.refunds(number)]


def letters(shop, number):
    """Return the last letters about an order without its number, the first letter left out."""
    first = f"Selesaikan pembayaran pesanan {number}"
    return [subject.replace(number, "#") for subject in shop.subjects() if subject != first]


@pytest.fixture
def staff(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def ended(shop, quantity=2):
    """Return the number of an order that nobody paid in time and whose goods went back on the shelf."""
    number = shop.buy(quantity=quantity)
    sweep(shop, hours=25)
    sweep(shop, hours=26)
    assert states(shop.order(number)) == ("open", "expired", "none", "none")
    assert shop.stock() == 10
    return number


# Late


def test_late_money_with_the_goods_still_there_pays_for_the_order(shop):
    number = ended(shop)

    with after(hours=30):
        shop.pay(number)

    assert states(shop.order(number)) == ("open", "paid", "none", "none")
    assert shop.stock() == 8
    assert shop.charge(number)["exceptions"] == ["paid_late"]
    assert refunds(shop, number) == []
    assert letters(shop, number)[-1] == "Pembayaran pesanan # sudah kami terima"


def test_late_money_without_goods_holds_the_order_and_proposes_the_money_back_once(shop, visitor):
    number = ended(shop)
    due = shop.charge(number)["amount_due"]
    shop.change_product(stock=1)

    with after(hours=30):
        shop.pay(number)
        shop.process()
        shop.sweep()

    order = shop.order(number)
    assert states(order) == ("open", "paid", "none", "held")
    assert order.attention == "stock"
    assert shop.stock() == 1
    assert refunds(shop, number) == [("late_payment", due, "requested", "system")]
    assert letters(shop, number)[-1] == "Transfer untuk pesanan # masuk terlambat"
    assert "Pembayaran pesanan # sudah kami terima" not in letters(shop, number)
    assert "barangnya sudah habis" in shop.mails()[-1].body
    page = visitor.get(shop.path_of(number)).text
    assert "pesanan kami tahan dulu" in page
    assert "RFD-" in page


def test_money_in_time_whose_goods_were_let_go_is_given_back_for_want_of_goods(shop):
    number = shop.buy(quantity=2)
    moment = datetime.now(UTC)
    sweep(shop, hours=25)
    sweep(shop, hours=26)
    shop.change_product(stock=0)

    shop.pay(number, at=moment)

    assert refunds(shop, number) == [("goods", shop.charge(number)["amount_due"], "requested", "system")]


def test_what_the_shop_refuses_leaves_nothing_of_late_money_behind(shop, monkeypatch):
    """Payment, hold and proposal are one transaction: without the proposal the payment is not recorded either."""
    number = ended(shop)
    shop.change_product(stock=0)
    monkeypatch.setattr("storefront.receivers.moota.request_refund", _refuse)

    with after(hours=30):
        shop.pay(number)

    assert states(shop.order(number)) == ("open", "expired", "none", "none")
    assert shop.charge(number)["amount_paid"] == 0

    monkeypatch.undo()
    with after(hours=31):
        shop.process()
    assert states(shop.order(number)) == ("open", "paid", "none", "held")
    assert len(refunds(shop, number)) == 1


def _refuse(*_args, **_options):
    raise RuntimeError("not now")


# Too little


def test_too_little_leaves_the_order_open_and_asks_for_the_rest(shop, visitor):
    number = shop.buy()
    due = shop.charge(number)["amount_due"]

    shop.pay(number, 20_000, description=f"BAYAR {shop.charge(number)['reference']}")

    assert states(shop.order(number)) == ("open", "unpaid", "none", "none")
    rest = shop.charge(number)["amount_open"]
    assert rest == due - 20_000
    assert letters(shop, number) == ["Pembayaran pesanan # masih kurang"]
    written = f"Rp{rest:,}".replace(",", ".")
    assert written in shop.mails()[-1].body
    assert "Rp20.000" in shop.mails()[-1].body
    page = visitor.get(shop.path_of(number)).text
    assert "Uang yang masuk masih kurang" in page
    assert written in page

    shop.pay(number, rest)

    assert states(shop.order(number)) == ("open", "paid", "none", "none")
    assert shop.charge(number)["amount_paid"] == due
    assert letters(shop, number)[-1] == "Pembayaran pesanan # sudah kami terima"
    assert refunds(shop, number) == []


def test_each_part_is_told_with_what_is_left(shop):
    number = shop.buy()
    note = f"BAYAR {shop.charge(number)['reference']}"

    shop.pay(number, 10_000, description=note)
    shop.pay(number, 15_000, description=note)

    assert letters(shop, number) == ["Pembayaran pesanan # masih kurang"] * 2
    first, second = (message.body for message in shop.mails()[-2:])
    assert first != second


def test_a_part_of_the_money_goes_back_when_the_shopper_gives_up(shop, visitor):
    number = shop.buy()
    shop.pay(number, 20_000, description=f"BAYAR {shop.charge(number)['reference']}")
    path = shop.path_of(number)

    visitor.post(f"{path}/cancel", on=path)
    shop.process()

    assert states(shop.order(number)) == ("cancelled", "cancelled", "none", "none")
    assert refunds(shop, number) == [("cancellation", 20_000, "requested", "system")]
    assert shop.stock() == 10


def test_a_deadline_that_passes_with_part_of_the_money_says_so(shop):
    number = shop.buy()
    shop.pay(number, 20_000, description=f"BAYAR {shop.charge(number)['reference']}")

    sweep(shop, hours=25)

    assert letters(shop, number)[-1] == "Waktu pembayaran pesanan # habis"
    assert "Rp20.000" in shop.mails()[-1].body
    assert "belum melihat transfer" not in shop.mails()[-1].body


# Too much, twice, for nothing


def test_the_same_money_twice_leaves_the_order_fine_and_goes_back(shop):
    number = shop.buy()
    due = shop.charge(number)["amount_due"]
    shop.pay(number)

    shop.pay(number)

    assert states(shop.order(number)) == ("open", "paid", "none", "none")
    assert refunds(shop, number) == [("duplicate_payment", due, "requested", "system")]
    assert letters(shop, number)[-1] == "Kami menerima transfer dua kali untuk pesanan #"
    body = shop.mails()[-1].body
    assert "aman" in body
    assert shop.refunds(number)[0]["ticket"] in body
    assert "/refunds/" in body
    assert "/destination" in body


def test_too_much_pays_and_the_surplus_goes_back(shop):
    number = shop.buy()
    due = shop.charge(number)["amount_due"]

    shop.pay(number, due + 5_000, description=f"BAYAR {shop.charge(number)['reference']}")

    assert states(shop.order(number)) == ("open", "paid", "none", "none")
    assert refunds(shop, number) == [("wrong_amount", 5_000, "requested", "system")]
    assert letters(shop, number) == [
        "Pembayaran pesanan # sudah kami terima",
        "Transfer untuk pesanan # lebih dari tagihannya",
    ]


def test_money_for_a_cancelled_order_brings_nothing_back_to_life(shop, visitor):
    number = shop.buy(quantity=2)
    path = shop.path_of(number)
    visitor.post(f"{path}/cancel", on=path)
    due = shop.charge(number)["amount_due"]

    shop.pay(number)

    assert states(shop.order(number)) == ("cancelled", "cancelled", "none", "none")
    assert "Dibatalkan" in visitor.get(path).text
    assert shop.stock() == 10
    assert refunds(shop, number) == [("cancellation", due, "requested", "system")]
    assert letters(shop, number)[-1] == "Uang masuk untuk pesanan # yang sudah dibatalkan"
    assert shop.refunds(number)[0]["ticket"] in shop.mails()[-1].body


# Taken back


def test_a_reversal_holds_the_order_until_an_owner_lets_it_go(shop, visitor, staff):
    number = shop.buy()
    shop.pay(number)

    shop.reverse(number)

    order = shop.order(number)
    assert states(order) == ("open", "reversed", "none", "held")
    assert order.attention == "reversed"
    assert letters(shop, number)[-1] == "Bank menarik kembali uang pesanan #"
    page = visitor.get(shop.path_of(number)).text
    assert "Dana Ditarik Kembali" in page
    assert "tidak kami batalkan" in page

    _ship(staff, number)
    assert shop.order(number).shipment_status == "none"

    staff.post(f"/admin/orders/{number}/release", on=f"/admin/orders/{number}")
    order = shop.order(number)
    assert states(order) == ("open", "reversed", "none", "none")
    assert order.attention is None
    _ship(staff, number)
    assert shop.order(number).shipment_status == "shipped"


def test_only_an_owner_lets_go(shop):
    shop.add_staff("staf@toko.test", "staff")
    number = shop.buy()
    shop.pay(number)
    shop.reverse(number)
    visitor = shop.visitor()
    visitor.sign_in("staf@toko.test")

    assert "Lepaskan" not in visitor.get(f"/admin/orders/{number}").text
    answer = visitor.post(f"/admin/orders/{number}/release", on=f"/admin/orders/{number}")

    assert answer.status_code == 403
    assert shop.order(number).hold_status == "held"


def test_paying_again_after_a_reversal_counts_but_the_owner_still_lets_go(shop):
    number = shop.buy()
    shop.pay(number)
    shop.reverse(number)

    shop.pay(number)

    order = shop.order(number)
    assert states(order) == ("open", "paid", "none", "held")
    assert letters(shop, number)[-1] == "Pembayaran pesanan # sudah kami terima"


def test_a_reversal_of_what_was_not_due_leaves_the_order_alone(shop):
    number = shop.buy()
    shop.pay(number)
    shop.pay(number, 7_000, description=f"BAYAR {shop.charge(number)['reference']}")
    assert refunds(shop, number) == [("wrong_amount", 7_000, "requested", "system")]

    shop.reverse(number, 7_000)

    assert states(shop.order(number)) == ("open", "paid", "none", "none")
    assert refunds(shop, number) == [("wrong_amount", 7_000, "withdrawn", "system")]
    assert "Bank menarik kembali uang pesanan #" not in letters(shop, number)


def test_a_match_that_is_taken_back_lets_the_order_wait_again(shop, visitor):
    number = shop.buy()
    shop.pay(number)
    (mutation,) = _mutations(shop)

    result = shop.run("moota", "mutation", "unmatch", mutation, "--reason", "bukan untuk ini")
    shop.process()

    assert result.exit_code == 0, result.output
    assert states(shop.order(number)) == ("open", "unpaid", "none", "none")
    assert shop.order(number).paid_at is None
    assert letters(shop, number)[-1] == "Pembayaran pesanan # kami koreksi"
    assert visitor.get(shop.path_of(number)).status_code == 200


def test_a_match_taken_back_after_shipping_calls_the_owner(shop, staff):
    number = shop.buy()
    shop.pay(number)
    _ship(staff, number)
    (mutation,) = _mutations(shop)

    shop.run("moota", "mutation", "unmatch", mutation, "--reason", "bukan untuk ini")

    order = shop.order(number)
    assert states(order) == ("open", "unpaid", "shipped", "held")
    assert order.attention == "unpaid"


def _mutations(shop):
    return [line["mutation_id"] for line in json.loads(shop.run("moota", "mutation", "list", "--json").stdout)]


def _ship(staff, number):
    return staff.post(f"/admin/orders/{number}/ship", {"courier": "JNE", "tracking_number": "1"}, on="/admin/orders")


# More time, a second life


def test_an_extended_order_waits_longer_and_its_shopper_knows(shop, staff):
    number = shop.buy()
    before = datetime.fromisoformat(shop.charge(number)["expires_at"])

    answer = staff.post(f"/admin/orders/{number}/extend", {"hours": "72"}, on=f"/admin/orders/{number}")
    shop.process()

    assert answer.status_code == 302
    assert datetime.fromisoformat(shop.charge(number)["expires_at"]) - before == timedelta(hours=72)
    assert letters(shop, number) == ["Pesanan # kembali menunggu pembayaran"]
    sweep(shop, hours=25)
    assert shop.order(number).payment_status == "unpaid"


def test_more_time_by_a_command_is_told_to_the_shopper_as_well(shop):
    number = shop.buy()

    done = shop.run("moota", "charge", "extend", number, "--minutes", "4320")
    shop.process()

    assert done.exit_code == 0, done.output
    assert letters(shop, number) == ["Pesanan # kembali menunggu pembayaran"]
    assert [event.name for event in shop.order(number).events].count("order.extended") == 1


def test_the_code_that_the_owner_let_go_may_still_come(shop):
    """The order was served already; the rest of the money neither serves it again nor stops the worker."""
    number = shop.buy()
    charge = shop.charge(number)
    line = bank.mutation(charge["amount"], description="SETORAN")
    shop.receive(line)
    assert shop.run("moota", "mutation", "match", line["mutation_id"], number).exit_code == 0

    shop.receive(bank.mutation(charge["unique_code"], description=f"TRSF {charge['reference']}"))

    assert states(shop.order(number)) == ("open", "paid", "none", "none")
    assert shop.charge(number)["difference"] == 0
    assert letters(shop, number) == ["Pembayaran pesanan # sudah kami terima"]
    assert "Sisa pembayaran masuk" in shop.visitor().get(shop.path_of(number)).text


def test_an_order_that_moved_to_another_account_still_shows_its_story(shop):
    number = shop.buy()
    other = next(each for each in (bank.BCA, bank.MANDIRI) if each != shop.charge(number)["account"]["bank_id"])

    done = shop.run("moota", "charge", "move", number, other)

    assert done.exit_code == 0, done.output
    assert shop.visitor().get(shop.path_of(number)).status_code == 200


@pytest.mark.parametrize("way", ["expired", "cancelled"])
def test_an_ended_order_waits_again_with_its_goods(shop, staff, way):
    number = _over(shop, way)

    with after(hours=30):
        staff = _signed_in(shop)
        staff.post(f"/admin/orders/{number}/reopen", {"hours": "24"}, on=f"/admin/orders/{number}")
        shop.process()

        order = shop.order(number)
        assert states(order) == ("open", "unpaid", "none", "none")
        assert (order.stock_released_at, order.hold_until, order.cancelled_at) == (None, None, None)
        assert shop.stock() == 8
        assert letters(shop, number)[-1] == "Pesanan # kembali menunggu pembayaran"
        shop.pay(number)
        assert states(shop.order(number)) == ("open", "paid", "none", "none")
        assert shop.stock() == 8


@pytest.mark.parametrize("way", ["expired", "cancelled"])
def test_an_ended_order_without_goods_stays_closed(shop, staff, way):
    number = _over(shop, way)
    shop.change_product(stock=1)

    with after(hours=30):
        staff = _signed_in(shop)
        staff.post(f"/admin/orders/{number}/reopen", {"hours": "24"}, on=f"/admin/orders/{number}")

        assert "Barangnya sudah habis" in staff.get(f"/admin/orders/{number}").text
    assert shop.order(number).payment_status == way
    assert shop.charge(number)["status"] == way
    assert shop.stock() == 1


def test_the_command_line_is_refused_too_when_the_goods_are_gone(shop):
    number = ended(shop)
    shop.change_product(stock=0)

    result = shop.run("moota", "charge", "reopen", number, "--minutes", "60")

    assert result.exit_code == 1
    assert number in result.stderr
    assert shop.charge(number)["status"] == "expired"


def test_an_order_reopened_and_ended_again_gives_its_goods_back_again(shop):
    number = ended(shop)
    with after(hours=30):
        assert shop.run("moota", "charge", "reopen", number, "--minutes", "60").exit_code == 0
    assert shop.stock() == 8

    sweep(shop, hours=32)
    sweep(shop, hours=33)

    assert shop.stock() == 10
    assert shop.order(number).payment_status == "expired"
    assert letters(shop, number).count("Waktu pembayaran pesanan # habis") == 2


def test_reopening_and_buying_the_last_piece_at_once_sells_it_once(shop):
    number = ended(shop)
    shop.change_product(stock=2)
    buyer = shop.visitor()
    buyer.put_into_cart(quantity=2)
    form = buyer.checkout_form()
    start = threading.Barrier(2)
    outcome = {}

    def reopen():
        start.wait()
        outcome["reopen"] = shop.run("moota", "charge", "reopen", number, "--minutes", "6000").exit_code

    def buy():
        start.wait()
        buyer.client.post("/checkout", data=form)

    threads = [threading.Thread(target=each) for each in (reopen, buy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert shop.stock() == 0
    assert (outcome["reopen"] == 0) != (shop.count_orders() == 2)


def test_more_time_is_for_those_behind_the_counter_and_for_orders_that_allow_it(shop):
    shop.add_staff("buku@toko.test", "bookkeeper")
    shop.add_staff("staf@toko.test", "staff")
    number = shop.buy()
    bookkeeper, clerk = shop.visitor(), shop.visitor()
    bookkeeper.sign_in("buku@toko.test")
    clerk.sign_in("staf@toko.test")

    for verb in ("extend", "reopen", "refund"):
        assert bookkeeper.post(f"/admin/orders/{number}/{verb}", on="/admin/orders").status_code == 403
    clerk.post(f"/admin/orders/{number}/reopen", {"hours": "24"}, on="/admin/orders")
    assert "tidak mengizinkannya" in clerk.get("/admin/orders").text
    clerk.post(f"/admin/orders/{number}/extend", {"hours": "1000"}, on="/admin/orders")
    assert "Pilih tambahan waktunya" in clerk.get("/admin/orders").text
    assert clerk.client.post(f"/admin/orders/{number}/extend", data={"hours": "24"}).status_code == 400


def _over(shop, way):
    if way == "expired":
        return ended(shop)
    number = shop.buy(quantity=2)
    with shop.app.app_context():
        payments.cancel(number, reason="stok", actor="pemilik@toko.test")
        db.session.commit()
    return number


def _signed_in(shop):
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


# Reminders


def test_a_reminder_goes_out_once_and_anew_for_a_new_deadline(shop):
    number = shop.buy()

    for hours in (17, 19, 20):
        sweep(shop, hours=hours)
    reminder = "Batas waktu pembayaran pesanan # hampir habis"
    assert letters(shop, number) == [reminder]

    with shop.app.app_context():
        payments.begin_write()
        payments.extend(number, by=timedelta(hours=24), actor="pemilik@toko.test")
        db.session.commit()
    for hours in (44, 45):
        sweep(shop, hours=hours)

    assert letters(shop, number) == [reminder, "Pesanan # kembali menunggu pembayaran", reminder]


def test_no_reminder_for_what_is_paid(shop):
    number = shop.buy()
    shop.pay(number)

    sweep(shop, hours=20)

    assert letters(shop, number) == ["Pembayaran pesanan # sudah kami terima"]


def test_letters_leave_once_however_often_the_worker_looks(shop):
    number = shop.buy()
    shop.pay(number)
    shop.pay(number)
    sent = len(shop.mails())

    for _ in range(3):
        shop.process()
        shop.sweep()
        with shop.app.app_context():
            tasks.send_outbox()

    assert len(shop.mails()) == sent
    assert letters(shop, number) == [
        "Pembayaran pesanan # sudah kami terima",
        "Kami menerima transfer dua kali untuk pesanan #",
    ]
