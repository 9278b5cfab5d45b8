"""What money going out means, and money that comes back. The statement is the BCA account's."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.lateness import parse_bank_time
from payments_moota.rules.matching import MutationFacts
from payments_moota.rules.reversals import (
    CompletedPayout,
    OpenPayout,
    PaidCredit,
    judge_debit,
    judge_returned_credit,
)

quick = settings(max_examples=60, deadline=None)
BOOKED = "2026-11-24 14:00:00"
PLAIN = "TRSF E-BANKING DB 2411/FTSCY BUDI"


def facts(rupiah=150_347, text=PLAIN, *, at=BOOKED, going="debit", ours=True):
    return MutationFacts(
        direction=going,
        hundredths=round(rupiah * 100),
        bank_time=parse_bank_time(at),
        known_account=ours,
        description=text,
    )


def payout(number=1, amount=150_347, *, sent="2026-11-23", tail="7890", reference="K7QX2M"):
    return OpenPayout(
        refund_id=number,
        ticket=f"RFD-2026-00000{number}",
        amount=amount,
        sent_at=parse_bank_time(sent).at if sent else None,
        bank_number_tail=tail,
        reference=reference,
    )


def credit(number=1, amount=150_347, *, at="2026-11-20 10:00:00", text="TRSF E-BANKING CR BUDI SANTOSO", order=None):
    return PaidCredit(
        mutation_id=number,
        charge_id=(order or number) * 10,
        order_ref=f"INV-{order or number}",
        amount=amount,
        bank_time=parse_bank_time(at),
        description=text,
    )


def told(decision):
    """Write a decision as "matched refund_payout #1" or "matched reversal INV-1"; "-" for none."""
    if decision is None:
        return "-"
    orders = sorted(each.order_ref for each in getattr(decision, "credits", ()))
    found = [f"#{decision.payout.refund_id}"] if decision.payout else orders
    return " ".join([decision.status, decision.reason, *found])


SENT, OTHER = payout(1), payout(2, tail="4321", reference="H4V9AM")
APPROVED = payout(3, sent=None, tail=None, reference="3C4HYR")
REV = "REV TRSF E-BANKING CR"

# name, the debit, the open refunds, the known credits, the decision
DEBITS = [
    ("nobody's business", facts(), [], [], "unmatched no_match"),
    ("another amount", facts(99_000), [SENT], [credit()], "unmatched no_match"),
    ("a purchase of the same amount as a credit", facts(), [], [credit()], "unmatched no_match"),
    # payouts
    ("a refund that was sent", facts(), [SENT], [], "matched refund_payout #1"),
    ("a refund approved, not yet marked as sent", facts(), [APPROVED], [], "matched refund_payout #3"),
    ("one of two amounts", facts(), [payout(2, 50_000), SENT], [], "matched refund_payout #1"),
    ("of the same amount, one sent, one approved", facts(), [APPROVED, SENT], [], "matched refund_payout #1"),
    ("two sent refunds of the same amount", facts(), [SENT, OTHER], [], "review ambiguous"),
    ("two approved ones", facts(), [APPROVED, payout(4, sent=None)], [], "review ambiguous"),
    ("two, the text has a ticket", facts(text="RFD-2026-000002"), [SENT, OTHER], [], "matched refund_payout #2"),
    (
        "a ticket without hyphens",
        facts(text="refund rfd2026000002 ke BUDI"),
        [SENT, OTHER],
        [],
        "matched refund_payout #2",
    ),
    ("a ticket with spaces", facts(text="RFD 2026 000002"), [SENT, OTHER], [], "matched refund_payout #2"),
    ("a longer number is another ticket", facts(text="RFD-2026-0000021"), [SENT, OTHER], [], "review ambiguous"),
    ("two tickets", facts(text="RFD-2026-000001 RFD-2026-000002"), [SENT, OTHER], [], "review ambiguous"),
    (
        "a ticket of an approved refund, another is sent",
        facts(text="RFD-2026-000003"),
        [SENT, APPROVED],
        [],
        "matched refund_payout #3",
    ),
    ("a ticket, but another amount", facts(99_000, "RFD-2026-000001"), [SENT], [], "review ambiguous"),
    (
        "a ticket of another amount's refund",
        facts(text="RFD-2026-000002"),
        [SENT, payout(2, 50_000)],
        [],
        "review ambiguous",
    ),
    ("two, the text has a reference", facts(text="REFUND H4V9AM"), [SENT, OTHER], [], "matched refund_payout #2"),
    ("a reference glued to digits", facts(text="99H4V9AM99"), [SENT, OTHER], [], "matched refund_payout #2"),
    (
        "two, the text has the account",
        facts(text="KE 014 1234564321 SITI"),
        [SENT, OTHER],
        [],
        "matched refund_payout #2",
    ),
    ("the account's end amid a longer number", facts(text="KE 43210"), [SENT, OTHER], [], "review ambiguous"),
    ("reference and account disagree", facts(text="K7QX2M KE XX4321"), [SENT, OTHER], [], "review ambiguous"),
    ("booked long before it was sent", facts(at="2026-11-15"), [SENT], [], "unmatched no_match"),
    ("booked days before the owner noted it", facts(at="2026-11-16"), [SENT], [], "matched refund_payout #1"),
    # reversals
    ("the bank takes a credit back", facts(text=REV), [], [credit()], "matched reversal INV-1"),
    ("on the same day", facts(text=REV), [], [credit(at="2026-11-24 13:59:00")], "matched reversal INV-1"),
    (
        "on the same day, time unknown",
        facts(text=REV, at="2026-11-24"),
        [],
        [credit(at="2026-11-24 13:59:00")],
        "matched reversal INV-1",
    ),
    ("14 days later", facts(text=REV), [], [credit(at="2026-11-10 10:00:00")], "matched reversal INV-1"),
    ("15 days later", facts(text=REV), [], [credit(at="2026-11-09 23:00:00")], "unmatched no_match"),
    ("a credit that came after it", facts(text=REV), [], [credit(at="2026-11-24 14:00:01")], "unmatched no_match"),
    ("a credit of the next day", facts(text=REV, at="2026-11-24"), [], [credit(at="2026-11-25")], "unmatched no_match"),
    ("a credit of another amount", facts(text=REV), [], [credit(amount=150_348)], "unmatched no_match"),
    (
        "one of two credits, an old one left out",
        facts(text=REV),
        [],
        [credit(1, at="2026-10-01"), credit(2)],
        "matched reversal INV-2",
    ),
    ("one of two credits, unclear which", facts(text=REV), [], [credit(1), credit(2)], "review ambiguous"),
    (
        "one of two credits, its text repeated",
        facts(text="REV TRSF E-BANKING CR SITI-RAHAYU"),
        [],
        [credit(1), credit(2, text="TRSF E-BANKING CR SITI RAHAYU")],
        "matched reversal INV-2",
    ),
    (
        "a credit without any text repeats nothing",
        facts(text=REV),
        [],
        [credit(1, text="-"), credit(2)],
        "review ambiguous",
    ),
    (
        "a credit that paid two orders",
        facts(text=REV),
        [],
        [credit(1), credit(1, order=2)],
        "matched reversal INV-1 INV-2",
    ),
    # both
    ("payout or reversal", facts(text=REV), [SENT], [credit()], "review ambiguous"),
    ("payout or reversal, by reference", facts(text=f"{REV} K7QX2M"), [SENT], [credit()], "review ambiguous"),
    (
        "a refund because of a cancellation",
        facts(text="PEMBATALAN RFD-2026-000001"),
        [SENT],
        [credit()],
        "matched refund_payout #1",
    ),
    ("reads like a correction, nothing to correct", facts(text=REV), [SENT], [], "matched refund_payout #1"),
    ("a refund of as much as a credit", facts(), [SENT], [credit()], "matched refund_payout #1"),
    # not money to judge
    ("a credit", facts(text=REV, going="credit"), [SENT], [credit()], "unmatched no_match"),
    ("on an account that is not ours", facts(ours=False), [SENT], [credit()], "unmatched no_match"),
    ("with a fraction", facts(150_347.5), [SENT], [credit()], "unmatched no_match"),
    ("nothing", facts(0, "RFD-2026-000001"), [payout(1, 0)], [], "unmatched no_match"),
    ("negative", facts(-150_347), [payout(1, -150_347)], [], "unmatched no_match"),
]


@pytest.mark.parametrize(
    ("debit", "payouts", "known", "expected"), [pytest.param(*row, id=name) for name, *row in DEBITS]
)
def test_a_debit_is_what_the_table_says(debit, payouts, known, expected):
    assert told(judge_debit(debit, payouts, known)) == expected


@pytest.mark.parametrize(
    ("text", "is_correction"),
    [
        ("REV TRSF", True),
        ("rev-bifast", True),
        ("REV/0411", True),
        ("REVERSAL BI-FAST", True),
        ("KOREKSI KR", True),
        ("Pembatalan transaksi", True),
        ("RETUR CR SKN", True),
        ("BATAL", True),
        ("ＫＯＲＥＫＳＩ", True),
        ("REVI ANDRIANI", False),
        ("PREVIEW", False),
        ("REVITALISASI GEDUNG", False),
        ("BATALYON", False),
        ("BAYAR LISTRIK", False),
        ("", False),
    ],
)
def test_a_correction_is_told_by_whole_words(text, is_correction):
    reason = judge_debit(facts(text=text), [], [credit()]).reason

    assert reason == ("reversal" if is_correction else "no_match")


BACK = "RETUR BI-FAST 2411"


def gone(number=1, amount=150_347, *, at="2026-11-23 10:00:00"):
    return CompletedPayout(refund_id=number, ticket=f"RFD-2026-00000{number}", amount=amount, at=parse_bank_time(at).at)


# name, the credit, the refunds that went out, the decision
RETURNS = [
    ("a refund comes back", facts(text=BACK, going="credit"), [gone()], "matched refund_returned #1"),
    ("without a word of it", facts(going="credit"), [gone()], "-"),
    ("another amount", facts(99_000, BACK, going="credit"), [gone()], "-"),
    ("nothing went out", facts(text=BACK, going="credit"), [], "-"),
    ("two of the amount", facts(text=BACK, going="credit"), [gone(1), gone(2)], "review ambiguous"),
    (
        "two, the text has a ticket",
        facts(text=f"{BACK} RFD2026000002", going="credit"),
        [gone(1), gone(2)],
        "matched refund_returned #2",
    ),
    (
        "two, the text has both tickets",
        facts(text="RFD2026000002 RFD-2026-000001", going="credit"),
        [gone(1), gone(2)],
        "review ambiguous",
    ),
    ("a ticket alone", facts(text="TRSF RFD-2026-000001", going="credit"), [gone()], "matched refund_returned #1"),
    ("a ticket, but another amount", facts(99_000, "RFD-2026-000001", going="credit"), [gone()], "-"),
    ("one of the amount", facts(text=BACK, going="credit"), [gone(1, 50_000), gone(2)], "matched refund_returned #2"),
    ("30 days later", facts(text=BACK, going="credit"), [gone(at="2026-10-25")], "matched refund_returned #1"),
    ("31 days later", facts(text=BACK, going="credit"), [gone(at="2026-10-24")], "-"),
    (
        "noted a week late by the owner",
        facts(text=BACK, going="credit"),
        [gone(at="2026-12-01")],
        "matched refund_returned #1",
    ),
    ("eight days before it went out", facts(text=BACK, going="credit"), [gone(at="2026-12-02")], "-"),
    ("a debit", facts(text=BACK), [gone()], "-"),
    ("on an account that is not ours", facts(text=BACK, going="credit", ours=False), [gone()], "-"),
    ("with a fraction", facts(150_347.5, BACK, going="credit"), [gone()], "-"),
    ("negative", facts(-150_347, BACK, going="credit"), [gone(1, -150_347)], "-"),
]


@pytest.mark.parametrize(("back", "payouts", "expected"), [pytest.param(*row, id=name) for name, *row in RETURNS])
def test_a_credit_is_a_refund_that_came_back_as_the_table_says(back, payouts, expected):
    assert told(judge_returned_credit(back, payouts)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "RETUR",
        "RTR SKN",
        "RETURN",
        "RETURNED",
        "PENGEMBALIAN DANA",
        "GAGAL KREDIT",
        "TOLAKAN KLIRING",
        "DITOLAK",
        "REV BIFAST",
    ],
)
def test_banks_have_many_words_for_a_return(text):
    assert judge_returned_credit(facts(text=text, going="credit"), [gone()]).reason == "refund_returned"


texts = st.lists(
    st.sampled_from(["REV", "KOREKSI", "RFD-2026-000001", "K7QX2M", "1234567890", "BUDI"]), max_size=3
).map(" ".join)
amounts = st.sampled_from([150_347, 50_000])
payouts = st.lists(
    st.builds(payout, st.integers(1, 4), amounts, sent=st.sampled_from([None, "2026-11-23"])), max_size=3
)
known_credits = st.lists(
    st.builds(credit, st.integers(1, 4), amounts, at=st.sampled_from(["2026-11-20", "2026-11-01"])), max_size=3
)


@quick
@given(amounts, texts, payouts, known_credits, st.randoms())
def test_a_debit_finds_its_own_amount_or_nothing_in_any_order(amount, text, open_payouts, known, rng):
    debit = facts(amount, text)
    decision = judge_debit(debit, open_payouts, known)
    shuffled = judge_debit(debit, rng.sample(open_payouts, len(open_payouts)), rng.sample(known, len(known)))

    assert told(decision) == told(shuffled)
    assert all(each.amount == amount for each in decision.credits)
    assert decision.payout is None or decision.payout.amount == amount
    assert (decision.status == "matched") == bool(decision.payout or decision.credits)
    assert len({each.mutation_id for each in decision.credits}) <= 1
    assert all(debit.bank_time.at - each.bank_time.at < timedelta(days=16) for each in decision.credits)
