"""What an owner is told about a credit of the BCA account that pays nobody."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.lateness import parse_bank_time
from payments_moota.rules.near_misses import Code, Nearby, near_misses, similar_amounts

OPENED = parse_bank_time("2026-11-23 14:30:00").at
BOOKED, TOO_EARLY = parse_bank_time("2026-11-24 14:00:00"), parse_bank_time("2026-11-21")


def order(
    name="INV-1", *, base=150_000, due=150_347, open_=None, status="pending", same=True, named=False, age=timedelta()
):
    return Nearby(
        order_ref=name,
        status=status,
        same_account=same,
        bank_label="BCA" if same else "Mandiri",
        amount=base,
        amount_due=due,
        amount_open=due if open_ is None else open_,
        opened_at=OPENED - age,
        expires_at=OPENED + timedelta(days=1),
        named_in_note=named,
    )


EXPIRED, CANCELLED = order(status="expired"), order(status="cancelled")
PAID = order(status="paid", open_=0)
ELSEWHERE = order(same=False)
PART_PAID = order(open_=100_347)
NAMED = order(named=True)
SUBTRACTED = order(due=149_653)
MOVED = replace(order(same=False), by_former_number=True)

# name, the credit, the order, the code, how much more than asked
TABLE = [
    ("the unique code is missing", 150_000, order(), "code_missing", -347),
    ("missing, expired order", 150_000, EXPIRED, "code_missing", -347),
    ("missing, code taken off", 150_000, SUBTRACTED, "code_missing", 347),
    ("missing, but part was paid", 150_000, PART_PAID, "", 0),
    ("rounded up to a hundred", 150_400, order(), "rounded_up", 53),
    ("rounded up to a thousand", 151_000, order(), "rounded_up", 653),
    ("rounded up to five thousand", 155_000, order(), "rounded_up", 4_653),
    ("rounded up to five hundred", 150_500, order(), "rounded_up", 153),
    ("rounded up to ten thousand", 240_000, order(due=233_000), "rounded_up", 7_000),
    ("rounded up to fifty thousand", 1_050_000, order(due=1_005_347), "rounded_up", 44_653),
    ("rounded up to a hundred thousand", 2_000_000, order(due=1_930_000), "rounded_up", 70_000),
    ("rounded up by a twentieth", 50_000, order(due=47_620), "rounded_up", 2_380),
    ("rounded up by a rupiah more than that", 50_000, order(due=47_619), "", 0),
    ("rounded up too far", 160_000, order(), "", 0),
    ("rounded down to a hundred", 150_300, order(), "rounded_down", -47),
    ("rounded down, another base", 150_000, order(base=149_900), "rounded_down", -347),
    ("the remainder rounded down", 100_000, PART_PAID, "rounded_down", -347),
    ("the remainder, another account", 100_347, order(open_=100_347, same=False), "other_account", 0),
    ("right amount, another account", 150_347, ELSEWHERE, "other_account", 0),
    ("code missing, another account", 150_000, ELSEWHERE, "", 0),
    ("one digit off", 150_357, order(), "digit_off", 10),
    ("the first digit off", 250_347, order(), "digit_off", 100_000),
    ("two neighbours swapped", 150_374, order(), "digit_off", 27),
    ("two others swapped", 150_743, order(), "", 0),
    ("two digits off", 150_358, order(), "", 0),
    ("a digit too many", 1_503_470, order(), "", 0),
    ("cancelled", 150_347, CANCELLED, "already_cancelled", 0),
    ("expired", 150_347, EXPIRED, "already_expired", 0),
    ("paid", 150_347, PAID, "already_paid", 0),
    ("cancelled, one digit off", 150_357, CANCELLED, "digit_off", 10),
    ("paid, code missing", 150_000, PAID, "", 0),
    ("right, held for another reason", 150_347, order(), "right_amount", 0),
    ("the whole again, part was paid", 150_347, PART_PAID, "right_amount", 0),
    ("named, another amount", 99_000, NAMED, "named", -51_347),
    ("named and rounded", 151_000, NAMED, "rounded_up", 653),
    ("named, another account", 150_000, order(same=False, named=True), "named", -347),
    ("named, cancelled", 99_000, order(status="cancelled", named=True), "named", -51_347),
    ("on the number it had before", 150_000, MOVED, "former_number", -347),
    ("nothing near", 42_000, order(), "", 0),
]

WHY = {
    "former_number": "paid by the number or code the order had before the payer chose another way",
    "code_missing": "same account, Rp347 less: the unique code is missing",
    "rounded_up": "same account, Rp653 more: rounded up",
    "rounded_down": "same account, Rp47 less: rounded down",
    "digit_off": "same account, Rp10 more: one digit differs",
    "right_amount": "same account, exactly the amount asked",
    "other_account": "exactly the amount asked, but on another account than Mandiri",
    "already_expired": "same account, exactly the amount asked, but the order has expired",
    "already_cancelled": "same account, exactly the amount asked, but the order is cancelled",
    "already_paid": "same account, exactly the amount asked, but the order is already paid",
    "named": "the note seems to name the order, but the amount is Rp51.347 less",
    "booked_before": "same account, exactly the amount asked, but booked before the order was made",
    "fraction": "same account, the amount asked and a fraction of a rupiah",
}


@pytest.mark.parametrize(("amount", "nearby", "code", "more"), [pytest.param(*row, id=name) for name, *row in TABLE])
def test_a_near_miss_has_a_reason(amount, nearby, code, more):
    expected = [("INV-1", code, more)] if code else []

    assert [
        (miss.order_ref, miss.code, miss.difference) for miss in near_misses(amount, [nearby], booked=BOOKED)
    ] == expected


@pytest.mark.parametrize(
    ("amount", "nearby", "booked"),
    [
        (150_000, order(), BOOKED),
        (151_000, order(), BOOKED),
        (150_300, order(), BOOKED),
        (150_357, order(), BOOKED),
        (150_347, order(), BOOKED),
        (150_347, ELSEWHERE, BOOKED),
        (150_347, EXPIRED, BOOKED),
        (150_347, CANCELLED, BOOKED),
        (150_347, PAID, BOOKED),
        (99_000, NAMED, BOOKED),
        (150_347, order(), TOO_EARLY),
        (150_000, MOVED, BOOKED),
    ],
)
def test_a_near_miss_explains_itself(amount, nearby, booked):
    (miss,) = near_misses(amount, [nearby], booked=booked)

    assert miss.why == WHY[miss.code]


@pytest.mark.parametrize(
    ("amount", "nearby", "ending"),
    [
        (150_000, EXPIRED, "the unique code is missing, and the order has expired"),
        (151_000, CANCELLED, "rounded up, and the order is cancelled"),
        (150_300, CANCELLED, "rounded down, and the order is cancelled"),
        (150_357, EXPIRED, "one digit differs, and the order has expired"),
        (150_347, order(status="paid", open_=0, same=False), "another account than Mandiri, and the order is paid"),
        (99_000, order(status="cancelled", named=True), "Rp51.347 less, and the order is cancelled"),
    ],
)
def test_it_tells_when_the_order_has_ended(amount, nearby, ending):
    (miss,) = near_misses(amount, [nearby], booked=BOOKED)

    assert miss.why.endswith(ending)


@pytest.mark.parametrize(
    ("nearby", "why"),
    [
        (order(), WHY["fraction"]),
        (PAID, f"{WHY['fraction']}, and the order is paid"),
        (CANCELLED, f"{WHY['fraction']}, and the order is cancelled"),
    ],
)
def test_what_is_exact_but_for_a_fraction_is_not_called_exact(nearby, why):
    (miss,) = near_misses(150_347, [nearby], booked=BOOKED, has_fraction=True)

    assert (miss.code, miss.why) == ("fraction", why)


def test_every_reason_has_its_words():
    assert set(WHY) == set(get_args(Code))


def test_swapped_digits_are_not_called_one_digit():
    (miss,) = near_misses(150_374, [order()])

    assert miss.why == "same account, Rp27 more: two digits are swapped"


@pytest.mark.parametrize(
    ("nearby", "codes"),
    [
        pytest.param(order(), ["booked_before"], id="right amount"),
        pytest.param(CANCELLED, ["booked_before"], id="right amount, cancelled order"),
        pytest.param(ELSEWHERE, [], id="right amount, another account"),
        pytest.param(order(due=150_350), [], id="another amount"),
        pytest.param(order(due=99_000, named=True), ["named"], id="another amount, named"),
    ],
)
def test_money_from_before_the_order_says_so_or_nothing(nearby, codes):
    assert [miss.code for miss in near_misses(150_347, [nearby], booked=TOO_EARLY)] == codes


def test_without_the_banks_date_no_order_is_newer_than_the_money():
    assert [miss.code for miss in near_misses(150_347, [order()])] == ["right_amount"]


def test_the_likeliest_orders_come_first():
    nearby = [
        order("INV-digit", base=90_000, due=150_010),
        order("INV-round", base=90_000, due=149_990),
        order("INV-paid", base=90_000, due=150_000, status="paid"),
        order("INV-cancelled", base=90_000, due=150_000, status="cancelled"),
        order("INV-expired", base=90_000, due=150_000, status="expired"),
        order("INV-elsewhere", base=90_000, due=150_000, same=False),
        order("INV-code"),
        order("INV-right", base=90_000, due=150_000),
        order("INV-named", base=90_000, due=99_999, named=True),
        order("INV-far", base=90_000, due=99_999),
    ]

    found = [miss.order_ref.removeprefix("INV-") for miss in near_misses(150_000, nearby, booked=BOOKED, limit=20)]
    assert found == ["named", "right", "code", "elsewhere", "expired", "cancelled", "paid", "round", "digit"]


def test_of_equal_reasons_open_orders_smaller_misses_and_newer_orders_come_first():
    near, far = order("INV-near", due=150_001), order("INV-far", due=150_999)
    old, new = order("INV-old", age=timedelta(days=2)), order("INV-new")
    ended = order("INV-ended", due=150_001, status="expired")

    assert [miss.order_ref for miss in near_misses(150_000, [ended, far, old, new, near])] == [
        "INV-near",
        "INV-new",
        "INV-old",
        "INV-far",
        "INV-ended",
    ]


def test_only_so_many_are_told():
    nearby = [order(f"INV-{number}") for number in range(9)]

    assert len(near_misses(150_000, nearby)) == 5
    assert len(near_misses(150_000, nearby, limit=2)) == 2
    assert near_misses(150_000, [], limit=2) == []


def test_an_order_given_twice_is_told_once_with_its_best_reason():
    twice = [order(due=150_010, base=1), order()]

    assert [miss.code for miss in near_misses(150_000, twice)] == ["code_missing"]


@pytest.mark.parametrize("amount", [7, 150_347, 100_001, 111_111, 999_999])
def test_the_amounts_to_look_for_are_those_a_digit_off_and_the_amount_itself(amount):
    alike = similar_amounts(amount)

    explained = {other: near_misses(amount, [order(base=1, due=other)]) for other in alike if other}
    assert amount in alike
    assert all(explained.values())
    assert len({int(f"{amount:06}"[:-1] + digit) for digit in "0123456789"} - alike) == 0


def test_every_slip_of_one_digit_is_looked_for():
    near = {other for other in range(140_000, 160_000) if near_misses(150_347, [order(base=1, due=other)])}

    rounded = {
        other for other in near if near_misses(150_347, [order(base=1, due=other)])[0].code.startswith("rounded")
    }
    assert near - rounded <= similar_amounts(150_347)


nearby_orders = st.lists(
    st.builds(
        order,
        st.sampled_from(["INV-1", "INV-2", "INV-3", "INV-4"]),
        base=st.sampled_from([150_000, 75_000]),
        due=st.integers(149_000, 151_000),
        status=st.sampled_from(["pending", "expired", "cancelled", "paid"]),
        same=st.booleans(),
        named=st.booleans(),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(st.integers(149_000, 151_000), nearby_orders, st.randoms())
def test_each_order_is_told_once_whatever_the_order_they_come_in(amount, nearby, rng):
    told = near_misses(amount, nearby, booked=BOOKED)

    assert len({miss.order_ref for miss in told}) == len(told)
    assert {miss.order_ref for miss in told} <= {each.order_ref for each in nearby}
    assert near_misses(amount, rng.sample(nearby, len(nearby)), booked=BOOKED) == told
