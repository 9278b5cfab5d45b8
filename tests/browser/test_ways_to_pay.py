"""Every way to pay, from the checkout to "paid": by transfer, by virtual account, by QRIS, and from one to another."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from shop_running import BCA
from steps import amount_shown, dotted, fill_in_checkout, place_order, put_into_cart, transfer
from watching import PHONE, look_over

from payments_moota.rules.qris import read_qris

pytestmark = pytest.mark.browser

GOODS = "robusta-temanggung"


def order(page, way):
    put_into_cart(page, GOODS)
    page.goto("/checkout")
    fill_in_checkout(page)
    page.get_by_role("radio", name=re.compile(f"^{way}")).check()
    place_order(page)


def decoded(page):
    """Read the code off the page as a phone would: from the picture of the screen."""
    page.locator(".moota-qr img").evaluate("image => image.decode()")
    screen = Image.open(io.BytesIO(page.screenshot()))
    (found,) = zxingcpp.read_barcodes(screen)
    return found.text


def pay_number(bank, shop, number):
    bank.goto(f"{shop.bank_url}/bayar")
    bank.get_by_label("Nomor virtual account atau kode QRIS").fill(number)
    look_over(bank)
    bank.get_by_role("button", name="Lanjut").click()
    look_over(bank)
    bank.get_by_role("button", name="Bayar").click()
    expect(bank.get_by_text("Toko sudah menerima dan menyimpan mutasi ini.")).to_be_visible()


def turns_to_paid(page):
    expect(page.get_by_text("Lunas. Terima kasih!")).to_be_visible(timeout=15_000)
    look_over(page)


def test_by_transfer(new_person, shop):
    buyer, bank = new_person(), new_person()
    order(buyer, f"Transfer ke {BCA.label}")

    transfer(bank, shop, shop.newest_order().amount_due)

    turns_to_paid(buyer)


@pytest.mark.parametrize("screen", [{}, {"viewport": PHONE, "color_scheme": "dark"}], ids=["desk", "phone at night"])
def test_by_virtual_account(new_person, shop, screen):
    buyer, bank = new_person(**screen), new_person()
    order(buyer, "Virtual account BNI")
    placed = shop.newest_order()
    number = shop.json("charge", "show", placed.number)["va_number"]
    expect(buyer.locator(".moota-number")).to_have_text(" ".join(re.findall(".{1,4}", number)))
    assert amount_shown(buyer) == dotted(placed.amount_due)
    look_over(buyer)

    pay_number(bank, shop, number)

    turns_to_paid(buyer)


@pytest.mark.parametrize("screen", [{}, {"viewport": PHONE, "color_scheme": "dark"}], ids=["desk", "phone at night"])
def test_by_qris_read_off_the_screen(new_person, shop, screen):
    buyer, bank = new_person(**screen), new_person()
    order(buyer, "QRIS")
    placed = shop.newest_order()

    code = decoded(buyer)

    assert read_qris(code).amount == placed.amount_due
    expect(buyer.locator(".moota-qr")).to_contain_text(dotted(placed.amount_due))
    expect(buyer.locator(".moota-qr")).to_contain_text("Toko Contoh")
    look_over(buyer)
    pay_number(bank, shop, code)
    turns_to_paid(buyer)


def test_the_code_can_be_kept_for_the_same_phone(new_person, shop):
    buyer = new_person(viewport=PHONE)
    order(buyer, "QRIS")

    with buyer.expect_download() as download:
        buyer.get_by_role("link", name="Unduh kode").click()

    kept = Image.open(download.value.path())
    (found,) = zxingcpp.read_barcodes(kept)
    assert read_qris(found.text).amount == shop.newest_order().amount_due
    assert download.value.suggested_filename == f"QRIS-{shop.newest_order().number}.png"


def test_what_is_chosen_while_the_shop_still_counts_stays_chosen(new_person, shop):
    buyer = new_person()
    counting = []
    buyer.route("**/checkout/hitung", lambda route: counting.append((route, route.fetch())))
    put_into_cart(buyer, GOODS)
    buyer.goto("/checkout")
    fill_in_checkout(buyer)
    buyer.get_by_role("radio", name=re.compile("^QRIS")).check()

    for route, answer in counting:
        with buyer.expect_response("**/checkout/hitung"):
            route.fulfill(response=answer)

    expect(buyer.get_by_role("radio", name=re.compile("^QRIS"))).to_be_checked()
    buyer.unroute("**/checkout/hitung")
    place_order(buyer)
    assert shop.json("charge", "show", shop.newest_order().number)["method"] == "qris"


@pytest.mark.parametrize("screen", [{}, {"java_script_enabled": False}], ids=["with script", "without"])
def test_from_one_way_to_another(new_person, shop, screen):
    buyer, bank = new_person(**screen), new_person()
    order(buyer, f"Transfer ke {BCA.label}")
    buyer.get_by_role("link", name="Ganti cara bayar").click()
    if screen == {}:
        look_over(buyer)
    buyer.get_by_role("radio", name=re.compile("^Virtual account")).check()
    buyer.get_by_role("button", name="Pakai cara ini").click()
    placed = shop.newest_order()
    shop.mailbox.wait_for("siti@contoh.test", f"Selesaikan pembayaran pesanan {placed.number}")

    pay_number(bank, shop, shop.json("charge", "show", placed.number)["va_number"])

    shop.wait_for_status(placed.number, "paid")
