"""What people do on the pages, in the words they read there."""

import re

from playwright.sync_api import expect
from shop_running import BCA, BUYER


def put_into_cart(page, slug="kopi-tubruk-pawon", quantity=1):
    page.goto(f"/produk/{slug}")
    page.get_by_label("Jumlah").fill(str(quantity))
    page.get_by_role("button", name="Masukkan ke keranjang").click()
    expect(page.get_by_role("heading", name="Keranjang", exact=True)).to_be_visible()


def fill_in_checkout(page, **typed):
    """Write who gets the parcel and choose the account; nothing is sent yet."""
    values = {**BUYER, **typed}
    page.get_by_label("Nama penerima").fill(values["name"])
    page.get_by_label("Nomor HP").fill(values["phone"])
    page.get_by_label("E-mail").fill(values["email"])
    page.get_by_label("Alamat lengkap").fill(values["address"])
    page.get_by_label("Kota atau kabupaten").fill(values["city"])
    page.get_by_label("Kode pos").fill(values["postal_code"])
    page.get_by_label("Provinsi").select_option(values["province"])
    page.get_by_role("radio", name=re.compile(f"^Transfer ke {BCA.label} ")).check()
    page.get_by_label(re.compile("Catatan untuk penjual")).fill(values["note"])


def place_order(page):
    page.get_by_role("button", name="Buat pesanan").click()
    expect(page.get_by_role("heading", name=re.compile("^Pembayaran INV-"))).to_be_visible()


def transfer(page, shop, amount, *, bank=BCA):
    """Send money at the bank's page; the shop has answered when this returns."""
    page.goto(shop.bank_url)
    page.get_by_role("radio", name=re.compile(f"^{bank.label} ")).check()
    page.get_by_label("Jumlah", exact=True).fill(str(amount))
    page.get_by_role("button", name="Transfer", exact=True).click()
    expect(page.get_by_text("Toko sudah menerima dan menyimpan mutasi ini.")).to_be_visible()


def amount_shown(page):
    """Return the large amount as it is read, such as `Rp48.347`."""
    return page.locator(".moota-figure").inner_text()


def expect_history(page, *steps):
    """Assert that an order's page tells these steps in this order; it may tell others between them."""
    told = page.locator(".timeline .what").all_inner_texts()
    assert [step for step in told if step in steps] == list(steps), told


def unfold(page):
    """Open everything that is folded away; filters are not, where there is room."""
    for summary in page.locator("summary:visible").all():
        summary.click()


def dotted(amount):
    return f"Rp{amount:,}".replace(",", ".")
