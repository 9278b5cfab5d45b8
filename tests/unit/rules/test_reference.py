import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.reference import ALPHABET, LENGTH, LETTERS, find_references, is_reference, make_reference

quick = settings(max_examples=100, deadline=None)

references = st.integers(0, 2**64).map(lambda seed: make_reference(random.Random(seed)))  # noqa: S311
gaps = st.sampled_from(["", "", "", " ", "  ", "\n", "\r\n", "-", " - ", ".", "_", "\u00a0", "\u200b", "–", "\t"])
noise_words = st.sampled_from(
    ["TRSF", "E-BANKING CR", "0411/FTSCY/WS95031", "BUDI SANTOSO", "150347.00", "bayar", "Kopi", "a.n.", "|", ""]
)
# Each holds a character no reference has, so that it cannot be read as the beginning or end of another one.
glue = st.sampled_from(["", "BAYAR", "kode", "Pesanan", "INV", "dari", "00", "150347", "é"])


@pytest.mark.parametrize("seed", range(20))
def test_a_made_reference_is_one(seed):
    reference = make_reference(random.Random(seed))  # noqa: S311

    assert len(reference) == LENGTH
    assert set(reference) <= set(ALPHABET)
    assert is_reference(reference)


@pytest.mark.parametrize(("reference", "changes"), [("HH3K92", 3), ("K7QX2M", 4), ("W4H7K3", 5)])
def test_digits_and_letters_take_turns_at_least_three_times(reference, changes):
    shape = "".join("9" if character.isdigit() else "A" for character in reference)

    assert shape.count("9A") + shape.count("A9") == changes
    assert is_reference(reference)


def test_references_are_spread_over_all_there_are():
    rng = random.Random(7)  # noqa: S311

    made = {make_reference(rng) for _ in range(2000)}

    assert len(made) > 1990
    assert {reference[-1] for reference in made} == set(ALPHABET)


def test_the_alphabet_holds_no_two_characters_that_look_alike():
    for pair in ["0O", "1I", "1L", "IL", "5S", "6G", "8B", "2Z", "UV"]:
        assert len(set(pair) & set(ALPHABET)) <= 1, pair
    assert len(ALPHABET) == len(set(ALPHABET)) == 23


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("K7QX2", id="too short"),
        pytest.param("K7QX2MM", id="too long"),
        pytest.param("", id="nothing"),
        pytest.param("k7qx2m", id="small letters"),
        pytest.param("K7QXZM", id="a character outside the alphabet"),
        pytest.param(" K7QX2M", id="a space"),
        pytest.param("K7QX2A", id="a wrong check character"),
        pytest.param("XXXXXX", id="a masked number"),
        pytest.param("234792", id="digits only"),
    ],
)
def test_what_is_no_reference_is_refused(text):
    assert not is_reference(text)


@pytest.mark.parametrize(
    ("prefix", "followed"),
    [("ACDEF", ALPHABET), ("23479", ALPHABET), ("MARE2", ALPHABET), ("24MAR", ALPHABET), ("T42KA", LETTERS)],
)
def test_words_numbers_and_words_beside_numbers_are_no_references(prefix, followed):
    """A name or a date in a description must not be taken for a reference, whatever the check character says."""
    assert not any(is_reference(prefix + last) for last in followed)


@quick
@given(references)
def test_any_one_wrong_character_is_refused(reference):
    wrong = [
        reference[:place] + other + reference[place + 1 :]
        for place in range(LENGTH)
        for other in ALPHABET
        if other != reference[place]
    ]

    assert not any(map(is_reference, wrong))


@quick
@given(references)
def test_any_two_swapped_characters_are_refused(reference):
    for one, other in combinations(range(LENGTH), 2):
        swapped = list(reference)
        swapped[one], swapped[other] = swapped[other], swapped[one]

        assert "".join(swapped) == reference or not is_reference("".join(swapped))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("K7QX2M", ["K7QX2M"], id="alone"),
        pytest.param("TRSF E-BANKING CR 0411/FTSCY/WS95031 K7QX2M BUDI", ["K7QX2M"], id="in a real description"),
        pytest.param("k7qx2m", ["K7QX2M"], id="small letters"),
        pytest.param("bayar K7q x2M ya", ["K7QX2M"], id="a space inside"),
        pytest.param("K 7 Q X 2 M", ["K7QX2M"], id="every character apart"),
        pytest.param("K7QX\r\n2M", ["K7QX2M"], id="a line break inside"),
        pytest.param("K7Q-X2M", ["K7QX2M"], id="a hyphen inside"),
        pytest.param("K7Q.X2M", ["K7QX2M"], id="a dot inside"),
        pytest.param("K7Q\u200bX2M", ["K7QX2M"], id="an invisible space inside"),
        pytest.param("Ｋ７ＱＸ２Ｍ", ["K7QX2M"], id="full-width characters"),
        pytest.param("K7QXZM", ["K7QX2M"], id="Z for 2"),
        pytest.param("H4U9AM", ["H4V9AM"], id="U for V"),
        pytest.param("kode:K7QX2M,terima kasih", ["K7QX2M"], id="punctuation beside it"),
        pytest.param("BAYARK7QX2MTERIMAKASIH", ["K7QX2M"], id="glued to words"),
        pytest.param("150347K7QX2M00", ["K7QX2M"], id="glued to numbers"),
        pytest.param("BAYARK7Q\nX2MBUDI", ["K7QX2M"], id="glued and wrapped"),
        pytest.param("K7QX2M K7QX2M k7qx2m", ["K7QX2M"], id="three times is once"),
        pytest.param("K7QX2", [], id="the end cut off"),
        pytest.param("7QX2M", [], id="the beginning cut off"),
        pytest.param("TRSF K7QX", [], id="cut to four"),
        pytest.param("K7Q/X2M", [], id="a slash separates fields"),
        pytest.param("K7Q | X2M", [], id="a bar separates fields"),
        pytest.param("K7QX8M", [], id="a wrong character"),
        pytest.param("7KQX2M", [], id="two swapped characters"),
        pytest.param("BUDI SANTOSO 150347", [], id="no reference at all"),
        pytest.param("XXXXXX1234", [], id="a masked account number"),
        pytest.param("", [], id="an empty description"),
    ],
)
def test_references_are_found_in_what_banks_make_of_them(text, found):
    assert find_references(text) == found


def test_a_code_in_which_every_digit_is_a_misread_letter_is_a_word():
    """A name with two Zs must not become a reference because Zs may be twos."""
    assert is_reference("A2A2AC")

    assert find_references("AZA2AC") == ["A2A2AC"]
    assert find_references("AZAZAC") == []


@pytest.mark.parametrize("glued", ["LLH4V9AMLL", "H4V9AMLL", "LLH4V9AM"])
def test_whole_words_come_before_glued_readings(glued):
    assert find_references(f"{glued} / K7QX2M") == ["K7QX2M", "H4V9AM"]


@pytest.mark.parametrize("gap_after", range(1, 6))
@pytest.mark.parametrize("inside", ["LLK7QX2MLL", "K7QX2MLL", "LLK7QX2M"])
def test_codes_inside_one_word_come_before_codes_across_a_gap(inside, gap_after):
    broken = f"LL{'H4V9AM'[:gap_after]} {'H4V9AM'[gap_after:]}LL"

    assert find_references(f"{broken} / {inside}") == ["K7QX2M", "H4V9AM"]


def test_references_of_the_same_trust_stand_in_the_order_of_the_text():
    assert find_references("K7QX2M H4V9AM") == ["K7QX2M", "H4V9AM"]
    assert find_references("H4V9AM K7QX2M") == ["H4V9AM", "K7QX2M"]


def test_a_glued_reading_that_overlaps_a_whole_code_is_dropped():
    """The characters of a code that stands by itself are spoken for; borrowing some of them makes only noise."""
    code, neighbour = _code_with_a_false_neighbour()

    assert find_references(f"BAYAR L{neighbour} {code}") == [code]


def test_a_glued_reading_right_behind_a_whole_code_is_kept():
    assert find_references("K7QX2M H4V9AMLL") == ["K7QX2M", "H4V9AM"]


def _code_with_a_false_neighbour():
    """Find a reference and a character which, put before it, makes another reference of its first five."""
    rng = random.Random(3)  # noqa: S311
    while True:
        code = make_reference(rng)
        for character in ALPHABET:
            if is_reference(character + code[:-1]):
                return code, character


@quick
@given(references, st.lists(gaps, min_size=5, max_size=5), noise_words, noise_words)
def test_a_reference_between_words_is_found_first_however_it_is_spaced_and_cased(reference, between, before, after):
    spaced = reference[0] + "".join(gap + character for gap, character in zip(between, reference[1:], strict=True))

    assert find_references(f"{before}/{spaced.lower()}/{after}")[0] == reference
    assert reference in find_references(f"{before} {spaced} {after}")


@quick
@given(references, glue, glue, st.lists(gaps, min_size=5, max_size=5), noise_words)
def test_a_reference_glued_to_words_is_found(reference, left, right, between, before):
    spaced = reference[0] + "".join(gap + character for gap, character in zip(between, reference[1:], strict=True))

    assert reference in find_references(f"{before}/{left}{reference.lower()}{right}")
    assert reference in find_references(f"{before}/{left}{spaced}{right}")


@quick
@given(references, st.sampled_from(["TRSF", "150347", "BUDI", "/"]))
def test_a_reference_cut_short_is_not_found(reference, before):
    """Half a code names no order; a person looks at it."""
    assert reference not in find_references(f"{before} {reference[:-1]}")
    assert reference not in find_references(f"{reference[1:]} {before}")


@quick
@given(st.text(alphabet=ALPHABET.lower() + ALPHABET + "ZUzu0158 -/\n.é"))
def test_everything_found_is_a_reference_once(text):
    found = find_references(text)

    assert all(map(is_reference, found))
    assert len(found) == len(set(found))


@quick
@given(st.text())
def test_no_text_breaks_the_search(text):
    find_references(text)


def _words(text):
    return text.split()


def test_ordinary_descriptions_yield_no_reference():
    """Chance hits would put an owner on a wrong track; the figures are in the docstring of `find_references`."""
    rng = random.Random(42)  # noqa: S311
    names = _words("BUDI SANTOSO SITI RAHAYU DEWI KARTIKA EKA PRASETYA TRI WAHYUNI RATNA AYU ARYA NARENDRA MAYA KEVIN")
    words = _words("TRANSFER BAYAR ORDER KOPI KE TAHAP MARET PAKET KARTU DP TERMIN HARTA")

    def description():
        numbers = [str(rng.randrange(10 ** rng.randint(1, 12))) for _ in range(3)]
        parts = [*rng.sample(names, 2), *rng.sample(words, 2), *numbers, rng.choice(names) + str(rng.randrange(100))]
        rng.shuffle(parts)
        return " ".join(parts)

    assert sum(bool(find_references(description())) for _ in range(3000)) <= 2
