"""The panel's first page: what needs somebody now, how sales go, whether the money's way is in order."""

import re

import pytest
from hosts import bank

from storefront.admin import home


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def needs(page):
    """Return what waits, by its words."""
    found = re.findall(r'<a class="panel[^"]*" href="[^"]*"><b class="figures">(\d+)\+?</b> <span>([^<]+)', page)
    return {text: int(count) for count, text in found}


def test_an_idle_shop_says_that_all_is_well_but_the_worker(shop, owner):
    page = owner.get("/admin/").text
    assert "Tidak ada. Semua sudah beres." in page
    assert "Pekerja latar diam" in page


def test_what_waits_is_counted_where_it_can_be_done(shop, owner):
    shop.buy()
    shop.pay(shop.buy())
    shop.receive(bank.mutation(777_777))
    page = owner.get("/admin/").text
    assert needs(page) == {"Uang masuk yang belum jelas": 1, "Pesanan yang perlu dikirim": 1}
    assert 'href="/admin/orders?queue=to_ship"' in page


def test_sales_of_today_are_in_every_sum_and_drawn(shop, owner):
    shop.pay(shop.buy(quantity=2))
    shop.buy()
    page = owner.get("/admin/").text
    assert page.count("<b>Rp100.000</b>") == 3
    assert "1 pesanan lunas" in page
    assert "2 dibuat" in page
    assert page.count("<rect") == 3 * home.SPAN


def test_the_bookkeeper_sees_it_and_strangers_do_not(shop, visitor):
    shop.add_staff("buku@toko.test", "bookkeeper")
    assert visitor.get("/admin/").status_code == 302
    visitor.sign_in("buku@toko.test")
    assert visitor.get("/admin/").status_code == 200


def test_webhooks_that_are_turned_away_are_not_kept_from_the_owner(shop, owner):
    assert "Webhook ditolak" not in owner.get("/admin/").text
    shop.app.test_client().post("/webhook/moota", data=b"[]", headers={"Signature": "ab" * 32})

    page = owner.get("/admin/").text

    assert '<a href="/admin/payments/inbox/refused">1, lihat sebabnya</a>' in page
    assert "Tanda tangan" in owner.get("/admin/payments/inbox/refused").text
