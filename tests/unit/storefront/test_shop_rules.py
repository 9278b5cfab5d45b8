"""Searching, the basket in the session, and the patience of the panel's door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.admin.rules import is_throttled, password_problem
from storefront.cart.rules import MAX_LINES, Wanted, fitting, merge, read_basket, write_basket
from storefront.catalog.rules import find_sort, likely, page_number, price_for, search_words
from storefront.languages import safe_path
from storefront.throttle import counted_address


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", []),
        ("  Kopi   GAYO ", ["kopi", "gayo"]),
        ("Café", ["cafe"]),
        ("100%_\\", ["100%_\\"]),
        ("a b c d e f g h i j", ["a", "b", "c", "d", "e", "f", "g", "h"]),
        ("x" * 500, ["x" * 100]),
    ],
)
def test_a_query_becomes_words(query, words):
    assert search_words(query) == words


@pytest.mark.parametrize(
    ("text", "number"),
    [(None, 1), ("", 1), ("3", 3), ("0", 1), ("-2", 1), ("x", 1), ("99999", 99_999), ("100000", 1), ("٣", 1), ("²", 1)],
)
def test_a_page_number_from_the_address(text, number):
    assert page_number(text) == number


def test_an_unknown_sort_is_the_shops_own():
    assert find_sort("x") is find_sort(None) is find_sort("")
    assert find_sort("harga-turun").descending


@pytest.mark.parametrize(
    ("stored", "basket"),
    [
        (None, {}),
        ([], {}),
        ("x", {}),
        ({"1": [2, 500]}, {1: Wanted(2, 500)}),
        ({"1": [0, 500], "2": [-1, 500], "3": [1000, 500]}, {}),
        ({"1": [2], "2": [2, 500, 1], "3": 2, "4": ["2", 500], "x": [2, 500], "5": [True, 500]}, {}),
    ],
)
def test_a_basket_is_read_whatever_an_older_shop_left_there(stored, basket):
    assert read_basket(stored) == basket


def test_a_basket_survives_the_session():
    basket = {1: Wanted(2, 50_000), 7: Wanted(1, 1)}

    assert read_basket(write_basket(basket)) == basket


@pytest.mark.parametrize(
    ("wanted", "stock", "fit"), [(3, 5, 3), (5, 5, 5), (6, 5, 5), (1, 0, 0), (1, -1, 0), (5000, 9000, 999)]
)
def test_no_more_than_there_is(wanted, stock, fit):
    assert fitting(wanted, stock) == fit


@pytest.mark.parametrize(
    ("person", "address", "throttled"), [(0, 0, False), (4, 29, False), (5, 5, True), (0, 30, True)]
)
def test_the_door_closes_after_enough_failures(person, address, throttled):
    assert is_throttled(by_person_here=person, from_address=address) == throttled


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        (None, "unknown"),
        ("rumah", "unknown"),
    ],
)
def test_failures_are_counted_by_household(address, counted):
    assert counted_address(address) == counted


@pytest.mark.parametrize(
    ("password", "fits"), [("", False), ("1234567", False), ("12345678", True), ("x" * 1001, False)]
)
def test_passwords_have_a_length(password, fits):
    assert (password_problem(password) is None) == fits


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/keranjang", "/keranjang"),
        ("/cari?q=kopi", "/cari?q=kopi"),
        ("", None),
        (None, None),
        ("keranjang", None),
        ("//jahat.test", None),
        ("/\\jahat.test", None),
        ("https://jahat.test", None),
        ("/\tjahat", None),
        ("/a\r\nSet-Cookie: x", None),
    ],
)
def test_only_paths_of_our_own_are_followed(target, path):
    assert safe_path(target) == path


def test_two_carts_of_one_person_become_one_with_the_larger_numbers():
    here, there = {1: Wanted(2, 100), 2: Wanted(5, 100)}, {2: Wanted(3, 90), 1: Wanted(4, 110), 3: Wanted(1, 50)}
    both, came, left = merge(here, there)
    assert both == {1: Wanted(4, 110), 2: Wanted(5, 100), 3: Wanted(1, 50)}
    assert (came, left) == (2, 0)
    full = {number: Wanted(1, 1) for number in range(10, 10 + MAX_LINES)}
    assert merge(full, there)[1:] == (0, 3)


_PRICES = st.integers(1, 10**12)


@given(usual=_PRICES, for_members=st.none() | _PRICES)
def test_members_never_pay_more_than_others_and_others_never_less(usual, for_members):
    assert price_for(usual, for_members, is_member=False) == usual
    assert price_for(usual, for_members, is_member=True) in {usual, for_members}
    assert price_for(usual, for_members, is_member=True) <= usual


NAMES = {1: "kopi tubruk pawon", 2: "seduhan telang dan serai", 3: "gula semut aren"}


@pytest.mark.parametrize(
    ("query", "found"),
    [("telang sereh", [2]), ("kpoi tubrk", [1]), ("aren gula", [3]), ("sepeda motor", []), ("sepeda", []), ("xy", [])],
)
def test_one_mistyped_word_of_several_does_not_hide_what_was_meant(query, found):
    assert likely(query, NAMES, most=5) == found
