"""What people see of a webhook's body: laid out, no secret, no whole account number, whatever it contains."""

import json

import pytest

from payments_moota.web.panel.bodies import headers, pretty


def test_it_is_laid_out_and_masked_by_the_names_of_fields():
    body = json.dumps([{"token": "abc", "account_number": "1112223334", "amount": 50000, "bank": {"number": 98765432}}])

    text, is_cut = pretty(body.encode())

    assert json.loads(text) == [
        {"token": "••••••••", "account_number": "••••••3334", "amount": 50000, "bank": {"number": "••••5432"}}
    ]
    assert not is_cut


def test_long_numbers_inside_of_texts_and_known_ones_anywhere_are_masked():
    body = json.dumps({"description": "TRSF DARI 1234567890123 KE 77788899"}).encode()

    text, _ = pretty(body, ["77788899", ""])

    assert "1234567890123" not in text
    assert "0123" in text
    assert "77788899" not in text


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"\xff\xfe", b"[" * 5000, b'{"a":' * 200 + b"1" + b"}" * 200, b'"1234567890123"', b"NaN"]
)
def test_whatever_came_can_be_shown(body):
    text, _ = pretty(body)

    assert isinstance(text, str)
    assert "1234567890123" not in text


def test_what_is_endless_is_cut():
    text, is_cut = pretty(json.dumps(["x" * 100] * 5000).encode())

    assert is_cut
    assert len(text) < 100_000


def test_headers_that_open_doors_are_hidden():
    shown = dict(headers({"Signature": "f" * 64, "X-Api-Key": "k", "User-Agent": "MootaBot/1.5"}))

    assert shown == {"Signature": "••••••••", "X-Api-Key": "••••••••", "User-Agent": "MootaBot/1.5"}
