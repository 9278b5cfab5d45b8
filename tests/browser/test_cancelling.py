"""Who has not paid may change their mind."""

import pytest
from playwright.sync_api import expect
from steps import expect_history, fill_in_checkout, place_order, put_into_cart

pytestmark = pytest.mark.browser

SLUG = "madu-randu"


def test_cancelling_gives_the_goods_back_and_stops_the_payment(new_person, shop):
    page, elsewhere = new_person(), new_person()
    before = shop.stock(SLUG)
    put_into_cart(page, SLUG, 2)
    page.get_by_role("link", name="Lanjut ke pembayaran").click()
    fill_in_checkout(page, email="batal@contoh.test")
    place_order(page)
    order = shop.newest_order()
    assert shop.stock(SLUG) == before - 2
    elsewhere.goto(order.pay_path)

    page.get_by_role("link", name="Lihat atau batalkan pesanan").click()
    page.get_by_text("Batalkan pesanan", exact=True).click()
    page.get_by_role("button", name="Ya, batalkan pesanan ini").click()

    expect(page.get_by_role("heading", name="Pesanan ini dibatalkan")).to_be_visible()
    expect_history(page, "Pesanan dibuat", "Pesanan dibatalkan")
    assert shop.stock(SLUG) == before
    # The payment page that is still open somewhere says so by itself, and no longer names an amount to transfer.
    expect(elsewhere.get_by_text("Dibatalkan", exact=True)).to_be_visible(timeout=5_000)
    expect(elsewhere.get_by_text("Jangan transfer untuk pesanan ini.")).to_be_visible()
    expect(elsewhere.locator(".moota-figure")).to_have_count(0)
    assert order.number in shop.mailbox.wait_for("batal@contoh.test", "batal")["Subject"]
