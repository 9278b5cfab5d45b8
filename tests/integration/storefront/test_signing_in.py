"""Customers sign in by a link from a letter, without a password."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from shopfloor import fields, on_sqlite

from storefront.database import now

SITI = "siti@contoh.test"


def ask(visitor, email=SITI):
    return visitor.post("/akun", {"email": email}, follow_redirects=True)


def links(shop, to=SITI):
    shop.process()
    letters = [message for message in shop.mails() if message.to == [to]]
    found = [re.search(r"http\S+/akun/masuk/\S+", message.body) for message in letters]
    return [urlsplit(match[0]).path for match in found if match]


@pytest.fixture
def order(shop):
    return shop.buy()


def test_the_link_shows_a_button_and_the_button_signs_in(shop, order, visitor):
    assert "Periksa e-mail Anda" in ask(visitor, " Siti@CONTOH.test ").text
    (link,) = links(shop)
    assert order not in visitor.get("/akun").text

    assert visitor.get(link).status_code == 200
    assert order not in visitor.get("/akun").text
    answer = visitor.post(link, follow_redirects=True)

    assert order in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.get(shop.path_of(order)).status_code == 200


def test_a_stranger_gets_the_same_answer_and_no_letter(shop, order, visitor):
    known, unknown = ask(visitor), ask(visitor, "bukan@contoh.test")

    assert known.text == unknown.text
    assert len(links(shop)) == 1
    assert links(shop, "bukan@contoh.test") == []


@on_sqlite
def test_a_link_works_once(shop, order, visitor):
    ask(visitor)
    (link,) = links(shop)
    token = fields(visitor.get(link).text)

    assert visitor.client.post(link, data=token).status_code == 302
    other = shop.visitor()
    assert other.get(link).status_code == 410
    assert other.post(link, on="/akun").status_code == 410
    assert order not in other.get("/akun").text


@on_sqlite
def test_a_link_holds_for_half_an_hour(shop, order, visitor):
    ask(visitor)
    (link,) = links(shop)

    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        assert visitor.get(link).status_code == 410


@on_sqlite
@pytest.mark.parametrize("token", ["palsu", "WzEsIngiXQ.aaaa.bbbb"])
def test_a_forged_link_opens_nothing(visitor, token):
    assert visitor.get(f"/akun/masuk/{token}").status_code == 410


@on_sqlite
def test_a_letter_that_waited_too_long_is_not_sent(shop, order, visitor):
    ask(visitor)

    with time_machine.travel(now() + timedelta(minutes=31), tick=False):
        assert links(shop) == []


@on_sqlite
def test_too_many_letters_are_refused_known_or_not(shop, order, visitor):
    for email in (SITI, "bukan@contoh.test"):
        for _time in range(3):
            assert ask(visitor, email).status_code == 200
        assert ask(visitor, email).status_code == 429
    assert len(links(shop)) == 3


def signed_in(shop):
    visitor = shop.visitor()
    ask(visitor)
    visitor.post(links(shop)[-1])
    assert "Pesanan saya" in visitor.get("/akun").text
    return visitor


@on_sqlite
def test_signing_out_everywhere_ends_other_sign_ins_and_unused_links(shop, order):
    phone, desk = signed_in(shop), signed_in(shop)
    ask(desk)
    unused = links(shop)[-1]

    phone.post("/akun/keluar", on="/akun")
    assert "Pesanan saya" in desk.get("/akun").text
    desk2 = signed_in(shop)
    desk2.post("/akun/keluar", {"everywhere": "1"}, on="/akun")

    assert "Pesanan saya" not in desk.get("/akun").text
    assert shop.visitor().get(unused).status_code == 410


@on_sqlite
def test_a_customer_sees_only_their_own_orders(shop, order):
    other = shop.buy(email="budi@contoh.test")

    page = signed_in(shop).get("/akun").text

    assert order in page
    assert other not in page
