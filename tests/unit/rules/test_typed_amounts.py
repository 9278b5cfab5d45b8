"""Amounts as people type them; what could mean two things is refused."""

import pytest

from payments_moota import InvalidAmount
from payments_moota.rules.money import read_typed


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("50000", 50_000),
        ("50.000", 50_000),
        ("Rp50.000", 50_000),
        (" rp. 1.250.000,00 ", 1_250_000),
        ("50.000,-", 50_000),
        ("0", 0),
    ],
)
def test_the_ways_people_write_rupiah(typed, amount):
    assert read_typed(typed) == amount


@pytest.mark.parametrize(
    "typed", ["", "lima puluh", "-50000", "50.00", "5.0000", "50,000", "50.000,50", "1e5", "٥٠٠", "9" * 17, "50 ribu"]
)
def test_what_is_no_whole_number_of_rupiah_or_could_be_another(typed):
    with pytest.raises(InvalidAmount):
        read_typed(typed)
