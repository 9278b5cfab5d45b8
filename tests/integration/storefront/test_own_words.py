"""The owner puts letters and WhatsApp messages into words of their own."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from shopfloor import DEEDS, fields, on_sqlite

from storefront.admin.models import AuditEntry
from storefront.extensions import db
from storefront.notifications.letters import KINDS

# Words and pages: what the databases do differently is tried where the panel is walked.
pytestmark = on_sqlite

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


def test_holes_by_their_indonesian_names_are_understood(shop, owner):
    owner.post(ASKING, {"subject": "Yuk bayar {nomor}", "body": "Hai {nama}, sampai {batas}.\n\n{payment}\n\n{pay}"})

    number = shop.buy()

    message = letter_to(shop)
    assert message.subject == f"Yuk bayar {number}"
    assert "Hai Siti Rahayu, sampai " in message.body
    assert "{" not in message.body


def test_another_language_keeps_our_words(shop, owner):
    owner.post(ASKING, {"subject": "Yuk bayar {order}", "body": BODY})
    visitor = shop.visitor()
    visitor.get("/bahasa/en")
    visitor.put_into_cart()
    visitor.check_out()

    assert letter_to(shop).subject.startswith("Complete the payment")


def test_what_happened_out_of_the_ordinary_has_letters_of_its_own(shop, owner):
    for letter in ("paid", "underpaid"):
        owner.post(f"{LETTERS}/email/{letter}/id", {"subject": f"{letter} {{order}}", "body": "{amount} {pay} {link}"})
    answer = owner.post(f"{LETTERS}/email/underpaid/id", {"subject": "Kurang {order}", "body": "{amount}"})
    assert (answer.status_code, "tidak lengkap tanpa {payment}, {pay}" in answer.text) == (422, True)
    owner.post(
        f"{LETTERS}/email/underpaid/id",
        {"subject": "Kurang {order}", "body": "Baru {amount} masuk.\n\n{payment}\n\n{pay}"},
    )
    owner.post(f"{LETTERS}/email/paid/id", {"subject": "Hore {order}", "body": "Terima kasih. {link}"})
    number = shop.buy()

    shop.pay(number, 20_000, description=f"TRSF {shop.charge(number)['reference']}")

    message = letter_to(shop)
    assert message.subject == f"Kurang {number}"
    assert "Baru Rp20.000 masuk." in message.body
    assert f"{shop.charge(number)['amount_due'] - 20_000:,}".replace(",", ".") in message.body

    shop.pay(number, shop.charge(number)["amount_due"] - 20_000)
    assert letter_to(shop).subject == f"Hore {number}"


def test_a_refund_is_told_in_the_owners_words_with_the_way_to_give_the_account(shop, owner):
    owner.post(
        f"{LETTERS}/email/refund.wrong_amount/id",
        {
            "subject": "Uang lebih {ticket}",
            "body": "Ada lebih {amount} dari {order}.\n\nKe {account}.\n\nLihat {refund}",
        },
    )
    number = shop.buy()

    shop.pay(number, shop.charge(number)["amount_due"] + 5_000, description=f"TRSF {shop.charge(number)['reference']}")

    shop.process()
    (message,) = [each for each in shop.mails() if each.subject.startswith("Uang lebih RFD-")]
    assert f"Ada lebih Rp5.000 dari {number}." in message.body
    assert "Ke " not in message.body
    assert "/refunds/" in message.body
    assert "Isi rekening tujuan" in html(message)


def test_letters_carry_the_shops_logo_and_name_no_other_host(shop, owner):
    picture = io.BytesIO()
    Image.new("RGB", (400, 100), "teal").save(picture, "PNG")
    owner.post("/admin/brand/logo", {"logo": (io.BytesIO(picture.getvalue()), "logo.png")}, on="/admin/brand")
    shop.buy()

    letter = letter_to(shop)
    with shop.app.app_context():
        sent = letter.message()

    assert sent.get_content_type() == "multipart/related"
    (image,) = [part for part in sent.walk() if part.get_content_maintype() == "image"]
    assert (image.get_content_type(), image["Content-ID"]) == ("image/png", "<logo@shop>")
    assert 'src="cid:logo@shop"' in html(letter)
    shown = owner.post(ASKING, {"subject": "A", "body": BODY, "preview": "1"}).text
    assert "cid:" not in shown
    assert shown.count("/media/") >= 2


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Hai {siapa} {payment} {pay}", "Tidak dikenal di sini: {siapa}"),
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


def test_every_letter_can_be_looked_at_with_sample_data(shop, owner):
    for address in EVERY:
        shown = owner.post(address, {**fields(owner.get(address).text), "preview": "1"})
        assert shown.status_code == 200, address
        assert "INV-1042" in shown.text or "RFD-2026-000123" in shown.text, address
        assert " style=" not in shown.text, address
        preview = shown.text.partition("Pratinjau")[2].partition("<form")[0]
        assert "{" not in preview, address
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
