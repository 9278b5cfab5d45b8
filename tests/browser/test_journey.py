"""From a product to a parcel on its way: the whole journey in a real browser, with every letter that it brings."""

import re
import time

import pytest
from playwright.sync_api import expect
from shop_running import OWNER, PASSWORD
from steps import amount_shown, dotted, expect_history, fill_in_checkout, place_order, put_into_cart, transfer

pytestmark = pytest.mark.browser

EMAIL = "perjalanan@contoh.test"


def test_a_person_buys_pays_and_gets_the_parcel(new_person, shop):
    buyer, bank, owner = new_person(), new_person(), new_person()
    buyer.context.grant_permissions(["clipboard-read", "clipboard-write"])

    put_into_cart(buyer, "robusta-temanggung", 2)
    subtotal = read_rupiah(buyer.locator("dd.total"))
    buyer.get_by_role("link", name="Lanjut ke pembayaran").click()
    fill_in_checkout(buyer, email=EMAIL)
    place_order(buyer)
    order = shop.newest_order()

    sees_the_exact_amount(buyer, order, subtotal)
    copies_digits_only(buyer, order)
    gets_instructions(shop, order)
    sees_it_turn_to_paid_by_itself(buyer, bank, shop, order)
    gets_told(shop, order)
    sees_the_history(buyer, order)
    owner_finds_and_ships(owner, order)
    sees_it_on_its_way(buyer)


def read_rupiah(locator):
    return int(re.sub(r"\D", "", locator.inner_text()))


def sees_the_exact_amount(buyer, order, subtotal):
    assert 0 < order.amount_due - subtotal <= 999
    assert amount_shown(buyer) == dotted(order.amount_due)
    assert buyer.locator(".moota-tail").inner_text() == str(order.amount_due)[-3:]
    expect(buyer.get_by_text("tiga angka terakhir", exact=True)).to_be_visible()
    expect(buyer.get_by_text(re.compile(r"^Bayar sebelum .+ WIB$"))).to_be_visible()
    expect(buyer.get_by_role("timer")).to_have_text(re.compile(r"^(24:00:00|23:59:\d\d)$"))


def copies_digits_only(buyer, order):
    def copied(name):
        buyer.get_by_role("button", name=name).click()
        expect(buyer.locator("[data-copy-status]")).to_contain_text("tersalin")
        text = buyer.evaluate("navigator.clipboard.readText()")
        buyer.evaluate("navigator.clipboard.writeText('')")
        return text

    assert copied("Salin nominal") == str(order.amount_due)
    assert copied("Salin nomor") == "1112223334"


def gets_instructions(shop, order):
    letter = shop.mailbox.wait_for(EMAIL, order.number)
    text = letter.get_body(("plain",)).get_content()
    assert dotted(order.amount_due) in text
    assert f"{shop.url}{order.pay_path}" in text


def sees_it_turn_to_paid_by_itself(buyer, bank, shop, order):
    transfer(bank, shop, order.amount_due)
    answered = time.monotonic()
    expect(buyer.get_by_text("Lunas. Terima kasih!")).to_be_visible(timeout=3_000)
    assert time.monotonic() - answered < 3
    # Who reads with the ears is led to the news.
    expect(buyer.locator("[data-banner]")).to_be_focused()


def gets_told(shop, order):
    letter = shop.mailbox.wait_for(EMAIL, "terima")
    assert order.number in letter["Subject"]
    assert dotted(order.amount_due) in letter.get_body(("plain",)).get_content()


def sees_the_history(buyer, order):
    buyer.get_by_role("link", name="Lihat pesanan").click()
    expect(buyer.get_by_role("heading", name=f"Pesanan {order.number}")).to_be_visible()
    expect_history(buyer, "Pesanan dibuat", "Pembayaran diterima")


def owner_finds_and_ships(owner, order):
    owner.goto("/admin/")
    owner.get_by_label("E-mail").fill(OWNER)
    owner.get_by_label("Kata sandi").fill(PASSWORD)
    owner.get_by_role("button", name="Masuk").click()
    expect(owner.get_by_role("heading", name="Beranda")).to_be_visible()
    owner.get_by_role("link", name=re.compile("Pesanan yang perlu dikirim")).click()
    owner.get_by_role("link", name="Semua").first.click()
    row = owner.get_by_role("row").filter(has_text=order.number)
    expect(row).to_contain_text("Lunas")

    owner.get_by_label(re.compile("^Cari nama")).fill("siti rahayu")
    owner.get_by_label("Pengiriman").select_option("Belum dikirim")
    owner.get_by_role("button", name="Saring").click()
    owner.get_by_role("link", name=order.number).click()
    expect(owner.get_by_text(dotted(order.amount_due)).first).to_be_visible()

    owner.get_by_label("Kurir").fill("JNE REG")
    owner.get_by_label("Nomor resi").fill("JP1234567890")
    owner.get_by_role("button", name="Tandai dikirim").click()
    expect(owner.get_by_role("status")).to_contain_text(f"Pesanan {order.number} ditandai dikirim.")


def sees_it_on_its_way(buyer):
    buyer.reload()
    expect(buyer.get_by_role("heading", name="Pesanan Anda sedang di jalan")).to_be_visible()
    expect(buyer.get_by_text("JP1234567890").first).to_be_visible()
    expect_history(buyer, "Pesanan dibuat", "Pembayaran diterima", "Pesanan dikirim")
