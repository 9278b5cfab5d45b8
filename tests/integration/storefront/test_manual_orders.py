"""Orders that somebody of the shop writes for a buyer, and such that take the place of another."""

import re

import pytest
from shopfloor import TYPED, fields, on_sqlite
from sqlalchemy import select

from storefront.admin.models import AuditEntry
from storefront.catalog.models import Product
from storefront.extensions import db

BUYER = {name: TYPED[name] for name in ("name", "phone", "address", "city", "province", "postal_code")}


@pytest.fixture
def staff(shop):
    shop.add_staff()
    visitor = shop.visitor()
    assert visitor.sign_in().status_code == 302
    return visitor


def line_of(shop, slug="kopi-tubruk"):
    with shop.app.app_context():
        return f"line-{db.session.scalars(select(Product).where(Product.slug == slug)).one().variants[0].id}"


def write(staff, path="/admin/orders/new", **typed):
    """Fill in the form, have it counted, and place the order."""
    filled = {**fields(staff.get(path).text), **BUYER, **typed}
    return staff.client.post("/admin/orders/new", data=count(staff, filled))


def count(staff, filled):
    """Have a filled-in form counted; return what the page would send to place the order."""
    counted = fields(staff.client.post("/admin/orders/new", data=filled).text)
    return {**counted, "province": filled["province"], "place": "1"}


def notes(shop, action, part="after"):
    with shop.app.app_context():
        found = db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()
        return [(each.subject, getattr(each, part)) for each in found]


def test_an_order_from_a_chat_is_placed_like_any_other(shop, staff):
    answer = write(staff, email="siti@contoh.test", note="Giling halus", **{line_of(shop): "2"})

    order = shop.newest_order()
    assert answer.location == f"/admin/orders/{order.number}"
    assert (order.total, order.payment_status, order.lines[0].quantity, order.note) == (
        100_000,
        "unpaid",
        2,
        "Giling halus",
    )
    assert order.events[0].actor == "pemilik@toko.test"
    assert shop.stock() == 8
    assert notes(shop, "order.placed")[0][0] == order.number
    shop.process()
    assert shop.subjects() == [f"Selesaikan pembayaran pesanan {order.number}"]
    shop.pay(order.number)
    assert shop.order(order.number).payment_status == "paid"


@on_sqlite
def test_delivery_and_discount_are_the_shops_own_and_the_buyer_reads_why(shop, staff):
    terms = {"delivery": "own", "own_fee": "15.000", "own_delivery": "Kurir toko"}
    write(staff, **{line_of(shop): "1"}, **terms, discount="5.000", discount_note="Langganan")

    order = shop.newest_order()
    assert (order.total, order.delivery_name, order.delivery_fee, order.discount) == (
        60_000,
        "Kurir toko",
        15_000,
        5_000,
    )
    assert "Potongan (Langganan)" in shop.visitor().get(shop.path_of(order.number)).text


@on_sqlite
def test_a_buyer_without_an_address_gets_no_letter_and_the_link_by_chat(shop, staff):
    write(staff, **{line_of(shop): "1"})

    order = shop.newest_order()
    shop.process()
    assert (order.email, order.customer_id, shop.mails()) == ("", None, [])
    assert "wa.me" in staff.get(f"/admin/orders/{order.number}").text


@on_sqlite
def test_what_was_typed_stays_and_nothing_is_charged_that_was_not_shown(shop, staff):
    form = {**fields(staff.get("/admin/orders/new").text), **BUYER, line_of(shop): "2", "place": "1"}

    unseen = staff.client.post("/admin/orders/new", data=form)
    wrong = {**fields(unseen.text), "phone": "123", "discount": "9", "place": "1"}
    refused = staff.client.post("/admin/orders/new", data=wrong)
    stale = staff.client.post("/admin/orders/new", data={**wrong, "csrf_token": "kedaluwarsa"})

    assert (unseen.status_code, refused.status_code, stale.status_code) == (409, 422, 422)
    assert "Rp100.000" in unseen.text
    for answer in (unseen, refused, stale):
        assert fields(answer.text)["city"] == "Salatiga"
        assert fields(answer.text)[line_of(shop)] == "2"
    assert shop.count_orders() == 0


@on_sqlite
def test_the_same_form_sent_twice_is_one_order(shop, staff):
    filled = {**fields(staff.get("/admin/orders/new").text), **BUYER, line_of(shop): "1"}
    counted = count(staff, filled)

    answers = [staff.client.post("/admin/orders/new", data=counted).location for _ in range(2)]

    assert answers == [f"/admin/orders/{shop.newest_order().number}"] * 2
    assert (shop.count_orders(), shop.stock()) == (1, 9)


@on_sqlite
def test_more_than_there_is_cannot_be_ordered(shop, staff):
    answer = write(staff, **{line_of(shop): "11"})

    assert answer.status_code == 422
    assert "Stok tinggal 10." in answer.text
    assert shop.count_orders() == 0


@on_sqlite
def test_goods_and_buyers_are_found_and_filled_in(shop, staff):
    shop.buy()
    form = fields(staff.get("/admin/orders/new").text)

    page = staff.client.post("/admin/orders/new", data={**form, "find": "creme", "find_buyer": "siti"}).text
    assert line_of(shop, "cafe-creme") in page
    assert line_of(shop) not in page
    button = re.search(r'name="buyer" value="(\d+)"', page)[1]
    filled = fields(staff.client.post("/admin/orders/new", data={**form, "buyer": button}).text)
    assert (filled["email"], filled["name"]) == ("siti@contoh.test", "Siti Rahayu")


def test_changing_an_unpaid_order_cancels_it_and_asks_for_the_new_amount(shop, staff):
    number = shop.buy(quantity=10)

    answer = write(
        staff,
        f"/admin/orders/new?order={number}&replace=1",
        **{line_of(shop): "10"},
        discount="50.000",
        discount_note="Grosir",
    )

    old, new = shop.order(number), shop.newest_order()
    assert answer.location == f"/admin/orders/{new.number}"
    assert (old.order_status, new.total, shop.stock()) == ("cancelled", 450_000, 0)
    assert [event.data["by"] for event in old.events if event.name == "order.replaced"] == [new.number]
    shop.pay(number)
    assert shop.charge(number)["exceptions"] == ["paid_after_cancel"]
    assert [refund["status"] for refund in shop.refunds(number)] == ["requested"]


@on_sqlite
def test_an_order_for_which_money_came_is_not_replaced(shop, staff):
    number = shop.buy()
    path = f"/admin/orders/new?order={number}&replace=1"
    filled = {**fields(staff.get(path).text), **BUYER}
    counted = count(staff, filled)
    shop.pay(number, 20_000, description=f"TRSF {shop.charge(number)['reference']}")

    answer = staff.client.post("/admin/orders/new", data=counted)

    assert answer.status_code == 409
    assert (shop.count_orders(), shop.order(number).order_status) == (1, "open")


def test_contact_and_address_are_corrected_until_the_goods_leave(shop, staff):
    number = shop.buy(email="sitti@contoh.test")
    shop.process()
    path = f"/admin/orders/{number}/contact"
    typed = {**BUYER, "email": "siti@contoh.test", "city": "Semarang", "note": "Giling halus"}

    for _ in range(2):
        assert staff.post(path, typed).location == f"/admin/orders/{number}"

    order = shop.order(number)
    assert (order.email, order.city, order.name) == ("siti@contoh.test", "Semarang", "Siti Rahayu")
    assert shop.customer().get("/akun").text.count(number) >= 1
    assert number in staff.get("/admin/payments/charges?text=siti@contoh.test").text
    assert notes(shop, "order.contact") == [(number, {"email": "siti@contoh.test", "city": "Semarang"})]
    assert notes(shop, "order.contact", "before") == [(number, {"email": "sitti@contoh.test", "city": "Salatiga"})]
    page = staff.get(f"/admin/orders/{number}").text
    assert "e-mail, alamat, oleh pemilik@toko.test" in page
    shop.process()
    assert shop.subjects() == [f"Selesaikan pembayaran pesanan {number}"]

    assert staff.post(path, {**typed, "phone": "12"}).status_code == 422
    shop.pay(number)
    staff.post(f"/admin/orders/{number}/ship", {"courier": "JNE", "tracking_number": "1"}, on="/admin/orders")
    assert staff.post(path, {**typed, "city": "Bali"}, on="/admin/orders").location == f"/admin/orders/{number}"
    assert shop.order(number).city == "Semarang"
    staff.post(path, {**typed, "email": "terlambat@contoh.test"}, on="/admin/orders")
    assert number not in staff.get("/admin/payments/charges?text=terlambat@contoh.test").text


@on_sqlite
def test_an_order_that_cost_nothing_is_cancelled_with_its_goods_coming_back(shop, staff):
    write(staff, email="siti@contoh.test", **{line_of(shop): "1"}, discount="50.000", discount_note="Hadiah")
    number = shop.newest_order().number
    paid = shop.buy()
    shop.pay(paid)

    for each in (number, number, paid):
        staff.post(f"/admin/orders/{each}/cancel-free", {"reason": "Salah tulis"}, on="/admin/orders")

    assert (shop.order(number).order_status, shop.order(paid).order_status) == ("cancelled", "open")
    assert shop.stock() == 9
    shop.process()
    letter = next(mail for mail in shop.mails() if mail.subject == f"Pesanan {number} dibatalkan")
    assert "Tidak ada yang perlu Anda bayar" in letter.body
    assert [subject for subject, _after in notes(shop, "order.cancelled")] == [number]
