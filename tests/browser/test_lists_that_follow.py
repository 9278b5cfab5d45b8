"""With JavaScript the panel's lists follow their filters in place; nothing of what was typed is lost."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SLUG = "teh-melati-tubruk"


@pytest.fixture(scope="module")
def order(shop):
    return shop.buy(SLUG, name="Zulaikha Penyabar")


@pytest.fixture
def stays(owner):
    """Return a function that tells whether the page that was gone to last is still there."""

    def go(address):
        owner.goto(address)
        owner.evaluate("window.isTheSame = true")

    go.holds = lambda: owner.evaluate("window.isTheSame === true")
    return go


@pytest.mark.parametrize(
    ("address", "label", "row"),
    [("/admin/orders", "Cari nama", "row"), ("/admin/payments/charges", "Nomor pesanan, nama", "row")],
)
def test_a_list_narrows_while_one_types(owner, order, stays, address, label, row):
    stays(address)
    field = owner.get_by_label(re.compile(f"^{label}"))

    field.press_sequentially("zulaikha tidakada")
    expect(owner.get_by_role(row)).to_have_count(0)
    field.fill("zulaikha")

    expect(owner.get_by_role(row).filter(has_text="Zulaikha")).to_have_count(1)
    expect(field).to_be_focused()
    expect(owner).to_have_url(re.compile(r"=zulaikha$"))
    expect(owner.get_by_role("status").filter(has_text="Daftar diperbarui.")).to_have_count(1)
    assert stays.holds()
    owner.reload()
    expect(owner.get_by_label(re.compile(f"^{label}"))).to_have_value("zulaikha")


def test_a_choice_narrows_at_once_and_keeps_the_words(owner, order, stays):
    stays("/admin/orders?q=zulaikha")

    owner.get_by_label("Pembayaran").select_option("Lunas")
    expect(owner.get_by_role("heading", name="Tidak ada pesanan yang cocok")).to_be_visible()
    owner.get_by_label("Pembayaran").select_option("Belum dibayar")

    expect(owner.get_by_role("row").filter(has_text=order.number)).to_have_count(1)
    expect(owner).to_have_url(re.compile("q=zulaikha.*payment=unpaid"))
    assert stays.holds()


def test_a_queue_opens_in_place_and_back_leads_back(owner, order, stays):
    stays("/admin/orders")

    owner.get_by_role("link", name=re.compile("Menunggu pembayaran")).click()
    expect(owner).to_have_url(re.compile("queue="))
    assert stays.holds()
    expect(owner.get_by_role("heading", name="Pesanan", exact=True)).to_be_focused()

    owner.go_back()
    expect(owner).to_have_url(re.compile("/admin/orders$"))
    expect(owner.get_by_label("Menunggu")).to_have_value("")


def test_whoever_is_signed_out_meanwhile_is_asked_to_sign_in(owner, stays):
    stays("/admin/orders")
    owner.context.clear_cookies()

    owner.get_by_label("Pembayaran").select_option("Lunas")

    expect(owner).to_have_url(re.compile("/admin/login"))


def test_a_page_of_the_list_of_goods_turns_in_place(owner, stays):
    stays("/admin/products")

    owner.get_by_role("link", name="Berikutnya").click()

    expect(owner).not_to_have_url(re.compile("/admin/products$"))
    assert stays.holds()


def test_a_jump_within_a_page_loads_nothing_anew(owner, stays):
    stays("/admin/vouchers/new")
    field = owner.locator("main input[type=text]").first
    field.fill("sudah diketik")

    owner.evaluate(
        "new Promise((done) => { addEventListener('popstate', () => setTimeout(done)); location.hash = 'isi'; })"
    )

    assert stays.holds()
    expect(field).to_have_value("sudah diketik")
