"""Tables that people bring: read, their columns known, their rows understood as goods."""

import io

import pytest
from flask import Flask
from flask_babel import Babel
from openpyxl import Workbook

from storefront.imports import columns, goods, reading
from storefront.imports.people_columns import PRESETS as PEOPLE


@pytest.fixture(autouse=True)
def _in_an_app():
    app = Flask(__name__)
    Babel(app, default_locale="id")
    with app.test_request_context():
        yield


def workbook(*sheets):
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Lembar {number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ROWS = [["Nama", "Harga"], ["Café", "1000"]]


@pytest.mark.parametrize(
    "content",
    [
        "Nama,Harga\nCafé,1000\n\n".encode(),
        "Nama;Harga\r\nCafé;1000\r\n".encode("utf-8-sig"),
        "Nama\tHarga\nCafé\t1000".encode("utf-16"),
        "Nama;Harga\nCafé;1000".encode("cp1252"),
        '"Nama";"Harga"\n"Café";"1000"'.encode(),
        workbook([["Nama", "Harga"], ["Café", 1000]]),
        workbook([["Nama", "Harga"], [" Café ", 1000.0], [None, None]]),
    ],
    ids=["commas", "semicolons", "utf-16 tabs", "windows", "quoted", "workbook", "workbook with empty rows"],
)
def test_a_table_is_read_however_it_was_saved(content):
    assert reading.read_tables(content) == [ROWS]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "kosong"),
        (b"\n\n", "Tidak ada baris"),
        (b"PK\x03\x04 broken", "rusak"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "bukan berkas CSV"),
        (b"x" * (reading.MAX_BYTES + 1), "lebih besar"),
        (b"a;b\n" * (reading.MAX_ROWS + 5), "lebih dari 20000 baris"),
    ],
    ids=["empty", "only lines", "broken", "picture", "large", "long"],
)
def test_what_is_no_table_says_why(content, said):
    with pytest.raises(reading.UnreadableError, match=said):
        reading.read_tables(content)


def test_what_guards_a_cell_against_formulas_is_taken_off_again():
    assert reading.read_tables(b"Nama;Kode\n'=1+1;'-9\n'biasa';x")[0][1:] == [["=1+1", "-9"], ["'biasa'", "x"]]


PARTS = ("name", "sku", "price", "stock")
SHOPEE = [
    [f"et_title_{name}" for name in ("product_id", "product_name", *(f"variation_{part}" for part in PARTS))],
    ["sales_info", "220408", "", "", "", ""],
    ["Kode Produk", "Nama Produk", "Nama Variasi", "SKU", "Harga", "Stok"],
    ["", "Wajib", "", "Isi kode Anda", "Isi harga", "Isi stok"],
    ["77", "Kaos Polos", "Merah", "K-M", "50000", "3"],
    ["77", "", "Biru", "K-B", "50000", "0"],
]
TOKOPEDIA = [
    ["Petunjuk: jangan ubah baris pertama"],
    ["Nama Produk*", "Kategori*", "Berat* (Gram)", "Harga (Rp)*", "Stok*", "SKU Name", "Status*"],
    ["Madu Hutan", "Makanan > Madu", "400", "85.000", "7", "MD-1", "Aktif"],
]
OWN = [
    ["Nama barang", "Kode", "Pilihan", "Varian", "Harga", "Stok"],
    ["Teh", "", "Ukuran, Rasa", "S, Melati", "9000", "1"],
]


@pytest.mark.parametrize(
    ("table", "preset", "names"),
    [
        (SHOPEE, "shopee", {"name", "variant", "code", "price", "stock"}),
        (TOKOPEDIA, "tokopedia", {"name", "category", "price", "stock", "code", "active"}),
        (OWN, "toko", {"name", "code", "options", "variant", "price", "stock"}),
        ([["Barang", "Rupiah"], ["Teh", "9000"]], "", set()),
    ],
)
def test_columns_of_known_files_are_assigned_by_themselves(table, preset, names):
    found = columns.guess(table)

    assert (found.preset, set(found.columns) & names) == (preset, names)


def test_people_in_a_table_of_the_owners_own_are_known_by_what_the_columns_are_usually_called():
    found = columns.guess([["Nama", "Email", "No. HP", "Alamat"], ["Budi", "budi@contoh.test", "0812", ""]], PEOPLE)

    assert found.columns == {"name": 0, "email": 1, "phone": 2, "address": 3}


def test_the_sheet_with_known_headings_is_taken():
    assert columns.best_table([[["Petunjuk"]], TOKOPEDIA, [["x", "y"]]]) == 1


def items_of(table):
    found = columns.guess(table)
    return goods.read_items(table, found.header, found.columns)


def test_explanations_are_left_out_and_a_row_without_a_name_belongs_to_the_one_above():
    items = items_of(SHOPEE)

    assert [(item.number, item.values["name"], item.values["variant"]) for item in items] == [
        (5, "Kaos Polos", "Merah"),
        (6, "Kaos Polos", "Biru"),
    ]
    assert [len(group.items) for group in goods.group(items)] == [2]


def test_a_code_that_a_row_above_has_is_refused():
    table = [["Nama barang", "Kode", "Harga"], ["Teh", "K-1", "1"], ["Kopi", "K-1", "2"], ["Gula", "", "3"]]
    groups = goods.group(items_of(table))

    assert [group.items[0].problem for group in groups] == ["", "Kode K-1 sudah dipakai baris 2.", ""]


def test_the_last_part_of_a_category_counts():
    [item] = items_of(TOKOPEDIA)

    assert (item.values["category"], item.values["price"], item.values["active"]) == ("Madu", 85_000, True)


def read(**cells):
    names = list(cells)
    headings = [{"weight_kg": "Berat (kg)"}.get(name, name) for name in names]
    places = {name.replace("weight_kg", "weight_grams"): place for place, name in enumerate(names)}
    filled = {"name": "Teh", "price": "1000", **cells}
    table = [[*headings, "name", "price"], [*[filled[name] for name in names], filled["name"], filled["price"]]]
    places = {"name": len(names), "price": len(names) + 1, **places}
    [item] = goods.read_items(table, 0, places)
    return item


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("price", "Rp 50.000", 50_000),
        ("price", "50000.00", 50_000),
        ("price", "1.250.000", 1_250_000),
        ("member_price", "45000", 45_000),
        ("stock", "1.500", 1500),
        ("stock", "3.0", 3),
        ("weight_grams", "230", 230),
        ("weight_grams", "230 gr", 230),
        ("weight_grams", "0,5 kg", 500),
        ("weight_kg", "0.25", 250),
        ("length_cm", "20", 20),
        ("active", "Nonaktif", False),
        ("active", "YA", True),
        ("options", "Warna, Ukuran,", ["Warna", "Ukuran"]),
        ("summary", " dua \n kata ", "dua kata"),
        ("description", "satu\n\ndua", "satu\n\ndua"),
    ],
)
def test_cells_are_understood(name, text, value):
    item = read(**{name: text})

    assert (item.problem, item.values[name.replace("weight_kg", "weight_grams")]) == ("", value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("price", "murah 1", "Harga “murah 1” tidak terbaca"),
        ("price", "0", "tidak terbaca"),
        ("price", "9.999.999.999.999.999.999.999", "tidak terbaca"),
        ("stock", "-1", "Angka “-1” tidak terbaca"),
        ("stock", "9999999999", "tidak terbaca"),
        ("weight_grams", "ringan", "tidak terbaca"),
        ("weight_grams", "1e9 kg", "tidak terbaca"),
        ("weight_grams", "NaN kg", "tidak terbaca"),
        ("active", "mungkin", "Ya atau Tidak"),
        ("code", "K" * 61, "terlalu panjang"),
        ("name", "!!!", "Nama barang kosong"),
    ],
)
def test_cells_that_make_no_sense_refuse_their_row_and_say_why(name, text, said):
    assert said in read(**{name: text}).problem


@pytest.mark.parametrize(
    ("variant", "names", "values"),
    [
        ("Merah", ["Warna"], ["Merah"]),
        ("Merah, Tua", ["Warna"], ["Merah, Tua"]),
        ("Merah, XL", ["Warna", "Ukuran"], ["Merah", "XL"]),
        ("Merah,XL", ["Warna", "Ukuran"], ["Merah", "XL"]),
        ("", [], []),
        ("Merah", ["Warna", "Ukuran"], None),
        ("", ["Warna"], None),
        (",".join(["x" * 59] * 2), ["Warna", "Ukuran"], ["x" * 59] * 2),
    ],
)
def test_the_values_of_options_are_told_apart(variant, names, values):
    item = goods.Item(1, [], {"variant": variant})
    if values is None:
        with pytest.raises(ValueError, match="tidak cocok"):
            goods.values_of(item, names)
    else:
        assert goods.values_of(item, names) == values


def test_values_that_together_are_too_long_are_refused():
    with pytest.raises(ValueError, match="terlalu panjang"):
        goods.values_of(goods.Item(1, [], {"variant": ",".join(["x" * 40] * 3)}), ["A", "B", "C"])
