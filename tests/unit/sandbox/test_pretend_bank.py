"""Balances and statement lines of the pretend bank, and amounts as people type them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from payments_moota.sandbox.bank import (
    OPENING_BALANCE,
    SAMPLE_ACCOUNTS,
    STATEMENT_LIMIT,
    Bank,
    BankError,
    InsufficientBalanceError,
    UnknownAccountError,
    describe,
)
from payments_moota.sandbox.forms import InvalidFormError, parse_amount, read_transfer

BCA, MANDIRI, BRI, _VA, _QRIS = SAMPLE_ACCOUNTS
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def book(bank, amount, kind="CR", account=BCA):
    return bank.book(account.bank_id, amount, kind=kind, description="uji", occurred_at=AT)


@pytest.mark.parametrize(
    ("typed", "rupiah"),
    [
        ("150.347", 150_347),
        ("Rp150.347", 150_347),
        ("Rp 150.347", 150_347),
        ("rp. 150.347,00", 150_347),
        ("150347", 150_347),
        (" 150347 ", 150_347),
        ("1.500.000,-", 1_500_000),
        ("7", 7),
        ("1000000000000", 1_000_000_000_000),
    ],
)
def test_amounts_as_people_type_them(typed, rupiah):
    assert parse_amount(typed) == rupiah


@pytest.mark.parametrize(
    "typed",
    ["", "0", "-5", "50.00", "1.50", "150,347", "150.347,50", "1e6", "lima ribu", "1.2345", "٣", "9" * 5000, "Rp"],
)
def test_what_is_no_amount_is_refused_rather_than_guessed(typed):
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount(typed)


def test_each_line_carries_the_balance_right_after_it():
    bank = Bank(SAMPLE_ACCOUNTS)

    lines = [book(bank, 150_347), book(bank, 50_000, "DB"), book(bank, 1)]

    assert [line.balance - OPENING_BALANCE for line in lines] == [150_347, 100_347, 100_348]
    assert bank.statement() == lines[::-1]


def test_accounts_do_not_share_a_balance():
    bank = Bank(SAMPLE_ACCOUNTS)

    book(bank, 10_000, account=MANDIRI)

    assert bank.balance(MANDIRI.bank_id) == OPENING_BALANCE + 10_000
    assert bank.balance(BCA.bank_id) == OPENING_BALANCE


def test_a_debit_beyond_the_balance_moves_nothing():
    bank = Bank(SAMPLE_ACCOUNTS)

    with pytest.raises(InsufficientBalanceError):
        book(bank, OPENING_BALANCE + 1, "DB")

    assert bank.balance(BCA.bank_id) == OPENING_BALANCE
    assert bank.statement() == []


def test_unknown_accounts_and_empty_transfers_are_refused():
    bank = Bank(SAMPLE_ACCOUNTS)

    with pytest.raises(UnknownAccountError):
        bank.balance("nope")
    with pytest.raises(BankError):
        book(bank, 0)


def test_transfers_at_the_same_moment_keep_the_balance_right():
    bank = Bank(SAMPLE_ACCOUNTS)

    with ThreadPoolExecutor(8) as pool:
        lines = list(pool.map(lambda _: book(bank, 3), range(150)))

    assert bank.balance(BCA.bank_id) == OPENING_BALANCE + 450
    assert len({line.balance for line in lines}) == len({line.mutation_id for line in lines}) == 150


def test_the_statement_forgets_its_oldest_lines_but_not_the_balance():
    bank = Bank(SAMPLE_ACCOUNTS)

    for _ in range(STATEMENT_LIMIT + 5):
        book(bank, 1)

    assert len(bank.statement()) == STATEMENT_LIMIT
    assert bank.balance(BCA.bank_id) == OPENING_BALANCE + STATEMENT_LIMIT + 5


@pytest.mark.parametrize("account", SAMPLE_ACCOUNTS)
def test_the_payers_note_survives_in_the_banks_wording(account):
    text = describe(account, 150_347, kind="CR", note="K7QX2M {at}", at=AT)

    assert "K7QX2M {at}" in text
    assert "  " not in describe(account, 150_347, kind="CR", note="", at=AT)


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(InvalidFormError) as refused:
        read_transfer({"account": "?", "amount": "x", "note": "n" * 101, "times": "0"}, Bank(SAMPLE_ACCOUNTS))

    assert set(refused.value.errors) == {"account", "amount", "note", "times"}


def test_line_breaks_in_a_note_become_spaces():
    asked = read_transfer({"account": BRI.bank_id, "amount": "5", "note": " a\r\nb  c "}, Bank(SAMPLE_ACCOUNTS))

    assert (asked.note, asked.kind, asked.times) == ("a b c", "CR", 1)
