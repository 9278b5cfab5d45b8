"""Text in a payout list: never a formula, never more than a bank takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_moota.payouts import cell


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Budi Santoso", "Budi Santoso"),
        ("PT. Maju, Jaya", "PT. Maju, Jaya"),
        ("=1+1", "1 1"),
        ('=HYPERLINK("http://x")', "HYPERLINK( http //x )"),
        ("@SUM(A1)", "SUM(A1)"),
        ("+62 811", "62 811"),
        ("-Budi", "Budi"),
        ("\t=cmd|' /C calc'!A0", "cmd ' /C calc' A0"),
        ("\r\n=A", "A"),
        ("＝A", "A"),
        ("'=A", "A"),
        ("José Ñuñez", "Jose Nunez"),
        ("李明", ""),
        ("x" * 100, "x" * 40),
        ("a\nb", "a b"),
    ],
)
def test_text_is_written_as_banks_take_it(text, written):
    assert cell(text) == written


@given(st.text())
def test_nothing_begins_like_a_formula(text):
    made = cell(text)
    assert made == "" or made[0].isalnum()
    assert made.isascii()
    assert not set(made) & set('"\r\n\t=+@|;')
    assert len(made) <= 40
