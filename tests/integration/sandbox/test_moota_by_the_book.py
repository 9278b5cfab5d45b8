"""The pretend Moota, asked with plain requests written from what is known of Moota alone; no client of ours."""

import hashlib
import hmac
import io
import json
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
import zxingcpp
from hosts.pretend import QRIS, TOKEN, VA, running
from hosts.scripted import answer, serving
from PIL import Image

from payments_moota.sandbox import create_sandbox

SECRET = "rahasia-buku"
BCA, MANDIRI = "Vq3LmZt8RkX", "Hn7WcPy2DsJb"


class Moota:
    """A person with a token and a terminal."""

    def __init__(self, url, hook):
        self.url, self.hook = url, hook
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {TOKEN}"

    def __call__(self, verb, path, **options):
        return self.session.request(verb, f"{self.url}/api/v2/{path}", timeout=10, **options)

    def get(self, path, **query):
        answered = self("GET", path, params=query)
        assert answered.status_code == 200, answered.text
        return answered.json()

    def post(self, path, expected=200, **body):
        answered = self("POST", path, json=body)
        assert answered.status_code == expected, answered.text
        return answered.json()

    def book(self, amount, *, bank=BCA, kind="CR", note="TRSF BUDI", date=None):
        """Book a dummy mutation, as Moota lets its users do for tests."""
        day = {"date": date} if date else {}
        answered = self.post(f"mutation/store/{bank}", amount=amount, type=kind, note=note, **day)
        assert answered == {"error": False, "mutation": {"total": 1, "new": 1}}
        return self.get("mutation")["data"][0]


@pytest.fixture
def hook():
    """Return a receiver that takes everything."""
    with serving() as script:
        yield script.then(answer({"status": "received"}))


@pytest.fixture
def moota(hook):
    app = create_sandbox(f"{hook.url}/webhook/moota", SECRET, token=TOKEN, retry_gaps=(0.05, 0.05, 0.05))
    with running(app) as url:
        yield Moota(url, hook)


def order(**changes):
    asked = {
        "order_id": "INV-77",
        "bank_account_id": VA,
        "customers": {"name": "Ani", "email": "ani@contoh.test", "phone": "62811000111"},
        "items": [{"name": "Buku", "qty": 2, "price": 60_000}, {"name": "Ongkir", "qty": 1, "price": 30_000}],
        "total": 150_000,
        "is_unique_code_active": False,
    }
    return {name: value for name, value in {**asked, **changes}.items() if value is not None}


class TestWhoMayAsk:
    @pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
    def test_nobody_without_a_token(self, moota, header):
        answered = requests.get(f"{moota.url}/api/v2/accounts", headers={"Authorization": header}, timeout=10)

        assert (answered.status_code, answered.json()) == (401, {"error": "Unauthenticated."})

    def test_a_login_gives_a_token_that_ends_with_the_logout(self, moota):
        made = moota.post("auth/login", email="a@b.test", password="x", scopes=["api"])
        moota.session.headers["Authorization"] = f"Bearer {made['access_token']}"
        assert moota.get("accounts")["total"] == 5
        assert moota.post("auth/logout") == {"message": "OK"}
        assert moota("GET", "accounts").status_code == 401

    def test_a_token_without_the_scope_is_refused(self, moota):
        made = moota.post("auth/login", email="a@b.test", password="x", scopes=["bank_read"])
        moota.session.headers["Authorization"] = f"Bearer {made['access_token']}"

        assert moota("GET", "accounts").json() == {"message": "Invalid scope(s) provided."}

    def test_a_login_without_its_fields_names_them(self, moota):
        assert set(moota.post("auth/login", 422)["errors"]) == {"email", "password", "scopes"}


class TestAccounts:
    @pytest.mark.parametrize("path", ["accounts", "accounts/index"])
    def test_the_new_list_has_all_kinds(self, moota, path):
        rows = moota.get(path)["data"]

        assert [row["bank_type"] for row in rows] == ["bca", "mandiriOnlineV2", "bri", "bniVA", "qris"]
        first = rows[0]
        assert (first["token"], first["atas_nama"], first["balance"]) == (
            first["bank_id"],
            "Toko Contoh",
            "10000000.00",
        )
        assert (first["interval_refresh"], first["is_active"]) == (15, True)

    def test_the_old_list_has_banks_alone(self, moota):
        assert [row["bank_type"] for row in moota.get("bank")["data"]] == ["bca", "mandiriOnlineV2", "bri"]

    def test_a_refresh_costs_points_until_there_are_none(self, moota):
        answers = [moota("POST", f"bank/{BCA}/refresh") for _ in range(11)]

        assert {each.status_code for each in answers[:10]} == {200}
        assert (answers[10].status_code, "poin" in answers[10].json()["message"]) == (422, True)

    def test_the_kinds_of_accounts_can_be_listed(self, moota):
        assert moota.get("bank/available")["data"][0]["interval"] == 15


class TestMutations:
    def test_a_row_is_decimal_text_and_a_day_without_a_time(self, moota):
        row = moota.book(100_123)

        assert (row["amount"], row["type"], row["balance"]) == ("100123.00", "CR", "10100123.00")
        assert row["date"].endswith(" 00:00:00")
        assert row["token"] == row["mutation_id"]
        assert row["bank"]["bank_id"] == row["bank_id"] == BCA

    def test_pages_tell_where_they_are(self, moota):
        for amount in range(10_001, 10_008):
            moota.book(amount)

        first, last = moota.get("mutation", per_page=3), moota.get("mutation", per_page=3, page=3)

        assert (first["current_page"], first["last_page"], first["total"], first["per_page"]) == (1, 3, 7, 3)
        assert (first["from"], first["to"], first["prev_page_url"]) == (1, 3, None)
        assert "page=2" in first["next_page_url"]
        assert (last["from"], last["to"], last["next_page_url"]) == (7, 7, None)
        assert [row["amount"] for row in first["data"]] == ["10007.00", "10006.00", "10005.00"]
        assert moota.get("mutation", per_page=3, page=9)["data"] == []

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"type": "CR"}, {"20000.00", "30000.00"}),
            ({"type": "debit"}, {"10000.00"}),
            ({"type": "credit"}, {"20000.00", "30000.00"}),
            ({"bank": MANDIRI}, {"30000.00"}),
            ({"amount": 20_000}, {"20000.00"}),
            ({"description": "listrik"}, {"10000.00"}),
            ({"start_date": "2026-01-02", "end_date": "2026-01-03"}, {"30000.00"}),
            ({"date": "2026-01-02"}, {"30000.00"}),
            ({"start_date": "2026-02-01"}, {"10000.00", "20000.00"}),
        ],
    )
    def test_the_filters(self, moota, query, found):
        moota.book(30_000, bank=MANDIRI, date="2026-01-02")
        moota.book(20_000, note="KOPI")
        moota.book(10_000, kind="DB", note="BAYAR LISTRIK")

        assert {row["amount"] for row in moota.get("mutation", **query)["data"]} == found

    def test_an_unknown_bank_is_not_found(self, moota):
        answered = moota("GET", "mutation", params={"bank": "nobody"})

        assert (answered.status_code, answered.json()) == (404, {"message": "Bank tidak ditemukan."})

    def test_a_summary_adds_up(self, moota):
        moota.book(10_000)
        moota.book(15_000)
        moota.book(4_000, kind="DB")

        data = moota.get("mutation/summary", bank_id=BCA)["data"]

        assert (data["credit_count"], data["credit_amount"]) == (2, 25_000)
        assert (data["debit_count"], data["debit_amount"]) == (1, 4_000)

    def test_a_note_stays_on_the_row(self, moota):
        identity = moota.book(10_000)["mutation_id"]

        assert moota.post(f"mutation/{identity}/note", note="lunas")["mutation"]["note"] == "lunas"
        assert moota.get("mutation", note="LUNAS")["total"] == 1

    @pytest.mark.parametrize("what", ["note", "webhook"])
    def test_an_unknown_mutation_is_not_found(self, moota, what):
        assert moota.post(f"mutation/nobody/{what}", 404) == {"error": True, "message": "Data tidak ditemukan"}

    def test_destroying_says_no_and_means_yes(self, moota):
        identity = moota.book(10_000)["mutation_id"]

        assert moota.post("mutation/destroy", mutations=[identity]) == {"status": False, "message": "OK"}
        assert moota.get("mutation")["total"] == 0
        assert moota.post("mutation/destroy", 500, mutations=[identity])["message"] == "Mutations not found"
        assert "mutations" in moota.post("mutation/destroy", 422)["errors"]

    def test_a_dummy_needs_a_type_and_an_amount(self, moota):
        assert set(moota.post(f"mutation/store/{BCA}", 422)["errors"]) == {"type", "amount"}


class TestTags:
    def test_a_tag_is_made_then_attached_replaced_and_detached(self, moota):
        identity = moota.book(10_000)["mutation_id"]
        assert moota.post(f"tagging/mutation/{identity}", 422, name=["INV-1"])["message"] == "Data tidak ditemukan"
        for name in ("INV-1", "toko"):
            assert moota.post("tagging", name=name)["tagging"]["name"] == name

        moota.post(f"tagging/mutation/{identity}", name=["INV-1"])
        moota.post(f"tagging/mutation/{identity}", name=["INV-1", "toko"])
        row = moota.get("mutation", tag="toko")["data"][0]
        assert [tag["name"] for tag in row["taggings"]] == ["INV-1", "toko"]
        moota("PUT", f"tagging/mutation/{identity}", json={"name": ["toko"]})
        assert moota.get("mutation", tag="INV-1")["total"] == 0
        moota("DELETE", f"tagging/mutation/{identity}", json={"name": ["toko"]})
        assert moota.get("mutation")["data"][0]["taggings"] == []

    def test_a_tag_can_be_looked_up_renamed_and_deleted(self, moota):
        tag_id = moota.post("tagging", name="lama")["tagging"]["tag_id"]

        assert moota("PUT", f"tagging/{tag_id}", json={"name": "baru"}).json()["message"] == "Tag berhasil diupdate"
        assert [tag["name"] for tag in moota.get("tagging", tag="baru,lain")["tagging"]] == ["baru"]
        assert moota("DELETE", f"tagging/{tag_id}").status_code == 200
        assert moota.get("tagging")["tagging"] == []

    def test_a_tag_needs_a_name(self, moota):
        assert moota.post("tagging", 422)["errors"] == {"name": ["Kolom name harus diisi."]}


class TestTransactions:
    def test_a_virtual_account_has_a_number(self, moota):
        data = moota.post("create-transaction", **order())["data"]

        assert (data["order_id"], data["total"], data["unique_code"]) == ("INV-77", 150_000, 0)
        assert data["trx_id"].startswith("PYM-")
        assert data["va_number"].startswith(data["account_number"])
        assert requests.get(data["payment_url"], timeout=10).status_code == 200
        ends = datetime.fromisoformat(data["expired_at"])
        assert timedelta(hours=23) < ends - datetime.now(UTC) <= timedelta(hours=24)

    def test_qris_has_a_picture_whose_text_carries_the_amount(self, moota):
        data = moota.post("create-transaction", **order(bank_account_id=QRIS))["data"]

        assert (data["merchant_name"], "qr_string" in data) == ("Toko Contoh", False)
        picture = requests.get(data["qr_url"], timeout=10)
        (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))
        assert code.text.startswith("000201010212")
        assert "5303360" + "5406150000" + "5802ID" in code.text
        assert code.text[-4:] == ccitt(code.text[:-4])

    def test_left_out_moota_adds_a_code_of_its_own(self, moota):
        data = moota.post("create-transaction", **order(bank_account_id=BCA, is_unique_code_active=None))["data"]

        assert 1 <= data["unique_code"] <= 999
        assert data["total"] == 150_000 + data["unique_code"]

    def test_account_id_is_another_name(self, moota):
        assert moota.post("create-transaction", **order(bank_account_id=None, account_id=VA))["status"] == "success"

    def test_the_same_order_again_is_the_same_transaction_and_with_another_sum_none(self, moota):
        first, again = (moota.post("create-transaction", **order())["data"]["trx_id"] for _ in range(2))
        assert first == again
        more = order(items=[{"name": "x", "qty": 1, "price": 160_000}], total=160_000)
        assert "order_id" in moota.post("create-transaction", 422, **more)["errors"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"total": 149_999}, "total"),
            ({"items": [{"name": "x", "qty": 1, "price": 9_999}], "total": 9_999}, "total"),
            ({"items": [{"name": "x"}]}, "items"),
            ({"customers": {"name": "Ani"}}, "customers.phone"),
            ({"customers": None}, "customers"),
            ({"account_id": VA}, "account_id"),
            ({"bank_account_id": "nobody"}, "bank_account_id"),
            ({"order_id": None}, "order_id"),
        ],
    )
    def test_what_is_wrong_is_named_by_its_field(self, moota, changes, field):
        refused = moota.post("create-transaction", 422, **order(**changes))

        assert field in refused["errors"]
        assert refused["status"] == "error"

    def test_a_paid_number_is_told_with_the_payment_behind_it(self, moota):
        data = moota.post("create-transaction", **order())["data"]

        requests.post(data["payment_url"], data={"amount": "150.000"}, timeout=10)

        (row,) = told(moota)
        assert (row["account_number"], row["bank_id"], row["amount"]) == (data["va_number"], VA, 150_000)
        detail = row["payment_detail"]
        assert (detail["trx_id"], detail["order_id"], detail["status"]) == (data["trx_id"], "INV-77", "SUCCESS")
        assert (detail["total"], detail["amount_captured"], len(detail["items"])) == (150_000, 150_000, 2)

    def test_a_number_is_found_by_typing_it_and_a_code_by_pasting_it(self, moota):
        number = moota.post("create-transaction", **order())["data"]["va_number"]

        assert requests.get(f"{moota.url}/bayar", params={"number": number}, timeout=10).url.count("PYM-") == 1
        lost = requests.post(f"{moota.url}/bayar", data={"number": "123"}, timeout=10)
        assert (lost.status_code, "tidak dikenal" in lost.text) == (422, True)


def ccitt(text):
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def told(moota):
    """Return the rows of the newest webhook."""
    return moota.hook.asked[-1].body


def wait_until(happened, seconds=5):
    deadline = time.monotonic() + seconds
    ticking = threading.Event()
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        ticking.wait(0.02)


class TestWebhooks:
    def test_a_delivery_is_signed_over_the_very_bytes(self, moota, hook):
        moota.book(10_123, note="KOPI/SUSU Rp½")

        (asked,) = hook.asked
        assert asked.headers["User-Agent"].startswith("MootaBot/")
        assert {"X-Moota-User", "X-Moota-Webhook"} <= {name.title() for name in asked.headers}
        body = json.dumps(asked.body, separators=(",", ":")).replace("/", "\\/").encode()
        assert asked.headers["Signature"] == hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        (row,) = asked.body
        assert (row["amount"], row["balance"]) == (10_123, 10_010_123)
        assert not row["date"].endswith("00:00:00") or datetime.now(UTC).hour == 17
        assert list(row)[:6] == ["account_number", "date", "description", "note", "amount", "type"]

    def test_registering_says_no_and_means_yes_and_lists_the_secret(self, moota):
        body = {"url": "https://toko.test/w", "secret_token": "x", "kinds": "credit", "bank_account_id": BCA}
        made = moota.post("integration/webhook", start_unique_code=100, end_unique_code=200, **body)

        assert made == {"status": False, "message": "OK"}
        (row,) = moota.get("integration/webhook", url="https://toko.test/w")["data"]
        assert (row["secret_token"], row["start_unique_code"], row["type"]) == ("x", "100", "single")
        assert moota.get("integration/webhook", bank_account_id=BCA)["total"] == 1
        moota("DELETE", f"integration/webhook/{row['webhook_id']}")
        assert moota.get("integration/webhook")["total"] == 1
        assert moota("DELETE", "integration/webhook/nobody").status_code == 404

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"kinds": "all"}, "kinds"),
            ({"bank_account_id": "nobody"}, "bank_account_id"),
            ({"url": ""}, "url"),
            ({"secret_token": ""}, "secret_token"),
            ({"end_unique_code": 1000}, "start_unique_code"),
        ],
    )
    def test_a_wrong_registration_names_its_field(self, moota, changes, field):
        right = {"url": "https://toko.test/w", "secret_token": "x", "kinds": "both", "bank_account_id": ""}
        body = {**right, "start_unique_code": 0, "end_unique_code": 999, **changes}

        assert field in moota.post("integration/webhook", 422, **body)["errors"]

    @pytest.mark.parametrize(
        ("registered", "comes"),
        [
            ({"kinds": "credit"}, [10_123]),
            ({"kinds": "debit"}, [5_500]),
            ({"start_unique_code": 100, "end_unique_code": 200}, [10_123]),
            ({"bank_account_id": MANDIRI}, []),
        ],
    )
    def test_kinds_codes_and_accounts_filter(self, moota, hook, registered, comes):
        (first,) = moota.get("integration/webhook")["data"]
        moota("DELETE", f"integration/webhook/{first['webhook_id']}")
        body = {"url": first["url"], "secret_token": SECRET, "kinds": "both", "bank_account_id": ""}
        moota.post("integration/webhook", **{**body, "start_unique_code": 0, "end_unique_code": 999, **registered})

        moota.book(10_123)
        moota.book(5_500, kind="DB")

        assert [row["amount"] for asked in hook.asked for row in asked.body] == comes

    def test_accounts_are_attached_and_detached(self, moota):
        (row,) = moota.get("integration/webhook")["data"]

        moota.post(f"integration/webhook/attach/{row['webhook_id']}", bank_account_id=MANDIRI)
        assert moota.get("integration/webhook")["data"][0]["bank_account_id"] == MANDIRI
        moota.post(f"integration/webhook/detach/{row['webhook_id']}", bank_account_id=MANDIRI)
        assert moota.get("integration/webhook")["data"][0]["type"] == "all"

    def test_a_delivery_that_fails_is_tried_again_and_every_try_is_history(self, moota, hook):
        hook.answers = [answer("weg", 500), answer("weg", 404), answer({"status": "received"})]
        (webhook,) = moota.get("integration/webhook")["data"]

        moota.book(10_000)

        path = f"integration/webhook/history/{webhook['webhook_id']}"
        wait_until(lambda: moota.get(path)["total"] == 3)
        tries = moota.get(path)["data"]
        assert [(row["attempt"], row["status"]) for row in tries] == [(3, "success"), (2, "failed"), (1, "failed")]
        assert tries[1]["response"].startswith("404")
        assert tries[0]["payload"][0]["amount"] == 10_000
        assert len({json.dumps(asked.body) for asked in hook.asked}) == 1

    def test_the_history_of_nobody_is_not_found(self, moota):
        assert moota("GET", "integration/webhook/history/nobody").status_code == 404

    def test_a_mutation_can_be_pushed_again(self, moota, hook):
        identity = moota.book(10_000)["mutation_id"]

        assert moota.post(f"mutation/{identity}/webhook") == {"status": "OK"}
        assert [asked.body[0]["mutation_id"] for asked in hook.asked] == [identity, identity]


class TestOnPurpose:
    """What the pages can let go wrong."""

    def page(self, moota, path, **form):
        return requests.post(f"{moota.url}/{path}", data=form, timeout=10)

    def test_silence_lists_and_tells_nothing_until_all_is_told_in_one(self, moota, hook):
        self.page(moota, "webhook/senyap")
        for amount in (10_001, 10_002):
            moota.book(amount)
        assert (hook.asked, moota.get("mutation")["total"]) == ([], 2)

        self.page(moota, "webhook/senyap")
        self.page(moota, "webhook/kabari")

        (asked,) = hook.asked
        assert [row["amount"] for row in asked.body] == [10_001, 10_002]

    def test_held_transfers_come_in_one_batch(self, moota, hook):
        for amount in ("10.001", "10.002", "10.003"):
            self.page(moota, "transfer", account=BCA, amount=amount, hold="1")

        self.page(moota, "webhook/kabari")

        assert [len(asked.body) for asked in hook.asked] == [3]

    def test_the_same_content_comes_under_another_id(self, moota, hook):
        row = moota.book(10_000)

        self.page(moota, f"mutasi/{row['mutation_id']}/kembar")

        first, second = (asked.body[0] for asked in hook.asked)
        assert first["mutation_id"] != second["mutation_id"]
        same = ("amount", "date", "description", "type", "balance", "account_number")
        assert all(first[name] == second[name] for name in same)

    def test_the_bank_takes_a_credit_back(self, moota, hook):
        row = moota.book(10_000)

        self.page(moota, f"mutasi/{row['mutation_id']}/tarik")

        (taken,) = hook.asked[-1].body
        assert (taken["type"], taken["amount"], "REVERSAL" in taken["description"]) == ("DB", 10_000, True)

    def test_a_payout_comes_back(self, moota, hook):
        row = moota.book(10_000, kind="DB")

        self.page(moota, f"mutasi/{row['mutation_id']}/retur")

        (back,) = hook.asked[-1].body
        assert (back["type"], "RETUR" in back["description"]) == ("CR", True)

    def test_v1_pushes_are_unsigned_with_numbers_for_ids(self, moota, hook):
        row = moota.book(10_000)

        for form in ({}, {"twice": "1"}):
            self.page(moota, f"mutasi/{row['mutation_id']}/v1", **form)

        once, twice = hook.asked[-2:]
        assert "Signature" not in once.headers
        assert once.headers["Authorization"].startswith("Basic ")
        assert isinstance(once.body[0]["id"], int)
        assert (once.body[0]["bank_type"], "mutation_id" in once.body[0]) == ("bca", False)
        assert json.loads(twice.body) == once.body

    def test_trying_an_address_sends_money_that_never_was(self, moota, hook):
        (webhook,) = moota.get("integration/webhook")["data"]

        assert self.page(moota, f"webhook/{webhook['webhook_id']}/cek").status_code == 200

        rows = hook.asked[-1].body
        assert [(row["amount"], row["note"], row["date"][:4]) for row in rows] == [
            (50_000, "Testing webhook moota", "2019")
        ] * 2
        assert moota.get("mutation")["total"] == 0

    def test_a_delayed_transfer_is_told_later(self, moota, hook):
        self.page(moota, "transfer", account=BCA, amount="10.000", delay="5")

        assert (hook.asked, moota.get("mutation")["total"]) == ([], 1)

    def test_no_form_of_another_site_does_anything(self, moota, hook):
        elsewhere = {"Origin": "https://evil.test"}

        answered = requests.post(f"{moota.url}/webhook/senyap", headers=elsewhere, timeout=10)

        assert (answered.status_code, hook.asked) == (403, [])
