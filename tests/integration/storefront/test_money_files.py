"""Files about money: what is in them, what no program takes for a formula, and who took them."""

import csv
import io

import pytest
from hosts import bank
from openpyxl import load_workbook
from sqlalchemy import select

from storefront.admin.models import AuditEntry
from storefront.extensions import db

PERIOD = {"since": "2020-01-01", "until": "2099-12-31"}


@pytest.fixture
def bookkeeper(shop):
    shop.add_staff("buku@toko.test", "bookkeeper")
    visitor = shop.visitor()
    visitor.sign_in("buku@toko.test")
    return visitor


def take(visitor, kind, file="csv", **typed):
    return visitor.post("/admin/exports", {"kind": kind, "kind_of_file": file, **PERIOD, **typed})


def table(answer):
    assert answer.mimetype == "text/csv", answer.text
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


def test_payments_mutations_and_refunds_are_handed_out(shop, bookkeeper):
    number = shop.buy()
    shop.pay(number)
    shop.receive(bank.mutation(777, description="=HYPERLINK(1)"))
    shop.run("moota", "refund", "request", number, "10000", "--reason", "goods")

    [payment] = table(take(bookkeeper, "charges"))
    assert (payment["Pesanan"], payment["Harga"], payment["Keadaan"]) == (number, "50000", "paid")
    lines = table(take(bookkeeper, "mutations"))
    assert [line["Jumlah"] for line in lines][-1] == "777"
    assert lines[-1]["Berita"].startswith("'=HYPERLINK")
    assert lines[0]["Pesanan"] == number
    [refund] = table(take(bookkeeper, "refunds"))
    assert (refund["Pesanan"], refund["Jumlah"]) == (number, "10000")


def test_a_workbook_has_the_same_rows(shop, bookkeeper):
    number = shop.buy()
    sheet = load_workbook(io.BytesIO(take(bookkeeper, "charges", "xlsx").data)).active
    head, payment = sheet.iter_rows(values_only=True)
    assert head[0] == "Pesanan"
    assert payment[0] == number
    assert payment[head.index("Harga")] == 50_000


def test_no_secret_link_is_in_the_files(shop, bookkeeper):
    number = shop.buy()
    assert shop.pay_path(number) not in take(bookkeeper, "charges").text


def test_only_the_days_asked_for_are_in_it(shop, bookkeeper):
    shop.buy()
    assert table(take(bookkeeper, "charges", until="2020-01-02")) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"until": "2019-12-31"}, "setelah tanggal awal"),
        ({"since": ""}, "Isi tanggalnya"),
        ({"kind": "secrets"}, "422"),
    ],
)
def test_nonsense_is_told(shop, bookkeeper, typed, said):
    answer = take(bookkeeper, **{"kind": "charges", **typed})
    assert answer.status_code == 422
    assert said == "422" or said in answer.text


def test_who_took_what_is_noted(shop, bookkeeper):
    take(bookkeeper, "mutations")
    with shop.app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "money.exported")).one()
        assert (entry.actor, entry.subject) == ("buku@toko.test", "mutations")
