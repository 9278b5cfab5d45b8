"""What holds beside the decision table, whatever comes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from decision_cases import EXPIRED, LATE, PAID, PENDING, SECOND, Money, Order, candidates, money, told
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.lateness import parse_bank_time
from payments_moota.rules.matching import Decision, Share, decide
from payments_moota.rules.policy import Policy

# Rp150.347 is due: what comes, how much less the owner lets pass, what is decided.
TOLERANCE = [
    ("nothing missing", 150_347, 100, "matched exact INV-1 150347"),
    ("just within it", 150_247, 100, "matched reference INV-1 150247"),
    ("a rupiah beyond it", 150_246, 100, "matched underpaid INV-1 150246"),
    ("no tolerance", 150_346, 0, "matched underpaid INV-1 150346"),
    ("one rupiah of it", 150_346, 1, "matched reference INV-1 150346"),
    ("it lets nothing more pass", 150_348, 100, "matched overpaid INV-1 150348"),
    ("larger than the order", 1, 1_000_000, "matched reference INV-1 1"),
]


@pytest.mark.parametrize(("rupiah", "tolerance", "expected"), [pytest.param(*row, id=name) for name, *row in TOLERANCE])
def test_the_owner_may_let_a_small_shortfall_pass(rupiah, tolerance, expected):
    payment = money(rupiah, "K7QX2M")

    assert told(decide(payment.facts(), candidates(payment, [PENDING]), Policy(tolerance=tolerance))) == expected


@pytest.mark.parametrize(("rupiah", "expected"), [(47, "matched exact INV-1 47"), (48, "matched overpaid INV-1 48")])
def test_the_rupiah_that_a_tolerance_let_go_are_not_too_much_when_they_come(rupiah, expected):
    almost = replace(PAID, paid=(150_300,))
    payment = money(rupiah, "K7QX2M")

    assert told(decide(payment.facts(), candidates(payment, [almost]), Policy(tolerance=100))) == expected


def test_a_tolerance_without_any_money_pays_nothing():
    """Else an order worth less than the tolerance would count as paid before anybody paid."""
    payment = money(1_000, "K7QX2M")
    small = replace(PENDING, base=1_000, due=1_000)

    assert (
        told(decide(payment.facts(), candidates(payment, [small]), Policy(tolerance=5_000)))
        == "matched exact INV-1 1000"
    )


def test_a_negative_tolerance_is_refused():
    with pytest.raises(ValueError, match="-1 rupiah"):
        Policy(tolerance=-1)


@pytest.mark.parametrize(("minutes", "reason"), [(0, "late"), (29, "late"), (30, "exact")])
def test_the_owner_may_allow_for_a_banks_clock_that_runs_ahead(minutes, reason):
    half_an_hour_late = money(at=LATE)
    policy = Policy(clock_tolerance=timedelta(minutes=minutes))

    assert decide(half_an_hour_late.facts(), candidates(half_an_hour_late, [EXPIRED]), policy).reason == reason


def test_a_match_names_its_charge_completely():
    payment = money(at=LATE)

    assert decide(payment.facts(), candidates(payment, [SECOND, PENDING]), Policy()) == Decision(
        status="matched",
        reason="late",
        shares=(Share(charge_id=2, order_ref="INV-1", amount=150_347, marks=frozenset({"paid_late"})),),
    )


def test_an_amount_alone_never_reaches_an_order_on_another_account():
    """Even when whoever looks for candidates mistakes the account."""
    payment = money()
    (candidate,) = candidates(payment, [PENDING])

    assert decide(payment.facts(), [replace(candidate, same_account=False)], Policy()) == Decision(
        status="unmatched", reason="no_match"
    )


quick = settings(max_examples=60, deadline=None)

REFERENCES = ["K7QX2M", "H4V9AM", "3C4HYR"]
AMOUNTS = [150_347, 150_000, 75_120, 150_347 + 75_120, 50_000]
orders = st.builds(
    Order,
    name=st.sampled_from(["INV-1", "INV-2", "INV-3"]),
    due=st.sampled_from(AMOUNTS),
    base=st.sampled_from(AMOUNTS),
    note=st.sampled_from(REFERENCES),
    on=st.sampled_from(["BCA", "Mandiri"]),
    taken_back=st.sampled_from([0, 0, 50_000]),
    paid=st.lists(st.sampled_from([50_000, 100_347, 150_347]), max_size=2).map(tuple),
    status=st.sampled_from(["pending", "expired", "cancelled", "paid"]),
    method=st.sampled_from(["bank_transfer", "virtual_account", "qris"]),
    number=st.sampled_from(["-", "8808001"]),
    trx=st.sampled_from(["-", "PYM-1"]),
    opened=st.sampled_from(["2026-11-20", "2026-11-23"]),
    deadline=st.sampled_from(["2026-11-24 14:30:00", "2026-11-26"]),
)
payments = st.builds(
    Money,
    rupiah=st.sampled_from([*AMOUNTS, 0, -150_347, 150_347.5, 7]),
    note=st.lists(st.sampled_from([*REFERENCES, "BUDI", "9K7QX2M9", "h4v9a", "/"]), max_size=3).map(" ".join),
    on=st.sampled_from(["BCA", "Mandiri"]),
    at=st.sampled_from(["2026-11-19", "2026-11-24", "2026-11-24 15:00:00", "2026-11-27"]),
    going=st.sampled_from(["credit", "credit", "credit", "debit"]),
    ours=st.sampled_from([True, True, True, False]),
    number=st.sampled_from(["", "", "8808001"]),
    trx=st.sampled_from([None, None, "PYM-1"]),
    seen_before=st.sampled_from([False, False, False, True]),
)
policies = st.builds(Policy, tolerance=st.sampled_from([0, 0, 500]))


@quick
@given(payments, st.lists(orders, max_size=4), policies)
def test_the_shares_are_the_whole_of_a_credit_or_nothing(payment, waiting, policy):
    decision = decide(payment.facts(), candidates(payment, waiting), policy)

    shared = sum(share.amount for share in decision.shares)
    assert shared == (payment.rupiah if decision.status == "matched" else 0)
    assert all(share.amount > 0 for share in decision.shares)
    assert len({share.charge_id for share in decision.shares}) == len(decision.shares)


@quick
@given(payments, st.lists(orders, max_size=4), policies)
def test_only_whole_positive_credits_of_ours_seen_once_ever_pay(payment, waiting, policy):
    decision = decide(payment.facts(), candidates(payment, waiting), policy)

    if decision.status == "matched":
        assert payment.going == "credit"
        assert payment.ours
        assert not payment.seen_before
        assert payment.rupiah > 0
        assert payment.rupiah == int(payment.rupiah)


@quick
@given(payments, st.lists(orders, max_size=4), policies)
def test_whoever_is_paid_was_named_by_more_than_an_amount_on_another_account(payment, waiting, policy):
    found = {candidate.charge_id: candidate for candidate in candidates(payment, waiting)}

    for share in decide(payment.facts(), list(found.values()), policy).shares:
        paid = found[share.charge_id]
        assert paid.found_by
        assert paid.same_account or paid.found_by - {"amount"}


@quick
@given(payments, st.lists(orders, max_size=4), policies)
def test_nobody_is_paid_with_money_from_before_the_order(payment, waiting, policy):
    found = {candidate.charge_id: candidate for candidate in candidates(payment, waiting)}
    booked = parse_bank_time(payment.at).at

    for share in decide(payment.facts(), list(found.values()), policy).shares:
        assert booked > found[share.charge_id].opened_at - timedelta(days=2)


@quick
@given(payments, st.lists(orders, max_size=4), policies, st.randoms())
def test_the_order_of_the_candidates_changes_nothing(payment, waiting, policy, rng):
    found = candidates(payment, waiting)
    shuffled = rng.sample(found, len(found))

    assert decide(payment.facts(), shuffled, policy) == decide(payment.facts(), found, policy)


@quick
@given(payments, st.lists(orders, max_size=4), policies)
def test_money_for_a_cancelled_or_settled_charge_never_makes_it_paid(payment, waiting, policy):
    """Outcomes never move backwards: such money is marked, or called too much, and goes back."""
    found = {candidate.charge_id: candidate for candidate in candidates(payment, waiting)}
    decision = decide(payment.facts(), list(found.values()), policy)

    for share in decision.shares:
        charge = found[share.charge_id]
        if charge.status == "cancelled":
            assert (decision.reason, share.marks) == ("paid_after_cancel", {"paid_after_cancel"})
        elif charge.received >= charge.amount_due:
            assert decision.reason in {"duplicate_payment", "overpaid"}
