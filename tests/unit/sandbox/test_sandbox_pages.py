"""A person's way through the sandbox, with a real shop listening at the other end."""

import hashlib
import hmac
import json
import re
import socket

import pytest

from payments_moota.sandbox import SAMPLE_ACCOUNTS, create_sandbox
from payments_moota.sandbox.bank import OPENING_BALANCE

BCA = SAMPLE_ACCOUNTS[0]
SECRET = "kunci-uji"


def transfer(client, **fields):
    form = {"account": BCA.bank_id, "amount": "150.347", "note": "Kopi/K7QX2M"} | fields
    return client.post("/transfer", data=form)


def text(response):
    return response.get_data(as_text=True)


def test_a_transfer_reaches_the_shop_signed_over_its_exact_bytes(client, shop):
    answer = transfer(client)

    assert answer.status_code == 303
    (got,) = shop.received
    assert got.path == "/webhook/moota"
    assert got.headers["Signature"] == hmac.new(SECRET.encode(), got.body, hashlib.sha256).hexdigest()
    assert got.headers["User-Agent"].startswith("MootaBot/")
    assert b"Kopi\\/K7QX2M" in got.body
    (mutation,) = json.loads(got.body)
    assert (mutation["amount"], mutation["type"], mutation["bank_id"]) == (150_347, "CR", BCA.bank_id)
    assert mutation["balance"] == OPENING_BALANCE + 150_347


def test_the_result_shows_status_body_and_the_bytes_sent(client, shop):
    page = text(client.get(transfer(client).location))

    assert "HTTP 200" in page
    assert "&#34;delivery&#34;: &#34;7&#34;" in page
    assert shop.received[0].headers["Signature"] in page
    assert "+Rp150.347" in re.sub(r"<[^>]+>|\s", "", page)
    assert "Saldo Rp10.150.347" in page


def test_sending_again_repeats_the_same_bytes(client, shop):
    transfer(client)
    action = re.search(r'action="(/kirim-ulang/[^"]+)"', text(client.get("/")))[1]

    client.post(action)

    first, second = shop.received
    assert first.body == second.body
    assert first.headers["Signature"] == second.headers["Signature"]
    assert "dikirim 2×" in text(client.get("/"))


def test_one_transfer_may_be_announced_several_times(client, shop):
    transfer(client, times="3")

    assert len(shop.received) == 3
    assert len({request.body for request in shop.received}) == 1


def test_a_debit_takes_money_out_of_the_account(client, shop):
    transfer(client, debit="1")

    assert json.loads(shop.received[0].body)[0]["type"] == "DB"
    assert "Saldo Rp9.849.653" in text(client.get("/"))


def test_a_debit_beyond_the_balance_is_explained_and_sends_nothing(client, shop):
    answer = transfer(client, debit="1", amount="99.000.000")

    assert answer.status_code == 422
    assert "Saldo rekening tidak cukup" in text(answer)
    assert shop.received == []


def test_a_wrong_form_keeps_what_was_typed_and_sends_nothing(client, shop):
    answer = transfer(client, amount="150.34", note="untuk <Ani>")

    assert answer.status_code == 422
    assert 'value="150.34"' in text(answer)
    assert "untuk &lt;Ani&gt;" in text(answer)
    assert 'aria-invalid="true"' in text(answer)
    assert shop.received == []


def test_a_refusal_by_the_shop_is_explained(client, shop):
    shop.status, shop.answer = 401, "{}"

    page = text(client.get(transfer(client).location))

    assert "HTTP 401" in page
    assert "MOOTA_WEBHOOK_SECRET" in page


def test_a_shop_that_is_not_there_is_an_answer_too():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = create_sandbox(f"http://127.0.0.1:{unused.getsockname()[1]}/", SECRET).test_client()

        page = text(client.get(transfer(client, times="20").location))

    assert "tidak menjawab" in page
    assert "dikirim 1×" in page


def test_the_query_string_fills_the_form(client):
    page = text(client.get(f"/?account={SAMPLE_ACCOUNTS[2].bank_id}&amount=150347&note=K7QX2M"))

    assert 'value="150.347"' in page
    assert 'value="K7QX2M"' in page
    assert re.search(rf'value="{SAMPLE_ACCOUNTS[2].bank_id}" required checked', page)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_another_sites_form_is_refused(client, shop, headers):
    answer = client.post("/transfer", data={"account": BCA.bank_id, "amount": "1"}, headers=headers)

    assert answer.status_code == 403
    assert shop.received == []


def test_the_pages_own_form_is_accepted(client):
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    assert client.post("/transfer", data={"account": BCA.bank_id, "amount": "1"}, headers=headers).status_code == 303


def test_the_policy_leaves_no_room_for_scripts_or_other_hosts(client):
    answer = client.get("/")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in text(answer)
    assert 'style="' not in text(answer)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text(answer))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("post", "/kirim-ulang/tidakada", 404), ("get", "/tidak-ada", 404), ("get", "/transfer", 405)],
)
def test_wrong_ways_end_on_a_page_that_leads_back(client, method, path, status):
    answer = getattr(client, method)(path)

    assert answer.status_code == status
    assert "Kembali ke bank uji coba" in text(answer)


def test_a_sandbox_without_secret_is_not_started():
    with pytest.raises(ValueError, match="secret"):
        create_sandbox("http://127.0.0.1:1/", "")


def test_two_sandboxes_do_not_share_their_books(client, shop):
    transfer(client)

    assert "Belum ada mutasi" in text(create_sandbox(shop.url, SECRET).test_client().get("/"))
