"""What customers keep with the shop, and how they change it."""

import pytest
from shopfloor import fields, on_sqlite
from sqlalchemy import select

from storefront.customers import links
from storefront.customers.models import ConsentChange, Customer, CustomerAddress
from storefront.customers.terms import CUSTOMER_WORDS
from storefront.extensions import db

HOME = {
    "label": "Rumah",
    "name": "Siti Rahayu",
    "phone": "0812-3456-7890",
    "address": "Jl. Melati 5",
    "village": "Sidorejo",
    "district": "Sidorejo Lor",
    "city": "Salatiga",
    "province": "Jawa Tengah",
    "postal_code": "50711",
}


@pytest.fixture
def siti(shop):
    shop.buy()
    return shop.customer()


def kept(shop):
    with shop.app.app_context():
        found = db.session.scalars(select(CustomerAddress).order_by(CustomerAddress.id))
        return [(address.label, address.is_default) for address in found]


def add(visitor, **typed):
    return visitor.post("/akun/alamat/baru", {**HOME, **typed})


def test_addresses_are_added_changed_put_first_and_removed(shop, siti):
    assert "Belum ada alamat" in siti.get("/akun/alamat").text
    assert add(siti).status_code == 302
    assert add(siti, label="Kantor", is_default="y").status_code == 302
    assert kept(shop) == [("Rumah", False), ("Kantor", True)]

    page = siti.get("/akun/alamat").text
    assert page.index("Kantor") < page.index("Rumah")
    assert "0812-3456-7890" in page
    first, second = (f"/akun/alamat/{n}" for n in ids(shop))
    siti.post(first, {**fields(siti.get(first).text), **HOME, "label": "Kos"})
    siti.post(f"{first}/utama", on="/akun/alamat")
    assert kept(shop) == [("Kos", True), ("Kantor", False)]

    siti.post(f"{first}/hapus", on="/akun/alamat")
    assert kept(shop) == [("Kantor", True)]
    assert siti.get(second).status_code == 200


def ids(shop):
    with shop.app.app_context():
        return list(db.session.scalars(select(CustomerAddress.id).order_by(CustomerAddress.id)))


@on_sqlite
def test_a_wrong_address_is_explained_and_what_was_typed_stays(shop, siti):
    answer = add(siti, postal_code="x", city="Kota Baru")

    assert answer.status_code == 422
    assert "Kode pos terdiri dari 5 angka." in answer.text
    assert "Kota Baru" in answer.text
    assert kept(shop) == []


@on_sqlite
def test_somebody_elses_address_is_not_there(shop, siti):
    add(siti)
    shop.buy(email="budi@contoh.test")
    budi = shop.customer("budi@contoh.test")
    (address,) = ids(shop)

    assert budi.get(f"/akun/alamat/{address}").status_code == 404
    assert budi.post(f"/akun/alamat/{address}/hapus", on="/akun/alamat/baru").status_code == 404
    assert kept(shop) == [("Rumah", True)]


@on_sqlite
@pytest.mark.parametrize("path", ["/akun/alamat", "/akun/alamat/baru", "/akun/data"])
def test_strangers_are_led_to_sign_in(visitor, path):
    answer = visitor.get(path)

    assert (answer.status_code, answer.location) == (302, "/akun")


def consent(shop):
    with shop.app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        changes = db.session.scalars(select(ConsentChange).order_by(ConsentChange.id))
        return customer.marketing_at is not None, [(change.given, change.source) for change in changes]


def test_agreeing_and_withdrawing_is_kept_with_where_it_happened(shop, siti):
    siti.post("/akun/data/penawaran", {"wanted": "y"}, on="/akun/data")
    assert consent(shop) == (True, [(True, "account")])

    with shop.app.test_request_context():
        link = links.no_offers_url(db.session.scalars(select(Customer)).one())
    stranger = shop.visitor()
    path = link.removeprefix("http://localhost")
    assert "Berhenti menerima penawaran" in stranger.get(path).text
    assert consent(shop)[0]

    # As a mail program does it: no cookie, no page of ours.
    assert stranger.client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 302
    assert consent(shop) == (False, [(True, "account"), (False, "letter")])
    assert shop.visitor().get("/akun/penawaran/palsu").status_code == 404


@on_sqlite
def test_name_and_number_are_corrected(shop, siti):
    siti.post("/akun/data/nama", {"name": "Siti R.", "phone": "+62 813 1111 2222"}, on="/akun/data")

    with shop.app.app_context():
        customer = db.session.scalars(select(Customer)).one()
        assert (customer.name, customer.phone) == ("Siti R.", "+6281311112222")
        assert db.session.scalars(CUSTOMER_WORDS.of("r.")).all() == [customer.id]
        assert db.session.scalars(CUSTOMER_WORDS.of("rahayu")).all() == []
