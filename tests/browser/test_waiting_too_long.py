"""Nobody pays in time: a real minute passes, the worker notices, and the open page says so."""

import pytest
from playwright.sync_api import expect
from steps import expect_history
from watching import look_over

pytestmark = pytest.mark.browser


def test_an_open_payment_page_says_when_time_is_up(new_person, shop, lasts_a_minute):
    page = new_person()
    page.goto(lasts_a_minute.pay_path)

    expect(page.get_by_text("Waktu pembayaran habis")).to_be_visible(timeout=75_000)
    expect(page.get_by_text("jangan transfer lagi untuk tagihan ini")).to_be_visible()
    expect(page.locator(".moota-figure")).to_have_count(0)
    look_over(page)

    page.get_by_role("link", name="Lihat pesanan").click()
    expect(page.get_by_role("heading", name="Waktu pembayaran habis")).to_be_visible()
    expect_history(page, "Pesanan dibuat", "Waktu pembayaran habis")
    look_over(page)
    assert lasts_a_minute.number in shop.mailbox.wait_for("lambat@contoh.test", "habis")["Subject"]
