"""How money that came in for a charge is cut into price, fee, unique code and what was not due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_moota.rules.income import Asked, Cut, Moved, cut_by_mutation

ADDED = Asked(price=100_000, fee=2_500, due=102_847)
TAKEN_OFF = Asked(price=100_000, fee=0, due=99_653)
ENDED = Asked(price=100_000, fee=0, due=100_347, has_ended=True)


@pytest.mark.parametrize(
    ("asked", "received", "cut"),
    [
        (ADDED, 0, Cut()),
        (ADDED, 60_000, Cut(price=60_000)),
        (ADDED, 101_000, Cut(price=100_000, fee=1_000)),
        (ADDED, 102_500, Cut(price=100_000, fee=2_500)),
        (ADDED, 102_600, Cut(price=100_000, fee=2_500, unique_code=100)),
        (ADDED, 102_847, Cut(price=100_000, fee=2_500, unique_code=347)),
        (ADDED, 110_000, Cut(price=100_000, fee=2_500, unique_code=347, not_due=7_153)),
        (TAKEN_OFF, 99_652, Cut(price=99_652)),
        (TAKEN_OFF, 99_653, Cut(price=100_000, unique_code=-347)),
        (TAKEN_OFF, 100_000, Cut(price=100_000, unique_code=-347, not_due=347)),
        (ENDED, 100_347, Cut(not_due=100_347)),
    ],
)
def test_money_fills_the_price_then_the_fee_then_the_code(asked, received, cut):
    assert asked.cut(received) == cut


def moved(*lines):
    return [Moved(mutation, kind, amount) for mutation, kind, amount in lines]


@pytest.mark.parametrize(
    ("lines", "brought"),
    [
        (moved((1, "payment", 102_847)), {1: Cut(100_000, 2_500, 347)}),
        (
            moved((1, "payment", 60_000), (2, "payment", 42_847)),
            {1: Cut(60_000), 2: Cut(40_000, 2_500, 347)},
        ),
        (
            moved((1, "payment", 102_847), (2, "payment", 102_847)),
            {1: Cut(100_000, 2_500, 347), 2: Cut(not_due=102_847)},
        ),
        (
            moved((1, "payment", 102_847), (9, "reversal", 102_847), (2, "payment", 102_847)),
            {1: Cut(100_000, 2_500, 347), 2: Cut(100_000, 2_500, 347)},
        ),
        (moved((1, "payment", 60_000), (1, "payment", -60_000), (2, "payment", 60_000)), {2: Cut(60_000)}),
        (
            moved((None, "payment", 60_000), (2, "payment", 60_000)),
            {None: Cut(60_000), 2: Cut(40_000, 2_500, 347, 17_153)},
        ),
        (moved((1, "payment", 102_847), (7, "refund", 50_000), (8, "returned", 50_000)), {1: Cut(100_000, 2_500, 347)}),
    ],
    ids=["at once", "in two parts", "twice", "taken back and paid again", "match corrected", "cash first", "refunded"],
)
def test_each_mutation_brings_what_was_still_missing(lines, brought):
    assert cut_by_mutation(ADDED, lines) == brought


@given(
    asked=st.sampled_from([ADDED, TAKEN_OFF, ENDED]),
    lines=st.lists(st.tuples(st.sampled_from(["payment", "payment", "reversal"]), st.integers(1, 200_000)), max_size=8),
)
def test_the_parts_always_add_up_to_the_money(asked, lines):
    numbered = [Moved(number, kind, amount) for number, (kind, amount) in enumerate(lines)]

    found = cut_by_mutation(asked, numbered)

    came = {line.mutation: line.amount for line in numbered if line.kind == "payment"}
    assert {mutation: sum(cut) for mutation, cut in found.items()} == came
