"""The owner puts letters and WhatsApp messages into words of their own."""

from urllib.parse import parse_qs, urlsplit

import pytest
from shopfloor import DEEDS, fields

from storefront.admin.models import AuditEntry
from storefront.extensions import db
from storefront.notifications.letters import KINDS

LETTERS = "/admin/letters"
ASKING = f"{LETTERS}/email/instructions/id"
BODY = "Hai {name}!\n\nTotalnya {total}.\n\n{payment}\n\n{pay}\n\nSalam **hangat** dari {shop}"
EVERY = [
    f"{LETTERS}/{channel}/{letter}/{locale}"
    for channel, kinds in KINDS.items()
    for letter in kinds
    for locale in ("id", "en")
]


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def letter_to(shop, address="siti@contoh.test"):
    shop.process()
    return [message for message in shop.mails() if message.to == [address]][-1]


def html(message):
    return message.alternatives[0][0]


def test_a_letter_in_the_owners_words_keeps_the_figures(shop, owner):
    owner.post(ASKING, {"subject": "Yuk bayar {order}", "body": BODY})

    number = shop.buy()

    message, due = letter_to(shop), shop.charge(number)["amount_due"]
    assert message.subject == f"Yuk bayar {number}"
    for text in (message.body, html(message)):
        assert "Hai Siti Rahayu!" in text
        assert "1112223334" in text
        assert "/pay/" in text
    assert f"{due:,}".replace(",", ".") in message.body
    assert "Salam hangat dari" in message.body
    assert "<strong>hangat</strong>" in html(message)
    assert "{" not in message.body


def test_another_language_keeps_our_words(shop, owner):
    owner.post(ASKING, {"subject": "Yuk bayar {order}", "body": BODY})
    visitor = shop.visitor()
    visitor.get("/bahasa/en")
    visitor.put_into_cart()
    visitor.check_out()

    assert letter_to(shop).subject.startswith("Complete the payment")


def test_what_happened_out_of_the_ordinary_is_told_in_our_words(shop, owner):
    owner.post(f"{LETTERS}/email/paid/id", {"subject": "Hore {order}", "body": "Terima kasih. {link}"})
    number = shop.buy()
    shop.pay(number)

    assert letter_to(shop).subject == f"Hore {number}"

    owner.post(f"{LETTERS}/email/expired/id", {"subject": "Habis {order}", "body": "Maaf. {link}"})
    assert owner.get(f"{LETTERS}/email/underpaid/id").status_code == 404


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Hai {nama} {payment} {pay}", "Tidak dikenal di sini: {nama}"),
        ("Hai {name}", "tidak lengkap tanpa {payment}, {pay}"),
        ("", "wajib diisi"),
    ],
)
def test_a_letter_that_cannot_be_filled_is_refused_with_what_can(owner, body, told):
    answer = owner.post(ASKING, {"subject": "Bayar", "body": body})

    assert answer.status_code == 422
    assert told in answer.text
    assert "Bayar" in answer.text
    assert "milik Anda" not in owner.get(LETTERS).text


@pytest.mark.parametrize("address", EVERY)
def test_every_letter_can_be_looked_at_with_sample_data(shop, owner, address):
    shown = owner.post(address, {**fields(owner.get(address).text), "preview": "1"})

    assert shown.status_code == 200
    assert "INV-1042" in shown.text
    assert " style=" not in shown.text
    assert "milik Anda" not in owner.get(LETTERS).text


def test_a_test_letter_goes_to_who_writes_it_and_keeps_nothing(shop, owner):
    answer = owner.post(ASKING, {"subject": "Coba {order}", "body": BODY, "test": "1"})

    assert answer.status_code == 200
    message = letter_to(shop, "pemilik@toko.test")
    assert message.subject == "Coba INV-1042"
    assert "milik Anda" not in owner.get(LETTERS).text


def test_our_words_come_back(shop, owner):
    owner.post(ASKING, {"subject": "Yuk bayar {order}", "body": BODY})
    assert "milik Anda" in owner.get(LETTERS).text

    owner.post(ASKING, {"reset": "1"})
    number = shop.buy()

    assert letter_to(shop).subject == f"Selesaikan pembayaran pesanan {number}"
    with shop.app.app_context():
        actions = [entry.action for entry in db.session.scalars(DEEDS.order_by(AuditEntry.id))]
        assert actions == ["letter.changed", "letter.reset"]


def chats(page):
    return [
        parse_qs(urlsplit(part.partition('"')[0].replace("&amp;", "&")).query)["text"][0]
        for part in page.split('href="https://wa.me/6281234567890?')[1:]
        for part in [f"https://wa.me/?{part}"]
    ]


def test_messages_to_a_buyer_are_written_already(shop, owner):
    number = shop.buy()
    (asking,) = chats(owner.get(f"/admin/orders/{number}").text)
    assert asking.startswith(f"Halo Siti Rahayu, pesanan {number} di Toko Kami menunggu pembayaran Rp50.")
    assert "/pay/" in asking

    owner.post(f"{LETTERS}/whatsapp/paid/id", {"body": "Lunas ya Kak {name} & terima kasih"})
    shop.pay(number)
    assert chats(owner.get(f"/admin/orders/{number}").text) == ["Lunas ya Kak Siti Rahayu & terima kasih"]


@pytest.mark.parametrize("role", ["staff", "bookkeeper"])
def test_only_owners_write_letters(shop, role):
    shop.add_staff("lain@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in("lain@toko.test")
    token = visitor.token("/admin/orders")

    assert visitor.get(LETTERS).status_code == 403
    assert visitor.get(ASKING).status_code == 403
    assert visitor.client.post(ASKING, data={"csrf_token": token, "body": "x"}).status_code == 403
