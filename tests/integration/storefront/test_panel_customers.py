"""The owner finds customers, makes them members, and hands out only those who agreed."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from openpyxl import load_workbook
from shopfloor import DEEDS, PASSWORD, on_sqlite
from sqlalchemy import select, update

from storefront.admin.models import AuditEntry
from storefront.catalog.models import Product, Variant
from storefront.catalog.rules import price_for
from storefront.customers import segments
from storefront.customers.models import Customer
from storefront.customers.service import change_consent
from storefront.database import now
from storefront.extensions import db


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


@pytest.fixture
def people(shop):
    """Let Siti buy twice and agree, Budi buy once, and Agus not pay."""
    for _ in range(2):
        shop.pay(shop.buy())
    shop.pay(shop.buy("cafe-creme", name="Budi Dé", email="budi@contoh.test", phone="0857-1111-2222"))
    shop.buy(name="=Agus", email="agus@contoh.test")
    with shop.app.app_context():
        for email in ("siti@contoh.test", "agus@contoh.test"):
            customer = db.session.scalars(select(Customer).where(Customer.email == email)).one()
            change_consent(db.session(), customer, given=True, source="account")
        db.session.commit()


def names(page):
    return re.findall(r'<a href="/admin/customers/\d+">([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["=Agus", "Budi Dé", "Siti Rahayu"]),
        ("q=budi+de", ["Budi Dé"]),
        ("q=0857", ["Budi Dé"]),
        ("agreed=1", ["=Agus", "Siti Rahayu"]),
        ("orders=2", ["Siti Rahayu"]),
        ("orders=1", ["Budi Dé", "Siti Rahayu"]),
        ("spent=80000", ["Siti Rahayu"]),
        ("members=1", []),
        ("quiet=90", []),
        ("orders=banyak&spent=-1", ["=Agus", "Budi Dé", "Siti Rahayu"]),
    ],
)
def test_customers_are_found_by_who_they_are_and_what_they_bought(owner, people, query, found):
    assert names(owner.get(f"/admin/customers?{query}").text) == found


def test_who_has_not_come_for_long_is_found(shop, people):
    with shop.app.app_context(), time_machine.travel(now() + timedelta(days=91)):
        page = segments.find(db.session(), segments.Segment(quiet_days=90), older=None)

        assert [customer.name for customer, _bought in page.found] == ["Budi Dé", "Siti Rahayu"]


def test_a_long_list_goes_on_where_the_page_ended(shop, owner):
    with shop.app.app_context():
        db.session.add_all(Customer(email=f"{n}@contoh.test", name=f"Orang {n:03}") for n in range(30))
        db.session.commit()

    first = owner.get("/admin/customers").text
    more = re.search(r'href="(/admin/customers\?older=\d+)"', first)[1]

    assert names(first)[0] == "Orang 029"
    assert names(owner.get(more).text) == [f"Orang {n:03}" for n in range(4, -1, -1)]


def test_a_campaign_gets_only_those_who_agreed_and_it_is_noted(shop, owner, people):
    csv = owner.post("/admin/customers/export?orders=1", {"format": "csv"}, on="/admin/customers")
    assert "siti@contoh.test" in csv.text
    assert "budi@contoh.test" not in csv.text
    assert "agus@contoh.test" not in csv.text

    book = owner.post("/admin/customers/export", {"format": "xlsx"}, on="/admin/customers")
    rows = list(load_workbook(io.BytesIO(book.data)).active.values)
    assert [row[1] for row in rows[1:]] == ["agus@contoh.test", "siti@contoh.test"]
    assert rows[1][0] == "=Agus"
    with shop.app.app_context():
        noted = db.session.scalars(DEEDS.order_by(AuditEntry.id)).all()
        assert [(entry.action, entry.after) for entry in noted] == [
            ("customers.exported", {"customers": 1, "orders": 1}),
            ("customers.exported", {"customers": 2}),
        ]


@on_sqlite
def test_staff_see_customers_but_take_none_away_and_a_bookkeeper_sees_none(shop, people):
    for role, seen in (("staff", 200), ("bookkeeper", 403)):
        shop.add_staff(f"{role}@toko.test", role)
        visitor = shop.visitor()
        visitor.sign_in(f"{role}@toko.test")
        assert visitor.get("/admin/customers").status_code == seen
        assert visitor.post("/admin/customers/export", on="/admin/orders").status_code == 403


def page_of(owner, email):
    """Return the address of a customer's page in the panel."""
    page = owner.get("/admin/customers", query_string={"q": email}).text
    return re.search(r'<a href="(/admin/customers/\d+)">', page)[1]


def test_the_page_tells_orders_and_consent_and_keeps_a_note(shop, owner, people):
    path = page_of(owner, "siti@contoh.test")
    owner.post(f"{path}/note", {"note": "Suka giling halus"}, on=path)

    page = owner.get(path).text
    assert page.count('href="/admin/orders/INV-') == 2
    assert "Rp100.000" in page
    assert "Suka giling halus" in page
    with shop.app.app_context():
        assert "Suka" not in str(db.session.scalars(DEEDS).one().after)
    assert shop.customer().get("/akun/data/salinan.json").json["customer"]["note"] == "Suka giling halus"


@on_sqlite
def test_a_forgotten_customer_is_in_no_list(shop, owner, people):
    path = page_of(owner, "budi@contoh.test")
    with shop.app.app_context():
        db.session.execute(update(Customer).where(Customer.email == "budi@contoh.test").values(erased_at=now()))
        db.session.commit()

    assert "Budi" not in owner.get("/admin/customers").text
    assert owner.get(path).status_code == 404


@pytest.mark.parametrize(
    ("member_price", "is_member", "price"),
    [(None, True, 50_000), (40_000, True, 40_000), (40_000, False, 50_000), (60_000, True, 50_000)],
)
def test_members_pay_their_price_where_it_is_lower(member_price, is_member, price):
    assert price_for(50_000, member_price, is_member=is_member) == price


def test_a_member_who_is_signed_in_pays_the_members_price_from_cart_to_order(shop, owner, people):
    with shop.app.app_context():
        product = select(Product.id).where(Product.slug == "kopi-tubruk").scalar_subquery()
        db.session.execute(update(Variant).where(Variant.product_id == product).values(member_price=40_000))
        db.session.commit()
    path = page_of(owner, "siti@contoh.test")
    siti = shop.customer()
    siti.put_into_cart()
    assert "Rp50.000" in siti.get("/keranjang").text

    owner.post(f"{path}/member", {"member": "1"}, on=path)

    assert "berubah dari Rp50.000 menjadi Rp40.000" in siti.get("/keranjang").text
    assert siti.check_out().status_code == 302
    assert (shop.newest_order().subtotal, shop.newest_order().lines[0].unit_price) == (40_000, 40_000)
    shop.buy(email="budi@contoh.test")
    assert shop.newest_order().subtotal == 50_000


@on_sqlite
def test_a_customer_is_forgotten_once_it_is_sure_who_asks_and_nothing_is_open(shop, owner):
    number = shop.buy()
    page = re.search(r'<a href="(/admin/customers/\d+)">', owner.get("/admin/customers").text)[1] + "/erase"

    assert number in owner.get(page).text
    assert owner.post(page, {"password": PASSWORD}).status_code == 409
    shop.pay(number)
    owner.post(f"/admin/orders/{number}/ship", {"courier": "JNE", "tracking_number": "1"}, on="/admin/orders")
    owner.post(f"/admin/orders/{number}/deliver", on="/admin/orders")
    assert owner.post(page, {"password": "salah"}).status_code == 422
    assert owner.post(page, {"password": PASSWORD}).location == "/admin/customers"

    assert owner.get(page).status_code == 404
    assert (shop.order(number).email, shop.order(number).name) == ("", "–")
    with shop.app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.erased")).one()
        assert entry.actor == "pemilik@toko.test"
