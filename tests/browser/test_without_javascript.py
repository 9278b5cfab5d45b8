"""Everything works without JavaScript; what cannot work without it is not shown."""

import pytest
from playwright.sync_api import expect
from steps import amount_shown, dotted, fill_in_checkout, place_order, put_into_cart, transfer

pytestmark = pytest.mark.browser


def test_a_person_without_javascript_buys_pays_and_sees_it(new_person, shop):
    buyer, bank = new_person(java_script_enabled=False), new_person(java_script_enabled=False)

    put_into_cart(buyer)
    buyer.get_by_role("link", name="Lanjut ke pembayaran").click()
    fill_in_checkout(buyer)
    place_order(buyer)
    order = shop.newest_order()

    assert amount_shown(buyer) == dotted(order.amount_due)
    expect(buyer.get_by_role("button", name="Salin nominal")).to_be_hidden()
    expect(buyer.get_by_role("timer")).to_be_hidden()
    assert [each.bounding_box() for each in buyer.locator(".moota-needs-js").all()] == [None] * 4

    transfer(bank, shop, order.amount_due)
    shop.wait_for_status(order.number, "paid")
    buyer.reload()
    expect(buyer.get_by_text("Lunas. Terima kasih!")).to_be_visible()

    buyer.get_by_role("link", name="Lihat pesanan").click()
    expect(buyer.get_by_role("heading", name="Terima kasih, pembayaran sudah kami terima")).to_be_visible()


def test_the_cart_is_changed_without_javascript(new_person):
    page = new_person(java_script_enabled=False)
    put_into_cart(page)

    page.get_by_label("Jumlah Kopi Tubruk").fill("3")
    page.get_by_role("button", name="Perbarui jumlah").last.click()
    expect(page.get_by_label("Jumlah Kopi Tubruk")).to_have_value("3")

    page.get_by_role("button", name="Keluarkan").click()
    expect(page.get_by_role("heading", name="Keranjang Anda masih kosong")).to_be_visible()
