"""The decision table, for reading: what comes in, what the shop is waiting for, what is decided."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.lateness import parse_bank_time
from payments_moota.rules.matching import Candidate, Decision, MutationFacts, decide
from payments_moota.rules.policy import Policy

DEADLINE = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)  # 14.30 WIB
IN_TIME, LATE, SAME_DAY, NEXT_DAY = "2026-11-24 14:00:00", "2026-11-24 15:00:00", "2026-11-24", "2026-11-25"


def money(hundredths=15_034_700, *, at=IN_TIME, going="credit", known_account=True):
    """Describe a line of the statement: Rp150.347 coming in, in time, unless told otherwise."""
    return MutationFacts(
        direction=going,
        hundredths=hundredths,
        bank_time=parse_bank_time(at),
        known_account=known_account,
        description="TRSF E-BANKING CR BUDI SANTOSO",
    )


def charge(status, *, due=150_347, paid=0, number=1):
    """Describe a charge that waits, or waited, for Rp150.347 until 14.30 WIB."""
    return Candidate(
        charge_id=number,
        order_ref=f"INV-{number}",
        status=status,
        amount_due=due,
        amount_paid=paid,
        expires_at=DEADLINE,
    )


PENDING, EXPIRED, CANCELLED, PAID = (
    charge("pending"),
    charge("expired"),
    charge("cancelled"),
    charge("paid", paid=150_347),
)

# id, the mutation, the charges that asked for its amount, the decision: status, reason, order, rupiah paid
TABLE = [
    ("exact amount, charge open", money(), [PENDING], "matched exact INV-1 150347"),
    ("exact amount, only the day known", money(at=SAME_DAY), [PENDING], "matched exact INV-1 150347"),
    (
        "open charge, booked after the deadline: not yet expired",
        money(at=LATE),
        [PENDING],
        "matched exact INV-1 150347",
    ),
    ("expired, but booked in time: Moota saw it late", money(), [EXPIRED], "matched exact INV-1 150347"),
    (
        "expired, booked on the deadline's day, time unknown",
        money(at=SAME_DAY),
        [EXPIRED],
        "matched exact INV-1 150347",
    ),
    ("expired, booked an hour late", money(at=LATE), [EXPIRED], "unmatched late INV-1 0"),
    ("expired, booked the day after", money(at=NEXT_DAY), [EXPIRED], "unmatched late INV-1 0"),
    ("cancelled, paid in time", money(), [CANCELLED], "unmatched paid_after_cancel INV-1 0"),
    ("cancelled, paid late", money(at=LATE), [CANCELLED], "unmatched paid_after_cancel INV-1 0"),
    ("paid already", money(), [PAID], "unmatched duplicate_payment INV-1 0"),
    ("paid already, again and late", money(at=NEXT_DAY), [PAID], "unmatched duplicate_payment INV-1 0"),
    ("open, but part of it has been paid", money(), [charge("pending", paid=50_000)], "review ambiguous INV-1 0"),
    ("expired, but part of it has been paid", money(), [charge("expired", paid=50_000)], "review ambiguous INV-1 0"),
    ("two charges ask for it", money(), [PENDING, charge("pending", number=2)], "review ambiguous - 0"),
    ("one open, one cancelled", money(), [CANCELLED, charge("pending", number=2)], "review ambiguous - 0"),
    ("nobody asked for it", money(), [], "unmatched no_match - 0"),
    ("one rupiah less", money(15_034_600), [PENDING], "unmatched no_match - 0"),
    ("one rupiah more", money(15_034_800), [PENDING], "unmatched no_match - 0"),
    ("without the unique code", money(15_000_000), [PENDING], "unmatched no_match - 0"),
    ("one hundredth of a rupiah more", money(15_034_701), [PENDING], "unmatched no_match - 0"),
    ("one hundredth of a rupiah", money(1), [charge("pending", due=0)], "unmatched no_match - 0"),
    ("money going out", money(going="debit"), [PENDING], "unmatched no_match - 0"),
    ("money going out, negative", money(-15_034_700, going="debit"), [PENDING], "unmatched no_match - 0"),
    ("on an account that is not ours", money(known_account=False), [PENDING], "unmatched no_match - 0"),
    ("nothing at all", money(0), [charge("pending", due=0)], "unmatched invalid - 0"),
    ("a negative credit", money(-15_034_700), [charge("pending", due=-150_347)], "unmatched invalid - 0"),
]


@pytest.mark.parametrize(("mutation", "candidates", "expected"), [pytest.param(*row, id=name) for name, *row in TABLE])
def test_the_decision_is_what_the_table_says(mutation, candidates, expected):
    assert told(decide(mutation, candidates, Policy())) == expected


def told(decision):
    return f"{decision.status} {decision.reason} {decision.order_ref or '-'} {decision.allocate}"


def test_a_match_names_its_charge_completely():
    assert decide(money(), [charge("pending", number=7)], Policy()) == Decision(
        status="matched", reason="exact", charge_id=7, order_ref="INV-7", allocate=150_347
    )


def test_money_that_is_not_taken_still_names_the_charge_it_was_meant_for():
    """The owner sees at once whose money it is; the charge itself is not touched."""
    decision = decide(money(at=LATE), [charge("expired", number=7)], Policy())

    assert (decision.charge_id, decision.order_ref, decision.allocate) == (7, "INV-7", 0)


@pytest.mark.parametrize(("minutes", "status"), [(0, "unmatched"), (29, "unmatched"), (30, "matched")])
def test_the_owner_may_allow_for_a_banks_clock_that_runs_ahead(minutes, status):
    half_an_hour_late = money(at="2026-11-24 15:00:00")

    assert decide(half_an_hour_late, [EXPIRED], Policy(clock_tolerance=timedelta(minutes=minutes))).status == status


charges = st.builds(
    charge,
    st.sampled_from(["pending", "expired", "cancelled", "paid"]),
    due=st.sampled_from([150_347, 150_348, 150_000, 0, -150_347]),
    paid=st.sampled_from([0, 50_000, 150_347]),
    number=st.integers(1, 3),
)
mutations = st.builds(
    money,
    st.sampled_from([15_034_700, 15_034_701, 15_034_800, 15_000_000, 0, -15_034_700]),
    at=st.sampled_from([IN_TIME, LATE, SAME_DAY, NEXT_DAY]),
    going=st.sampled_from(["credit", "debit"]),
    known_account=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(mutations, st.lists(charges, max_size=3))
def test_money_is_allocated_only_in_the_one_case_that_pays(mutation, candidates):
    """Whatever is thrown at it, nothing but an incoming, exact, unrivalled amount in time ever pays a charge."""
    decision = decide(mutation, candidates, Policy())

    if decision.status != "matched":
        assert decision.allocate == 0
        return
    (payee,) = [candidate for candidate in candidates if candidate.amount_due * 100 == mutation.hundredths]
    assert mutation.direction == "credit"
    assert mutation.known_account
    assert decision.allocate * 100 == mutation.hundredths > 0
    assert (decision.charge_id, decision.order_ref) == (payee.charge_id, payee.order_ref)
    assert payee.amount_paid == 0
    assert payee.status == "pending" or (payee.status == "expired" and mutation.bank_time.at <= DEADLINE)


@settings(max_examples=60, deadline=None)
@given(mutations, st.lists(charges, max_size=3), st.randoms())
def test_the_order_of_the_candidates_changes_nothing(mutation, candidates, rng):
    shuffled = list(candidates)
    rng.shuffle(shuffled)

    assert decide(mutation, shuffled, Policy()) == decide(mutation, candidates, Policy())


@settings(max_examples=60, deadline=None)
@given(mutations, st.lists(charges, max_size=3), st.text())
def test_the_description_decides_nothing(mutation, candidates, description):
    """A name or an order number in the note is no proof of which charge is paid."""
    renamed = replace(mutation, description=description)

    assert decide(renamed, candidates, Policy()) == decide(mutation, candidates, Policy())
