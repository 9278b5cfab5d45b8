"""Customers taken over from files: what is missing is filled in, what is known stays, and nobody is made to agree."""

import csv
import io

import pytest
from shopfloor import fields, on_sqlite
from sqlalchemy import select
from test_importing_goods import chosen, counts, signed_in, work

from storefront.customers import service
from storefront.customers.models import Customer
from storefront.extensions import db

PAGE = "/admin/customers/imports"
FILE = """E-mail;Nama;Nomor HP;Alamat lengkap;Kota;Provinsi;Kode pos;Anggota;Setuju sejak
Budi@Contoh.test;Budi;0813-1111-2222;Jl. Mawar 1;KOTA SALATIGA;JAWA TENGAH;50711;ya;2026-03-01
budi@contoh.test;Budi Santoso;0813-1111-2222;;;;;;
siti@contoh.test;Siti Lain;0812-9999-0000;;;;;;ya
;Rina;0813-1111-2222;;;;;;
;Tanpa Alamat;0815-5555-5555;;;;;;
s***i@contoh.test;Samar;0812-****-11;;;;;;
lain@contoh.test;Orang Lain;0813-1111-2222;;;;;;
"""


@pytest.fixture
def owner(shop):
    return signed_in(shop)


def try_people(shop, visitor, content=FILE, **typed):
    form = {"csrf_token": visitor.token(PAGE), "file": (io.BytesIO(content.encode()), "orang.csv")}
    address = visitor.client.post(PAGE, data=form).location
    answer = visitor.client.post(address, data={**chosen(visitor, address, **typed), "do": "try"})
    work(shop)
    return address, answer


def take_over(shop, visitor, address):
    visitor.client.post(address, data={"csrf_token": fields(visitor.get(address).text)["csrf_token"], "do": "bring"})
    work(shop)


def person(shop, email):
    with shop.app.app_context():
        found = db.session.scalars(select(Customer).where(Customer.email == email)).one_or_none()
        if found is not None:
            assert found.addresses is not None
        history = [(each.given, each.source) for each in service.consent_history(db.session(), found)] if found else []
        db.session.expunge_all()
        return found, history


def told(visitor, address, name):
    rows = csv.reader(io.StringIO(visitor.get(f"{address}/{name}.csv").text.lstrip("\ufeff")), delimiter=";")
    return {row[0]: row[1] for row in rows}


def test_people_are_tried_then_taken_over_and_what_is_known_stays(shop, owner):
    shop.buy()
    known, _history = person(shop, "siti@contoh.test")
    address, _answer = try_people(shop, owner)
    assert counts(shop) == ("done", 1, 0, 3, 3, 7)
    assert person(shop, "budi@contoh.test")[0] is None

    for _ in range(2):
        take_over(shop, owner, address)

    assert counts(shop) == ("done", 1, 0, 3, 3, 7)
    budi, history = person(shop, "budi@contoh.test")
    assert (budi.name, budi.phone, budi.is_member, history) == ("Budi", "+6281311112222", True, [])
    assert [(each.city, each.province, each.is_default) for each in budi.addresses] == [
        ("Kota Salatiga", "Jawa Tengah", True)
    ]
    siti, history = person(shop, "siti@contoh.test")
    assert (siti.name, siti.phone, siti.marketing_at, history) == (known.name, known.phone, None, [])
    notes = told(owner, address, "notes")
    assert notes["3"] == "Tidak diubah: Nama."
    assert notes["4"] == "Tidak diubah: Nama, Nomor HP, Setuju menerima penawaran."
    refused = told(owner, address, "refused")
    assert list(refused) == ["Baris", "6", "7", "8"]
    assert "disamarkan" in refused["7"]
    assert "milik pelanggan lain, Budi" in refused["8"]


@on_sqlite
def test_people_agreed_to_offers_only_as_the_owner_answers_for(shop, owner):
    shop.buy()
    with shop.app.app_context():
        withdrawn = service.find_customer(db.session(), "siti@contoh.test")
        service.change_consent(db.session(), withdrawn, given=True, source="checkout")
        service.change_consent(db.session(), withdrawn, given=False, source="letter")
        db.session.commit()
    assert try_people(shop, owner, consent="formulir di toko")[1].status_code == 422
    assert try_people(shop, owner, sure="1")[1].status_code == 422
    address, answer = try_people(shop, owner, consent="formulir di toko", sure="1")
    assert answer.status_code == 302

    take_over(shop, owner, address)

    assert person(shop, "budi@contoh.test")[1] == [(True, "formulir di toko")]
    assert person(shop, "siti@contoh.test")[1] == [(False, "letter"), (True, "checkout")]


@on_sqlite
def test_staff_cannot_answer_for_consent_and_bookkeepers_see_nobody(shop, owner):
    address, _answer = try_people(shop, owner)
    assert signed_in(shop, "bookkeeper").get(f"{address}/notes.csv").status_code == 403
    goods = address.replace("/customers/imports", "/imports")
    assert owner.get(goods).status_code == 404

    staff = signed_in(shop, "staff")
    address, answer = try_people(shop, staff, consent="formulir di toko", sure="1")
    assert answer.status_code == 302
    take_over(shop, staff, address)
    assert person(shop, "budi@contoh.test")[1] == []
