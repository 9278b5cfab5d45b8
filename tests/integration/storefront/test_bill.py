"""Delivery and vouchers at checkout: what is shown is what is charged."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from shopfloor import fields, on_sqlite
from sqlalchemy import select

from storefront import payments
from storefront.brand.models import Page
from storefront.brand.service import TERMS
from storefront.catalog.models import Variant
from storefront.checkout import views
from storefront.customers import links
from storefront.customers.models import Customer, CustomerAddress
from storefront.extensions import db
from storefront.promotions.models import Voucher, VoucherUse
from storefront.shipping.models import DeliveryMethod, DeliveryRate, DeliveryZone
from storefront.shipping.services import ServiceRate, register
from storefront.throttle import Limit, allows


def save(shop, *things):
    with shop.app.app_context():
        db.session.add_all(things)
        db.session.commit()
        return [thing.id for thing in things]


@pytest.fixture
def ways(shop):
    """Give the shop a flat courier, JNE by zones, and pick-up; return their keys by kind."""
    [zone] = save(shop, DeliveryZone(name="Jawa", provinces=["Jawa Tengah"]))
    flat = DeliveryMethod(kind="flat", name="Kurir toko", price=15_000, free_from=200_000, position=1)
    jne = DeliveryMethod(kind="zone", name="JNE", courier_code="jne", position=2)
    jne.rates = [DeliveryRate(zone_id=zone, first_kg=10_000, next_kg=8_000)]
    pickup = DeliveryMethod(kind="pickup", name="Ambil di toko", position=3)
    ids = save(shop, flat, jne, pickup)
    return dict(zip(("flat", "zone", "pickup"), map(str, ids), strict=True))


def voucher(shop, code="HEMAT", **terms):
    save(shop, Voucher(**{"code": code, "kind": "fixed", "value": 20_000, **terms}))


def set_weight(shop, grams):
    with shop.app.app_context():
        for variant in db.session.scalars(select(Variant)):
            variant.weight_grams = grams
        db.session.commit()


def used(shop, code="HEMAT"):
    with shop.app.app_context():
        return db.session.scalars(select(Voucher.used).where(Voucher.code == code)).one()


def charged(shop, number):
    with shop.app.app_context():
        return payments.find_charge(number).amount


def send(visitor, **typed):
    """Fill in the page, have it count again, then send what it shows."""
    form = visitor.checkout_form(**typed)
    assert visitor.client.post("/checkout", data={**form, "recount": "1"}).status_code == 200
    return visitor.client.post("/checkout", data=form)


def test_a_shop_without_ways_of_delivery_asks_for_the_goods_alone(shop):
    assert charged(shop, shop.buy()) == 50_000


def test_the_delivery_that_stands_chosen_is_charged(shop, visitor, ways):
    visitor.put_into_cart()
    page = visitor.get("/checkout").text
    assert "Rp65.000" in page
    assert visitor.check_out().status_code == 302
    order = shop.newest_order()
    assert (order.delivery_name, order.delivery_fee, order.total) == ("Kurir toko", 15_000, 65_000)
    assert charged(shop, order.number) == 65_000


def test_delivery_is_free_above_the_amount_the_shop_names(shop, visitor, ways):
    visitor.put_into_cart(quantity=4)
    visitor.check_out()
    assert shop.newest_order().total == 200_000


@pytest.mark.parametrize(("grams", "fee"), [(1300, 10_000), (1301, 18_000), (2301, 26_000)])
def test_jne_asks_by_zone_and_rounded_weight(shop, visitor, ways, grams, fee):
    set_weight(shop, grams)
    visitor.put_into_cart()
    assert send(visitor, delivery=ways["zone"]).status_code == 302
    order = shop.newest_order()
    assert (order.delivery_fee, order.courier_code, order.weight_grams) == (fee, "jne", grams)


def test_a_zone_that_is_not_served_is_said_at_its_place(shop, visitor, ways):
    visitor.put_into_cart()
    form = visitor.checkout_form(province="Papua", city="Jayapura")
    page = visitor.client.post("/checkout", data={**form, "recount": "1"}).text
    assert "Tidak menjangkau alamat ini." in page
    assert "wajib diisi" not in page


def test_where_nothing_reaches_no_order_comes_to_be(shop, visitor):
    [zone] = save(shop, DeliveryZone(name="Jawa", provinces=["Jawa Tengah"]))
    jne = DeliveryMethod(kind="zone", name="JNE", courier_code="jne")
    jne.rates = [DeliveryRate(zone_id=zone, first_kg=10_000, next_kg=8_000)]
    save(shop, jne)
    visitor.put_into_cart()
    answer = send(visitor, province="Papua", city="Jayapura")
    assert answer.status_code == 422
    assert "Kami belum bisa mengirim ke alamat ini." in answer.text
    assert "Jayapura" in answer.text
    assert shop.count_orders() == 0


def test_a_total_that_was_not_shown_is_not_charged(shop, visitor, ways):
    visitor.put_into_cart()
    form = visitor.checkout_form(delivery=ways["zone"])
    refused = visitor.client.post("/checkout", data=form)
    assert refused.status_code == 409
    assert "berubah dari Rp65.000 menjadi Rp60.000" in refused.text
    assert shop.count_orders() == 0
    assert visitor.client.post("/checkout", data=form).status_code == 302
    assert shop.newest_order().total == 60_000


def test_who_fetches_the_goods_needs_no_address(shop, visitor, ways):
    visitor.put_into_cart()
    nowhere = {"address": "", "city": "", "province": "", "postal_code": ""}
    assert send(visitor, delivery=ways["pickup"], **nowhere).status_code == 302
    order = shop.newest_order()
    assert (order.delivery_kind, order.delivery_fee, order.address) == ("pickup", 0, "")
    assert "Ambil di toko" in visitor.get(shop.path_of(order.number)).text


def test_who_has_it_sent_needs_an_address(shop, visitor, ways):
    visitor.put_into_cart()
    assert visitor.check_out(delivery=ways["flat"], city="").status_code == 422


def test_the_script_is_told_the_total_and_the_parts_that_changed(shop, visitor, ways):
    visitor.put_into_cart()
    form = visitor.checkout_form(delivery=ways["zone"])
    answer = visitor.client.post("/checkout/hitung", data=form)
    assert answer.json["total"] == "60000"
    assert "Rp60.000" in answer.json["sums"]
    assert set(answer.json) == {"total", "sums", "delivery", "ways"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.client.post("/checkout", data=form).status_code == 302


@on_sqlite
def test_prices_are_not_counted_without_end_and_nothing_typed_is_lost(shop, visitor, ways, monkeypatch):
    monkeypatch.setattr(views, "_IN_A_MOMENT", (2, timedelta(minutes=5)))
    voucher(shop)
    visitor.put_into_cart()
    form = visitor.checkout_form(delivery=ways["flat"], voucher="HEMAT", city="Kota Salatiga")
    assert [visitor.client.post("/checkout/hitung", data=form).status_code for _ in range(3)] == [200, 200, 429]
    assert "Tunggu beberapa menit" in visitor.client.post("/checkout/hitung", data=form).json["problem"]

    page = visitor.client.post("/checkout", data={**form, "recount": "1"})
    assert page.status_code == 429
    assert "Tunggu beberapa menit" in page.text
    assert fields(page.text)["voucher"] == "HEMAT"
    assert fields(page.text)["city"] == "Kota Salatiga"
    assert "Rp20.000" not in page.text  # what the voucher takes off

    assert visitor.client.post("/checkout", data=form).status_code == 429
    assert visitor.client.post("/checkout", data={**form, "voucher": ""}).status_code == 302


def test_a_try_counts_once_however_many_limits_look_at_it(shop):
    limits = [Limit("try", "somebody", 3, timedelta(minutes=5)), Limit("try", "somebody", 5, timedelta(hours=1))]
    with shop.app.app_context():
        assert [allows(db.session(), limits) for _ in range(4)] == [True, True, True, False]


class Weigher:
    """A rate service for the test: five thousand rupiah for each kilogram begun."""

    def __init__(self):
        self.asked = 0

    def rates(self, parcel, destination):
        self.asked += 1
        if destination.province != "Jawa Tengah":
            return []
        return [ServiceRate("reg", "REG", 5_000 * -(-parcel.weight_grams // 1000), "2 hari", "sicepat")]


class Silent:
    def rates(self, *_asked):
        raise TimeoutError


def test_a_rate_service_is_asked_and_its_offer_charged(shop, visitor):
    save(shop, DeliveryMethod(kind="service", name="SiCepat", service="weigher"))
    weigher = Weigher()
    register(shop.app, "weigher", weigher)
    set_weight(shop, 2_500)
    visitor.put_into_cart()
    assert send(visitor, name="").status_code == 422
    assert weigher.asked == 1
    assert send(visitor).status_code == 302
    assert weigher.asked == 1
    order = shop.newest_order()
    assert (order.delivery_name, order.delivery_fee, order.courier_code) == ("SiCepat REG", 15_000, "sicepat")


@pytest.mark.parametrize(("service", "said"), [(Silent(), "tidak bisa ditanyakan"), (None, "tidak bisa ditanyakan")])
def test_a_rate_service_that_does_not_answer_leaves_the_other_ways(shop, visitor, ways, service, said):
    save(shop, DeliveryMethod(kind="service", name="SiCepat", service="weigher", position=9))
    if service:
        register(shop.app, "weigher", service)
    visitor.put_into_cart()
    form = visitor.checkout_form()
    assert said in visitor.client.post("/checkout", data={**form, "recount": "1"}).text
    assert visitor.client.post("/checkout", data=form).status_code == 302


def test_a_voucher_is_taken_off_and_counted(shop, visitor, ways):
    voucher(shop)
    visitor.put_into_cart()
    assert send(visitor, voucher=" hemat ").status_code == 302
    order = shop.newest_order()
    assert (order.discount, order.voucher_code, order.total) == (20_000, "HEMAT", 45_000)
    assert charged(shop, order.number) == 45_000
    assert used(shop) == 1


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"active": False}, "tidak dikenal"),
        ({"usage_limit": 0}, "sudah habis dipakai"),
        ({"min_subtotal": 60_000}, "Tambah Rp10.000 lagi"),
        ({"members_only": True}, "pelanggan tetap"),
    ],
)
def test_a_voucher_that_cannot_be_used_says_why_and_keeps_what_was_typed(shop, visitor, terms, said):
    voucher(shop, **terms)
    visitor.put_into_cart()
    answer = send(visitor, voucher="HEMAT", city="Kota Salatiga")
    assert answer.status_code == 422
    assert said in answer.text
    assert "Kota Salatiga" in answer.text
    assert shop.count_orders() == 0


def test_a_customer_uses_a_voucher_as_often_as_it_says(shop, visitor):
    voucher(shop, per_customer_limit=1)
    visitor.put_into_cart()
    assert send(visitor, voucher="HEMAT").status_code == 302
    visitor.put_into_cart()
    again = send(visitor, voucher="HEMAT", email="SITI@contoh.test")
    assert again.status_code == 422
    assert "sudah Anda pakai" in again.text


def test_free_delivery_takes_off_the_delivery_and_nothing_else(shop, visitor, ways):
    voucher(shop, kind="free_delivery", value=0)
    visitor.put_into_cart()
    assert send(visitor, voucher="HEMAT").status_code == 302
    order = shop.newest_order()
    assert (order.delivery_fee, order.delivery_discount, order.total) == (15_000, 15_000, 50_000)


def test_where_nothing_is_to_be_paid_the_order_is_paid_at_once(shop, visitor):
    voucher(shop, kind="percent", value=100)
    visitor.put_into_cart()
    answer = send(visitor, voucher="HEMAT")
    assert answer.status_code == 302
    order = shop.newest_order()
    assert answer.location.endswith(shop.path_of(order.number))
    assert (order.total, order.payment_status) == (0, "paid")
    page = visitor.get(shop.path_of(order.number))
    assert page.status_code == 200
    assert "pembayaran sudah kami terima" in page.text
    shop.process()
    [letter] = shop.mails()
    assert "Tidak ada yang perlu dibayar" in letter.body


def test_a_cancelled_order_gives_its_voucher_back_once(shop, visitor):
    voucher(shop, usage_limit=1)
    visitor.put_into_cart()
    send(visitor, voucher="HEMAT")
    order = shop.newest_order()
    path = shop.path_of(order.number)
    for _twice in range(2):
        visitor.post(f"{path}/cancel", on=path if _twice == 0 else "/akun")
    assert used(shop) == 0
    visitor.put_into_cart()
    assert send(visitor, voucher="HEMAT").status_code == 302
    assert used(shop) == 1


def test_ten_uses_and_ten_pieces_are_enough_for_ten_of_fifty_buyers(shop):
    """Fifty send at once: ten orders, forty kind refusals, nothing sold or used twice."""
    shop.change_product(stock=10)
    voucher(shop, usage_limit=10)

    def prepare(number):
        visitor = shop.visitor()
        assert visitor.put_into_cart().status_code == 302
        form = visitor.checkout_form(voucher="HEMAT", email=f"pembeli{number}@contoh.test")
        assert visitor.client.post("/checkout", data={**form, "recount": "1"}).status_code == 200
        return visitor, form

    def buy(prepared):
        visitor, form = prepared
        return visitor.client.post("/checkout", data=form)

    ready = [prepare(number) for number in range(50)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(buy, ready))
    placed = [answer for answer in answers if "/pay/" in (answer.location or "")]
    assert len(placed) == 10
    for answer in answers:
        if answer not in placed:
            assert answer.status_code in (302, 409, 422)
    for (visitor, _form), answer in zip(ready, answers, strict=True):
        if answer not in placed:
            page = visitor.get("/keranjang").text
            assert "habis" in page or "kosong" in page
    with shop.app.app_context():
        assert len(db.session.scalars(select(VoucherUse.id)).all()) == 10
    assert shop.stock() == 0
    assert used(shop) == 10
    assert shop.count_orders() == 10


def sign_in(shop, visitor, email="siti@contoh.test"):
    with shop.app.test_request_context():
        customer = db.session.scalars(select(Customer).where(Customer.email == email)).one()
        path, customer_id = urlsplit(links.sign_in_url(customer)).path, customer.id
    assert visitor.post(path).status_code == 302
    return customer_id


def test_a_signed_in_customer_finds_the_form_filled_in_and_chooses_another_address(shop, visitor):
    shop.buy()
    customer = sign_in(shop, visitor)
    home = {
        "name": "Siti",
        "phone": "+6281234567890",
        "address": "Jl. Rumah 1",
        "province": "Bali",
        "postal_code": "80111",
    }
    office = {**home, "name": "Siti Kantor", "address": "Jl. Kantor 2"}
    _first, second = save(
        shop,
        CustomerAddress(customer_id=customer, label="Rumah", city="Denpasar", is_default=True, **home),
        CustomerAddress(customer_id=customer, label="Kantor", city="Denpasar", **office),
    )
    visitor.put_into_cart()
    page = visitor.get("/checkout").text
    assert "Jl. Rumah 1" in page
    assert 'value="0812-3456-7890"' in page
    form = {**fields(page), "note": "Titip di satpam"}
    page = visitor.client.post("/checkout", data={**form, "address_id": second}).text
    assert "Jl. Kantor 2" in page
    assert "Titip di satpam" in page
    assert "Jl. Rumah 1" in visitor.client.post("/checkout", data={**form, "address_id": 99999}).text
    assert shop.count_orders() == 1


def test_nobody_is_shown_the_address_of_another(shop, visitor):
    shop.buy()
    shop.buy(email="lain@contoh.test")
    stranger = sign_in(shop, shop.visitor(), "lain@contoh.test")
    place = {"phone": "+6281234567890", "city": "Solo", "province": "Jawa Tengah", "postal_code": "57111"}
    [other] = save(shop, CustomerAddress(customer_id=stranger, name="Lain", address="Rahasia 9", **place))
    sign_in(shop, visitor)
    visitor.put_into_cart()
    assert (
        "Rahasia 9" not in visitor.client.post("/checkout", data={**visitor.checkout_form(), "address_id": other}).text
    )


def test_the_terms_are_linked_once_they_are_published(shop, visitor):
    visitor.put_into_cart()
    assert "menyetujui" not in visitor.get("/checkout").text
    save(shop, Page(slug=TERMS, title="Syarat dan ketentuan", published=True))
    assert f'href="/halaman/{TERMS}"' in visitor.get("/checkout").text


def test_agreeing_to_offers_is_a_box_of_its_own(shop, visitor):
    shop.buy()
    shop.buy(email="lain@contoh.test", wants_offers="y")
    with shop.app.app_context():
        agreed = {each.email: each.marketing_at is not None for each in db.session.scalars(select(Customer))}
    assert agreed == {"siti@contoh.test": False, "lain@contoh.test": True}
