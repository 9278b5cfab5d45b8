"""E-mails follow what happened, say what is true when they leave, and leave once."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from shopfloor import fields, make_shop, on_sqlite, stock_up

from payments_moota import tasks


def subjects(shop):
    return [message.subject for message in shop.mails()]


def test_the_first_letter_says_what_to_transfer_and_where(shop):
    number = shop.buy()

    shop.process()

    (letter,) = shop.mails()
    charge = shop.charge(number)
    assert letter.to == ["siti@contoh.test"]
    assert letter.subject == f"Selesaikan pembayaran pesanan {number}"
    html = letter.alternatives[0][0]
    amount = f"{charge['amount_due']:,}".replace(",", ".")
    assert f"Rp{amount}" in letter.body
    assert amount[-3:] in html
    for text in (letter.body, html):
        assert "1112223334" in text
        assert f"http://127.0.0.1:5000{shop.path_of(number)}" in text
        assert shop.pay_path(number) in text


def test_each_fact_is_told_once(shop):
    number = shop.buy()
    shop.process()
    shop.pay(number)
    shop.process()
    shop.sweep()

    assert subjects(shop) == [
        f"Selesaikan pembayaran pesanan {number}",
        f"Pembayaran pesanan {number} sudah kami terima",
    ]


def test_cancelling_and_expiring_are_told(shop, visitor):
    cancelled, expired = shop.buy(), shop.buy()
    path = shop.path_of(cancelled)
    visitor.post(f"{path}/cancel", on=path)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)), shop.app.app_context():
        tasks.sweep()
        tasks.sweep()

    # Nobody is asked to pay after the deadline, even if the worker slept until then.
    assert subjects(shop) == [f"Pesanan {cancelled} dibatalkan", f"Waktu pembayaran pesanan {expired} habis"]


def test_a_letter_that_waited_too_long_asks_nobody_to_pay_for_nothing(shop, visitor):
    number = shop.buy()
    path = shop.path_of(number)
    visitor.post(f"{path}/cancel", on=path)

    shop.process()

    assert subjects(shop) == [f"Pesanan {number} dibatalkan"]


def test_links_in_letters_lead_to_the_public_address(shop_address, tmp_path):
    shop = make_shop(tmp_path / "instance", shop_address, SHOP_BASE_URL="https://toko.contoh.test")
    stock_up(shop)
    visitor = shop.visitor()
    number = _buy_over_https(shop, visitor)

    shop.process()

    (letter,) = shop.mails()
    assert f"https://toko.contoh.test{shop.path_of(number)}" in letter.body
    assert "https://toko.contoh.test/pay/" in letter.body
    assert letter.from_email == "no-reply@toko.contoh.test"
    shop.close()


def _buy_over_https(shop, visitor):
    """Buy as a browser does on https: the shop's cookies travel nowhere else."""
    options = {"base_url": "https://toko.contoh.test", "headers": {"Referer": "https://toko.contoh.test/"}}
    page = visitor.get("/produk/kopi-tubruk", **options)
    visitor.client.post("/keranjang/tambah/kopi-tubruk", data=fields(page.text), **options)
    form = {**fields(visitor.get("/checkout", **options).text), **visitor.typed}
    answer = visitor.client.post("/checkout", data=form, **options)
    assert answer.status_code == 302
    # A form may only lead to our own site, so the redirect must not name a host.
    assert answer.location.startswith("/pay/")
    return shop.newest_order().number


class _Box(Message):
    def __init__(self):
        super().__init__()
        self.received = []

    def handle_message(self, message):
        self.received.append(message)


@on_sqlite
def test_letters_reach_a_real_mail_server_and_are_tried_again_when_it_is_away(shop_address, tmp_path):
    box = _Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shop = make_shop(
        tmp_path / "instance", shop_address, MAIL_BACKEND="smtp", MAIL_URL=f"smtp://127.0.0.1:{port}", SHOP_NAME="Toko"
    )
    stock_up(shop)

    number = shop.buy()
    shop.process()
    assert box.received == []

    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        shop.process()
    server.stop()

    (letter,) = box.received
    assert number in letter["Subject"]
    assert letter.is_multipart()
    shop.close()


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_letter_is_written_in_the_language_of_the_checkout(shop, language):
    visitor = shop.visitor()
    visitor.get(f"/bahasa/{language}")
    visitor.put_into_cart()
    visitor.check_out()
    shop.process()

    assert f'lang="{language}"' in shop.mails()[-1].alternatives[0][0]
