"""Weights, volumes, rounding and zones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.shipping.couriers import COURIERS, courier_named, find_courier, tracking_url
from storefront.shipping.rules import (
    Destination,
    Parcel,
    Quote,
    Rate,
    Zone,
    billed_kilograms,
    chargeable_grams,
    chosen,
    is_same_city,
    rate_fee,
    with_free_delivery,
    zone_for,
)


@pytest.mark.parametrize(
    ("grams", "kilograms"),
    [(0, 1), (1, 1), (999, 1), (1000, 1), (1300, 1), (1301, 2), (2000, 2), (2300, 2), (2301, 3), (10_300, 10)],
)
def test_jne_forgives_three_hundred_grams_over_each_kilogram(grams, kilograms):
    assert billed_kilograms(grams, find_courier("jne").tolerance_grams) == kilograms


@pytest.mark.parametrize(("grams", "kilograms"), [(1000, 1), (1001, 2), (1999, 2), (2000, 2)])
def test_a_courier_without_tolerance_rounds_every_gram_up(grams, kilograms):
    assert billed_kilograms(grams, find_courier("pos").tolerance_grams) == kilograms


@given(grams=st.integers(0, 1_000_000), more=st.integers(0, 100_000), tolerance=st.integers(0, 999))
def test_more_weight_never_costs_less_and_nobody_pays_for_a_kilogram_that_is_not_there(grams, more, tolerance):
    kilograms = billed_kilograms(grams, tolerance)
    assert billed_kilograms(grams + more, tolerance) >= kilograms >= 1
    assert (kilograms - 1) * 1000 <= grams or kilograms == 1
    assert kilograms * 1000 + tolerance >= grams


@pytest.mark.parametrize(
    ("parcel", "divisor", "grams"),
    [
        (Parcel(500, 0), 6000, 500),
        (Parcel(500, 30 * 20 * 10), 6000, 1000),
        (Parcel(500, 30 * 20 * 10), 5000, 1200),
        (Parcel(2000, 30 * 20 * 10), 6000, 2000),
        (Parcel(0, 1), 6000, 1),
    ],
)
def test_the_volume_counts_where_it_is_more_than_the_weight(parcel, divisor, grams):
    assert chargeable_grams(parcel, divisor) == grams


@given(first=st.integers(0, 500_000), more=st.integers(0, 500_000), kilograms=st.integers(1, 1000))
def test_each_further_kilogram_adds_its_own_price(first, more, kilograms):
    rate = Rate(first, more)
    assert rate_fee(rate, 1) == first
    assert rate_fee(rate, kilograms + 1) - rate_fee(rate, kilograms) == more


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Kota Bandung", "kota bandung", True),
        ("Kota Bandung", "Bandung", True),
        ("Bandung", "Kab. Bandung", True),
        ("Kota Bandung", "Kabupaten Bandung", False),
        ("Kab. Bandung", "Kabupaten  Bandung", True),
        ("Kota Bandung", "Kota Bandung Barat", False),
        ("Kota", "Kota", True),
        ("", "", False),
    ],
)
def test_cities_are_compared_as_people_write_them(one, other, same):
    assert is_same_city(one, other) is same


def test_a_city_counts_before_any_province():
    java = Zone(1, provinces=("Jawa Barat",))
    bandung = Zone(2, cities=("Kota Bandung",))
    assert zone_for([java, bandung], Destination("Jawa Barat", "Kota Bandung")) is bandung
    assert zone_for([java, bandung], Destination("jawa barat", "Kab. Bandung")) is java
    assert zone_for([java, bandung], Destination("Bali", "Denpasar")) is None


FLAT = Quote(key="1", name="Kurir", kind="flat", fee=12_000, full_fee=12_000)


@pytest.mark.parametrize(
    ("goods", "free_from", "fee", "free_in"),
    [
        (50_000, None, 12_000, None),
        (99_999, 100_000, 12_000, 1),
        (100_000, 100_000, 0, None),
        (100_001, 100_000, 0, None),
        (0, 0, 0, None),
    ],
)
def test_delivery_is_free_from_an_amount_on_and_says_what_is_missing(goods, free_from, fee, free_in):
    quote = with_free_delivery(FLAT, goods, free_from)
    assert (quote.fee, quote.free_in, quote.full_fee) == (fee, free_in, 12_000)


def test_what_cannot_be_had_is_never_chosen():
    away = Quote(key="2", name="Zona", kind="zone", fee=None, problem="Tidak menjangkau alamat ini.")
    pickup = Quote(key="3", name="Ambil", kind="pickup", fee=0)
    assert chosen([away, FLAT, pickup], "2") is FLAT
    assert chosen([away, FLAT, pickup], "3") is pickup
    assert chosen([away, FLAT, pickup], None) is FLAT
    assert chosen([away], None) is None
    assert chosen([], "1") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("JNE", "jne"),
        ("jne reg", "jne"),
        ("J&T", "jnt"),
        ("J&T Express EZ", "jnt"),
        ("J&T Cargo", "jnt-cargo"),
        ("SICEPAT", "sicepat"),
        ("Anter Aja", "anteraja"),
        ("Gojek", None),
        ("", None),
        (None, None),
    ],
)
def test_couriers_are_known_by_what_people_call_them(text, code):
    courier = courier_named(text)
    assert (courier.code if courier else None) == code


def test_a_tracking_number_is_quoted_into_the_address():
    assert tracking_url("anteraja", "10/00 1") == "https://anteraja.id/tracking/10%2F00%201"
    assert tracking_url("jne", "123") == "https://jne.co.id/tracking-package"
    assert tracking_url("jne", "") is None
    assert tracking_url("gojek", "123") is None


def test_every_courier_weighs_by_a_rule_that_can_be_and_is_followed_over_https():
    assert len({courier.code for courier in COURIERS}) == len(COURIERS)
    for courier in COURIERS:
        assert 0 <= courier.tolerance_grams < 1000
        assert courier.divisor > 0
        assert courier.tracking.startswith("https://")
