"""The owner decides which accounts new orders are paid to, in which order and on what terms; money is seen anyhow."""

import pytest
from hosts import bank
from shopfloor import DEEDS, PASSWORD, fields, on_sqlite

from payments_moota.rules.qris import write
from storefront.admin.models import AuditEntry
from storefront.extensions import db

ACCOUNTS = "/admin/settings/accounts"
BCA, MANDIRI = f"{ACCOUNTS}/{bank.BCA}", f"{ACCOUNTS}/{bank.MANDIRI}"
NEW = {"bank_id": "Rek3", "bank_type": "bri", "account_number": "9998887776", "holder": "Toko Contoh"}
QRIS = write([("00", "01"), ("01", "11"), ("53", "360"), ("58", "ID"), ("59", "TOKO UJI"), ("60", "SALATIGA")])


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def save(owner, path, *, offered=True, **typed):
    sent = {**fields(owner.get(path).text), "code_mode": "", **typed}
    sent.pop("is_offered", None)
    return owner.client.post(path, data={**sent, **({"is_offered": "y"} if offered else {})})


def ways(shop):
    visitor = shop.visitor()
    visitor.put_into_cart()
    page = visitor.get("/checkout").text
    return [bank_id for bank_id in (bank.BCA, bank.MANDIRI) if bank_id in page]


def test_an_account_that_is_switched_off_still_recognises_its_money(shop, owner):
    number = shop.buy()
    assert shop.charge(number)["account"]["bank_id"] == bank.BCA

    assert save(owner, BCA, offered=False).status_code == 302

    assert ways(shop) == [bank.MANDIRI]
    assert shop.charge(shop.buy())["account"]["bank_id"] == bank.MANDIRI
    shop.pay(number)
    assert shop.charge(number)["status"] == "paid"
    assert "Tidak untuk pesanan baru" in owner.get(ACCOUNTS).text


@on_sqlite
def test_the_last_account_in_use_stays_in_use(shop, owner):
    assert save(owner, BCA, offered=False).status_code == 302

    answer = save(owner, MANDIRI, offered=False)

    assert answer.status_code == 422
    assert "satu-satunya" in answer.text
    assert ways(shop) == [bank.MANDIRI]


def test_accounts_are_offered_in_the_owners_order(shop, owner):
    for _ in range(2):  # there is no place before the first
        assert owner.post(f"{MANDIRI}/place", {"to": "earlier"}, on=ACCOUNTS).status_code == 302

    assert shop.charge(shop.buy())["account"]["bank_id"] == bank.MANDIRI
    assert owner.post(f"{ACCOUNTS}/tidak-ada/place", on=ACCOUNTS).status_code == 404


@on_sqlite
def test_terms_count_for_new_orders_and_are_in_the_log(shop, owner):
    assert (
        save(owner, BCA, fee_fixed="2.500", fee_basis_points="0,7", code_low="700", code_high="700").status_code == 302
    )

    charge = shop.charge(shop.buy())
    assert (charge["fee"], charge["unique_code"]) == (2_850, 700)
    assert fields(owner.get(BCA).text)["fee_basis_points"] == "0,7"
    with shop.app.app_context():
        entry = db.session.scalars(DEEDS.where(AuditEntry.action == "account.terms")).one()
        assert entry.after == {"code_high": 700, "code_low": 700, "fee_basis_points": 70, "fee_fixed": 2500}


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"minimum": "50.000", "maximum": "10.000"}, "Paling banyak harus"),
        ({"code_low": "500", "code_high": "499"}, "Kode terbesar harus"),
        ({"fee_basis_points": "banyak"}, "Tulis persen"),
        ({"fee_basis_points": "20,01"}, "Tulis persen"),
        ({"static_qris": "000201 bukan"}, "bukan teks QRIS"),
    ],
)
def test_terms_that_cannot_be_are_refused(owner, typed, told):
    answer = save(owner, BCA, **typed)

    assert answer.status_code == 422
    assert told in answer.text


@on_sqlite
def test_an_account_is_added_with_a_password_and_shown_masked(shop, owner):
    assert owner.post(ACCOUNTS, {**NEW, "password": "salah-semua"}).status_code == 422
    assert owner.post(ACCOUNTS, {**NEW, "bank_id": bank.BCA, "password": PASSWORD}).status_code == 422
    assert owner.post(ACCOUNTS, {**NEW, "password": PASSWORD}).status_code == 302

    pages = owner.get(ACCOUNTS).text + owner.get("/admin/audit").text
    assert "••••••7776" in pages
    assert "9998887776" not in pages
    assert "account.added" in pages


@on_sqlite
def test_another_printed_code_needs_the_password(owner):
    assert save(owner, BCA, static_qris=QRIS).status_code == 422
    assert save(owner, BCA, static_qris=QRIS, password=PASSWORD).status_code == 302
    assert save(owner, BCA, label="Rekening utama").status_code == 302
    assert fields(owner.get(BCA).text)["static_qris"] == QRIS


@on_sqlite
def test_without_a_token_moota_is_not_asked(owner):
    owner.post(f"{ACCOUNTS}/sync", on=ACCOUNTS)

    assert "belum diisi: MOOTA_ACCESS_TOKEN" in owner.get(ACCOUNTS).text
