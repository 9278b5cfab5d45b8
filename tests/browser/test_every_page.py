"""Every main page: no barrier that axe knows, nothing sticking out, on phone and desk, by day and by night.

That no page asks another host, breaks the content security policy or makes the browser complain is watched in all
tests here.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from shop_running import BCA, OWNER, Placed
from steps import fill_in_checkout, put_into_cart, transfer, unfold
from watching import look_over, weight

pytestmark = pytest.mark.browser

# Nothing to break a line at, as long as the fields allow; people are inventive.
UNBROKEN_PRODUCT = "Keripiktempedaunjeruksangrai" * 5
UNBROKEN_BUYER = {
    "name": "Wirasubratakusumadiningrat" * 3,
    "email": f"{'panjang' * 8}@{'surat' * 10}.test",
    "address": "Perumahangriyaindahpermai" * 11,
    "city": "Kabupatenpanjangsekali" * 3,
    "note": "Tolongdibungkuskadoyangrapi" * 10,
}
SLUG = "madu-randu"
# What a payment page may load, with everything it needs.
_MOST_FOR_SLOW_PHONES = 100_000


@dataclass(frozen=True)
class Standing:
    """One order in each state that does not take a minute to reach."""

    unpaid: Placed
    paid: Placed
    cancelled: Placed


@pytest.fixture(scope="module", autouse=True)
def a_long_name(shop):
    """Put goods with an endless name on the shelf, while these tests run."""
    with shop.app.app_context():
        shop.change_product(SLUG, name=UNBROKEN_PRODUCT, position=-1)
    yield
    shop.change_product(SLUG, name="Madu Randu 250 ml", position=20)


@pytest.fixture(scope="module")
def orders(shop, a_long_name):
    unpaid, paid, cancelled = (shop.buy(SLUG, **UNBROKEN_BUYER) for _ in range(3))
    shop.pay(paid)
    shop.run("moota", "charge", "cancel", cancelled.number, "--reason", "Barangnya pecah")
    return Standing(unpaid, paid, cancelled)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?page=2",
        "/kategori/kopi",
        "/cari?q=teh",
        f"/cari?q={'takada' * 16}",
        f"/produk/{SLUG}",
        "/produk/telang-serai",
        "/keranjang",
        "/lacak",
        "/kontak",
        f"/produk/{SLUG}/tanya",
        f"/produk/{SLUG}/ulasan",
        "/admin/login",
        "/admin/password",
        "/admin/password/staff_reset/palsu",
        "/tidak-ada",
        "/pay/palsu",
    ],
)
def test_a_page_that_everybody_can_open(page, address):
    page.goto(address)
    look_over(page)


def test_sold_out_goods(page, shop):
    shop.change_product("gilingan-kopi-tangan", stock=0)
    page.goto("/produk/gilingan-kopi-tangan")
    expect(page.get_by_text("Barang ini sedang habis.")).to_be_visible()
    look_over(page)


def test_the_cart_with_goods_and_a_notice(page, shop):
    put_into_cart(page)
    put_into_cart(page, SLUG, 2)
    look_over(page)


def test_checkout_empty_and_with_every_field_wrong(page):
    put_into_cart(page, SLUG)
    page.goto("/checkout")
    look_over(page)

    fill_in_checkout(page, **{**UNBROKEN_BUYER, "name": "  ", "phone": "x", "postal_code": "x"})
    page.get_by_role("button", name="Buat pesanan").click()
    expect(page.get_by_role("heading", name="3 bagian perlu diperbaiki")).to_be_visible()
    look_over(page)


@pytest.mark.parametrize("state", ["unpaid", "paid", "cancelled"])
def test_the_payment_page(page, orders, state):
    page.goto(getattr(orders, state).pay_path)
    assert weight(page) < _MOST_FOR_SLOW_PHONES
    unfold(page)
    look_over(page)


@pytest.mark.parametrize("state", ["unpaid", "paid", "cancelled"])
def test_the_order_page(page, orders, state):
    page.goto(getattr(orders, state).order_path)
    unfold(page)
    look_over(page)


def test_asking_for_money_back(page, orders):
    page.goto(f"{orders.paid.order_path}/return")
    look_over(page)

    page.get_by_label("Alasan lain").check()
    page.get_by_role("button", name="Hitung jumlahnya").click()
    expect(page.get_by_text("Tulis dulu berapa")).to_be_visible()
    look_over(page)

    page.get_by_label(UNBROKEN_PRODUCT).fill("1")
    page.get_by_label("Barang rusak").check()
    page.get_by_role("button", name="Hitung jumlahnya").click()
    expect(page.get_by_role("button", name="Kirim permintaan")).to_be_visible()
    look_over(page)


@pytest.mark.parametrize("state", ["unpaid", "paid"])
def test_the_invoice(page, orders, state):
    page.goto(f"{getattr(orders, state).order_path}/invoice")
    look_over(page)


@pytest.fixture
def customer(new_person, shop, orders):
    """Return the browser of a customer who has just signed in by the link from the letter."""
    page = new_person()
    page.goto("/akun")
    page.get_by_label("E-mail").fill(UNBROKEN_BUYER["email"])
    page.get_by_role("button", name="Kirim tautan masuk").click()
    letter = shop.mailbox.wait_for(UNBROKEN_BUYER["email"], "Masuk ke akun").get_body(("plain",)).get_content()
    page.goto(re.search(r"\S+(/akun/masuk/\S+)", letter)[1])
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", name="Pesanan saya")).to_be_visible()
    return page


def test_the_customers_own_pages(customer):
    for path in ("", "/alamat", "/alamat/baru", "/data", "/data/salinan", "/data/hapus"):
        customer.goto(f"/akun{path}")
        look_over(customer)


def test_the_owners_pages_of_people_and_security(owner):
    for address in ("/admin/staff", "/admin/security", "/admin/security/totp"):
        owner.goto(address)
        look_over(owner)
    owner.goto("/admin/staff")
    owner.get_by_role("link", name=OWNER, exact=True).click()
    look_over(owner)


def test_the_owners_pages_of_customers(owner, orders):
    owner.goto("/admin/customers")
    look_over(owner)
    owner.get_by_role("link", name=UNBROKEN_BUYER["name"]).click()
    look_over(owner)
    owner.goto("/admin/customers?q=tidakada")
    look_over(owner)


def test_what_people_say_from_the_form_to_the_answer(page, owner):
    page.goto(f"/produk/{SLUG}/tanya")
    page.get_by_label("Pertanyaan", exact=True).fill("Apakahmadunyamurnitanpacampuran" * 9)
    page.get_by_label("Nama yang ditampilkan").fill(UNBROKEN_BUYER["name"])
    page.get_by_role("button", name="Kirim pertanyaan").click()
    owner.goto("/admin/feedback")
    look_over(owner)
    owner.get_by_role("link", name="Jawab").first.click()
    look_over(owner)
    owner.get_by_label("Jawaban toko").fill("Murnisekalitanpaapaapa" * 12)
    owner.get_by_role("button", name="Simpan jawaban").click()
    page.goto(f"/produk/{SLUG}")
    expect(page.get_by_text("Murnisekali")).to_be_visible()
    look_over(page)
    page.goto(f"/produk/{SLUG}/ulasan?tentang=pertanyaan")
    look_over(page)


def test_a_message_in_the_panel(page, owner):
    page.goto("/kontak")
    page.get_by_label("Nama").fill(UNBROKEN_BUYER["name"])
    page.get_by_label("E-mail").fill(UNBROKEN_BUYER["email"])
    page.get_by_label("Pesan", exact=True).fill(UNBROKEN_BUYER["note"])
    page.get_by_role("button", name="Kirim pesan").click()
    owner.goto("/admin/messages")
    expect(owner.get_by_text(UNBROKEN_BUYER["note"])).to_be_visible()
    look_over(owner)


@pytest.mark.parametrize(
    "address",
    ["/admin/orders", "/admin/orders?q=tidak+ada", "/admin/orders?payment=paid", "/admin/orders/ship"],
)
def test_the_owners_list(owner, orders, address):
    owner.goto(address)
    look_over(owner)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/exports",
        "/admin/audit",
        "/admin/audit?q=tidakada",
        "/admin/settings/accounts",
        "/admin/settings/accounts/{account}",
        "/admin/orders/new",
        "/admin/orders/{unpaid}/contact",
        "/admin/customers/imports",
        "/admin/payments/books",
    ],
)
def test_the_owners_other_pages(owner, orders, address):
    owner.goto(address.format(unpaid=orders.unpaid.number, account=BCA.bank_id))
    unfold(owner)
    look_over(owner)


def test_the_page_on_which_a_customer_is_forgotten(owner, orders):
    owner.goto("/admin/customers")
    owner.get_by_role("link", name=UNBROKEN_BUYER["name"]).click()
    owner.get_by_role("link", name="Hapus").click()
    look_over(owner)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/delivery",
        "/admin/delivery/methods/new",
        "/admin/delivery/methods/2",
        "/admin/delivery/zones/1",
        "/admin/vouchers",
        "/admin/vouchers/new",
        "/admin/vouchers/1",
    ],
)
def test_the_owners_pages_of_delivery_and_vouchers(owner, address):
    owner.goto(address)
    unfold(owner)
    look_over(owner)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/brand",
        "/admin/brand/opening",
        "/admin/pages",
        "/admin/pages/new",
        "/admin/letters",
        "/admin/settings",
        "/admin/settings/accounts",
        f"/admin/settings/accounts/{BCA.bank_id}",
        "/admin/settings/holidays",
        "/admin/system",
        "/admin/alerts",
    ],
)
def test_the_owners_pages_of_the_shops_face(owner, address):
    owner.goto(address)
    look_over(owner)


def test_a_letter_being_written(owner):
    owner.goto("/admin/letters/email/instructions/id")
    owner.get_by_role("button", name="Lihat dulu").click()
    unfold(owner)
    look_over(owner)
    owner.get_by_label("Isi").fill("Hai {siapa}" + "takadaspasi" * 20)
    owner.get_by_role("button", name="Simpan").click()
    expect(owner.get_by_text("Tidak dikenal di sini")).to_have_count(2)
    look_over(owner)


def test_a_page_of_the_shops_own_from_the_sample_to_the_reader(owner, page):
    owner.goto("/admin/pages")
    owner.get_by_role("button", name="Buat Kebijakan privasi").click()
    expect(owner.get_by_text("Halaman dibuat dari contoh.")).to_be_visible()
    owner.get_by_label("Terbitkan").check()
    look_over(owner)
    owner.get_by_role("button", name="Lihat dulu").click()
    look_over(owner)
    owner.get_by_role("button", name="Simpan halaman ini").click()
    look_over(owner)
    page.goto("/")
    page.get_by_role("link", name="Kebijakan privasi").click()
    look_over(page)
    owner.get_by_role("link", name="Hapus Kebijakan privasi").click()
    look_over(owner)


def test_a_colour_refused_and_a_look_being_tried(owner):
    owner.goto("/admin/brand")
    owner.get_by_label("Warna utama", exact=True).fill("#ffcc00")
    owner.get_by_role("textbox", name="Teks di kaki halaman").first.fill("Takadaspasi" * 25)
    owner.get_by_role("button", name="Lihat dulu").click()
    owner.get_by_role("button", name="Pakai #").click()
    expect(owner.get_by_role("heading", name="1 bagian perlu diperbaiki")).to_have_count(0)
    owner.get_by_role("button", name="Lihat dulu").click()
    expect(owner.get_by_text("Ini pratinjau.")).to_be_visible()
    look_over(owner)


def test_a_closed_shop(page, shop, owner):
    owner.goto("/admin/brand/opening")
    owner.get_by_role("textbox", name="Pengumuman").first.fill("Liburpanjangsekali" * 15)
    owner.get_by_label("Tutup toko: ").check()
    owner.get_by_label("Buka lagi pada").fill("2099-01-31")
    owner.get_by_role("button", name="Simpan").click()
    put_into_cart(page, SLUG)
    page.goto("/checkout")
    look_over(page)
    page.goto("/")
    look_over(page)
    owner.get_by_role("textbox", name="Pengumuman").first.fill("")
    owner.get_by_label("Tutup toko: ").uncheck()
    owner.get_by_role("button", name="Simpan").click()
    expect(owner.get_by_text("Pengumuman dan keadaan toko disimpan.")).to_be_visible()


@pytest.mark.parametrize("kind", ["labels", "slips"])
def test_what_the_owner_prints(owner, orders, kind):
    owner.goto(f"/admin/orders/papers/{kind}?order={orders.paid.number}&order={orders.unpaid.number}")
    look_over(owner)


@pytest.mark.parametrize("state", ["unpaid", "cancelled"])
def test_the_owners_page_of_an_order(owner, orders, state):
    owner.goto(f"/admin/orders/{getattr(orders, state).number}")
    look_over(owner)


def test_the_owners_page_before_and_after_shipping(owner, orders, page):
    owner.goto(f"/admin/orders/{orders.paid.number}")
    look_over(owner)

    owner.get_by_label("Kurir").fill("Ekspedisicepatsekali" * 3)
    owner.get_by_label("Nomor resi").fill("JP12345678" * 6)
    owner.get_by_role("button", name="Tandai dikirim").click()
    expect(owner.get_by_role("heading", name="Pengiriman", exact=True)).to_be_visible()
    look_over(owner)

    page.goto(orders.paid.order_path)
    look_over(page)


def test_the_banks_page_before_and_after_a_transfer(page, shop):
    page.goto(shop.bank_url)
    look_over(page)
    transfer(page, shop, 1)
    page.get_by_text("Lihat yang dikirim").click()
    look_over(page)


@pytest.fixture(scope="module")
def unclear(shop, orders):
    """Let money come in that misses the open order's unique code, and some that fits nothing."""
    price = shop.json("charge", "show", orders.unpaid.number)["amount"]
    for amount in (price, 4_321):
        shop.run("moota", "simulate", orders.unpaid.number, "--amount", str(amount), "--description", "SETOR " * 12)


@pytest.mark.parametrize("address", ["", "?direction=debit", "/all", "/all?text=tidakada", "/rules"])
def test_the_panels_money(owner, unclear, address):
    owner.goto(f"/admin/payments/mutations{address}")
    unfold(owner)
    look_over(owner)


def test_the_panels_page_of_a_mutation_and_what_would_happen(owner, orders, unclear):
    owner.goto("/admin/payments/mutations")
    owner.get_by_role("heading", name="+Rp").first.get_by_role("link").click()
    unfold(owner)
    look_over(owner)

    owner.get_by_label("Nomor pesanan").fill(orders.unpaid.number)
    owner.get_by_role("button", name="Lihat akibatnya dulu").click()
    look_over(owner)


@pytest.mark.parametrize("address", ["charges", "charges?exception=any", "charges?text=tidakada", "codes"])
def test_the_panels_charges(owner, unclear, address):
    owner.goto(f"/admin/payments/{address}")
    look_over(owner)


@pytest.mark.parametrize("state", ["unpaid", "paid", "cancelled"])
def test_the_panels_page_of_a_charge(owner, shop, orders, state):
    charge = shop.json("charge", "show", getattr(orders, state).number)
    owner.goto(f"/admin/payments/charges/{charge['charge_id']}")
    unfold(owner)
    look_over(owner)


@pytest.mark.parametrize("address", ["inbox", "inbox?status=failed", "inbox/refused", "inbox/traffic"])
def test_the_panels_webhooks(owner, unclear, address):
    owner.goto(f"/admin/payments/{address}")
    unfold(owner)
    look_over(owner)


def test_the_panels_page_of_a_webhook(owner, shop, unclear):
    owner.goto(f"/admin/payments/inbox/{shop.json('inbox', 'list')[0]['id']}")
    unfold(owner)
    look_over(owner)


@pytest.fixture(scope="module")
def ticket(shop, orders):
    """Ask for some of the paid order's money back; return the ticket."""
    return shop.json("refund", "request", orders.paid.number, "1000", "--reason", "goods")["ticket"]


@pytest.mark.parametrize("address", ["refunds", "refunds/all", "refunds/all?text=tidakada", "refunds/{ticket}"])
def test_the_panels_refunds(owner, ticket, address):
    owner.goto(f"/admin/payments/{address.format(ticket=ticket)}")
    unfold(owner)
    look_over(owner)
