"""What is called a fault: a thing that claims something else than its allocation lines say."""

import pytest

from payments_moota.rules.disagreements import ChargeClaim, of_charge, of_mutation, of_refund
from payments_moota.rules.outcome import Line

DUE = 150_347
WORTH = DUE * 100


def codes(found):
    return [each.code for each in found]


# name, direction, status, hundredths, allocated by kind, the faults
MUTATIONS = [
    ("pays all", "credit", "matched", WORTH, {"payment": DUE}, []),
    ("pays nothing, and says so", "credit", "unmatched", WORTH, {}, []),
    ("paid once, and was taken back", "credit", "ignored", WORTH, {"payment": 0}, []),
    ("returned", "credit", "matched", WORTH, {"returned": DUE}, []),
    ("pays out", "debit", "matched", WORTH, {"refund": DUE}, []),
    ("taken back by the bank", "debit", "matched", WORTH, {"reversal": DUE}, []),
    ("a fraction of nobody", "credit", "unmatched", WORTH + 50, {}, []),
    ("one rupiah too much", "credit", "matched", WORTH, {"payment": DUE + 1}, ["mutation.spent_beyond"]),
    ("a fraction spent as a whole", "credit", "matched", WORTH - 50, {"payment": DUE}, ["mutation.spent_beyond"]),
    (
        "taken back twice",
        "credit",
        "unmatched",
        WORTH,
        {"payment": -1},
        ["mutation.spent_beyond", "mutation.lines_without_match"],
    ),
    ("something of less than nothing", "credit", "matched", -100, {"payment": 1}, ["mutation.spent_beyond"]),
    ("a credit that pays out", "credit", "matched", WORTH, {"refund": DUE}, ["mutation.wrong_direction"]),
    ("a debit that pays", "debit", "matched", WORTH, {"payment": DUE}, ["mutation.wrong_direction"]),
    ("matched to nothing", "credit", "matched", WORTH, {}, ["mutation.matched_without_lines"]),
    ("matched in part", "credit", "matched", WORTH, {"payment": 1}, ["mutation.matched_in_part"]),
    ("pays and says not", "credit", "unmatched", WORTH, {"payment": DUE}, ["mutation.lines_without_match"]),
    ("pays and is ignored", "credit", "ignored", WORTH, {"payment": DUE}, ["mutation.lines_without_match"]),
]


@pytest.mark.parametrize(
    ("direction", "status", "hundredths", "spent", "expected"),
    [case[1:] for case in MUTATIONS],
    ids=[case[0] for case in MUTATIONS],
)
def test_a_mutation_agrees_with_its_lines(direction, status, hundredths, spent, expected):
    assert codes(of_mutation(direction, hundredths, status, spent)) == expected


def lines(text):
    parts = [part.split() for part in text.split(",") if part.strip()]
    return [Line(kind=kind, amount=int(amount), marks=frozenset(marks)) for kind, amount, *marks in parts]


# name, the lines, status, exceptions, what it asks for, the faults
CHARGES = [
    ("paid", "payment 150347", "paid", "", 0, []),
    ("paid late", "payment 150347 paid_late", "paid", "paid_late", 0, []),
    ("waits for the rest", "payment 50000", "pending", "underpaid", 100_347, []),
    ("expired with a part", "payment 50000", "expired", "underpaid", 0, []),
    ("paid and reversed", "payment 150347, reversal 150347", "paid", "reversed", 0, []),
    ("paid and refunded", "payment 150347, refund 150347", "paid", "", 0, []),
    ("settled by hand, with less", "payment 150000 settled_by_hand", "paid", "settled_by_hand underpaid", 0, []),
    ("refunded, then reversed", "payment 150347, refund 150347, reversal 150347", "paid", "reversed", 0, []),
    ("paid, and nothing came", "", "paid", "", 0, ["charge.paid_without_money"]),
    (
        "paid, and a part came",
        "payment 50000",
        "paid",
        "underpaid",
        0,
        ["charge.paid_without_money"],
    ),
    ("waits, and all came", "payment 150347", "pending", "", 0, ["charge.waits_though_paid"]),
    ("asks for all after a part", "payment 50000", "pending", "underpaid", DUE, ["charge.asks_another_amount"]),
    ("does not say late", "payment 150347 paid_late", "paid", "", 0, ["charge.other_exceptions"]),
    ("says late", "payment 150347", "paid", "paid_late", 0, ["charge.other_exceptions"]),
    (
        "more went back than came",
        "payment 150347, refund 150348",
        "paid",
        "",
        0,
        ["charge.refunded_beyond_payments"],
    ),
]


@pytest.mark.parametrize(
    ("money", "status", "exceptions", "asked", "expected"),
    [case[1:] for case in CHARGES],
    ids=[case[0] for case in CHARGES],
)
def test_a_charge_agrees_with_its_lines(money, status, exceptions, asked, expected):
    claim = ChargeClaim(status=status, exceptions=frozenset(exceptions.split()), amount_due=DUE, amount_open=asked)

    assert codes(of_charge(claim, lines(money), tolerance=0)) == expected


def test_what_was_enough_within_the_tolerance_is_no_fault():
    claim = ChargeClaim(status="paid", exceptions=frozenset(), amount_due=DUE, amount_open=0)

    assert codes(of_charge(claim, lines("payment 150300"), tolerance=100)) == []


def test_what_was_too_little_before_the_tolerance_was_raised_is_no_fault():
    claim = ChargeClaim(status="pending", exceptions=frozenset({"underpaid"}), amount_due=DUE, amount_open=47)

    assert codes(of_charge(claim, lines("payment 150300"), tolerance=100)) == []


@pytest.mark.parametrize(
    ("status", "paid_out", "agrees"),
    [
        ("completed", 50_000, True),
        ("completed", 0, False),
        ("completed", 49_999, False),
        ("sent", 0, True),
        ("sent", 50_000, False),
        ("failed", 0, True),
        ("rejected", 50_000, False),
    ],
)
def test_a_refund_agrees_with_what_went_out(status, paid_out, agrees):
    assert codes(of_refund(status, 50_000, paid_out)) == ([] if agrees else ["refund.other_amount_paid_out"])
