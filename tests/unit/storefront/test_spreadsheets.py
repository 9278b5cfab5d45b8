"""Nothing that somebody typed becomes a formula in the owner's spreadsheet."""

import csv
import io

import pytest
from openpyxl import load_workbook

from storefront.spreadsheets import csv_lines, safe_cell, xlsx

DANGEROUS = ["=1+1", "+62812", "-5+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_looks_like_a_formula_is_quoted(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (-5000, "-5000"), (0, "0"), ("Siti", "Siti"), ("a=b", "a=b")])
def test_numbers_and_plain_texts_stay_as_they_are(value, cell):
    assert safe_cell(value) == cell


def test_a_csv_file_is_read_back_as_it_was_written():
    rows = [["Nama", "Jumlah"], ["Siti; Rahayu", 50_000], ['Dua\nbaris "kutip"', -1]]

    text = "".join(csv_lines(rows))

    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert read == [["Nama", "Jumlah"], ["Siti; Rahayu", "50000"], ['Dua\nbaris "kutip"', "-1"]]


@pytest.mark.parametrize("text", DANGEROUS[:4])
def test_a_workbook_calculates_nothing(text):
    book = load_workbook(io.BytesIO(xlsx("Pesanan", [[text, 5]])))

    cell, number = next(book.active.iter_rows())
    assert (cell.data_type, cell.value, number.value) == ("s", text, 5)
