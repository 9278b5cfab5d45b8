"""Make the pictures of the main pages again: `python tests/browser/screenshots.py [folder]`, default docs/screenshots.

A shop of its own runs while they are taken; people buy, pay and are sent parcels in it, so that no page is empty.
"""

import io
import re
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from shop_running import BCA, OWNER, PASSWORD, RunningShop
from steps import fill_in_checkout, place_order, put_into_cart, transfer
from watching import LAUNCH, find_chromium

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
_TAKEN_ON = {
    390: {"viewport": {"width": 390, "height": 1000}, "device_scale_factor": 2},
    1280: {"viewport": {"width": 1280, "height": 900}, "device_scale_factor": 1},
}
_COLOURS = 256
_BUYERS = {390: "Siti Rahayu", 1280: "Bayu Wicaksono"}
_OTHERS = (
    ("Agus Prasetyo", "Surakarta", "Jawa Tengah", "57126", "teh-melati-tubruk"),
    ("Ni Luh Ayu Lestari", "Denpasar", "Bali", "80232", "dripper-gerabah"),
    ("Yohanes Tarigan", "Medan", "Sumatera Utara", "20154", "arabika-gayo-giling-basah"),
    ("Ratna Dewi", "Bandung", "Jawa Barat", "40115", "besek-sore"),
    ("Muhammad Iqbal", "Banda Aceh", "Aceh", "23116", "gula-semut-aren"),
)


class Camera:
    """Takes one page as phone and desk see it, and keeps the pictures small."""

    def __init__(self, browser, shop, folder):
        self._browser = browser
        self._shop = shop
        self._folder = folder

    @contextmanager
    def person(self, width, **options):
        context = self._browser.new_context(
            base_url=self._shop.url, locale="id-ID", reduced_motion="reduce", **_TAKEN_ON[width], **options
        )
        yield context.new_page()
        context.close()

    def take(self, page, name):
        page.evaluate("() => { document.activeElement?.blur(); scrollTo({ top: 0, behavior: 'instant' }); }")
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        target = self._folder / f"{name}-{page.viewport_size['width']}.png"
        with_few_colours(picture).save(target, optimize=True)


def with_few_colours(picture):
    """Return the picture with a palette; each of its colours is the one that covers most of what it stands for."""
    few = picture.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    indices = Image.frombytes("L", few.size, few.tobytes())
    pairs = Image.merge("RGBA", (*picture.split(), indices)).getcolors(picture.width * picture.height)
    palette = few.getpalette()
    for _, (*colour, index) in sorted(pairs):
        palette[3 * index : 3 * index + 3] = colour
    few.putpalette(palette)
    return few


def main(folder):
    path = find_chromium()
    if path is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, RunningShop(Path(data)) as shop, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=LAUNCH)
        camera = Camera(browser, shop, folder)
        let_others_buy(shop)
        for width in _TAKEN_ON:
            order = buy_and_pay(camera, shop, width)
            look_after_orders(camera, width, order)
        browser.close()


def let_others_buy(shop):
    for name, city, province, postal_code, slug in _OTHERS:
        address = {"name": name, "city": city, "province": province, "postal_code": postal_code}
        order = shop.buy(slug, email=f"{name.split()[0].lower()}@contoh.test", note="", **address)
        if city == "Bandung":
            shop.run("moota", "charge", "cancel", order.number, "--reason", "Salah pilih barang")
        elif city != "Banda Aceh":
            shop.pay(order)


def buy_and_pay(camera, shop, width):
    """Take the shopper's pages and the bank's; return the order."""
    with camera.person(width) as page:
        page.goto("/")
        camera.take(page, "home")
        by_night(camera, page, width, "home")
        page.goto("/produk/robusta-temanggung")
        camera.take(page, "product")
        put_into_cart(page, "cangkir-gerabah-glasir")
        put_into_cart(page, "robusta-temanggung", 2)
        page.reload()
        camera.take(page, "cart")
        page.get_by_role("link", name="Lanjut ke pembayaran").click()
        name = _BUYERS[width]
        fill_in_checkout(page, name=name, email=f"{name.split()[0].lower()}@contoh.test")
        camera.take(page, "checkout")
        place_order(page)
        pay_other_ways(camera, page)
        order = shop.newest_order()
        page.get_by_role("timer").get_by_text(":").wait_for()
        camera.take(page, "pay")
        by_night(camera, page, width, "pay")
        transfer_and_take(camera, shop, width, order)
        page.get_by_text("Lunas. Terima kasih!").wait_for()
        camera.take(page, "paid")
        page.get_by_role("link", name="Lihat pesanan").click()
        page.locator(".timeline").wait_for()
        camera.take(page, "order")
    return order


def pay_other_ways(camera, page):
    """Take the pages of the other ways to pay, and come back to a transfer."""
    for way, name in (("Virtual account", "pay-va"), ("QRIS", "pay-qris"), (f"Transfer ke {BCA.label}", None)):
        page.get_by_role("link", name="Ganti cara bayar").click()
        page.get_by_role("radio", name=re.compile(f"^{way}")).check()
        if way == "QRIS":
            camera.take(page, "choose")
        page.get_by_role("button", name="Pakai cara ini").click()
        page.get_by_role("timer").get_by_text(":").wait_for()
        if name:
            camera.take(page, name)


def transfer_and_take(camera, shop, width, order):
    with camera.person(width) as bank:
        transfer(bank, shop, order.amount_due)
        camera.take(bank, "sandbox")


def by_night(camera, page, width, name):
    if width == min(_TAKEN_ON):
        page.emulate_media(color_scheme="dark")
        camera.take(page, f"{name}-dark")
        page.emulate_media(color_scheme="light")


def look_after_orders(camera, width, order):
    """Take the owner's pages."""
    with camera.person(width) as owner:
        owner.goto("/admin/login")
        owner.get_by_label("E-mail").fill(OWNER)
        owner.get_by_label("Kata sandi").fill(PASSWORD)
        owner.get_by_role("button", name="Masuk").click()
        owner.get_by_role("heading", name="Beranda").wait_for()
        ship_one(owner)
        owner.goto("/admin/orders")
        camera.take(owner, "admin-orders")
        owner.get_by_role("link", name=order.number).click()
        owner.get_by_label("Kurir").wait_for()
        camera.take(owner, "admin-order")


def ship_one(owner):
    """Send the first parcel that waits."""
    owner.goto("/admin/orders?payment=paid&shipment=none")
    owner.get_by_role("link", name="INV-").last.click()
    owner.get_by_label("Kurir").fill("JNE REG")
    owner.get_by_label("Nomor resi").fill("JP1234567890")
    owner.get_by_role("button", name="Tandai dikirim").click()
    owner.get_by_text("JP1234567890").first.wait_for()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
