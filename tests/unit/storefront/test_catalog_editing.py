"""What a form of the panel says about figures and pictures."""

import pytest

from storefront.catalog.quick import Edit, read_edits, read_key
from storefront.catalog.rules import arrange, label_of, mark_of, slug_of


def form(**fields):
    return {name.replace("_", "-"): value for name, value in fields.items()}


@pytest.mark.parametrize(
    ("typed", "edits", "wrong"),
    [
        ({"stock_7": "12", "seen_stock_7": "10"}, [Edit("stock", 7, 10, 12)], {}),
        ({"stock_7": " 10 ", "seen_stock_7": "10"}, [], {}),
        ({"stock_7": "0", "seen_stock_7": "3"}, [Edit("stock", 7, 3, 0)], {}),
        ({"price_7": "Rp 1.250.000", "seen_price_7": "50000"}, [Edit("price", 7, 50_000, 1_250_000)], {}),
        ({"price_7": "50.000", "seen_price_7": "50000"}, [], {}),
        ({"price_7": "0", "seen_price_7": "50000"}, [], {"price-7": "0"}),
        ({"price_7": "murah", "seen_price_7": "50000"}, [], {"price-7": "murah"}),
        ({"price_7": "999.999.999.999.999", "seen_price_7": "1"}, [], {"price-7": "999.999.999.999.999"}),
        ({"stock_7": "-1", "seen_stock_7": "3"}, [], {"stock-7": "-1"}),
        ({"stock_7": "", "seen_stock_7": "3"}, [], {"stock-7": ""}),
        ({"stock_7": "1000000000", "seen_stock_7": "3"}, [], {"stock-7": "1000000000"}),
        ({"stock_7": "5"}, [], {"stock-7": "5"}),
        ({"stock_x": "5", "kunci": "1"}, [], {}),
        (
            {"stock_9": "1", "seen_stock_9": "0", "stock_7": "1", "seen_stock_7": "0"},
            [Edit("stock", 7, 0, 1), Edit("stock", 9, 0, 1)],
            {},
        ),
    ],
)
def test_only_what_was_typed_over_is_changed(typed, edits, wrong):
    assert read_edits(form(**typed)) == (edits, wrong)


def test_a_form_without_a_proper_name_is_always_another():
    assert read_key("a" * 32) == "a" * 32
    assert read_key("x") != read_key("x")


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ({}, "abc"),
        ({"place-c": "1"}, "cab"),
        ({"place-a": "3"}, "bca"),
        ({"place-a": "2", "place-b": "1"}, "bac"),
        ({"place-b": "99"}, "acb"),
        ({"place-b": "x"}, "bac"),
        ({"remove-b": "1"}, "ac"),
        ({"remove-a": "1", "remove-b": "1", "remove-c": "1"}, ""),
    ],
)
def test_pictures_stand_where_they_were_put(typed, order):
    pictures = [{"id": name, "width": 1, "height": 1, "alt": ""} for name in "abc"]

    assert "".join(picture["id"] for picture in arrange(pictures, typed)) == order


def test_a_picture_is_described_in_one_line_of_bounded_length():
    [picture] = arrange([{"id": "a", "alt": "lama"}], {"alt-a": " Cangkir \n merah " + "x" * 200})

    assert picture["alt"].startswith("Cangkir merah x")
    assert len(picture["alt"]) == 160


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Kopi Gayo 200 g", "kopi-gayo-200-g"), ("  Café -- Crème! ", "cafe-creme"), ("咖啡", ""), ("a" * 99, "a" * 80)],
)
def test_an_address_is_made_from_a_name(name, slug):
    assert slug_of(name) == slug


def test_labels_and_marks():
    assert label_of(["Merah", "", "XL"]) == "Merah, XL"
    assert mark_of({"a": 1, "b": 2}) == mark_of({"b": 2, "a": 1}) != mark_of({"a": 1, "b": 3})
