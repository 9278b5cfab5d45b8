"""The payment page in the shop: light enough for a slow phone, and one tap away from somebody who helps."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from hosts import pretend
from shopfloor import make_shop, stock_up

from payments_moota.accounts import add_account
from payments_moota.context import transaction

MOST_BYTES = 100_000
_LOADED = re.compile(r'<(?:link|script|img)\b[^>]*\b(?:href|src)="([^"]+)"')


@pytest.fixture
def provider():
    with pretend.moota() as running:
        yield running


@pytest.fixture
def shop(shop_address, tmp_path, provider):
    settings = {"SHOP_BASE_URL": "http://toko.test", "SHOP_WHATSAPP": "0812-1112-2233", **provider.settings}
    made = make_shop(tmp_path / "instance", shop_address, **settings)
    stock_up(made)
    with made.app.app_context(), transaction("test") as work:
        for bank_id, bank_type in ((pretend.VA, "bniVA"), (pretend.QRIS, "qris")):
            add_account(work, bank_id=bank_id, bank_type=bank_type, account_number="98810012", holder="Toko Contoh")
    yield made
    made.close()


def pay_path(shop, number):
    return urlsplit(shop.charge(number)["pay_url"]).path


def weight(visitor, address):
    answer = visitor.get(address)
    size = len(answer.data)
    answer.close()
    return size


@pytest.mark.parametrize("way", [None, f"virtual_account:{pretend.VA}", f"qris:{pretend.QRIS}"])
def test_everything_that_the_first_visit_loads_is_light(shop, visitor, way):
    path = pay_path(shop, shop.buy(**({"way": way} if way else {})))

    page = visitor.get(path)
    weights = {address: weight(visitor, address) for address in {*_LOADED.findall(page.text)}}

    assert any(address.endswith("moota.css") for address in weights), weights
    assert len(page.data) + sum(weights.values()) < MOST_BYTES, (len(page.data), weights)


def test_help_opens_a_chat_that_knows_the_order(shop, visitor):
    number = shop.buy()

    page = visitor.get(pay_path(shop, number)).text

    links = [unescape(link) for link in re.findall(r'href="(https://wa\.me/[^"]+\?[^"]+)"', page)]
    assert {urlsplit(link).path for link in links} == {"/6281211122233"}
    assert [number in parse_qs(urlsplit(link).query)["text"][0] for link in links] == [True]
    assert "Tanya toko lewat WhatsApp" in page


def test_without_a_number_nothing_is_promised(shop_address, tmp_path):
    bare = make_shop(tmp_path / "bare", shop_address)
    stock_up(bare)

    page = bare.visitor().get(pay_path(bare, bare.buy())).text

    assert "Tanya toko" not in page
    bare.close()
