"""Asking for money back piece by piece: proposed, agreed to, asked for once; and back on the shelf once."""

import io
import re
import threading

import pytest
from PIL import Image
from sqlalchemy import update

from storefront.extensions import db
from storefront.orders import returning
from storefront.orders.models import Order, OrderLine, RefundLine


def picture():
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", exif=b"Exif\x00\x00rahasia")
    return out.getvalue()


@pytest.fixture
def number(shop):
    """Return the number of a paid order of three coffees and one café crème."""
    visitor = shop.visitor()
    visitor.put_into_cart(quantity=3)
    visitor.put_into_cart("cafe-creme")
    visitor.check_out()
    placed = shop.newest_order().number
    shop.pay(placed)
    return placed


@pytest.fixture
def staff(shop):
    """Return somebody who signed in as the owner."""
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def lines(shop, number):
    """Return the ids of an order's lines, that of the coffee first."""
    return [line.id for line in sorted(shop.order(number).lines, key=lambda line: line.name, reverse=True)]


def ask(shop, number, quantities, *, agreed="", reason="damaged", text="", files=(), visitor=None):
    visitor = visitor or shop.visitor()
    path = f"{shop.path_of(number)}/return"
    chosen = {f"line-{line}": str(count) for line, count in zip(lines(shop, number), quantities, strict=True)}
    data = {**chosen, "agreed": str(agreed), "reason": reason, "text": text}
    if files:
        data["files"] = [(io.BytesIO(content), name) for name, content in files]
    return visitor.post(path, data, on="/produk/kopi-tubruk", content_type="multipart/form-data")


def sold(shop, **values):
    """Change the newest order's sums."""
    with shop.app.app_context():
        db.session.execute(update(Order).values(**values))
        db.session.commit()


def finish(shop, ticket):
    """Approve a refund and vouch for its transfer."""
    for step in ("approve", "mark-sent", "complete"):
        result = shop.run("moota", "refund", step, ticket, "--note", "sudah")
        assert result.exit_code == 0, result.output


def ship(staff, number):
    staff.post(f"/admin/orders/{number}/ship", {"courier": "JNE", "tracking_number": "1"}, on="/admin/orders")


def restock(staff, ticket):
    return staff.post(f"/admin/refunds/{ticket}/restock", on="/admin/orders")


def test_what_is_proposed_is_shown_first_and_asked_for_when_agreed_to(shop, number):
    shown = ask(shop, number, [1, 0])
    sent = ask(shop, number, [1, 0], agreed=50_000, text="Kemasannya sobek")

    assert shown.status_code == 200
    assert "Kirim permintaan Rp50.000" in shown.text
    assert shop.refunds(number)[0]["amount"] == 50_000
    assert sent.location.startswith("/refunds/")
    (refund,) = shop.refunds(number)
    assert (refund["reason"], refund["origin"]) == ("goods", "customer")
    assert refund["note"] == "Barang rusak: 1 × Kopi Tubruk 100%\nKemasannya sobek"
    with shop.app.app_context():
        (line,) = db.session.query(RefundLine).all()
        assert (line.ticket, line.quantity, line.amount) == (refund["ticket"], 1, 50_000)


def test_another_amount_than_was_shown_is_shown_before_it_is_asked_for(shop, number):
    answer = ask(shop, number, [2, 0], agreed=50_000)

    assert answer.status_code == 200
    assert "Jumlahnya berubah" in answer.text
    assert "Kirim permintaan Rp100.000" in answer.text
    assert shop.refunds(number) == []


def test_the_share_of_the_discount_stays_with_the_shop(shop, number):
    sold(shop, discount=22_500, total=202_500)

    assert "Kirim permintaan Rp45.000" in ask(shop, number, [1, 0]).text


def test_everything_before_shipping_brings_delivery_and_code_back_and_holds_the_order(shop, number):
    due = shop.charge(number)["amount_due"]

    ask(shop, number, [3, 1], agreed=due)

    assert shop.refunds(number)[0]["amount"] == due
    assert shop.order(number).hold_status == "held"


def test_everything_after_shipping_leaves_the_rest_with_the_shop(shop, staff, number):
    ship(staff, number)

    shown = ask(shop, number, [3, 1])

    assert "Kirim permintaan Rp225.000" in shown.text
    assert "Ongkir kembali hanya bila" in shown.text


def test_pieces_asked_for_are_not_asked_for_again_until_that_was_declined(shop, number):
    ask(shop, number, [3, 0], agreed=150_000)

    again = ask(shop, number, [1, 0], agreed=50_000)
    page = shop.visitor().get(f"{shop.path_of(number)}/return").text

    assert again.status_code == 422
    assert "sudah diminta kembali" in again.text
    assert "Sudah diminta" in page
    assert len(shop.refunds(number)) == 1
    ticket = shop.refunds(number)[0]["ticket"]
    assert shop.run("moota", "refund", "reject", ticket, "--note", "tidak rusak").exit_code == 0
    assert ask(shop, number, [1, 0], agreed=50_000).status_code == 302


def test_two_clicks_at_once_ask_once(shop, number):
    visitors = [shop.visitor() for _ in range(3)]
    start = threading.Barrier(3)
    tokens = [visitor.token("/produk/kopi-tubruk") for visitor in visitors]
    path, first = f"{shop.path_of(number)}/return", lines(shop, number)[0]

    def click(visitor, token):
        start.wait()
        data = {"csrf_token": token, f"line-{first}": "3", "agreed": "150000", "reason": "damaged"}
        visitor.client.post(path, data=data)

    threads = [threading.Thread(target=click, args=pair) for pair in zip(visitors, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [refund["amount"] for refund in shop.refunds(number)] == [150_000]
    with shop.app.app_context():
        assert db.session.query(RefundLine).count() == 1


def test_pictures_are_made_anew_and_kept_with_the_refund(shop, staff, number):
    ask(shop, number, [1, 0], agreed=50_000, files=[("sobek.jpg", picture())])

    (refund,) = shop.refunds(number)
    page = staff.get(f"/admin/payments/refunds/{refund['ticket']}").text
    (path,) = set(re.findall(r'href="([^"]+/files/[^"]+)"', page))
    kept = staff.get(path).data
    assert b"rahasia" not in kept
    assert Image.open(io.BytesIO(kept)).size == (8, 8)


def test_a_file_that_is_no_picture_is_refused_and_says_why(shop, number):
    answer = ask(shop, number, [1, 0], agreed=50_000, files=[("virus.jpg", b"MZ")])

    assert answer.status_code == 422
    assert "virus.jpg" in answer.text
    assert shop.refunds(number) == []


@pytest.mark.parametrize(
    ("quantities", "options", "told"),
    [
        (["0", "0"], {}, "Tulis dulu berapa"),
        (["", ""], {}, "Tulis dulu berapa"),
        (["x", "-1"], {}, "Tulis dulu berapa"),
        ([1, 0], {"reason": "nonsense"}, "bagian perlu diperbaiki"),
        ([1, 0], {"reason": "other"}, "Ceritakan singkat alasannya."),
        ([1, 0], {"text": "x" * 1001}, "Paling banyak 1000 karakter."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(shop, number, quantities, options, told):
    answer = ask(shop, number, quantities, agreed=50_000, **options)

    assert answer.status_code == 422
    assert told in answer.text
    assert shop.refunds(number) == []


def test_an_unpaid_order_has_nothing_to_give_back(shop, visitor):
    number = shop.buy()

    assert visitor.get(f"{shop.path_of(number)}/return").location == shop.path_of(number)
    assert ask(shop, number, [1], agreed=50_000).status_code == 422
    assert visitor.get("/orders/palsu/return").status_code == 404


def test_the_pieces_are_put_back_on_the_shelf_once_the_refund_is_done(shop, staff, number):
    ship(staff, number)
    ask(shop, number, [2, 0], agreed=100_000)
    ticket = shop.refunds(number)[0]["ticket"]
    restock(staff, ticket)
    assert shop.stock() == 7

    finish(shop, ticket)
    assert f"/admin/refunds/{ticket}" in staff.get(f"/admin/payments/refunds/{ticket}").text
    page = staff.get(f"/admin/refunds/{ticket}").text
    restock(staff, ticket)
    restock(staff, ticket)

    assert "2 × Kopi Tubruk 100%" in page
    assert "Kembalikan ke stok" in page
    assert shop.stock() == 9
    assert [event.name for event in shop.order(number).events].count("order.restocked") == 1
    assert "2 kembali ke stok" in staff.get(f"/admin/orders/{number}").text
    assert "Kembalikan ke stok" not in staff.get(f"/admin/refunds/{ticket}").text


def test_two_clicks_at_once_put_the_pieces_back_once(shop, staff, number):
    ship(staff, number)
    ask(shop, number, [2, 0], agreed=100_000)
    ticket = shop.refunds(number)[0]["ticket"]
    finish(shop, ticket)
    token, cookie = staff.token("/admin/orders"), staff.client.get_cookie("session").value
    start = threading.Barrier(3)

    def click():
        client = shop.app.test_client()
        client.set_cookie("session", cookie)
        start.wait()
        client.post(f"/admin/refunds/{ticket}/restock", data={"csrf_token": token})

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert shop.stock() == 9


def test_pieces_on_the_shelf_already_do_not_come_back_again_with_the_whole_order(shop, staff, number):
    due = shop.charge(number)["amount_due"]
    ask(shop, number, [2, 0], agreed=100_000)
    first = shop.refunds(number)[0]["ticket"]
    finish(shop, first)
    restock(staff, first)
    assert shop.stock() == 9

    ask(shop, number, [1, 1], agreed=due - 100_000)
    second = shop.refunds(number)[1]["ticket"]
    finish(shop, second)

    assert shop.order(number).order_status == "cancelled"
    assert (shop.stock(), shop.stock("cafe-creme")) == (10, 5)
    restock(staff, second)
    assert (shop.stock(), shop.stock("cafe-creme")) == (10, 5)


def test_a_bookkeeper_puts_nothing_back(shop, number):
    shop.add_staff("buku@toko.test", "bookkeeper")
    visitor = shop.visitor()
    visitor.sign_in("buku@toko.test")
    ask(shop, number, [1, 0], agreed=50_000)

    assert restock(visitor, shop.refunds(number)[0]["ticket"]).status_code == 403


def test_lines_are_found_with_their_orders(shop, number):
    ask(shop, number, [1, 1], agreed=125_000)
    ticket = shop.refunds(number)[0]["ticket"]

    with shop.app.app_context():
        found = returning.lines_of_refund(db.session(), ticket)
        assert {(line.quantity, line.amount) for line in found} == {(1, 50_000), (1, 75_000)}
        assert all(isinstance(line.order_line, OrderLine) for line in found)
