import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.codes import CodeRange, choose_code, free_codes

quick = settings(max_examples=60, deadline=None)
ADD = CodeRange(1, 999, "add")
SUBTRACT = CodeRange(1, 999, "subtract")

ranges = st.builds(
    lambda low, width, mode: CodeRange(low, low + width, mode),
    st.integers(0, 50),
    st.integers(0, 50),
    st.sampled_from(["add", "subtract"]),
)


@pytest.mark.parametrize(
    ("codes", "amount", "code", "due"),
    [
        (ADD, 150_000, 347, 150_347),
        (SUBTRACT, 150_000, 347, 149_653),
        (ADD, 1, 1, 2),
        (CodeRange(0, 0, "add"), 5, 0, 5),
    ],
)
def test_the_code_is_added_or_taken_off(codes, amount, code, due):
    assert codes.amount_due(amount, code) == due


@pytest.mark.parametrize(
    ("codes", "amount", "span"),
    [
        pytest.param(ADD, 150_000, (150_001, 150_999), id="add"),
        pytest.param(SUBTRACT, 150_000, (149_001, 149_999), id="subtract"),
        pytest.param(SUBTRACT, 500, (1, 499), id="never below one rupiah"),
        pytest.param(SUBTRACT, 1, (1, 0), id="empty when no code leaves anything to pay"),
        pytest.param(CodeRange(7, 7, "add"), 100, (107, 107), id="a single code"),
    ],
)
def test_the_span_holds_every_amount_due_possible(codes, amount, span):
    assert codes.span(amount) == span


@pytest.mark.parametrize(("low", "high"), [(2, 1), (-1, 5), (-5, -1)])
def test_a_range_that_cannot_be_is_refused(low, high):
    with pytest.raises(ValueError, match=f"from {low} to {high}"):
        CodeRange(low, high, "add")


@pytest.mark.parametrize(
    ("codes", "amount", "taken", "free"),
    [
        pytest.param(CodeRange(1, 3, "add"), 100, [], [1, 2, 3], id="nothing taken"),
        pytest.param(CodeRange(1, 3, "add"), 100, [102], [1, 3], id="one amount taken"),
        pytest.param(CodeRange(1, 3, "add"), 100, [2], [1, 2, 3], id="taken are amounts, not codes"),
        pytest.param(CodeRange(1, 3, "subtract"), 100, [99, 97], [2], id="taken amounts when subtracting"),
        pytest.param(CodeRange(1, 3, "add"), 101, [103], [1, 3], id="taken by an order of another price"),
        pytest.param(CodeRange(1, 3, "add"), 100, [101, 102, 103], [], id="all taken"),
        pytest.param(CodeRange(1, 5, "subtract"), 3, [], [1, 2], id="something must remain to be paid"),
        pytest.param(CodeRange(0, 1, "add"), 100, [], [0, 1], id="zero is a code where the owner allows it"),
    ],
)
def test_free_codes_leave_out_every_amount_that_is_taken(codes, amount, taken, free):
    assert free_codes(amount, taken, codes) == free


def test_the_last_free_code_is_found_when_all_others_are_taken():
    taken = {150_000 + code for code in range(1, 1000) if code != 613}

    assert choose_code(150_000, taken, ADD, random.Random(1)) == 613  # noqa: S311


def test_without_a_free_code_there_is_no_answer():
    assert choose_code(150_000, range(150_001, 151_000), ADD, random.Random(1)) is None  # noqa: S311


def test_each_free_code_is_equally_likely():
    """Two checkouts at once should rarely want the same code, and a code should not tell how many orders there are."""
    rng = random.Random(20_261_124)  # noqa: S311
    codes = CodeRange(1, 5, "add")

    drawn = Counter(choose_code(100, [103], codes, rng) for _ in range(4000))

    assert set(drawn) == {1, 2, 4, 5}
    assert all(850 < count < 1150 for count in drawn.values())


@quick
@given(ranges, st.integers(1, 200), st.sets(st.integers(-50, 300)), st.randoms())
def test_a_chosen_code_is_allowed_free_and_leaves_something_to_pay(codes, amount, taken, rng):
    code = choose_code(amount, taken, codes, rng)

    free = free_codes(amount, taken, codes)
    if code is None:
        assert free == []
        return
    low, high = codes.span(amount)
    assert codes.low <= code <= codes.high
    assert codes.amount_due(amount, code) not in taken
    assert codes.amount_due(amount, code) > 0
    assert low <= codes.amount_due(amount, code) <= high


@quick
@given(ranges, st.integers(1, 200), st.sets(st.integers(-50, 300)))
def test_no_code_that_would_do_is_left_out(codes, amount, taken):
    def would_do(code):
        due = amount + code if codes.mode == "add" else amount - code
        return due > 0 and due not in taken

    assert free_codes(amount, taken, codes) == [code for code in range(codes.low, codes.high + 1) if would_do(code)]
