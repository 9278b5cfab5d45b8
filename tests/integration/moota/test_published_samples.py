"""Moota's own published samples, field by field, go through the webhook and the client unchanged."""

import json

import pytest
from hosts import bank
from hosts.scripted import answer, page, serving

from payments_moota.api.client import MootaClient

# The kit's account row, as its list of accounts has it and every mutation repeats it.
ACCOUNT = {
    "corporate_id": None,
    "username": "loream kasma",
    "atas_nama": "loream kasma",
    "balance": "168686.00",
    "account_number": "1112223334",
    "bank_type": "bca",
    "pkg": None,
    "login_retry": 0,
    "date_from": "2020-11-12 14:33:46",
    "date_to": "2020-11-12 14:33:46",
    "meta": [],
    "interval_refresh": 15,
    "next_queue": "2020-11-12 14:48:44",
    "is_active": True,
    "in_queue": 0,
    "in_progress": 0,
    "is_crawling": 0,
    "recurred_at": "2020-11-12 14:33:46",
    "status": None,
    "ip_address": None,
    "ip_address_expired_at": None,
    "created_at": "2020-11-10 14:33:01",
    "token": bank.BCA,
    "bank_id": bank.BCA,
    "label": "BCA",
    "last_update": "2020-11-12T14:33:46.000000Z",
    "icon": "https://app.moota.co/images/icon-bank-bca.png",
}
# The kit's row of the list: decimal text, a day without a time.
LISTED = {
    "account_number": "1112223334",
    "date": "2020-11-12 00:00:00",
    "description": "TRSF E-BANKING CR 11/11 124123 MOOTA CO",
    "amount": "100123.00",
    "type": "CR",
    "note": None,
    "balance": "0.00",
    "created_at": "2020-11-12 10:25:16",
    "updated_at": "2020-11-12 10:25:16",
    "mutation_id": "8aolk43WJxM",
    "token": "8aolk43WJxM",
    "bank_id": bank.BCA,
    "taggings": [{"name": "assurance", "tag_id": "VLagzqBj42D"}],
    "bank": ACCOUNT,
}
# The same mutation as a webhook carries it, from the kit's history of deliveries: numbers, a full time, its own order.
DELIVERED = {
    "account_number": "1112223334",
    "date": "2020-11-12 10:25:16",
    "description": "TRSF E-BANKING CR 11/11 124123 MOOTA CO",
    "note": None,
    "amount": 100123,
    "type": "CR",
    "balance": 0,
    "updated_at": "2020-11-12 10:25:16",
    "created_at": "2020-11-12 10:25:16",
    "mutation_id": "8aolk43WJxM",
    "token": "8aolk43WJxM",
    "bank_id": bank.BCA,
    "taggings": [],
    "bank": {**ACCOUNT, "balance": "100123.00"},
}
# The sample of the documentation of today: an account of another shape, and the payment behind the mutation.
DOCUMENTED = {
    "account_number": "12312412312",
    "date": "2019-11-10 14:33:01",
    "description": "Testing webhook moota",
    "amount": 50000,
    "type": "CR",
    "note": "Testing webhook moota",
    "balance": 0,
    "created_at": "2019-11-10 14:33:01",
    "updated_at": "2019-11-10 14:33:01",
    "mutation_id": "testing_mutation_id",
    "token": "testing_mutation_id",
    "bank_id": "testing_bank_id",
    "taggings": [],
    "bank": {**ACCOUNT, "username": "testing username"},
    "account": {"account_id": "x", "username": "testing username", "account_number": "12312412312", "label": "BCA"},
    "payment_detail": {
        "trx_id": "",
        "order_id": "",
        "contact": {"name": "", "email": "", "phone": ""},
        "status": "",
        "total": 0,
        "amount_captured": 0,
        "unique_code": 0,
        "unique_note": "",
        "items": [],
    },
}
# Samples of integrations: numbers where text was, an amount as text, rows left out.
LEAN = {
    "mutation_id": "1234",
    "account_number": 4966821,
    "amount": "10000",
    "type": "CR",
    "date": "2021-04-29 12:00:00",
}
LEAN |= {"bank_id": bank.BCA, "description": "Test aja", "token": "any text", "balance": 3799460.89}

SAMPLES = [
    pytest.param(DELIVERED, 100_123, id="the kit's delivery"),
    pytest.param(LISTED, 100_123, id="the kit's list"),
    pytest.param(DOCUMENTED, 50_000, id="the documentation"),
    pytest.param(LEAN, 10_000, id="an integration"),
]


@pytest.mark.parametrize(("sample", "amount"), SAMPLES)
def test_the_webhook_takes_it(host, sample, amount):
    host.receive(sample)

    (kept,) = host.json("mutation", "list")
    assert (kept["mutation_id"], kept["amount"], kept["direction"]) == (sample["mutation_id"], amount, "credit")
    assert kept["reason"] != "invalid"


@pytest.mark.parametrize(("sample", "amount"), SAMPLES)
def test_the_client_reads_it(sample, amount):
    with serving() as script:
        script.then(page([sample]))
        (read,) = MootaClient(script.url, "x").mutations()

    assert (read.mutation_id, read.amount, read.type) == (sample["mutation_id"], amount * 100, "credit")


def test_a_batch_of_all_of_them_is_taken_whole(host):
    delivery = host.receive(DELIVERED, DOCUMENTED, LEAN)

    assert host.delivery(delivery)["mutations"] == 3


def test_the_list_and_the_webhook_of_one_mutation_are_one(host):
    host.receive(LISTED)
    host.receive(DELIVERED)

    assert len(host.json("mutation", "list")) == 1


def test_the_kits_account_is_read():
    with serving() as script:
        script.then(page([ACCOUNT]))
        (account,) = MootaClient(script.url, "x").accounts()

    assert (account.bank_id, account.holder, account.balance_hundredths) == (bank.BCA, "loream kasma", 16_868_600)


def test_the_kits_webhook_is_read():
    row = {
        "id": 1,
        "user_id": "VLagzqBj42D",
        "bank_account_id": "",
        "type": "all",
        "url": "https://toko.test/w",
        "secret_token": "akjsdkj3",
        "start_unique_code": "0",
        "end_unique_code": "999",
        "kinds": "both",
        "token": "VLagzqBj42D",
        "webhook_id": "VLagzqBj42D",
        "created_at": "2020-11-12T03:26:08.000000Z",
    }
    with serving() as script:
        script.then(page([row]))
        (webhook,) = MootaClient(script.url, "x").webhooks()

    assert (webhook.webhook_id, webhook.bank_id, webhook.kinds, webhook.last_code) == ("VLagzqBj42D", "", "both", 999)


def test_the_kits_history_is_read():
    row = {
        "id": 42,
        "user_id": 1,
        "bank_id": 1,
        "webhook_id": 3,
        "status": "failed",
        "trigger": "new-mutation",
        "http_verb": "post",
        "webhook_url": "https://toko.test/w",
        "payload": [DELIVERED],
        "meta": [],
        "headers": {"X-MOOTA-USER": "VLagzqBj42D", "X-MOOTA-WEBHOOK": "VLagzqBj42D", "User-Agent": "MootaBot/1.50"},
        "tags": {"webhook": "VLagzqBj42D"},
        "attempt": 1,
        "response": "Client error: 404 Not Found",
        "created_at": "2020-11-12T03:26:08.000000Z",
    }
    with serving() as script:
        script.then(page([row]))
        (tried,) = MootaClient(script.url, "x").webhook_history("VLagzqBj42D")

    assert json.dumps(tried.payload) == json.dumps([DELIVERED])
    assert (tried.status, tried.attempt) == ("failed", 1)


def test_the_documented_transaction_is_read():
    from payments_moota.api.records import TransactionRequest

    data = {
        "order_id": "INV-77",
        "trx_id": "PYM-a1b2-c3d4",
        "account_number": "70120001",
        "total": 250000,
        "va_number": "70120001990077",
        "unique_code": 0,
        "payment_url": "https://pay.example/PYM-a1b2-c3d4",
        "expired_at": "2025-06-02T03:00:00.000000Z",
        "bank_account": {"username": "TOKO", "icon": "https://img.example/bni.png"},
    }
    asked = TransactionRequest.model_validate(
        {
            "order_id": "INV-77",
            "bank_id": "x",
            "customer": {},
            "total": 250_000,
            "expires_in_minutes": 60,
            "items": [{"name": "Buku", "price": 250_000}],
        }
    )
    with serving() as script:
        script.then(answer({"status": "success", "message": "Transaksi dibuat", "data": data}))
        made = MootaClient(script.url, "x").create_transaction(asked)

    assert (made.va_number, made.total, made.trx_id) == ("70120001990077", 250_000, "PYM-a1b2-c3d4")
