"""Links that somebody altered, forms that were open too long, things typed wrongly."""

import pytest
from playwright.sync_api import expect
from shop_running import BUYER
from steps import fill_in_checkout, place_order, put_into_cart

pytestmark = pytest.mark.browser

_SEND_THREE_TIMES = """() => {
  const form = document.querySelector("main form[method=post]");
  const body = new URLSearchParams(new FormData(form));
  const send = async () => (await fetch(form.action, { method: "POST", body })).url;
  return Promise.all([send(), send(), send()]);
}"""


def altered(path):
    """Return the path with its last character but one exchanged: the last may carry bits that mean nothing."""
    return path[:-2] + ("A" if path[-2] != "A" else "B") + path[-1]


@pytest.mark.parametrize(
    ("link", "title"),
    [("pay_path", "Tautan ini tidak berlaku"), ("order_path", "Halaman tidak ditemukan")],
)
def test_an_altered_link_leads_to_a_page_that_says_so(page, shop, link, title):
    order = shop.buy()

    answer = page.goto(altered(getattr(order, link)))

    assert answer.status == 404
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert order.number not in page.content()


def test_a_page_that_is_not_there_leads_back_to_the_shop(page):
    assert page.goto("/produk/tidak-ada").status == 404
    page.get_by_role("link", name="Kembali ke toko").click()
    expect(page.get_by_role("heading", name="Selamat datang")).to_be_visible()


def test_an_expired_form_keeps_what_was_typed(page, shop):
    put_into_cart(page)
    page.goto("/checkout")
    fill_in_checkout(page)
    # The token of a session that is over, as a form left open for days has it.
    page.locator("input[name=csrf_token]").evaluate("(field) => { field.value = 'kedaluwarsa'; }")
    page.get_by_role("button", name="Buat pesanan").click()

    expect(page.get_by_text("Halaman ini terlalu lama terbuka")).to_be_visible()
    for label, name in (("Nama penerima", "name"), ("Alamat lengkap", "address"), ("Kode pos", "postal_code")):
        expect(page.get_by_label(label)).to_have_value(BUYER[name])
    place_order(page)
    assert page.get_by_role("heading", level=1).inner_text() == f"Pembayaran {shop.newest_order().number}"


def test_mistakes_are_named_beside_their_fields_and_nothing_is_lost(page):
    put_into_cart(page)
    page.goto("/checkout")
    fill_in_checkout(page, phone="12345", postal_code="1")
    page.get_by_role("button", name="Buat pesanan").click()

    summary = page.get_by_role("heading", name="2 bagian perlu diperbaiki")
    expect(summary).to_be_visible()
    phone = page.get_by_label("Nomor HP")
    expect(phone).to_have_value("12345")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_accessible_description(
        "Contoh: 0812-3456-7890 Nomor HP ini tidak benar. Contoh: 0812-3456-7890"
    )
    expect(page.get_by_label("Nama penerima")).to_have_value(BUYER["name"])
    page.get_by_role("link", name="Kode pos").click()
    expect(page.get_by_label("Kode pos")).to_be_focused()


def test_a_form_sent_three_times_at_once_makes_one_order(page, shop):
    put_into_cart(page)
    page.goto("/checkout")
    fill_in_checkout(page)
    before = serial(shop.newest_order())

    reached = page.evaluate(_SEND_THREE_TIMES)

    order = shop.newest_order()
    assert reached == [f"{shop.url}{order.pay_path}"] * 3
    assert serial(order) == before + 1


def serial(order):
    return int(order.number.removeprefix("INV-"))
