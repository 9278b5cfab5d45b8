"""The owner changes settings in the panel: they count at once, secrets are replaced and never shown."""

import json

import pytest
from hosts import bank
from shopfloor import DEEDS, PASSWORD, fields, on_sqlite

from payments_moota.context import state
from storefront import overrides
from storefront.extensions import db

SETTINGS = "/admin/settings"
NEW_SECRET = "rahasia-baru-yang-panjang-sekali"


@pytest.fixture
def owner(shop):
    shop.add_staff()
    visitor = shop.visitor()
    visitor.sign_in()
    return visitor


def settings(owner, **typed):
    chosen = {"timezone": "Asia/Jakarta", "code_mode": "add", "approval": "auto", "refund_code": "return"}
    chosen |= {"code_books": "income", "tags": "yes"}
    return {**fields(owner.get(SETTINGS).text), **chosen, **typed}


def save(owner, **typed):
    return owner.client.post(SETTINGS, data=settings(owner, **typed))


def replace(owner, which, value, password=PASSWORD):
    return owner.post(f"{SETTINGS}/secrets/{which}", {"value": value, "password": password}, on=SETTINGS)


def webhook(shop, secret):
    content = bank.body(bank.mutation(12_345))
    headers = {"Signature": bank.sign(content, secret)}
    return (
        shop.app.test_client()
        .post("/webhook/moota", data=content, headers=headers, content_type="application/json")
        .status_code
    )


def test_a_change_counts_for_the_next_order(shop, owner):
    assert save(owner, charge_ttl="60", code_min="700", code_max="705").status_code == 302

    charge = shop.charge(shop.buy())

    assert 700 <= charge["unique_code"] <= 705
    assert "60" in fields(owner.get(SETTINGS).text)["charge_ttl"]
    with shop.app.app_context():
        entry = db.session.scalars(DEEDS).one()
        assert entry.action == "settings.changed"
        assert entry.after["MOOTA_CHARGE_TTL_MINUTES"] == "60"
    assert "Waktu membayar (menit): 60" in owner.get("/admin/audit").text


def test_a_value_taken_back_is_the_environments_again(shop, owner):
    save(owner, review_days="9")
    save(owner, review_days="2")

    with shop.app.app_context():
        assert "MOOTA_REFUND_REVIEW_DAYS" not in overrides.current()


def test_the_time_zone_is_that_of_shop_and_payments(shop, owner):
    save(owner, timezone="Asia/Jayapura")
    number = shop.buy()

    assert "WIT" in shop.visitor().get(shop.path_of(number)).text
    assert "WIT" in shop.visitor().get(shop.pay_path(number)).text
    assert "Asia/Jayapura" in owner.get("/admin/orders").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"charge_ttl": "5"}, "Tulis angka dari 10 sampai 43200."),
        ({"charge_ttl": "sehari"}, "Tulis angka dari 10 sampai 43200."),
        ({"charge_ttl": ""}, "Tulis angka dari 10 sampai 43200."),
        ({"inbox_days": "13"}, "Tulis angka dari 14 sampai 3650."),
        ({"code_min": "500", "code_max": "499"}, "Kode terbesar harus"),
        ({"code_max": "999", "code_wider": "999"}, "Harus lebih besar dari kode terbesar"),
        ({"allowed": "103.236.201.178, moota.co"}, "Tulis alamat IP"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_kept_in_the_form(shop, owner, typed, told):
    answer = save(owner, **typed)

    assert answer.status_code == 422
    assert told in answer.text
    assert fields(answer.text).items() >= typed.items()
    with shop.app.app_context():
        assert overrides.current() == {}


def test_two_webhook_secrets_are_valid_while_one_is_replaced(shop, owner):
    assert replace(owner, "webhook", NEW_SECRET).status_code == 302

    assert webhook(shop, NEW_SECRET) == 200
    assert webhook(shop, bank.SECRET) == 200
    assert webhook(shop, "rahasia-orang-lain-yang-panjang") == 401

    owner.post(f"{SETTINGS}/secrets/webhook/end", on=SETTINGS)
    assert webhook(shop, NEW_SECRET) == 200
    assert webhook(shop, bank.SECRET) == 401


def test_secrets_are_shown_nowhere(shop, owner):
    replace(owner, "webhook", NEW_SECRET)
    replace(owner, "token", "token-akses-rahasia")
    wrong = replace(owner, "token", "token-kedua-rahasia", password="salah sekali")

    assert wrong.status_code == 422
    assert "tidak cocok" in wrong.text
    pages = wrong.text + owner.get(SETTINGS).text + owner.get("/admin/audit").text
    for secret in (NEW_SECRET, "token-akses-rahasia", "token-kedua-rahasia", bank.SECRET):
        assert secret not in pages
    assert "secret.replaced" in pages
    with shop.app.app_context():
        assert overrides.current()["MOOTA_ACCESS_TOKEN"] == "token-akses-rahasia"
        kept = overrides._path()
        assert kept.stat().st_mode & 0o077 == 0
        assert NEW_SECRET in json.loads(kept.read_text()).values()


def test_a_secret_that_can_be_guessed_is_refused(owner):
    answer = replace(owner, "webhook", "pendek")

    assert answer.status_code == 422
    assert "paling sedikit 20" in answer.text
    assert replace(owner, "other", NEW_SECRET).status_code == 404


def test_holidays_are_added_and_taken_back(owner):
    path = f"{SETTINGS}/holidays"
    owner.post(path, {"day": "2099-03-02", "name": "Hari toko"})
    assert "Hari toko" in owner.get(path).text

    owner.post(f"{path}/2099-03-02/forget", on=path)
    assert "Hari toko" not in owner.get(path).text
    assert owner.post(f"{path}/2099-03-02/work", on=path).status_code == 302
    assert owner.post(f"{path}/bukan-hari/work", on=path).status_code == 404
    assert owner.post(path, {"day": "", "name": "x"}).status_code == 422


@on_sqlite
def test_a_setting_of_the_server_can_be_emptied(shop, owner):
    shop.app.config["MOOTA_UNIQUE_CODE_WIDER_MAX"] = "5000"
    assert fields(owner.get(SETTINGS).text)["code_wider"] == "5000"

    assert save(owner, code_wider="").status_code == 302

    assert fields(owner.get(SETTINGS).text)["code_wider"] == ""
    with shop.app.app_context():
        assert state().settings.wider_code_max is None


@on_sqlite
def test_webhooks_come_only_from_where_the_owner_says(shop, owner):
    page = owner.get(SETTINGS).text
    assert 'value="http://localhost/webhook/moota"' in page
    assert "Alamat ini tidak memakai https" in page

    save(owner, allowed="203.0.113.0/24")
    assert webhook(shop, bank.SECRET) == 403
    save(owner, allowed="127.0.0.1")
    assert webhook(shop, bank.SECRET) == 200


@on_sqlite
def test_an_address_that_was_let_in_is_shut_out_again(shop, owner):
    owner.post("/admin/webhooks/allow", {"address": "8.8.8.8"}, on=SETTINGS)
    assert "8.8.8.8" in owner.get(SETTINGS).text

    owner.post(f"{SETTINGS}/webhook/shut-out", {"address": "8.8.8.8"}, on=SETTINGS)
    told, again = owner.get(SETTINGS).text, owner.get(SETTINGS).text
    assert "tidak diterima lagi" in told
    assert "8.8.8.8" not in again


@on_sqlite
def test_the_webhook_is_registered_at_moota_only_with_what_that_needs(owner):
    owner.post(f"{SETTINGS}/webhook/register", on=SETTINGS)

    assert "belum diisi: MOOTA_ACCESS_TOKEN" in owner.get(SETTINGS).text


@on_sqlite
def test_settings_that_no_longer_fit_together_do_not_stop_the_shop(shop, owner):
    save(owner, code_min="700", code_max="705")
    shop.app.config["MOOTA_BASE_URL"] = "no address"

    assert shop.visitor().get("/").status_code == 200
    assert shop.charge(shop.buy())["unique_code"] <= 999


@pytest.mark.parametrize("role", ["staff", "bookkeeper"])
def test_only_owners_change_settings(shop, role):
    shop.add_staff("lain@toko.test", role)
    visitor = shop.visitor()
    visitor.sign_in("lain@toko.test")
    token = visitor.token("/admin/orders")

    for path in ("", "/secrets/token", "/secrets/webhook/end", "/holidays", "/holidays/2099-01-01/forget"):
        assert visitor.client.post(f"{SETTINGS}{path}", data={"csrf_token": token}).status_code == 403
