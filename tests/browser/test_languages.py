"""Indonesian until somebody chooses English, and then English on every page."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(_ROOT.glob("*/translations/en/LC_MESSAGES/*.po"))
_PLACEHOLDER = re.compile(r"%\(\w+\)[ds]")

# Every text a reader meets: what stands on the page, and what only assistive technology or a pointer brings up.
_TEXTS = """() => {
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const here = document.documentElement.lang;
  // What says that it is in another language may be so.
  const isForeign = (node) => node.parentElement.closest("[lang]").lang !== here;
  while (walker.nextNode()) if (!isForeign(walker.currentNode)) texts.push(walker.currentNode.data);
  for (const e of document.body.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
    for (const name of ["aria-label", "placeholder", "title", "alt"]) texts.push(e.getAttribute(name) || "");
  return texts.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def test_english_is_chosen_in_the_footer_and_stays(page):
    page.goto("/produk/kopi-tubruk-pawon")
    expect(page.locator("html")).to_have_attribute("lang", "id")

    page.get_by_role("link", name="English").click()

    expect(page).to_have_url(re.compile("/produk/kopi-tubruk-pawon$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="English")).to_have_attribute("aria-current", "true")
    page.goto("/keranjang")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")


def test_the_payment_page_speaks_the_chosen_language(page, shop):
    order = shop.buy()
    page.goto(order.pay_path)
    page.get_by_role("link", name="English").click()

    expect(page).to_have_url(re.compile(re.escape(order.pay_path)))
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.skipif(
    not CATALOGUES or not all(path.with_suffix(".mo").exists() for path in CATALOGUES),
    reason="the English catalogues are not compiled; `make test` does that",
)
def test_no_indonesian_text_is_left_on_english_pages(new_person, owner_cookies, shop):
    page = new_person(storage_state=owner_cookies)
    order, paid = shop.buy(), shop.buy()
    shop.pay(paid)
    page.goto("/bahasa/en")
    page.goto("/produk/kopi-tubruk-pawon")
    page.locator("form.buy").get_by_role("button").click()
    indonesian = untranslated()

    left = []
    for address in addresses(order, paid):
        page.goto(address)
        texts = page.evaluate(_TEXTS)
        left += [f"{address}: {text}" for text in texts if any(pattern.fullmatch(text) for pattern in indonesian)]

    assert not left, "\n".join(left)


def addresses(order, paid):
    shop_pages = ["/", "/cari?q=teh", "/cari?q=takada", "/produk/telang-serai", "/keranjang", "/checkout", "/tidak-ada"]
    secret_pages = [
        order.pay_path,
        order.order_path,
        paid.pay_path,
        paid.order_path,
        f"{paid.pay_path}/refund",
        "/pay/palsu",
    ]
    panel = [
        "/admin/payments/refunds",
        "/admin/orders",
        "/admin/orders?q=takada",
        f"/admin/orders/{order.number}",
        f"/admin/orders/{paid.number}",
    ]
    return [*shop_pages, *secret_pages, *panel]


def untranslated():
    """Return a pattern for each Indonesian text whose English is another, or is missing."""
    found = []
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                found += [_pattern(text) for text in _forms(message.id) if _is_left(text, message)]
    return found


def _is_left(text, message):
    """Tell whether a text has words of its own, and other ones in English."""
    return re.search(r"[A-Za-z]", _PLACEHOLDER.sub("", text)) and text not in _forms(message.string)


def _forms(text):
    """Return singular and plural, or the one form there is."""
    return text if isinstance(text, tuple | list) else (text,)


def _pattern(text):
    """Return what matches the text with anything in its placeholders, figures where it says so."""
    parts = re.split(r"%\(\w+\)([ds])", " ".join(text.split()))
    literals, kinds = parts[::2], [{"d": r"[\d.,]+", "s": ".+"}[kind] for kind in parts[1::2]]
    return re.compile("".join(re.escape(part) + kind for part, kind in zip(literals, [*kinds, ""], strict=True)))
