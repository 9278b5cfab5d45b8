"""A list of parcels, as couriers and people write it."""

import pytest

from storefront.admin.parcels import Parcel, read_parcels
from storefront.orders.terms import terms_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n \n", []),
        ("INV-1001;JNE;JP1", [Parcel("INV-1001", "JNE", "JP1")]),
        (" INV-1001 ; JNE  REG ; JP 1 \r\n", [Parcel("INV-1001", "JNE REG", "JP 1")]),
        ("INV-1001,JNE,JP1", [Parcel("INV-1001", "JNE", "JP1")]),
        ("INV-1001\tJNE\tJP1", [Parcel("INV-1001", "JNE", "JP1")]),
        ('pesanan;kurir;resi\nINV-1001;"J&T; cepat";JP1', [Parcel("INV-1001", "J&T; cepat", "JP1")]),
        ("INV-1001;JNE;", [Parcel("INV-1001", "JNE", "", "incomplete")]),
        ("INV-1001", [Parcel("INV-1001", "", "", "incomplete")]),
        ("INV-1001;JNE;" + "9" * 61, [Parcel("INV-1001", "JNE", "9" * 61, "incomplete")]),
        (
            "INV-1001;JNE;\nINV-1001;JNE;1\ninv-1001;JNE;2",
            [
                Parcel("INV-1001", "JNE", "", "incomplete"),
                Parcel("INV-1001", "JNE", "1"),
                Parcel("inv-1001", "JNE", "2", "twice"),
            ],
        ),
    ],
)
def test_lists_of_parcels(text, expected):
    assert read_parcels(text) == expected


def test_a_list_without_end_is_read_to_a_limit():
    assert len(read_parcels("\n".join(f"INV-{number};JNE;{number}" for number in range(2000)))) == 500


def test_the_words_an_order_is_found_by():
    assert terms_of("Désirée O'Núñez", "Desi@Contoh.Test", "+6281234567890", "JP 12") == {
        *("desiree", "o'nunez", "o", "nunez", "desi@contoh.test", "@contoh.test", "contoh.test"),
        *("6281234567890", "081234567890", "7890", "jp12"),
    }


def test_an_order_of_somebody_forgotten_has_no_words():
    assert terms_of("", "", "", None) == set()
    assert terms_of("–", "", "", None) == {"–"}
