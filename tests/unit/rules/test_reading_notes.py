"""What a transfer note names for certain, and what it only seems to name."""

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.reference import ALPHABET, find_references, is_reference, make_reference, read_note

quick = settings(max_examples=60, deadline=None)
references = st.integers(0, 2**64).map(lambda seed: make_reference(random.Random(seed)))  # noqa: S311

# the note, what is clear, what is loose
TABLE = [
    ("alone", "K7QX2M", "K7QX2M", ""),
    ("small letters, spaces, a hyphen", "bayar k7q-x 2m", "K7QX2M", ""),
    ("glued to letters", "BAYARK7QX2MTERIMAKASIH", "K7QX2M", ""),
    ("glued to letters no alphabet of ours has", "BAYARÉK7QX2MÉ", "K7QX2M", ""),
    ("two glued to each other", "K7QX2MH4V9AM", "K7QX2M H4V9AM", ""),
    ("two glued to each other and to letters", "LLK7QX2MLLH4V9AMLL", "K7QX2M H4V9AM", ""),
    ("glued to one digit", "K7QX2M1", "", "K7QX2M"),
    ("glued to one digit before", "1K7QX2M", "", "K7QX2M"),
    ("a digit further off in its word", "K7QX2MLL1", "", "K7QX2M"),
    ("a digit in the next word", "LLK7QX2MLL 1", "K7QX2M", ""),
    ("a digit in the word before", "1 LLK7QX2MLL", "K7QX2M", ""),
    ("a digit in its word, after another word", "LL K7QX2M1", "", "K7QX2M"),
    ("digits around", "150347K7QX2M00", "", "K7QX2M"),
    ("cutting words, across a gap", "BAYARK7Q X2MBUDI", "", "K7QX2M"),
    ("one clear, one loose", "1H4V9AM1 K7QX2M", "K7QX2M", "H4V9AM"),
    ("one twice, clear and loose", "1K7QX2M1/K7QX2M", "K7QX2M", ""),
    ("cut at its end", "TRSF K7QX2", "", "DK7QX2 K7QX2M"),
    ("cut at its beginning", "7QX2M", "", "7QX2MV K7QX2M"),
    ("cut, with a space inside", "K7Q X2", "", "DK7QX2 K7QX2M"),
    ("cut, beside a clear one", "K7QX2 / H4V9AM", "H4V9AM", ""),
    ("cut by two", "K7QX", "", ""),
    ("O for Q", "K7OX2M", "", "K7QX2M"),
    ("0 for Q", "K70X2M", "", "K7QX2M"),
    ("1 for 7", "K1QX2M", "", "K7QX2M"),
    ("I for 7", "KIQX2M", "", "K7QX2M"),
    ("L for 7", "KLQX2M", "", "K7QX2M"),
    ("misread, with a space inside", "K7O X2M", "", "K7QX2M"),
    ("misread, beside a clear one", "K7OX2M / H4V9AM", "H4V9AM", ""),
    ("misread twice", "K1OX2M", "", ""),
    ("misread as what does not look like it", "K7BX2M", "", ""),
    ("misread and glued", "BAYARK7OX2M", "", ""),
    ("a bank's long number", "20261124BMRIIDJA010O0112345678", "", ""),
    ("names and numbers", "BUDI SANTOSO 150347 MARET 2026", "", ""),
    ("nothing", "", "", ""),
]


@pytest.mark.parametrize(("note", "clear", "loose"), [pytest.param(*row, id=name) for name, *row in TABLE])
def test_a_note_is_read_as_the_table_says(note, clear, loose):
    named = read_note(note)

    assert (sorted(named.clear), sorted(named.loose)) == (sorted(clear.split()), sorted(loose.split()))


@pytest.mark.parametrize("seen", sorted("O0I1LB8S5G6"))
def test_a_character_no_reference_has_is_taken_for_one_that_looks_like_it(seen):
    rng = random.Random(4)  # noqa: S311
    restored = set()
    for _ in range(400):
        reference = make_reference(rng)
        misread = seen + reference[1:]
        restored |= {each[0] for each in read_note(misread).loose}

    expected = {"O": "DQ", "0": "DQ", "I": "7J", "1": "7J", "L": "7J", "B": "3R", "8": "3R", "S": "3", "5": "3"}
    assert restored == set(expected.get(seen, "C9"))


@quick
@given(references, st.sampled_from(["BUDI", "TRSF", "/", ""]))
def test_a_lost_character_is_found_again(reference, before):
    """The check character tells which one it was."""
    assert reference in read_note(f"{before} {reference[:-1]}").loose
    assert reference in read_note(f"{reference[1:]} {before}").loose


@quick
@given(st.text(alphabet=ALPHABET.lower() + ALPHABET + "ZUOI0158 -/\n.é"))
def test_whatever_is_named_is_a_reference_once(text):
    named = read_note(text)

    everything = [*named.clear, *named.loose]
    assert all(map(is_reference, everything))
    assert len(everything) == len(set(everything))
    assert set(find_references(text)) <= set(everything)


@quick
@given(st.text())
def test_no_text_breaks_the_reading(text):
    read_note(text)


def test_long_numbers_of_banks_hardly_ever_name_anything_for_certain():
    rng = random.Random(42)  # noqa: S311
    notes = ["".join(rng.choices(string.ascii_uppercase + string.digits, k=24)) for _ in range(2000)]

    assert sum(bool(read_note(note).clear) for note in notes) <= 1
