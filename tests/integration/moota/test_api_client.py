"""The client of Moota's API: what it sends, what it reads, and that every fault ends in words and a clear state."""

import logging
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hosts.scripted import answer, half, page, reset, serving, silence

from payments_moota.api.client import MootaClient
from payments_moota.api.records import TransactionRequest
from payments_moota.errors import ApiError

TOKEN = "eyJ0b2tlbiI6InJhaGFzaWEifQ"
ROW = {"mutation_id": "Mut1", "bank_id": "B", "date": "2026-11-24 00:00:00", "amount": "100123.00", "type": "CR"}
ASKED = {
    "order_id": "INV-77",
    "bank_id": "Vq3LmZt8RkX",
    "customer": {"name": "Ani", "email": "ani@contoh.test", "phone": "+62811000111"},
    "items": [{"name": "INV-77", "price": 250_000}],
    "total": 250_000,
    "expires_in_minutes": 60,
}
MADE = {"order_id": "INV-77", "trx_id": "PYM-a1", "total": "250000", "va_number": 8808001990077, "unique_code": None}


@pytest.fixture
def moota():
    with serving() as script:
        yield script


@pytest.fixture
def waits():
    return []


@pytest.fixture
def client(moota, waits):
    return MootaClient(moota.url, TOKEN, timeout=(1, 0.3), per_second=10_000, sleep=waits.append)


def failing(call):
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value


def make(client, **changes):
    return client.create_transaction(TransactionRequest.model_validate({**ASKED, **changes}))


def test_it_asks_as_moota_wants_to_be_asked(moota, client):
    moota.then(page([]))

    list(client.accounts())

    (asked,) = moota.asked
    assert (asked.verb, asked.path, asked.query) == ("GET", "/api/v2/accounts", {"page": "1", "per_page": "100"})
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["Accept"] == "application/json"


@pytest.mark.parametrize("name", ["bank_id", "token", "id"])
def test_an_account_is_known_by_any_of_its_ids(moota, client, name):
    moota.then(page([{name: "Vq3LmZt8RkX", "bank_type": "bca", "atas_nama": "Toko", "balance": "168686.50"}]))

    (account,) = client.accounts()

    assert (account.bank_id, account.holder, account.balance_hundredths) == ("Vq3LmZt8RkX", "Toko", 16_868_650)


def test_an_account_tells_how_it_is_watched(moota, client):
    row = {"bank_id": "B", "interval_refresh": "15", "login_retry": "3", "is_active": 0}
    moota.then(page([{**row, "last_update": "2026-11-24T03:26:08.000000Z", "unknown": {"kept": True}}]))

    (account,) = client.accounts()

    assert (account.interval_minutes, account.login_retry, account.is_active) == (15, 3, False)
    assert account.last_update == datetime(2026, 11, 24, 3, 26, 8, tzinfo=UTC)
    assert account.model_extra == {"unknown": {"kept": True}}


def test_where_the_list_of_accounts_is_missing_the_list_of_banks_is_read(moota, client):
    moota.then(answer({"message": "Not found"}, 404), page([{"bank_id": "B"}]))

    assert [account.bank_id for account in client.accounts()] == ["B"]
    assert moota.asked[-1].path == "/api/v2/bank"


def test_an_account_without_any_id_is_named_without_its_values(moota, client):
    moota.then(page([{"account_number": "1112223334"}]))

    error = failing(lambda: list(client.accounts()))

    assert "AccountIn (bank_id)" in str(error)
    assert "1112223334" not in str(error)


def test_mutations_are_read_to_the_last_page_with_their_filters(moota, client):
    moota.then(page([{**ROW, "mutation_id": "A"}], 1, 2), page([{**ROW, "mutation_id": "B"}], 2, 2))

    found = list(client.mutations(bank_id="B", since=date(2026, 11, 1), until=date(2026, 11, 24), direction="credit"))

    assert [mutation.mutation_id for mutation in found] == ["A", "B"]
    assert [(asked.query["page"], asked.query["start_date"]) for asked in moota.asked] == [
        ("1", "2026-11-01"),
        ("2", "2026-11-01"),
    ]
    assert (moota.asked[0].query["type"], moota.asked[0].query["bank"]) == ("CR", "B")
    assert found[0].amount == 10_012_300


def test_rows_come_as_they_were_sent_with_exact_decimals(moota, client):
    moota.then(answer(b'{"data": [{"mutation_id": "A", "balance": 3799460.89}], "next_page_url": null}'))

    assert list(client.mutation_pages()) == [[{"mutation_id": "A", "balance": Decimal("3799460.89")}]]


def test_a_list_that_grows_while_it_is_read_loses_nothing(moota, client):
    first = [{**ROW, "mutation_id": name} for name in "DC"]
    # A new row pushed the others on: C is seen twice, nothing is missed.
    second = [{**ROW, "mutation_id": name} for name in "CBA"]
    moota.then(page(first, 1, 2), page(second, 2, 2))

    assert {mutation.mutation_id for mutation in client.mutations()} == {"A", "B", "C", "D"}


def test_a_list_that_shrinks_while_it_is_read_comes_to_an_end(moota, client):
    moota.then(page([ROW], 1, 3), page([], 2, 3))

    assert len(list(client.mutations())) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(reset, id="hung up"),
        pytest.param(silence, id="silent"),
        pytest.param(half({"data": [ROW]}), id="half a body"),
        pytest.param(answer("Bad gateway", 502), id="502"),
        pytest.param(answer({"message": "busy"}, 503), id="503"),
        pytest.param(answer({}, 429), id="429"),
    ],
)
def test_a_question_that_fails_in_passing_is_asked_again(moota, client, waits, fault):
    moota.then(fault, fault, page([ROW]))

    assert len(list(client.mutations())) == 1
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize(
    ("fault", "status", "retryable", "words"),
    [
        pytest.param(reset, None, True, "did not answer", id="hung up"),
        pytest.param(silence, None, True, "ReadTimeout", id="silent"),
        pytest.param(half([ROW]), None, True, "ChunkedEncodingError", id="half a body"),
        pytest.param(answer("<html>Login</html>"), 200, False, "not JSON", id="HTML"),
        pytest.param(answer({"data": "?"}), None, False, "the list of mutation", id="another shape"),
        pytest.param(answer({"error": "Unauthenticated."}, 401), 401, False, "Make a new access token", id="401"),
        pytest.param(answer({"message": "Invalid scope(s) provided."}, 403), 403, False, "scope `api`", id="403"),
        pytest.param(answer({"message": "Bank tidak ditemukan."}, 404), 404, False, "Bank tidak ditemukan", id="404"),
        pytest.param(answer({"error": True, "message": "Data tidak ditemukan"}, 500), 500, True, "ditemukan", id="500"),
        pytest.param(answer("Bad gateway", 502), 502, True, "answered 502", id="502"),
        pytest.param(answer("", 302, Location="http://elsewhere.test/"), 302, False, "not sent elsewhere", id="302"),
    ],
)
def test_a_question_that_fails_for_good_says_what_to_do(moota, client, fault, status, retryable, words):
    moota.then(fault)

    error = failing(lambda: list(client.mutation_pages()))

    assert (error.status, error.retryable) == (status, retryable)
    assert words in str(error)
    assert error.remedy
    assert error.remedy in str(error)


def test_it_waits_as_long_as_it_is_told(moota, client, waits):
    moota.then(answer({}, 429, Retry_After="7"), answer({}, 503, Retry_After="Fri, 31 Dec 2100 00:00:00 GMT"), page([]))

    list(client.accounts())

    assert waits == [7.0, 30.0]


def test_an_order_is_not_sent_again_when_it_may_have_been_carried_out(moota, client, waits):
    moota.then(silence)

    error = failing(lambda: make(client))

    assert len(moota.asked) == 1
    assert (error.status, error.retryable, waits) == (None, False, [])
    assert "may have been carried out" in str(error)


def test_an_order_turned_away_as_too_many_is_sent_again(moota, client, waits):
    moota.then(answer({}, 429, Retry_After="2"), answer({"status": "success", "data": MADE}))

    assert make(client).trx_id == "PYM-a1"
    assert waits == [2.0]


def test_a_transaction_is_asked_for_as_mootas_own_plugin_does(moota, client):
    moota.then(answer({"status": "success", "message": "Transaksi dibuat", "data": MADE}))

    made = make(client)

    assert moota.asked[0].path == "/api/v2/create-transaction"
    assert moota.asked[0].body == {
        "order_id": "INV-77",
        "bank_account_id": "Vq3LmZt8RkX",
        "customers": {"name": "Ani", "email": "ani@contoh.test", "phone": "62811000111"},
        "items": [{"name": "INV-77", "qty": 1, "price": 250_000}],
        "total": 250_000,
        "description": None,
        "redirect_url": None,
        "expired_in_minutes": 60,
        "is_unique_code_active": False,
    }
    assert (made.total, made.va_number, made.unique_code) == (250_000, "8808001990077", 0)


QRIS = "00020101021226570011ID.CO.QRIS.WWW5204541153033605406250000" + "5802ID5904TOKO6304ABCD"


@pytest.mark.parametrize("name", ["qr_string", "qr_content", "qris_content", "qr_code", "qr_url"])
def test_the_text_of_a_qr_code_is_found_under_any_name(moota, client, name):
    moota.then(answer({"status": "success", "data": {**MADE, name: QRIS}}))

    made = make(client)

    assert (made.qr_string, made.qr_url) == (QRIS, "")


def test_an_address_of_a_qr_code_is_no_text(moota, client):
    moota.then(answer({"status": "success", "data": {**MADE, "qr_url": "https://img.contoh.test/1.png"}}))

    made = make(client)

    assert (made.qr_string, made.qr_url) == ("", "https://img.contoh.test/1.png")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-24T03:00:00.000000Z", "2026-11-24T03:00:00+00:00"),
        ("2026-11-24T10:00:00+07:00", "2026-11-24T03:00:00+00:00"),
        ("2026-11-24 10:00:00", "2026-11-24T03:00:00+00:00"),
        ("2026-11-24 03:05:00", "2026-11-24T03:05:00+00:00"),
        (1_795_489_200, "2026-11-24T03:00:00+00:00"),
        (None, None),
        ("soon", None),
    ],
)
def test_when_it_ends_is_read_in_every_spelling(moota, client, written, read):
    moota.then(answer({"status": "success", "data": {**MADE, "expired_at": written}}))

    moment = make(client).expires_at(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))

    assert (moment and moment.isoformat()) == read


@pytest.mark.parametrize("status", [200, 422])
def test_a_refused_transaction_tells_what_is_wrong_field_by_field(moota, client, status):
    errors = {"customers.phone": ["Kolom phone harus diisi."], "total": ["Minimal 10000."]}
    moota.then(answer({"status": "error", "message": "The given data was invalid.", "errors": errors}, status))

    error = failing(lambda: make(client))

    assert (error.status, error.errors) == (422, errors)
    assert "Kolom phone harus diisi." in str(error)


def test_items_that_do_not_add_up_are_never_sent(moota, client):
    with pytest.raises(ValueError, match="do not add up"):
        make(client, total=250_001)

    assert moota.asked == []


def test_a_success_that_lacks_the_total_is_named(moota, client):
    moota.then(answer({"status": "success", "data": {"trx_id": "PYM-1"}}))

    assert "TransactionIn (total)" in str(failing(lambda: make(client)))


def test_a_tag_is_made_first_and_attached(moota, client):
    known = {"error": False, "tagging": [{"name": "toko", "tag_id": "T1"}]}
    moota.then(
        answer({"error": False, "tagging": []}), answer({"error": False}), answer(known), answer({"message": "OK"})
    )

    client.tag_mutation("Mut1", ["INV-77", "toko"])

    assert [(asked.verb, asked.path.removeprefix("/api/v2/"), asked.body) for asked in moota.asked] == [
        ("GET", "tagging", None),
        ("POST", "tagging", {"name": "INV-77"}),
        ("GET", "tagging", None),
        ("POST", "tagging/mutation/Mut1", {"name": ["INV-77", "toko"]}),
    ]


def test_a_webhook_is_registered_for_all_amounts_and_both_directions(moota, client):
    # Moota says status false and means yes.
    moota.then(answer({"status": False, "message": "OK"}))

    client.register_webhook(url="https://toko.test/webhook/moota", secret="rahasia")

    assert moota.asked[0].body == {
        "url": "https://toko.test/webhook/moota",
        "secret_token": "rahasia",
        "bank_account_id": "",
        "kinds": "both",
        "start_unique_code": 0,
        "end_unique_code": 999,
    }


def test_webhooks_are_read_and_their_secrets_stay_unsaid(moota, client):
    row = {"id": 1, "webhook_id": "W1", "url": "https://toko.test/w", "secret_token": "rahasia", "kinds": "both"}
    moota.then(
        page([{**row, "start_unique_code": "0", "end_unique_code": "999"}, {**row, "url": "https://other.test"}])
    )

    (webhook,) = client.webhooks(url="https://toko.test/w")

    assert (webhook.webhook_id, webhook.secret, webhook.first_code, webhook.last_code) == ("W1", "rahasia", 0, 999)
    assert "rahasia" not in repr(webhook)


def test_the_history_tells_how_each_try_went(moota, client):
    row = {"payload": [ROW], "status": "failed", "attempt": 1, "response": "404", "created_at": "2026-11-24T03:26:08Z"}
    moota.then(page([row]))

    (tried,) = client.webhook_history("W1")

    assert (tried.payload, tried.status, tried.attempt) == ([ROW], "failed", 1)
    assert tried.created_at == datetime(2026, 11, 24, 3, 26, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("call", "verb", "path", "body"),
    [
        (lambda client: client.refresh("B"), "POST", "bank/B/refresh", {}),
        (lambda client: client.note("M", "lunas"), "POST", "mutation/M/note", {"note": "lunas"}),
        (lambda client: client.push_webhook("M"), "POST", "mutation/M/webhook", {}),
        (lambda client: client.remove_webhook("W"), "DELETE", "integration/webhook/W", {}),
    ],
)
def test_single_orders(moota, client, call, verb, path, body):
    moota.then(answer({"message": "OK"}))

    call(client)

    assert (moota.asked[0].verb, moota.asked[0].path, moota.asked[0].body) == (verb, f"/api/v2/{path}", body)


def test_without_points_moota_says_so(moota, client):
    moota.then(answer({"message": "Saldo poin Anda tidak mencukupi"}, 422))

    assert "Saldo poin Anda tidak mencukupi" in str(failing(lambda: client.refresh("B")))


def test_it_knows_how_far_mootas_clock_is_off(moota, client):
    moota.then(answer({"data": []}, Date="Fri, 31 Dec 2100 00:00:00 GMT"))
    assert client.clock_skew is None

    list(client.accounts())

    assert client.clock_skew > timedelta(days=365)


def test_it_asks_no_faster_than_it_may(moota, waits):
    client = MootaClient(moota.url, TOKEN, per_second=2, sleep=waits.append)
    moota.then(answer({"message": "OK"}))

    for _ in range(3):
        client.refresh("B")

    assert [round(wait, 1) for wait in waits] == [0.5, 1.0]


def test_the_token_is_in_no_log_no_message_and_no_representation(moota, client, caplog):
    caplog.set_level(logging.DEBUG)
    moota.then(answer({"error": "Unauthenticated."}, 401))

    error = failing(lambda: list(client.accounts()))

    assert TOKEN not in caplog.text + str(error) + repr(error) + repr(client) + repr(client.__dict__)


def test_a_netrc_file_does_not_replace_the_token(moota, client, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login x password y")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    moota.then(page([]))

    list(client.accounts())

    assert moota.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_proxy_for_the_outside_world_does_not_come_between(moota, client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    moota.then(page([]))

    assert list(client.accounts()) == []


def test_an_answer_without_end_is_given_up(moota, client, monkeypatch):
    monkeypatch.setattr("payments_moota.api.transport.MOST_BYTES", 1_000)
    moota.then(answer(b" " * 2_000))

    assert "larger or slower" in str(failing(lambda: list(client.accounts())))
