"""The bytes and headers Moota sends, fact by fact (Moota's delivery log is the source)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from payments_moota.sandbox.bank import SAMPLE_ACCOUNTS, BankAccount
from payments_moota.sandbox.webhook import build_body, build_mutation, sign, signed_headers

BCA = SAMPLE_ACCOUNTS[0]
AT = datetime(2026, 11, 24, 18, 30, 5, tzinfo=UTC)


def test_the_keys_come_in_the_order_moota_writes_them():
    assert list(build_mutation(BCA, 50_000)) == [
        "account_number",
        "date",
        "description",
        "note",
        "amount",
        "type",
        "balance",
        "updated_at",
        "created_at",
        "mutation_id",
        "token",
        "bank_id",
        "taggings",
        "bank",
    ]


def test_amount_and_running_balance_are_whole_numbers_but_the_accounts_balance_is_decimal_text():
    body = build_body([build_mutation(BCA, 150_347, balance=10_150_347)])

    assert b'"amount":150347,"type":"CR","balance":10150347,' in body
    assert b'"balance":"10150347.00"' in body


def test_times_are_western_indonesian_without_saying_so():
    mutation = build_mutation(BCA, 1, occurred_at=AT)

    assert mutation["date"] == "2026-11-25 01:30:05"


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        build_mutation(BCA, 1, occurred_at=AT.replace(tzinfo=None))


def test_slashes_are_escaped_and_other_scripts_become_escapes_as_php_does():
    body = build_body([build_mutation(BCA, 1, description="A/B Rp½ 😀")])

    assert b'"description":"A\\/B Rp\\u00bd \\ud83d\\ude00"' in body
    assert json.loads(body)[0]["description"] == "A/B Rp½ 😀"


def test_the_array_is_compact():
    body = build_body([build_mutation(BCA, 1, description="x"), build_mutation(BCA, 2, description="y")])

    assert body == json.dumps(json.loads(body), separators=(",", ":")).encode()
    assert body.startswith(b'[{"account_number":"1112223334","date":"')


def test_the_token_repeats_the_opaque_id():
    first, second = build_mutation(BCA, 1), build_mutation(BCA, 1)

    assert first["token"] == first["mutation_id"]
    assert first["mutation_id"] != second["mutation_id"]
    assert 11 <= len(first["mutation_id"]) <= 13
    assert first["mutation_id"].isalnum()


def test_the_account_is_nested_with_its_own_id_as_token():
    nested = build_mutation(BCA, 1)["bank"]

    assert nested["bank_id"] == nested["token"] == BCA.bank_id
    assert (nested["bank_type"], nested["label"], nested["atas_nama"]) == ("bca", "BCA", BCA.holder)


def test_the_signature_covers_exactly_the_bytes_sent():
    body = build_body([build_mutation(BCA, 50_000)])

    expected = hmac.new(b"rahasia", body, hashlib.sha256).hexdigest()

    assert signed_headers(body, "rahasia")["Signature"] == expected
    assert sign(body + b" ", "rahasia") != expected


def test_the_headers_of_the_request():
    headers = signed_headers(b"[]", "rahasia")

    assert headers["User-Agent"] == "MootaBot/1.50"
    assert headers["Content-Type"] == headers["Accept"] == "application/json"
    assert headers["X-MOOTA-USER"]
    assert headers["X-MOOTA-WEBHOOK"]


def test_an_empty_secret_signs_nothing():
    with pytest.raises(ValueError, match="empty secret"):
        sign(b"[]", "")


def test_a_debit_is_marked_by_its_type_and_keeps_a_positive_amount():
    mutation = build_mutation(BCA, 75_000, kind="DB")

    assert (mutation["type"], mutation["amount"]) == ("DB", 75_000)


def test_any_account_can_be_announced():
    own = BankAccount(bank_id="x1", bank_type="bniV2", label="BNI", account_number="9", holder="Toko Ani")

    assert build_mutation(own, 1)["account_number"] == "9"
