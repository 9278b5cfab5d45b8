"""A shop's static QRIS code is read, and made into one for an exact amount that any reader accepts."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payments_moota.rules.qris import InvalidQrisError, parse, read_qris, with_amount, write

MERCHANT = [
    ("00", "01"),
    ("01", "11"),
    ("26", "0014ID.CO.QRIS.WWW0118936009140123456789"),
    ("51", "0014ID.CO.QRIS.WWW0215ID10200211000010303UMI"),
    ("52", "5411"),
    ("53", "360"),
    ("58", "ID"),
    ("59", "TOKO PAWON RAKYAT"),
    ("60", "YOGYAKARTA"),
    ("61", "55281"),
]
STATIC = write(MERCHANT)


def crc_by_hand(text):
    """CRC-16/CCITT-FALSE, a bit at a time, as the standard describes it."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def test_the_check_value_of_the_standard():
    assert crc_by_hand("123456789") == "29B1"


def test_a_static_code_says_who_is_paid_and_no_amount():
    code = read_qris(STATIC)

    assert (code.merchant, code.amount, code.is_dynamic) == ("TOKO PAWON RAKYAT", None, False)


def test_with_the_amount_inside_it_is_dynamic():
    code = read_qris(with_amount(STATIC, 150_347))

    assert (code.merchant, code.amount, code.is_dynamic) == ("TOKO PAWON RAKYAT", 150_347, True)


def test_the_amount_stands_between_currency_and_country():
    assert "5303360" + "5406150347" + "5802ID" in with_amount(STATIC, 150_347)


def test_a_tip_has_no_place_beside_an_exact_amount():
    tipped = write([*MERCHANT[:6], ("55", "03"), ("57", "05"), *MERCHANT[6:]])

    assert not {"55", "56", "57"} & dict(parse(with_amount(tipped, 1_000))).keys()


def test_another_amount_replaces_the_first():
    assert with_amount(with_amount(STATIC, 1_000), 2_000) == with_amount(STATIC, 2_000)


@given(st.integers(1, 10**12))
def test_any_amount_comes_back_and_the_check_characters_hold(amount):
    code = with_amount(STATIC, amount)

    assert read_qris(code).amount == amount
    assert crc_by_hand(code[:-4]) == code[-4:]
    assert {tag: value for tag, value in parse(code) if tag not in {"01", "54", "63"}} == {
        tag: value for tag, value in MERCHANT if tag != "01"
    }


@given(st.integers(0, len(STATIC) - 1), st.sampled_from(string.ascii_uppercase + string.digits))
def test_a_code_with_one_wrong_character_is_refused(place, character):
    assume(STATIC[place] != character)

    with pytest.raises(InvalidQrisError):
        read_qris(STATIC[:place] + character + STATIC[place + 1 :])


@given(st.text(max_size=600))
def test_any_text_is_read_or_refused_in_words(text):
    with pytest.raises(InvalidQrisError, match="QRIS"):
        read_qris(text)


@pytest.mark.parametrize("length", range(len(STATIC)))
def test_a_cut_code_is_refused(length):
    with pytest.raises(InvalidQrisError):
        read_qris(STATIC[:length])


def test_a_code_of_another_country_is_refused():
    abroad = write([*MERCHANT[:6], ("58", "SG"), *MERCHANT[7:]])

    with pytest.raises(InvalidQrisError, match="not from Indonesia"):
        read_qris(abroad)


def test_nothing_is_asked_for_less_than_a_rupiah():
    with pytest.raises(InvalidQrisError, match="0 rupiah"):
        with_amount(STATIC, 0)


def test_spaces_around_a_pasted_code_do_not_matter():
    assert read_qris(f"  {STATIC}\n").merchant == "TOKO PAWON RAKYAT"


def test_an_amount_with_empty_cents_is_whole():
    assert read_qris(write([*MERCHANT, ("54", "150347.00")])).amount == 150_347


def test_an_amount_with_cents_is_none_in_rupiah():
    with pytest.raises(InvalidQrisError, match="no amount in rupiah"):
        read_qris(write([*MERCHANT, ("54", "1.50")]))
