"""What a charge of Rp150.347 is said to be, line by line of its money."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.outcome import Line, Totals, add_up, difference, exceptions, is_settled, not_due

quick = settings(max_examples=100, deadline=None)
DUE = 150_347
CORRECTIONS = {"payment", "reversal", "refund", "returned"}


def lines(text):
    """Read "payment 150347 paid_late, refund 50000, payment -150347 paid_late"."""
    parts = [part.split() for part in text.split(",") if part.strip()]
    return [Line(kind=kind, amount=int(amount), marks=frozenset(marks)) for kind, amount, *marks in parts]


# name, the lines, received, refunded, the exceptions, the difference
TABLE = [
    ("nothing has come", "", 0, 0, "", 0),
    ("paid exactly", "payment 150347", DUE, 0, "", 0),
    ("paid in two parts", "payment 50000, payment 100347", DUE, 0, "", 0),
    ("one rupiah, late", "payment 1 paid_late", 1, 0, "paid_late underpaid", 1 - DUE),
    ("one rupiah taken back", "payment 150348, reversal 1", DUE, 0, "reversed", 0),
    ("one rupiah short", "payment 150346", 150_346, 0, "underpaid", -1),
    ("a first part", "payment 50000", 50_000, 0, "underpaid", -100_347),
    ("one rupiah over", "payment 150348", 150_348, 0, "overpaid", 1),
    ("two parts, too much", "payment 100000, payment 100000", 200_000, 0, "overpaid", 49_653),
    ("late", "payment 150347 paid_late", DUE, 0, "paid_late", 0),
    ("late and too much", "payment 151000 paid_late", 151_000, 0, "overpaid paid_late", 653),
    ("late and too little", "payment 150000 paid_late", 150_000, 0, "underpaid paid_late", -347),
    ("only the second part late", "payment 50000, payment 100347 paid_late", DUE, 0, "paid_late", 0),
    ("came twice", "payment 150347, payment 150347 duplicate_payment", 300_694, 0, "duplicate_payment", DUE),
    (
        "came twice, and late at first",
        "payment 150347 paid_late, payment 150347 duplicate_payment",
        300_694,
        0,
        "duplicate_payment paid_late",
        DUE,
    ),
    (
        "came twice, and too much at first",
        "payment 151000, payment 151000 duplicate_payment",
        302_000,
        0,
        "duplicate_payment overpaid",
        151_653,
    ),
    ("came for a cancelled order", "payment 150347 paid_after_cancel", DUE, 0, "paid_after_cancel", 0),
    (
        "more than asked for a cancelled order",
        "payment 200000 paid_after_cancel",
        200_000,
        0,
        "paid_after_cancel",
        49_653,
    ),
    (
        "part before, all after cancelling",
        "payment 50000, payment 150347 paid_after_cancel",
        200_347,
        0,
        "paid_after_cancel",
        50_000,
    ),
    ("settled by hand", "payment 150347 settled_by_hand", DUE, 0, "settled_by_hand", 0),
    ("the rest by hand", "payment 150000, payment 347 settled_by_hand", DUE, 0, "settled_by_hand", 0),
    ("taken back by the bank", "payment 150347, reversal 150347", 0, 0, "reversed", -DUE),
    (
        "one of two parts taken back",
        "payment 50000, payment 100347, reversal 50000",
        100_347,
        0,
        "reversed underpaid",
        -50_000,
    ),
    ("taken back and paid again", "payment 150347, reversal 150347, payment 150347", DUE, 0, "reversed", 0),
    (
        "the duplicate taken back",
        "payment 150347, payment 150347 duplicate_payment, reversal 150347",
        DUE,
        0,
        "duplicate_payment reversed",
        0,
    ),
    ("reversal undone", "payment 150347, reversal 150347, reversal -150347", DUE, 0, "", 0),
    ("the surplus refunded", "payment 151000, refund 653", 151_000, 653, "overpaid", 0),
    ("all refunded", "payment 150347, refund 150347", DUE, DUE, "", -DUE),
    ("part refunded", "payment 150347, refund 50000", DUE, 50_000, "", -50_000),
    ("a refund that came back", "payment 150347, refund 50000, returned 50000", DUE, 0, "", 0),
    ("sent again", "payment 150347, refund 50000, returned 50000, refund 50000", DUE, 50_000, "", -50_000),
    ("match undone", "payment 150347, payment -150347", 0, 0, "", 0),
    ("late match undone", "payment 150347 paid_late, payment -150347 paid_late", 0, 0, "", 0),
    (
        "duplicate given to another order",
        "payment 150347, payment 150347 duplicate_payment, payment -150347 duplicate_payment",
        DUE,
        0,
        "",
        0,
    ),
    (
        "one of two late payments undone",
        "payment 50000 paid_late, payment 100347 paid_late, payment -50000 paid_late",
        100_347,
        0,
        "paid_late underpaid",
        -50_000,
    ),
    ("refunded, then the match undone", "payment 150347, refund 150347, payment -150347", 0, DUE, "", -2 * DUE),
]


@pytest.mark.parametrize(
    ("text", "received", "refunded", "expected", "off"), [pytest.param(*row, id=name) for name, *row in TABLE]
)
def test_the_outcome_is_what_the_table_says(text, received, refunded, expected, off):
    money = lines(text)
    totals = add_up(money)

    assert (totals.received, totals.refunded, totals.net) == (received, refunded, received - refunded)
    assert exceptions(money, amount_due=DUE, tolerance=0) == set(expected.split())
    assert difference(totals, DUE) == off


@pytest.mark.parametrize(
    ("paid", "tolerance", "settled"),
    [
        (DUE, 0, True),
        (DUE - 1, 0, False),
        (DUE - 100, 100, True),
        (DUE - 101, 100, False),
        (0, 10**6, False),
        (1, 10**6, True),
    ],
)
def test_a_tolerance_decides_what_is_enough(paid, tolerance, settled):
    money = [Line(kind="payment", amount=paid)]

    assert is_settled(paid, amount_due=DUE, tolerance=tolerance) is settled
    assert exceptions(money, amount_due=DUE, tolerance=tolerance) == (set() if settled or not paid else {"underpaid"})


def test_a_tolerance_does_not_hide_the_difference():
    assert difference(add_up(lines("payment 150300")), DUE) == -47


def test_only_payments_bring_their_marks():
    """A refund of a late payment is itself neither late nor early."""
    assert (
        exceptions([Line(kind="refund", amount=1, marks=frozenset({"paid_late"}))], amount_due=DUE, tolerance=0)
        == set()
    )


def test_a_mark_nobody_knows_is_no_exception():
    assert exceptions(lines("payment 150347 blue"), amount_due=DUE, tolerance=0) == set()


def test_totals_keep_what_the_bank_took_back():
    assert add_up(lines("payment 150347, reversal 150347")) == Totals(received=0, refunded=0, reversed=DUE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("payment 150347", {}),
        ("payment 100000", {}),
        ("payment 151000", {"overpaid": 653}),
        ("payment 150348", {"overpaid": 1}),
        ("payment 150347, payment 150347 duplicate_payment", {"duplicate_payment": DUE}),
        ("payment 151000, payment 150347 duplicate_payment", {"duplicate_payment": DUE, "overpaid": 653}),
        ("payment 50000, payment 150347 paid_after_cancel", {"paid_after_cancel": DUE}),
        ("payment 150347 duplicate_payment, payment -150347 duplicate_payment", {}),
        ("payment 151000, reversal 653", {}),
        ("payment 151000, refund 653", {"overpaid": 653}),
    ],
)
def test_what_was_not_due_is_told_by_exception(text, expected):
    assert not_due(lines(text), amount_due=DUE) == expected


some_lines = st.lists(
    st.builds(
        Line,
        kind=st.sampled_from(sorted(CORRECTIONS)),
        amount=st.sampled_from([-150_347, -50_000, 1, 50_000, 100_347, 150_347]),
        marks=st.frozensets(
            st.sampled_from(["paid_late", "duplicate_payment", "paid_after_cancel", "settled_by_hand"]), max_size=2
        ),
    ),
    max_size=6,
)


@quick
@given(some_lines, st.sampled_from([0, 500]), st.randoms())
def test_the_order_of_the_lines_changes_nothing(money, tolerance, rng):
    shuffled = rng.sample(money, len(money))

    assert add_up(shuffled) == add_up(money)
    assert exceptions(shuffled, amount_due=DUE, tolerance=tolerance) == exceptions(
        money, amount_due=DUE, tolerance=tolerance
    )


@quick
@given(some_lines)
def test_correcting_every_line_leaves_nothing(money):
    undone = [Line(kind=line.kind, amount=-line.amount, marks=line.marks) for line in money]

    assert exceptions([*money, *undone], amount_due=DUE, tolerance=0) == set()
    assert difference(add_up([*money, *undone]), DUE) == 0


@quick
@given(some_lines, st.sampled_from([0, 500]))
def test_too_little_and_too_much_exclude_each_other(money, tolerance):
    """Unless duplicates or late arrivals blur it: what was received cannot be below and above what is due."""
    found = exceptions(money, amount_due=DUE, tolerance=tolerance)

    plain = all(not line.marks for line in money)
    assert not (plain and {"underpaid", "overpaid"} <= found)
