from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.errors import InvalidAmount
from payments_moota.rules.money import LARGEST_RUPIAH, format_rupiah, parse_hundredths, whole_rupiah

quick = settings(max_examples=60, deadline=None)
rupiah = st.integers(-LARGEST_RUPIAH, LARGEST_RUPIAH)


@pytest.mark.parametrize(
    ("spelling", "hundredths"),
    [
        (50000, 5_000_000),
        ("50000", 5_000_000),
        ("50000.00", 5_000_000),
        ("50000.5", 5_000_050),
        (" 50000.00\n", 5_000_000),
        (50000.0, 5_000_000),
        (3799460.89, 379_946_089),
        (1e15, 10**17),
        (Decimal(50000), 5_000_000),
        (Decimal("50000.00"), 5_000_000),
        (Decimal("50000.2500"), 5_000_025),
        (Decimal("5E+4"), 5_000_000),
        ("0", 0),
        ("0.00", 0),
        ("-0", 0),
        (-150347, -15_034_700),
        ("-150347.01", -15_034_701),
        ("007", 700),
        (LARGEST_RUPIAH, LARGEST_RUPIAH * 100),
    ],
)
def test_every_spelling_of_moota_is_read_exactly(spelling, hundredths):
    assert parse_hundredths(spelling) == hundredths
    assert type(parse_hundredths(spelling)) is int


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param("50.000", id="thousands with a dot would be read as fifty"),
        pytest.param("50,000", id="thousands with a comma"),
        pytest.param("50.000,00", id="Indonesian decimals"),
        pytest.param("1_000", id="Python's own separator"),
        pytest.param("50 000", id="thousands with a space"),
        pytest.param("Rp50000", id="a currency sign"),
        pytest.param("5e4", id="an exponent in text"),
        pytest.param("50000.", id="a dot without decimals"),
        pytest.param(".50", id="decimals without rupiah"),
        pytest.param("+50000", id="a plus sign"),
        pytest.param("--5", id="two signs"),
        pytest.param("", id="empty"),
        pytest.param("-", id="only a sign"),
        pytest.param("٥٠٠٠٠", id="digits of another script"),
        pytest.param("50000.001", id="three decimals in text"),
        pytest.param("9" * 5000, id="a text of 5,000 digits"),
        pytest.param(0.001, id="three decimals in a float"),
        pytest.param(0.1 + 0.2, id="the float that is not 0.3"),
        pytest.param(Decimal("0.005"), id="half a hundredth"),
        pytest.param(Decimal("1." + "0" * 40 + "1"), id="a tail longer than any rounding"),
        pytest.param(Decimal("1E-999999"), id="a tiny decimal"),
        pytest.param(Decimal("1E+999999"), id="a huge decimal"),
        pytest.param(10**5000, id="a huge number"),
        pytest.param(LARGEST_RUPIAH + 1, id="one rupiah above the largest"),
        pytest.param(-LARGEST_RUPIAH - 1, id="one rupiah below the smallest"),
        pytest.param(Decimal(LARGEST_RUPIAH) + Decimal("0.01"), id="a hundredth above the largest"),
        pytest.param("NaN", id="not a number, as text"),
        pytest.param("Infinity", id="infinity, as text"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param(Decimal("NaN"), id="a decimal that is not a number"),
        pytest.param(Decimal("sNaN"), id="a decimal that raises when compared"),
        pytest.param(Decimal("-Infinity"), id="minus infinity"),
        pytest.param(True, id="a truth value, which Python counts as 1"),
        pytest.param(None, id="nothing"),
        pytest.param([50000], id="a list"),
        pytest.param(b"50000", id="bytes"),
    ],
)
def test_what_might_mean_another_amount_is_refused(spelling):
    with pytest.raises(InvalidAmount):
        parse_hundredths(spelling)


def test_the_largest_amount_fits_a_64_bit_column_in_hundredths():
    assert LARGEST_RUPIAH == 10**15
    assert LARGEST_RUPIAH * 100 < 2**63


def test_a_refusal_shows_what_was_seen_but_not_endlessly():
    with pytest.raises(InvalidAmount, match=r"'50\.000' is not an amount"):
        parse_hundredths("50.000")
    with pytest.raises(InvalidAmount) as refused:
        parse_hundredths("x" * 10_000)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    ("hundredths", "whole"),
    [(5_000_000, 50_000), (0, 0), (-15_034_700, -150_347), (5_000_001, None), (99, None), (-1, None)],
)
def test_a_fraction_of_a_rupiah_is_never_rounded_away(hundredths, whole):
    assert whole_rupiah(hundredths) == whole


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "Rp0"),
        (999, "Rp999"),
        (1000, "Rp1.000"),
        (50_123, "Rp50.123"),
        (-50_123, "-Rp50.123"),
        (1_234_567_890, "Rp1.234.567.890"),
    ],
)
def test_amounts_are_shown_the_indonesian_way(amount, shown):
    assert format_rupiah(amount) == shown


@quick
@given(rupiah)
def test_every_spelling_of_the_same_amount_gives_the_same_money(amount):
    """The same mutation arrives as numbers by webhook and as text by the list; it must be one amount."""
    spellings = [amount, str(amount), f"{amount}.00", f"{amount}.0", Decimal(amount), float(amount)]

    assert {parse_hundredths(spelling) for spelling in spellings} == {amount * 100}
    assert whole_rupiah(amount * 100) == amount


@quick
@given(rupiah)
def test_what_is_shown_reads_back_as_the_same_amount(amount):
    shown = format_rupiah(amount)

    assert int(shown.replace("Rp", "").replace(".", "")) == amount


@quick
@given(st.integers(-(10**12), 10**12))
def test_hundredths_survive_text_and_float(hundredths):
    text = f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"

    assert parse_hundredths(text) == hundredths
    assert parse_hundredths(float(text)) == hundredths


@quick
@given(st.one_of(st.text(), st.floats(), st.decimals(), st.integers(), st.booleans(), st.none(), st.binary()))
def test_anything_at_all_is_either_read_or_refused(value):
    """No other exception may escape: it would stop a whole delivery for one broken element."""
    try:
        hundredths = parse_hundredths(value)
    except InvalidAmount:
        return
    assert abs(hundredths) <= LARGEST_RUPIAH * 100
