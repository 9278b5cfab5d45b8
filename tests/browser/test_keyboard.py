"""Buying with the keyboard alone."""

import pytest
from playwright.sync_api import expect
from shop_running import BUYER
from steps import put_into_cart

pytestmark = pytest.mark.browser

_FOCUSED = """() => {
  const e = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(e);
  const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  return { name: e.name || e.textContent.trim(), type: e.type || e.localName, outlined };
}"""


def test_the_keyboard_alone_leads_through_checkout(page, shop):
    put_into_cart(page)
    page.goto("/checkout")
    typed = []
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUSED)
        assert at["outlined"], f"no outline shows the focus on {at}"
        if at["type"] == "submit" and at["name"].startswith("Buat pesanan"):
            break
        if at["name"] in BUYER:
            page.keyboard.type(BUYER[at["name"]])
            typed.append(at["name"])
        if at["name"] == "way":
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowUp")
    assert typed == ["name", "phone", "email", "address", "city", "postal_code", "province", "note"]
    page.keyboard.press("Enter")

    expect(page.get_by_text("Menunggu pembayaran")).to_be_visible()
    page.goto(shop.newest_order().order_path)
    expect(page.get_by_text("Salatiga, Jawa Tengah 50711")).to_be_visible()


def test_the_first_tab_leads_past_the_head_of_the_page(page):
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Langsung ke isi")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")

    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_copying_by_keyboard_keeps_the_focus(new_person, shop):
    page = new_person()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    order = shop.buy()
    page.goto(order.pay_path)
    button = page.get_by_role("button", name="Salin nominal")
    button.focus()
    page.keyboard.press("Enter")

    expect(page.locator("[data-copy-status]")).to_have_text("Nominal tersalin")
    expect(button).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == str(order.amount_due)
