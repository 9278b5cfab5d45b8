"""Money that goes back: asked for by shopper, owner or shop, decided in the panel, followed by the order."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from PIL import Image
from shopfloor import PASSWORD, fields, make_shop, stock_up

from payments_moota import refunds as refund_verbs
from payments_moota.context import transaction
from payments_moota.rules.destination import read_destination
from storefront.admin.service import find_staff
from storefront.extensions import db

OWNER = "pemilik@toko.test"
ACCOUNT = "5210987654"


def states(order):
    return (order.order_status, order.payment_status, order.shipment_status, order.hold_status)


def letters(shop):
    return [message for message in shop.mails() if message.to == ["siti@contoh.test"]]


def ticket_of(shop, number):
    return shop.refunds(number)[-1]["ticket"]


def refund(shop, number):
    return shop.refunds(number)[-1]


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


@pytest.fixture
def paid(shop):
    """Return the number of a paid order of two pieces."""
    number = shop.buy(quantity=2)
    shop.pay(number)
    return number


def cancel(shop, number):
    """Let the shopper cancel; return the answer."""
    path = shop.path_of(number)
    return shop.visitor().post(f"{path}/cancel", on=path)


def page_of(ticket):
    return f"/admin/payments/refunds/{ticket}"


def step(visitor, ticket, name, **typed):
    page = page_of(ticket)
    return visitor.client.post(f"{page}/steps/{name}", data={**fields(visitor.get(page).text), **typed})


def give_account(shop, ticket):
    with shop.app.app_context(), transaction("customer") as work:
        found = refund_verbs.get_refund(work, ticket)
        refund_verbs.write_destination(work, found, read_destination("bca", ACCOUNT, "Siti Rahayu"))


# A shopper cancels a paid order


def test_cancelling_a_paid_order_asks_for_the_money_and_holds_the_goods(shop, paid):
    answer = cancel(shop, paid)
    shop.process()

    assert answer.location.startswith("/refunds/")
    due = shop.charge(paid)["amount_due"]
    asked = refund(shop, paid)
    assert (asked["reason"], asked["amount"], asked["origin"]) == ("cancellation", due, "customer")
    order = shop.order(paid)
    assert states(order) == ("open", "paid", "none", "held")
    assert order.attention == "refund"
    assert shop.stock() == 8
    letter = letters(shop)[-1]
    assert asked["ticket"] in letter.subject
    assert "/destination" in letter.body
    page = shop.visitor().get(shop.path_of(paid)).text
    assert asked["ticket"] in page
    assert "minta uang kembali" not in page


def test_asking_twice_asks_once(shop, paid):
    cancel(shop, paid)
    path = shop.path_of(paid)

    visitor = shop.visitor()
    answer = visitor.post(f"{path}/cancel", on="/produk/kopi-tubruk")

    assert answer.location == path
    assert "sudah diminta kembali" in visitor.get(path).text
    assert len(shop.refunds(paid)) == 1


def test_what_has_been_sent_is_not_cancelled(shop, paid, owner):
    owner.post(f"/admin/orders/{paid}/ship", {"courier": "JNE", "tracking_number": "1"}, on="/admin/orders")
    path = shop.path_of(paid)

    shop.visitor().post(f"{path}/cancel", on="/produk/kopi-tubruk")

    assert shop.refunds(paid) == []
    assert f"{path}/return" in shop.visitor().get(path).text


def test_goods_do_not_leave_while_the_money_is_asked_back(shop, paid, owner):
    cancel(shop, paid)

    owner.post(f"/admin/orders/{paid}/ship", {"courier": "JNE", "tracking_number": "1"}, on="/admin/orders")
    owner.post(f"/admin/orders/{paid}/release", on="/admin/orders")

    assert states(shop.order(paid)) == ("open", "paid", "none", "held")
    assert "Putuskan dulu pengembaliannya" in owner.get("/admin/orders").text


def test_a_rejected_request_lets_the_order_go_on(shop, paid, owner):
    cancel(shop, paid)

    step(owner, ticket_of(shop, paid), "reject", note="Barang sudah dikemas")
    shop.process()

    order = shop.order(paid)
    assert states(order) == ("open", "paid", "none", "none")
    assert order.attention is None
    assert "Barang sudah dikemas" in letters(shop)[-1].body


# The order follows its refund


def test_the_order_ends_when_its_money_leaves_and_is_refunded_when_it_arrives(shop, paid, owner):
    cancel(shop, paid)
    ticket = ticket_of(shop, paid)
    give_account(shop, ticket)

    step(owner, ticket, "approve")
    assert states(shop.order(paid)) == ("open", "paid", "none", "held")
    step(owner, ticket, "send")
    assert states(shop.order(paid)) == ("cancelled", "paid", "none", "none")
    assert shop.stock() == 10
    shop.receive(bank.mutation(shop.charge(paid)["amount_due"], kind="DB", description=f"TRSF {ticket}"))

    order = shop.order(paid)
    assert states(order) == ("cancelled", "refunded", "none", "none")
    assert order.attention is None
    assert refund(shop, paid)["status"] == "completed"
    assert "Dana Dikembalikan" in shop.visitor().get(shop.path_of(paid)).text
    assert shop.stock() == 10


def test_every_step_is_told_once_with_ticket_and_amount(shop, paid, owner):
    before = len(shop.mails())
    cancel(shop, paid)
    ticket = ticket_of(shop, paid)
    for name in ("review", "approve", "send"):
        step(owner, ticket, name)
        shop.process()
    step(owner, ticket, "complete", note="Referensi 123")
    shop.process()
    shop.sweep()

    told = shop.mails()[before:]
    assert [message.subject for message in told] == [
        f"Permintaan pengembalian dana {ticket} kami terima",
        f"Pengembalian dana {ticket} sedang kami periksa",
        f"Pengembalian dana {ticket} disetujui",
        f"Pengembalian dana {ticket} sudah kami transfer",
        f"Pengembalian dana {ticket} selesai",
    ]
    assert all("/refunds/" in message.body for message in told)
    assert ["/destination" in message.body for message in told] == [True, True, True, False, False]


def test_a_returned_payout_asks_for_another_account_and_can_be_sent_again(shop, paid, owner):
    cancel(shop, paid)
    ticket = ticket_of(shop, paid)
    due = shop.charge(paid)["amount_due"]
    give_account(shop, ticket)
    step(owner, ticket, "approve")
    step(owner, ticket, "send")
    shop.receive(bank.mutation(due, kind="DB", description=f"TRSF {ticket}"))
    assert shop.order(paid).payment_status == "refunded"

    shop.receive(bank.mutation(due, description=f"RETUR {ticket} REKENING SALAH"))

    assert refund(shop, paid)["status"] == "failed"
    assert states(shop.order(paid)) == ("cancelled", "paid", "none", "none")
    letter = letters(shop)[-1]
    assert letter.subject == f"Pengembalian dana {ticket} gagal"
    assert "/destination" in letter.body
    give_account(shop, ticket)
    for name in ("retry", "send"):
        step(owner, ticket, name)
    step(owner, ticket, "complete", note="Referensi 124")
    assert states(shop.order(paid)) == ("cancelled", "refunded", "none", "none")
    assert shop.stock() == 10


def test_a_part_that_goes_back_holds_nothing(shop, paid, owner):
    answer = owner.post(
        f"/admin/orders/{paid}/refund",
        {"amount": "Rp 20.000", "reason": "goods", "note": "Satu pecah"},
        on=f"/admin/orders/{paid}",
    )

    assert answer.location == page_of(ticket_of(shop, paid))
    assert (refund(shop, paid)["amount"], refund(shop, paid)["origin"]) == (20_000, "owner")
    assert states(shop.order(paid)) == ("open", "paid", "none", "none")


@pytest.mark.parametrize(("amount", "status"), [("banyak", 422), ("", 422), ("-5", 422), ("9.999.999", 409)])
def test_an_amount_that_cannot_be_given_back_is_told_at_its_field(shop, paid, owner, amount, status):
    answer = owner.post(
        f"/admin/orders/{paid}/refund", {"amount": amount, "reason": "goods"}, on=f"/admin/orders/{paid}"
    )

    assert answer.status_code == status
    assert "field-error" in answer.text
    assert shop.refunds(paid) == []


def test_late_money_without_goods_ends_with_the_money_back(shop, owner):
    number = shop.buy(quantity=2)
    for hours in (25, 26):
        with _after(hours=hours):
            shop.sweep()
    shop.change_product(stock=0)
    with _after(hours=30):
        shop.pay(number)
    ticket = ticket_of(shop, number)

    for name in ("approve", "send"):
        step(owner, ticket, name)
    step(owner, ticket, "complete", note="Referensi 9")

    order = shop.order(number)
    assert states(order) == ("cancelled", "refunded", "none", "none")
    assert order.attention is None
    assert shop.stock() == 0


def test_an_owner_who_found_goods_sends_them_and_the_proposal_goes(shop, owner):
    number = shop.buy(quantity=2)
    for hours in (25, 26):
        with _after(hours=hours):
            shop.sweep()
    shop.change_product(stock=1)
    with _after(hours=30):
        shop.pay(number)

    owner.post(f"/admin/orders/{number}/release", on=f"/admin/orders/{number}")
    assert "Barangnya masih kosong" in owner.get("/admin/orders").text
    assert states(shop.order(number)) == ("open", "paid", "none", "held")
    assert refund(shop, number)["status"] == "requested"

    shop.change_product(stock=5)
    owner.post(f"/admin/orders/{number}/release", on=f"/admin/orders/{number}")

    assert states(shop.order(number)) == ("open", "paid", "none", "none")
    assert refund(shop, number)["status"] == "withdrawn"
    assert shop.stock() == 3


def _after(**delta):
    return time_machine.travel(datetime.now(UTC) + timedelta(**delta))


# The panel


def test_ones_own_request_needs_another_person_where_there_is_one(shop, paid, owner):
    ticket = _own_request(shop, paid, owner)
    assert "Anda sendiri yang meminta" in owner.get(page_of(ticket)).text
    shop.add_staff("kedua@toko.test")

    answer = step(owner, ticket, "approve", password=PASSWORD)

    assert answer.status_code == 403
    assert "orang lain yang harus menyetujuinya" in answer.text
    assert refund(shop, paid)["status"] == "requested"

    second = shop.visitor()
    second.sign_in("kedua@toko.test")
    step(second, ticket, "approve")
    assert (refund(shop, paid)["status"], refund(shop, paid)["decided_by"]) == ("approved", "kedua@toko.test")


@pytest.mark.parametrize(
    ("staff", "asks_password"),
    [([], True), ([("staf@toko.test", "staff")], True), ([("kedua@toko.test", "owner")], False)],
    ids=["alone", "with staff who may not approve", "with another owner"],
)
def test_who_is_asked_for_what_follows_from_who_may_approve(shop, paid, owner, staff, asks_password):
    ticket = _own_request(shop, paid, owner)
    for email, role in staff:
        shop.add_staff(email, role=role)

    page = owner.get(page_of(ticket)).text

    assert ('name="password"' in page) == asks_password
    assert ("orang lain yang harus menyetujuinya" in page) != asks_password


def test_an_owner_who_may_no_longer_sign_in_does_not_count(shop, paid, owner):
    ticket = _own_request(shop, paid, owner)
    shop.add_staff("kedua@toko.test")
    with shop.app.app_context():
        find_staff(db.session(), "kedua@toko.test").active = False
        db.session.commit()

    step(owner, ticket, "approve", password=PASSWORD)

    assert refund(shop, paid)["status"] == "approved"


def test_guessing_the_password_is_slowed_down(shop_address, tmp_path):
    shop = make_shop(tmp_path / "instance", shop_address, MOOTA_REFUND_APPROVAL="fresh_password")
    stock_up(shop)
    shop.add_staff()
    owner = shop.visitor()
    owner.sign_in()
    number = shop.buy()
    shop.pay(number)
    ticket = _own_request(shop, number, owner)

    answers = [step(owner, ticket, "approve", password=f"salah-{n}").text for n in range(6)]

    assert ["tidak cocok" in answer for answer in answers] == [True] * 5 + [False]
    assert "Terlalu banyak percobaan" in answers[-1]
    shop.close()


def _own_request(shop, number, owner):
    owner.post(f"/admin/orders/{number}/refund", {"amount": "10.000", "reason": "other"}, on=f"/admin/orders/{number}")
    return ticket_of(shop, number)


def picture():
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()


def send_papers(visitor, ticket, *, file=None, **typed):
    """Send a message, a file (its name and its bytes), or both."""
    if file is not None:
        typed["files"] = (io.BytesIO(file[1]), file[0])
    page = page_of(ticket)
    data = {**fields(visitor.get(page).text), **typed}
    return visitor.client.post(f"{page}/papers", data=data, content_type="multipart/form-data")


def test_a_photograph_larger_than_the_shops_other_forms_is_let_in(shop, paid, owner):
    cancel(shop, paid)
    ticket = ticket_of(shop, paid)
    shop.app.config["MAX_CONTENT_LENGTH"] = 512

    answer = send_papers(owner, ticket, text="x" * 600, file=("foto.png", picture()))

    assert answer.status_code == 303
    assert refund(shop, paid)["evidence"][0]["filename"] == "foto.png"


def test_asking_for_the_account_again_sends_a_new_link(shop, paid, owner):
    cancel(shop, paid)
    shop.process()
    first = letters(shop)[-1].body
    ticket = ticket_of(shop, paid)

    step(owner, ticket, "ask")
    shop.process()

    second = letters(shop)[-1]
    assert second.subject == f"Ke rekening mana pengembalian dana {ticket} kami kirim?"
    links = [next(line for line in text.splitlines() if "/destination" in line) for text in (first, second.body)]
    assert links[0] != links[1]


def test_the_order_page_of_the_panel_shows_exceptions_difference_and_refunds(shop, owner):
    number = shop.buy()
    shop.pay(number)
    shop.pay(number)

    page = owner.get(f"/admin/orders/{number}").text

    due = f"+Rp{shop.charge(number)['amount_due']:,}".replace(",", ".")
    assert "Dibayar dua kali" in page
    assert due in page
    assert ticket_of(shop, number) in page
