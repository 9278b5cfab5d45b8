"""Official lists of regions: codes, names, and what is wrong in a line."""

import pytest

from storefront.regions.reading import read
from storefront.regions.rules import search_key, written
from storefront.throttle import Bursts


@pytest.mark.parametrize(
    ("name", "level", "as_written"),
    [
        ("JAWA TENGAH", 1, "Jawa Tengah"),
        ("DAERAH ISTIMEWA YOGYAKARTA", 1, "DI Yogyakarta"),
        ("DKI JAKARTA", 1, "DKI Jakarta"),
        ("KAB. ACEH SELATAN", 2, "Kabupaten Aceh Selatan"),
        ("KOTA ADM. JAKARTA BARAT", 2, "Kota Jakarta Barat"),
        ("KAB. ADM. KEP. SERIBU", 2, "Kabupaten Kepulauan Seribu"),
        ("Kota Salatiga", 2, "Kota Salatiga"),
        ("KERTAPATI  ULU", 3, "Kertapati Ulu"),
        ("Ulu Rawas II", 4, "Ulu Rawas II"),
        ("ULU RAWAS II", 4, "Ulu Rawas II"),
    ],
)
def test_names_are_written_as_addresses_have_them(name, level, as_written):
    assert written(name, level) == as_written


@pytest.mark.parametrize(
    ("name", "key"), [("Kota Salatiga", "salatiga"), ("Kec. Ma'rang", "marang"), ("Kota", "kota"), ("Çé-Bé", "ce be")]
)
def test_names_are_found_by_their_letters_and_without_their_kind(name, key):
    assert search_key(name) == key


def test_columns_may_stand_in_any_order_and_headings_may_be_missing():
    headed = read("no;Nama Wilayah;Kode Wilayah\n1;JAWA TENGAH;33\n2;KOTA SALATIGA;33.73\n".encode("utf-8-sig"))
    bare = read(b"33,JAWA TENGAH\n33.73,KOTA SALATIGA\n33.73,KOTA SALATIGA\n")
    assert headed == bare
    assert [line.name for line in bare.lines.values()] == ["Jawa Tengah", "Kota Salatiga"]
    assert not bare.problems


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("3373,KOTA SALATIGA", "is no code"),
        ("33.7,KOTA SALATIGA", "keep that column as text"),
        ("33.73,", "name of 33.73 is empty"),
        ("33.73,KOTA SALATIGA,507", "is no postal code"),
        ("34.71,KOTA YOGYAKARTA", "lies in 34, which is not in the file"),
        ("33,JAWA TIMUR", "stands in line 2 with another name"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(line, why):
    contents = read(f"kode,nama,kode_pos\n33,JAWA TENGAH,\n\n{line}\n".encode())
    assert [number for number, _why in contents.problems] == [4]
    assert why in contents.problems[0][1]


def test_who_asks_without_end_is_refused_until_the_next_minute():
    bursts = Bursts(2)
    assert [bursts.allows("a", 30), bursts.allows("a", 31), bursts.allows("a", 32), bursts.allows("b", 33)] == [
        True,
        True,
        False,
        True,
    ]
    assert bursts.allows("a", 61)
