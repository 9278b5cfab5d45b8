"""Customers get a copy of all that is kept of them, and are forgotten when nothing is open any more."""

import json
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from shopfloor import DEEDS, on_postgresql, on_sqlite
from sqlalchemy import select, text
from test_customer_account import HOME

from payments_moota import refunds
from payments_moota.context import transaction
from payments_moota.rules.destination import read_destination
from storefront import payments
from storefront.admin import audit
from storefront.admin.models import AuditEntry
from storefront.catalog.models import Product
from storefront.customers import erasing, service
from storefront.customers.models import Customer
from storefront.database import now
from storefront.extensions import db, moota
from storefront.feedback.models import Feedback, Message
from storefront.notifications.service import ask_for_email
from storefront.orders import service as orders
from storefront.orders import shipping
from storefront.orders.contact import FIELDS
from storefront.orders.models import Order, id_of_number

SITI = "siti@contoh.test"
SITIS_ACCOUNT = read_destination("bca", "5210987654", "Siti Rahayu")
# What would still tell who it was. The order's city may be found in an address, so it counts, too.
PERSONAL = ("Siti", "siti@contoh", "81234567890", "Jl. Melati", "Salatiga", "Giling halus")


def deliver(shop, number):
    with shop.app.app_context():
        order = orders.lock_order(db.session(), id_of_number(number))
        shipping.ship(db.session(), order, courier="JNE", tracking_number="JP1", actor="toko")
        shipping.deliver(db.session(), order, actor="toko")
        db.session.commit()


def write(shop, number):
    """Let the customer say something of each kind."""
    with shop.app.app_context():
        product = db.session.scalars(select(Product)).first()
        db.session.add_all(
            [
                Feedback(
                    kind="review",
                    product_id=product.id,
                    order_id=id_of_number(number),
                    name="Siti Rahayu",
                    stars=5,
                    text="Harum sekali",
                ),
                Message(name="Siti Rahayu", email="Siti@contoh.test", text="Kapan buka? Siti"),
            ]
        )
        db.session.commit()


@pytest.fixture
def done(shop):
    """Return the number of an order that is over, of a customer who told much."""
    number = shop.buy()
    shop.pay(number)
    deliver(shop, number)
    write(shop, number)
    shop.customer().post("/akun/alamat/baru", HOME)
    shop.process()
    return number


def erase(visitor, typed=SITI, **options):
    return visitor.post("/akun/data/hapus", {"email": typed}, on="/akun/alamat/baru", **options)


def test_a_copy_holds_everything_and_only_ones_own(shop, done):
    other = shop.buy(email="budi@contoh.test")
    siti = shop.customer()

    answer = siti.get("/akun/data/salinan.json")
    kept = answer.json

    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert (kept["customer"]["email"], kept["customer"]["phone"]) == (SITI, "+6281234567890")
    assert [each["label"] for each in kept["addresses"]] == ["Rumah"]
    (order,) = kept["orders"]
    assert (order["number"], order["note"], order["lines"][0]["quantity"]) == (done, "Giling halus", 1)
    assert order["payment"]["amount_paid"] == order["payment"]["amount_due"]
    assert [each["text"] for each in kept["reviews_and_questions"]] == ["Harum sekali"]
    assert [each["text"] for each in kept["messages"]] == ["Kapan buka? Siti"]
    page = siti.get("/akun/data/salinan").text
    assert all(words in page for words in (done, "Jl. Melati 5", "Giling halus", "Harum sekali"))
    assert other not in page + answer.text


@pytest.mark.parametrize("path", ["/akun/data/salinan", "/akun/data/salinan.json", "/akun/data/hapus"])
def test_strangers_get_no_copy(shop, visitor, path):
    assert visitor.get(path).status_code == 302


def test_a_forgotten_customer_leaves_nothing_personal_in_any_table(shop, done):
    siti = shop.customer()
    assert any(word in shop.everything() for word in PERSONAL)

    assert erase(siti).location == "/"

    left = shop.everything()
    assert [word for word in PERSONAL if word in left] == []
    assert siti.get("/akun/alamat").status_code == 302
    assert shop.visitor().get(shop.path_of(done)).status_code == 200
    with shop.app.app_context():
        entry = db.session.scalars(DEEDS).one()
        assert (entry.action, entry.actor, entry.after) == ("customer.erased", "customer", {"orders": 1})


def test_of_a_corrected_contact_only_who_corrected_it_is_left(shop, done):
    contact = {name: getattr(shop.order(done), name) for name in FIELDS}
    moved = ("INV-9", {"email": SITI, "name": "Siti Rahayu"}, {"email": "budi@contoh.test", "name": "Budi"})
    corrected = (done, contact, {**contact, "city": "Ungaran"})
    of_somebody_else = ("INV-8", {"city": "Solo"}, {"city": "Bali"})
    with shop.app.app_context():
        for subject, before, after in (moved, corrected, of_somebody_else):
            audit.note(db.session(), audit.CONTACT, subject, before=before, after=after, actor="toko")
        db.session.commit()

    erase(shop.customer())

    with shop.app.app_context():
        entries = db.session.scalars(DEEDS.where(AuditEntry.actor == "toko").order_by(AuditEntry.id))
        left = [(entry.subject, entry.before, entry.after) for entry in entries]
    emptied = {"email": "–", "name": "–"}
    assert left == [("INV-9", emptied, emptied), (done, {"city": "–"}, {"city": "–"}), of_somebody_else]


def test_the_books_stay_as_they_were(shop, done):
    before, money = shop.order(done), shop.charge(done)

    erase(shop.customer())

    after = shop.order(done)
    assert (after.total, after.created_at, after.paid_at) == (before.total, before.created_at, before.paid_at)
    assert [(line.name, line.total) for line in after.lines] == [(line.name, line.total) for line in before.lines]
    assert shop.charge(done) == money
    with shop.app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM moota_mutation")).scalar_one() == 1


@on_sqlite
def test_another_address_erases_nothing(shop, done):
    siti = shop.customer()

    answer = erase(siti, "budi@contoh.test")

    assert answer.status_code == 422
    assert "bukan alamat akun Anda" in answer.text
    assert siti.get("/akun/alamat").status_code == 200


def test_nobody_is_forgotten_while_an_order_waits_for_money_or_goods(shop):
    number = shop.buy()
    siti = shop.customer()
    assert erase(siti).status_code == 409
    assert f"Pesanan {number}: menunggu pembayaran" in siti.get("/akun/data/hapus").text

    shop.pay(number)
    assert erase(siti).status_code == 409
    assert "belum sampai" in siti.get("/akun/data/hapus").text
    assert shop.order(number).name == "Siti Rahayu"

    deliver(shop, number)
    assert erase(siti).status_code == 302


def test_nobody_is_forgotten_while_money_goes_back(shop, done):
    with shop.app.app_context():
        ticket = payments.request_refund(done, 20_000, reason="goods", note="Siti", actor="toko").ticket
        moota.approve_refund(ticket, actor="pemilik@toko.test", fresh_password=True)
        db.session.commit()
    siti = shop.customer()

    assert erase(siti).status_code == 409
    assert "uangnya sedang dikembalikan" in siti.get("/akun/data/hapus").text


def test_an_unpaid_order_is_over_once_no_transfer_can_follow(shop):
    shop.buy()
    siti = shop.customer()
    with time_machine.travel(now() + timedelta(days=2)) as clock:
        shop.sweep()
        assert erase(siti).status_code == 409
        assert "masih dapat menyusul" in siti.get("/akun/data/hapus").text
        clock.shift(timedelta(days=3))
        shop.sweep()
        assert erase(siti).status_code == 302


@on_sqlite
def test_a_letter_that_still_waits_is_not_sent_to_nobody(shop, done):
    with shop.app.app_context():
        ask_for_email(db.session.get(Order, id_of_number(done)), "delivered", cause=99)
        db.session.commit()
    sent = len(shop.mails())
    erase(shop.customer())

    shop.process()

    assert len(shop.mails()) == sent


def test_who_comes_back_is_somebody_new(shop, done):
    erase(shop.customer())

    shop.buy()

    with shop.app.app_context():
        emails = list(db.session.scalars(select(Customer.email).order_by(Customer.id)))
    assert emails[1] == SITI
    assert emails[0].endswith("@erased.invalid")


@on_postgresql
def test_whoever_orders_while_being_forgotten_is_somebody_new(shop, done):
    number = shop.buy(email="lain@contoh.test")

    def order_as_siti():
        with shop.app.app_context():
            order = db.session.get(Order, id_of_number(number))
            order.email = SITI
            service.note_order(db.session(), order)
            db.session.commit()

    ordering = threading.Thread(target=order_as_siti)
    with shop.app.app_context():
        known = db.session.scalars(select(Customer.id).where(Customer.email == SITI)).one()
        erasing.erase(db.session(), service.lock_customer(db.session(), known), actor="customer")
        ordering.start()
        wait_until_somebody_waits()
        db.session.commit()
    ordering.join()

    with shop.app.app_context():
        siti = db.session.scalars(select(Customer).where(Customer.email == SITI)).one()
        assert siti.id != known
        assert shop.order(number).customer_id == siti.id


def wait_until_somebody_waits():
    """Wait until another connection wants a row that this one holds."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(200):
        if db.session.execute(waiting).scalar_one():
            return
        time.sleep(0.05)
    pytest.fail("nobody waits")


class TestCommands:
    def test_export_prints_one_document_and_notes_it(self, shop, done):
        result = shop.run("privacy", "export", "Siti@contoh.test")

        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["orders"][0]["number"] == done
        with shop.app.app_context():
            entry = db.session.scalars(DEEDS).one()
            assert (entry.action, entry.actor) == ("customer.exported", "cli")

    def test_erase_erases_once_it_is_confirmed(self, shop, done):
        assert shop.run("privacy", "erase", SITI, input="n\n").exit_code == 1
        assert shop.order(done).name == "Siti Rahayu"

        assert shop.run("privacy", "erase", SITI, "--yes").exit_code == 0
        assert shop.order(done).name == "–"
        refused = shop.run("privacy", "erase", SITI, "--yes")
        assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)

    @on_sqlite
    def test_erase_says_what_is_not_over(self, shop):
        number = shop.buy()

        refused = shop.run("privacy", "erase", SITI, "--yes")

        assert refused.exit_code == 1
        assert f"{number} (unpaid)" in refused.stderr
        assert shop.run("privacy", "erase").exit_code == 2


def test_the_account_money_went_back_to_is_forgotten_with_what_was_said(shop, done):
    with shop.app.app_context():
        with transaction("customer") as work:
            why = {"reason": "goods", "note": "Retak, kata Siti", "origin": "customer"}
            asked = refunds.request_refund(work, done, 20_000, destination=SITIS_ACCOUNT, **why)
            ticket = asked.ticket
        with transaction("pemilik@toko.test") as work:
            refunds.approve(work, ticket, fresh_password=True)
            refunds.mark_sent(work, ticket)
            refunds.complete(work, ticket, note="BCA 123")
    shop.process()

    assert erase(shop.customer()).status_code == 302

    left = shop.everything()
    assert [word for word in ("5210987654", "Siti", "Retak") if word in left] == []
    assert shop.refunds(done)[0]["amount"] == 20_000
