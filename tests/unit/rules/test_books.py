"""A statement read like an owner reads it: do the balances continue, what is missing, does the day add up."""

import random
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.balances import Entry, arrange, count_gaps
from payments_moota.rules.books import DayLines, classify, tie_out

quick = settings(max_examples=150, deadline=None)
DAY = date(2026, 11, 24)
MIDNIGHT = datetime(2026, 11, 23, 17, tzinfo=UTC)


def statement(text, *, timed=False):
    """Read "+100=1100 -20=1080 +5": change and the balance after it, where there is one; all at the same time."""
    entries = []
    for number, part in enumerate(text.split(), start=1):
        change, _, balance = part.rstrip("!").partition("=")
        entries.append(
            Entry(
                id=number,
                at=MIDNIGHT + timedelta(minutes=number if timed else 0),
                change=int(change),
                balance=int(balance) if balance else None,
                content=part.rstrip("!"),
                is_spent=part.endswith("!"),
            )
        )
    return entries


def written(runs):
    return " | ".join(" ".join(f"{entry.change:+}" for entry in run) for run in runs)


# -- the order -------------------------------------------------------------------------------------------------------

# name, the lines as they came, the balance before the day, the order found (| is a gap)
ORDERS = [
    ("already in order", "+100=1100 -20=1080 +5=1085", 1000, "+100 -20 +5"),
    ("newest first, as lists come", "+5=1085 -20=1080 +100=1100", 1000, "+100 -20 +5"),
    ("shuffled", "-20=1080 +5=1085 +100=1100", 1000, "+100 -20 +5"),
    ("shuffled, nothing known of the day before", "-20=1080 +5=1085 +100=1100", None, "+100 -20 +5"),
    ("one line", "+100=1100", 1000, "+100"),
    ("nothing", "", 1000, ""),
    ("the same balance twice, by way of a circle", "+50=1050 -50=1000 +7=1007", 1000, "+50 -50 +7"),
    ("a circle given from its middle", "-50=1000 +7=1007 +50=1050", 1000, "+50 -50 +7"),
    ("a circle in the middle of the way", "+7=1107 +50=1150 +100=1100 -50=1100", 1000, "+100 +50 -50 +7"),
    ("only a circle, opening known", "-50=1000 +50=1050", 1000, "+50 -50"),
    ("a line of nothing", "+0=1000 +5=1005", 1000, "+0 +5"),
    ("down to nothing and up again", "+9=9 -1000=0", 1000, "-1000 +9"),
    ("into the red", "-1500=-500 +600=100", 1000, "-1500 +600"),
    ("equal lines, each at its place", "+5=1010 +5=1005 +5=1015", 1000, "+5 +5 +5"),
    ("one missing in the middle", "+100=1100 +5=1155", 1000, "+100 | +5"),
    ("one missing in the middle, newest first", "+5=1155 +100=1100", 1000, "+100 | +5"),
    ("one missing at the start", "+100=1150 +5=1155", 1000, "+100 +5"),
    ("two missing", "+5=1155 +100=1100 +1=2001", 1000, "+100 | +5 | +1"),
    ("a debit missing", "+5=955 +100=1100", 1000, "+100 | +5"),
]


@pytest.mark.parametrize(("lines", "opening", "order"), [case[1:] for case in ORDERS], ids=[case[0] for case in ORDERS])
def test_the_order_of_a_day_is_found_from_the_balances(lines, opening, order):
    assert written(arrange(statement(lines), opening).runs) == order


def test_times_decide_where_balances_leave_it_open():
    """Either line may come first with one gap; the clock says which did."""
    lines = statement("-50=1000 +100=1100", timed=True)
    assert written(arrange(lines, 1000).runs) == "-50 +100"
    swapped = statement("+100=1100 -50=1000", timed=True)
    assert written(arrange(swapped, 1000).runs) == "+100 | -50"


def test_of_several_pieces_at_the_same_time_the_nearest_balance_goes_first():
    assert written(arrange(statement("+1=9001 +1=1301 +1=1101 +1=1001"), 1000).runs) == "+1 | +1 | +1 | +1"
    ordered = arrange(statement("+1=9001 +2=1302 +3=1103 +4=1004"), 1000).runs
    assert written(ordered) == "+4 | +3 | +2 | +1"


@pytest.mark.parametrize(
    ("lines", "opening", "told"),
    [
        ("+100=0 +50=0", None, 0),
        ("+100=0 -50=0", None, 0),
        ("-50=0", 1000, 0),
        ("-1000=0", 1000, 1),
        ("+100=1100 -1100=0", None, 2),
        ("+100=1100 +50=0", None, 1),
        ("-1000=0", None, 0),
    ],
)
def test_zero_is_a_balance_only_where_the_money_before_it_is_accounted_for(lines, opening, told):
    found = arrange(statement(lines), opening)

    assert sum(map(len, found.runs)) == told
    assert len(found.silent) == len(lines.split()) - told


def test_a_line_read_twice_is_counted_once():
    found = arrange(statement("+100=1100 +100=1100 +5=1105"), 1000)

    assert written(found.runs) == "+100 +5"
    assert [entry.id for entry in found.repeated] == [2]


def test_of_two_readings_the_one_that_pays_something_stays():
    found = arrange(statement("+100=1100 +100=1100! +5=1105"), 1000)

    assert [entry.id for entry in found.repeated] == [1]


def test_equal_lines_that_the_balances_need_are_all_real():
    found = arrange(statement("+100=1100 +100=1100 -100=1000"), 1000)

    assert written(found.runs) == "+100 -100 +100"
    assert not found.repeated


def test_a_line_spent_twice_is_a_gap_and_not_explained_away():
    found = arrange(statement("+100=1100! +100=1100! +5=1105"), 1000)

    assert not found.repeated
    assert count_gaps(found.runs, 1000) == 1


# Few different amounts, so that days end where they began and balances come again.
changes = st.lists(st.sampled_from([-100, -50, 0, 50, 50, 100, 7]), min_size=1, max_size=12)


def true_statement(changes, opening):
    balance, entries = opening, []
    for number, change in enumerate(changes):
        balance += change
        entries.append(Entry(id=number, at=MIDNIGHT, change=change, balance=balance, content=str(number)))
    return entries


@quick
@given(changes, st.randoms(use_true_random=False))
def test_a_complete_day_in_any_order_has_no_gap_and_ends_where_it_should(changes, chance):
    opening = 1_000_000
    entries = true_statement(changes, opening)
    shuffled = [
        Entry(id=place, at=MIDNIGHT, change=entry.change, balance=entry.balance, content=entry.content)
        for place, entry in enumerate(chance.sample(entries, len(entries)))
    ]

    found = arrange(shuffled, opening)

    (run,) = found.runs
    assert count_gaps(found.runs, opening) == 0
    assert sorted(entry.id for entry in run) == sorted(entry.id for entry in shuffled)
    assert run[-1].balance == entries[-1].balance


@quick
@given(changes, st.data())
def test_missing_lines_never_cost_more_gaps_than_there_are(changes, data):
    opening = 1_000_000
    entries = true_statement(changes, opening)
    lost = data.draw(st.sets(st.sampled_from(range(len(entries))), max_size=5))
    left = [entry for entry in entries if entry.id not in lost]

    found = arrange(left, opening)

    assert count_gaps(found.runs, opening) <= len(lost)
    assert sorted(entry.id for run in found.runs for entry in run) == [entry.id for entry in left]
    for run in found.runs:
        assert all(one.balance == other.before for one, other in pairwise(run))


def test_a_day_of_thousands_of_lines_takes_no_time():
    chance = random.Random(7)  # noqa: S311 - always the same day
    entries = true_statement([chance.choice((50_000, 150_000, -200_000)) for _ in range(5000)], 10_000_000)
    chance.shuffle(entries)
    renumbered = [
        Entry(id=place, at=MIDNIGHT, change=entry.change, balance=entry.balance) for place, entry in enumerate(entries)
    ]

    begun = time.process_time()
    found = arrange(renumbered, 10_000_000)

    assert len(found.runs) == 1
    assert time.process_time() - begun < 2


# -- the classes -----------------------------------------------------------------------------------------------------

CLASSES = [
    ("a credit that pays", "credit", 15_000, "matched", {"payment": 150}, {"matched": 15_000}),
    ("a refund that came back", "credit", 15_000, "matched", {"returned": 150}, {"returned": 15_000}),
    ("nobody's", "credit", 15_000, "unmatched", {}, {"unmatched": 15_000}),
    ("in review", "credit", 15_000, "review", {}, {"unmatched": 15_000}),
    ("ignored", "credit", 15_000, "ignored", {}, {"ignored": 15_000}),
    ("with a fraction", "credit", 15_050, "unmatched", {}, {"unmatched": 15_050}),
    ("matched in part", "credit", 15_000, "matched", {"payment": 100}, {"matched": 10_000, "unmatched": 5_000}),
    ("matched and taken back", "credit", 15_000, "unmatched", {"payment": 0}, {"matched": 0, "unmatched": 15_000}),
    ("a payout", "debit", 15_000, "matched", {"refund": 150}, {"payouts": 15_000}),
    ("a reversal", "debit", 15_000, "matched", {"reversal": 150}, {"reversals": 15_000}),
    ("rent", "debit", 15_000, "ignored", {}, {"ignored": 15_000}),
    ("a debit of nobody", "debit", 15_000, "unmatched", {}, {"unmatched": 15_000}),
    ("lines of the wrong kind do not count", "debit", 15_000, "matched", {"payment": 150}, {"unmatched": 15_000}),
]


@pytest.mark.parametrize(
    ("direction", "hundredths", "status", "spent", "parts"),
    [case[1:] for case in CLASSES],
    ids=[case[0] for case in CLASSES],
)
def test_a_line_is_booked_by_what_is_allocated(direction, hundredths, status, spent, parts):
    assert classify(direction, hundredths, status, spent) == parts
    assert sum(parts.values()) == hundredths


# -- the days --------------------------------------------------------------------------------------------------------


def account(*texts):
    """Return the books of consecutive days, every credit matched and every debit a payout."""
    days, number = {}, 0
    for offset, text in enumerate(texts):
        lines = DayLines()
        for entry in statement(text):
            number += 1
            direction = "credit" if entry.change >= 0 else "debit"
            dated = Entry(
                id=number,
                at=MIDNIGHT + timedelta(days=offset),
                change=entry.change,
                balance=entry.balance,
                content=entry.content,
                is_spent=entry.is_spent,
            )
            parts = {"matched": entry.change} if direction == "credit" else {"payouts": -entry.change}
            lines.book(dated, direction, parts)
        if lines.kept:
            days[DAY + timedelta(days=offset)] = lines
    return tie_out(days)


def summary(books):
    return [(day.opening, day.closing, day.reported, day.ties, [gap.amount for gap in day.gaps]) for day in books]


DAYS = [
    ("two good days", ["+100=1100 -20=1080", "+5=1085"], [(1000, 1080, 1080, True, []), (1080, 1085, 1085, True, [])]),
    (
        "one missing between two days",
        ["+100=1100", "+5=1155"],
        [(1000, 1100, 1100, True, []), (1100, 1105, 1155, False, [50])],
    ),
    (
        "a gap is named once, and the days after it are fine",
        ["+100=1100 +5=1155", "+1=1156", "+1=1157"],
        [(1000, 1105, 1155, False, [50]), (1155, 1156, 1156, True, []), (1156, 1157, 1157, True, [])],
    ),
    (
        "two gaps that cancel out do not tie",
        ["+100=1100 +5=1155 +7=1112"],
        [(1000, 1112, 1112, False, [50, -50])],
    ),
    ("no balances at all", ["+100 -20", "+5"], [(None, None, None, True, []), (None, None, None, True, [])]),
    (
        "a day without balances after one with",
        ["+100=1100", "+5", "+1=1106"],
        [(1000, 1100, 1100, True, []), (1100, 1105, None, True, []), (1105, 1106, 1106, True, [])],
    ),
    (
        "a day without balances before the first with",
        ["+5", "+1=1106"],
        [(None, None, None, True, []), (1105, 1106, 1106, True, [])],
    ),
    ("a line without a balance fills the gap", ["+100=1100 +50 +5=1155"], [(1000, 1155, 1155, True, [])]),
    (
        "several without a balance fill it together",
        ["+100=1100 +20 +30 +5=1155"],
        [(1000, 1155, 1155, True, [])],
    ),
    (
        "one without a balance does not fill another gap",
        ["+100=1100 +7 +5=1155", "+1=1163"],
        [(1000, 1112, None, False, [50]), (1162, 1163, 1163, True, [])],
    ),
    (
        "one without a balance at the end of the day",
        ["+100=1100 +7", "+1=1108"],
        [(1000, 1107, None, True, []), (1107, 1108, 1108, True, [])],
    ),
    (
        "one without a balance that comes before all others",
        ["+7 +100=1100", "+1=1101"],
        [(993, 1100, 1100, True, []), (1100, 1101, 1101, True, [])],
    ),
    (
        "the same balance on every line is none of theirs",
        ["+100=5000 +5=5000", "-7=5000"],
        [(None, None, None, True, []), (None, None, None, True, [])],
    ),
    (
        "emptied every evening, newest first",
        ["-150=0 +50=150 +100=100", "-37=0 +37=37", "-9=0 +9=9", "+4=4"],
        [(0, 0, 0, True, []), (0, 0, 0, True, []), (0, 0, 0, True, []), (0, 4, 4, True, [])],
    ),
    (
        "a first day that ends where it began, and says so only by the next",
        ["-50=1000 +50=1050", "+5=1005"],
        [(1000, 1000, 1000, True, []), (1000, 1005, 1005, True, [])],
    ),
    (
        "read twice, counted once",
        ["+100=1100! +100=1100 +5=1105"],
        [(1000, 1105, 1105, True, [])],
    ),
]


@pytest.mark.parametrize(("days", "expected"), [case[1:] for case in DAYS], ids=[case[0] for case in DAYS])
def test_days_tie_or_say_what_is_missing(days, expected):
    assert summary(account(*days)) == expected


def test_a_gap_names_the_lines_around_it():
    before, after = account("+100=1100", "+5=1155")

    (gap,) = after.gaps
    assert (gap.after.change, gap.before.change, gap.amount) == (100, 5, 50)
    assert not before.gaps


def test_what_was_read_twice_is_not_in_the_sums():
    (day,) = account("+100=1100! +100=1100 +5=1105")

    assert day.credits == {"matched": 105, "unmatched": 0, "ignored": 0, "returned": 0}
    assert [entry.change for entry in day.repeated] == [100]


@quick
@given(st.lists(changes, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_complete_days_always_tie(days, chance):
    balance, texts = 1_000_000, []
    for changes in days:
        lines = []
        for change in changes:
            balance += change
            lines.append(f"{change:+}={balance}")
        chance.shuffle(lines)
        texts.append(" ".join(lines))

    books = account(*texts)

    assert all(day.ties for day in books)


def test_thousands_of_lines_that_continue_nothing_do_not_take_for_ever():
    """A bank that repeats today's balance on every line."""
    entries = [Entry(id=number, at=MIDNIGHT, change=number, balance=10_000_000) for number in range(1, 5000)]

    begun = time.process_time()
    arrange(entries, None)

    assert time.process_time() - begun < 3
