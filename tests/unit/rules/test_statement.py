"""Statements as banks let owners download them: columns by whatever name, amounts and dates however they are spelt."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_moota.rules.statement import InvalidStatementError, StatementLine, read_amount, read_statement

BCA = """\
No. rekening : ,'1112223334
Nama : ,TOKO CONTOH

Tanggal Transaksi,Keterangan,Cabang,Jumlah,Saldo
'24/11/2026,"TRSF E-BANKING CR 2411 BUDI
SANTOSO",'0000,"150,347.00 CR","1,150,347.00"
24/11/2026,BIAYA ADM,'0000,"2,500.00 DB","1,147,847.00"
Saldo Awal : ,"1,000,000.00"
"""
MANDIRI = """\
Date;Description;Debit;Credit;Balance
24/11/2026 10.15.30;TRANSFER DARI BUDI;0,00;150.347,00;1.150.347,00
24/11/2026 11.00.00;BIAYA;2.500,00;0,00;1.147.847,00
"""
PLAIN = """\
tanggal\ttipe\tnominal\tketerangan
2026-11-24\tK\t150347\tBUDI
24 Nop 2026\tD\t2500\tBIAYA
"""


def line(row, direction, rupiah, **fields):
    defaults = {"day": date(2026, 11, 24), "at": None, "balance": None, "description": ""}
    return StatementLine(row=row, direction=direction, hundredths=rupiah * 100, **{**defaults, **fields})


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            BCA,
            [
                line(6, "credit", 150_347, balance=115_034_700, description="TRSF E-BANKING CR 2411 BUDI SANTOSO"),
                line(7, "debit", 2_500, balance=114_784_700, description="BIAYA ADM"),
            ],
        ),
        (
            MANDIRI,
            [
                line(2, "credit", 150_347, at=time(10, 15, 30), balance=115_034_700, description="TRANSFER DARI BUDI"),
                line(3, "debit", 2_500, at=time(11), balance=114_784_700, description="BIAYA"),
            ],
        ),
        (PLAIN, [line(2, "credit", 150_347, description="BUDI"), line(3, "debit", 2_500, description="BIAYA")]),
        ("\ufeffTanggal,Jumlah\n", []),
    ],
    ids=["one amount with its side", "two columns", "tabs and a type", "no line at all"],
)
def test_statements_of_several_banks_are_read(text, lines):
    assert read_statement(text) == lines


@pytest.mark.parametrize(
    ("text", "hundredths", "direction"),
    [
        ("50000", 5_000_000, None),
        ("50.000", 5_000_000, None),
        ("50,000", 5_000_000, None),
        ("1.234.567,89", 123_456_789, None),
        ("1,234,567.89", 123_456_789, None),
        ("100123.00", 10_012_300, None),
        ("100123,5", 10_012_350, None),
        ("Rp 50.000", 5_000_000, None),
        ("IDR50,000.00", 5_000_000, None),
        ("150,347.00 CR", 15_034_700, "credit"),
        ("2.500,00 db", 250_000, "debit"),
        ("-2500", 250_000, "debit"),
        ("+ 2500", 250_000, "credit"),
        ("1.234", 123_400, None),
        ("1.23", 123, None),
    ],
)
def test_amounts_are_read_however_a_bank_writes_them(text, hundredths, direction):
    assert read_amount(text) == (hundredths, direction)


@pytest.mark.parametrize(
    "text",
    ["", "-", "lima puluh", "1.2345", "12.34.56", "1.234,567", "1,23,456", "5e3", "50.000.00", "9" * 18, "50 XX"],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"amount|account"):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ("There is no line with titles",)),
        ("a,b,c\n1,2,3\n", ("There is no line with titles",)),
        ("Tanggal,Jumlah\n24/11/2026,5000\n", ("line 2: nothing says whether",)),
        ("Tanggal,Jumlah\n24/11,5000 CR\n", ("line 2: '24/11' is no date",)),
        ("Tanggal,Jumlah\n31/02/2026,5000 CR\n11/24/2026,1 CR\n", ("line 2: ", "line 3: ")),
        ("Tanggal,Jumlah,Tipe\n24/11/2026,5000 CR,D\n", ("line 2: '5000 CR' is said to be a debit",)),
        ("Tanggal,Jumlah,Tipe\n24/11/2026,5000,?\n", ("line 2: '?' says neither",)),
        ("Tanggal,Debit,Kredit\n24/11/2026,5000,6000\n", ("line 2: exactly one",)),
        ("Tanggal,Debit,Kredit\n24/11/2026,,\n", ("line 2: exactly one",)),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text, faults):
    with pytest.raises(InvalidStatementError) as refused:
        read_statement(text)

    assert len(refused.value.faults) == len(faults)
    for said, expected in zip(refused.value.faults, faults, strict=True):
        assert said.startswith(expected)


@given(st.integers(0, 10**15), st.sampled_from([(".", ","), (",", ".")]), st.booleans())
def test_a_grouped_amount_is_read_back(hundredths, signs, with_sen):
    thousands, sen = signs
    whole, rest = divmod(hundredths, 100)
    written = f"{whole:,}".replace(",", thousands) + (f"{sen}{rest:02d}" if with_sen else "")

    assert read_amount(written)[0] == (hundredths if with_sen else whole * 100)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        read_statement(f"Tanggal,Jumlah,Saldo\n{text}")
    except InvalidStatementError:
        return
