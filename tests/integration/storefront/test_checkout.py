"""From cart to order: what is typed is kept, one form makes one order, and stock is never sold twice."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from shopfloor import fields, make_shop, on_sqlite, stock_up

from storefront.extensions import db, moota


def test_an_order_asks_for_an_exact_amount_and_takes_its_goods_off_the_shelf(shop, visitor):
    visitor.put_into_cart(quantity=3)

    answer = visitor.check_out()

    order = shop.newest_order()
    charge = shop.charge(order.number)
    assert (answer.status_code, answer.location) == (302, shop.pay_path(order.number))
    assert (charge["amount"], charge["status"], charge["account"]["bank_id"]) == (150_000, "pending", bank.BCA)
    assert charge["amount_due"] == 150_000 + charge["unique_code"]
    assert [(line.name, line.unit_price, line.quantity) for line in order.lines] == [("Kopi Tubruk 100%", 50_000, 3)]
    assert (order.phone, order.address) == ("+6281234567890", "Jl. Melati 5\nRT 02/RW 03")
    assert shop.stock() == 7
    assert "Keranjang Anda masih kosong" in visitor.get("/keranjang").text
    assert visitor.get(answer.location).status_code == 200


def test_the_chosen_account_is_used(shop, visitor):
    visitor.put_into_cart()

    visitor.check_out(way=f"bank_transfer:{bank.MANDIRI}")

    assert shop.charge(shop.newest_order().number)["account"]["bank_id"] == bank.MANDIRI


def test_a_way_to_pay_that_is_not_offered_makes_no_order_and_the_first_stands_chosen(shop, visitor):
    visitor.put_into_cart()

    answer = visitor.check_out(way="xxxx")

    assert (answer.status_code, shop.count_orders()) == (409, 0)
    assert fields(answer.text)["way"] == f"bank_transfer:{bank.BCA}"


@on_sqlite
@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "  ", "wajib diisi"),
        ("name", "x" * 101, "Paling banyak 100"),
        ("email", "siti", "e-mail ini tidak benar"),
        ("email", "siti@", "e-mail ini tidak benar"),
        ("email", "siti@contoh.test\nBcc: x@contoh.test", "e-mail ini tidak benar"),
        ("phone", "0212345678", "Nomor HP ini tidak benar"),
        ("phone", "+1 202 555 0123", "Nomor HP ini tidak benar"),
        ("phone", "delapan", "Nomor HP ini tidak benar"),
        ("address", "", "wajib diisi"),
        ("province", "Atlantis", "Pilih provinsi"),
        ("postal_code", "5071", "5 angka"),
        ("postal_code", "50711\n", None),
        ("note", "x" * 301, "Paling banyak 300"),
    ],
)
def test_a_field_filled_in_wrongly_is_told_and_everything_typed_is_kept(shop, visitor, field, typed, told):
    visitor.put_into_cart()

    answer = visitor.check_out(**{field: typed})

    if told is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert told in answer.text
    kept = fields(answer.text)
    assert [kept[name] for name in ("city", "checkout_key") if name != field][:1] == ["Salatiga"]
    assert shop.count_orders() == 0
    assert shop.stock() == 10


def test_markup_in_what_is_typed_is_shown_as_text(shop, visitor):
    visitor.put_into_cart()

    visitor.check_out(name="<script>alert(1)</script>", note="\x00\x07 ok")

    page = visitor.get(shop.path_of(shop.newest_order().number)).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_the_same_form_sent_twice_makes_one_order(shop, visitor):
    visitor.put_into_cart()
    form = visitor.checkout_form()

    first = visitor.client.post("/checkout", data=form)
    again = visitor.client.post("/checkout", data=form)

    assert (first.status_code, again.status_code) == (302, 302)
    assert first.location == again.location
    assert (shop.count_orders(), shop.stock()) == (1, 9)


def test_the_same_form_sent_twice_at_once_makes_one_order(shop, visitor):
    visitor.put_into_cart()
    form = visitor.checkout_form()
    cookie = visitor.client.get_cookie("session").value
    start = threading.Barrier(4)
    answers = []

    def send():
        client = shop.app.test_client()
        client.set_cookie("session", cookie)
        start.wait()
        answers.append(client.post("/checkout", data=form))

    _run_together([send] * 4)

    assert [answer.status_code for answer in answers] == [302] * 4
    assert len({answer.location for answer in answers}) == 1
    assert (shop.count_orders(), shop.stock()) == (1, 9)


def test_the_last_piece_is_sold_once(shop):
    shop.change_product(stock=1)
    visitors = [shop.visitor() for _ in range(4)]
    forms = []
    for visitor in visitors:
        visitor.put_into_cart()
        forms.append(visitor.checkout_form())
    start = threading.Barrier(4)
    answers = []

    def send(visitor, form):
        start.wait()
        answers.append(visitor.client.post("/checkout", data=form))

    _run_together([lambda pair=pair: send(*pair) for pair in zip(visitors, forms, strict=True)])

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [302] * 4
    assert sorted(answer.location == "/keranjang" for answer in answers) == [False, True, True, True]
    assert (shop.count_orders(), shop.stock()) == (1, 0)


def _run_together(jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_stock_that_fell_meanwhile_is_told_and_one_more_press_is_enough(shop, visitor):
    visitor.put_into_cart(quantity=5)
    form = visitor.checkout_form()
    shop.change_product(stock=2)

    refused = visitor.client.post("/checkout", data=form)

    assert refused.status_code == 409
    assert "Jumlah di keranjang menjadi 2." in refused.text
    kept = fields(refused.text)
    assert kept["name"] == "Siti Rahayu"
    accepted = visitor.client.post("/checkout", data={**form, **kept})
    assert accepted.status_code == 302
    assert shop.stock() == 0


def test_a_price_that_rose_meanwhile_is_shown_before_it_is_charged(shop, visitor):
    visitor.put_into_cart()
    form = visitor.checkout_form()
    shop.change_product(price=55_000)

    refused = visitor.client.post("/checkout", data=form)

    assert refused.status_code == 409
    assert "berubah dari Rp50.000 menjadi Rp55.000" in refused.text
    assert visitor.client.post("/checkout", data=form).status_code == 302
    assert shop.newest_order().total == 55_000


def test_an_expired_token_costs_nothing_but_one_more_press(shop, visitor):
    visitor.put_into_cart()
    form = visitor.checkout_form()

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13)):
        refused = visitor.client.post("/checkout", data=form)
        kept = fields(refused.text)
        accepted = visitor.client.post("/checkout", data={**form, **kept})

    assert refused.status_code == 422
    assert "terlalu lama terbuka" in refused.text
    typed = {name: text for name, text in visitor.typed.items() if name != "province"}
    assert {name: kept[name].replace("\r\n", "\n") for name in typed} == typed
    assert '<option selected value="Jawa Tengah">' in refused.text
    assert kept["checkout_key"] == form["checkout_key"]
    assert accepted.status_code == 302
    assert shop.count_orders() == 1


def test_a_token_that_was_never_ours_is_not_accepted(shop, visitor):
    visitor.put_into_cart()

    refused = visitor.check_out(csrf_token="x")

    assert refused.status_code == 422
    assert shop.count_orders() == 0


def test_an_empty_cart_leads_to_the_cart(visitor):
    assert visitor.get("/checkout").location == "/keranjang"


def test_a_shop_without_an_account_takes_no_order(shop, visitor):
    with shop.app.app_context():
        for account in moota.list_accounts():
            account.is_active = False
        db.session.commit()
    visitor.put_into_cart()

    page = visitor.get("/checkout")

    assert "belum dapat menerima pembayaran" in page.text
    assert visitor.check_out().status_code == 409
    assert shop.count_orders() == 0


def test_when_every_code_is_taken_the_cart_stays_and_the_shopper_is_told(shop_address, tmp_path):
    shop = make_shop(tmp_path / "instance", shop_address, MOOTA_UNIQUE_CODE_MIN="1", MOOTA_UNIQUE_CODE_MAX="1")
    stock_up(shop)
    shop.buy()
    visitor = shop.visitor()
    visitor.put_into_cart()

    refused = visitor.check_out()

    assert refused.status_code == 409
    assert "sedang penuh" in refused.text
    assert shop.stock() == 9
    assert visitor.check_out(way=f"bank_transfer:{bank.MANDIRI}").status_code == 302
    shop.close()


def test_a_number_that_was_charged_by_hand_is_skipped(shop):
    first = shop.buy()
    following = f"INV-{int(first.removeprefix('INV-')) + 1}"
    assert shop.run("moota", "charge", "create", following, "99000").exit_code == 0

    number = shop.buy()

    assert number not in {first, following}
    assert shop.charge(number)["amount"] == 50_000
    assert shop.stock() == 8
