"""Which strings of a bank's line are looked up as order numbers."""

import pytest

from payments_moota.rules.order_numbers import written_in


@pytest.mark.parametrize(
    ("note", "number"),
    [
        ("TRSF E-BANKING CR 0112/FTSCY/WS95031 218751.00 RATNA DEWI INV-1004 BUDI", "INV-1004"),
        ("bayar inv-1004", "INV-1004"),
        ("BAYAR INV 1004 KOPI", "INV-1004"),
        ("BAYARINV1004", "BAYARINV1004"),
        ("BYR INV1004", "INV-1004"),
        ("BYR INV1004", "INV1004"),
        ("pesanan ORD/2026/55", "ORD/2026/55"),
        ("ab-12x", "ab-12x"),
        ("SETORAN\nINV-1004\nTERIMA KASIH", "INV-1004"),
    ],
)
def test_a_number_is_found_as_people_and_banks_write_it(note, number):
    assert number in written_in(note)


@pytest.mark.parametrize(
    "note", ["", "BUDI SANTOSO", "218751.00", "0112 95031", "A1", "INV\n1004"], ids=lambda note: note or "empty"
)
def test_names_sums_and_scraps_are_not_looked_up(note):
    assert written_in(note) == []


def test_an_endless_line_is_looked_up_in_part():
    assert len(written_in("a1 " * 5000)) <= 200
