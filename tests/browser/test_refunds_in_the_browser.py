"""Asking for money back, in a real browser: every page on the way, the shopper's and the owner's."""

import re

import pytest
from playwright.sync_api import expect
from steps import unfold
from watching import look_over

pytestmark = pytest.mark.browser

EMAIL = "kembali@contoh.test"


def test_a_shopper_asks_for_money_back_and_says_where_it_goes(page, owner, shop):
    order = shop.buy("stoples-kaca-tutup-jati", email=EMAIL)
    shop.pay(order)

    page.goto(f"{order.pay_path}/refund")
    look_over(page)
    asks_wrongly_and_then_rightly(page)
    look_over(page)

    page.goto(link_in(shop.mailbox.wait_for(EMAIL, "RFD-"), "/destination"))
    look_over(page)
    names_the_account(page)
    look_over(page)

    owner_approves(owner, order)


def asks_wrongly_and_then_rightly(page):
    page.get_by_role("radio").first.check()
    page.get_by_label("Jumlah yang diminta").fill("seratus juta")
    page.get_by_label("Ceritakan singkat").fill("Tutupnyaretakwaktusampai" * 10)
    page.get_by_role("button", name="Kirim pengajuan").click()
    expect(page.get_by_label("Jumlah yang diminta")).to_have_attribute("aria-invalid", "true")
    look_over(page)

    page.get_by_label("Jumlah yang diminta").fill("20.000")
    page.get_by_role("button", name="Kirim pengajuan").click()
    expect(page.get_by_role("heading", name=re.compile("^Pengembalian dana RFD-"))).to_be_visible()
    unfold(page)


def names_the_account(page):
    page.get_by_label("Bank").select_option("014")
    page.get_by_label("Nomor rekening").fill("12")
    page.get_by_label("Nama pemilik rekening").fill("Siti Rahayu")
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_label("Nomor rekening")).to_have_attribute("aria-invalid", "true")
    look_over(page)

    page.get_by_label("Nomor rekening").fill("2223334445")
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_role("heading", name="Sudah benar?")).to_be_visible()
    look_over(page)
    page.get_by_role("button", name="Ya, kirim ke rekening ini").click()
    expect(page.get_by_text("Rekening tujuan sudah dicatat.")).to_be_visible()


def owner_approves(owner, order):
    owner.goto("/admin/payments/refunds")
    look_over(owner)
    owner.get_by_role("article").filter(has_text=order.number).get_by_role("link").click()
    look_over(owner)
    owner.get_by_role("button", name="Setujui").click()
    expect(owner.get_by_role("button", name="Tandai sudah ditransfer")).to_be_visible()
    look_over(owner)
    owner.goto(f"/admin/orders/{order.number}")
    unfold(owner)
    look_over(owner)


def link_in(letter, ending):
    text = letter.get_body(("plain",)).get_content()
    return re.search(rf"http\S+{ending}", text)[0]
