"""What vouchers take off, and when they may not be used."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.promotions.rules import VOUCHER_KINDS, Reduction, Terms, normalise_code, reduction, refusal

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def why(*, subtotal=100_000, used=0, used_by_customer=0, is_member=False, **terms):
    asked = {"subtotal": subtotal, "used": used, "used_by_customer": used_by_customer, "is_member": is_member}
    return refusal(Terms(kind="fixed", value=10_000, **terms), at=AT, **asked)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, None),
        ({"active": False}, "unknown"),
        ({"starts_at": AT}, None),
        ({"starts_at": AT + HOUR}, "not_yet"),
        ({"ends_at": AT + HOUR}, None),
        ({"ends_at": AT}, "over"),
        ({"usage_limit": 10, "used": 9}, None),
        ({"usage_limit": 10, "used": 10}, "used_up"),
        ({"per_customer_limit": 1, "used_by_customer": 0}, None),
        ({"per_customer_limit": 1, "used_by_customer": 1}, "used_by_you"),
        ({"min_subtotal": 100_000}, None),
        ({"min_subtotal": 100_001}, "too_little"),
        ({"members_only": True}, "members_only"),
        ({"members_only": True, "is_member": True}, None),
        ({"active": False, "usage_limit": 0}, "unknown"),
    ],
)
def test_a_voucher_is_refused_for_the_first_reason_that_holds(facts, expected):
    assert why(**facts) == expected


@pytest.mark.parametrize(
    ("terms", "subtotal", "fee", "expected"),
    [
        (Terms(kind="percent", value=10), 99_999, 9_000, Reduction(goods=9_999)),
        (Terms(kind="percent", value=100), 99_999, 9_000, Reduction(goods=99_999)),
        (Terms(kind="percent", value=50, max_discount=20_000), 100_000, 0, Reduction(goods=20_000)),
        (Terms(kind="fixed", value=25_000), 100_000, 9_000, Reduction(goods=25_000)),
        (Terms(kind="fixed", value=25_000), 20_000, 9_000, Reduction(goods=20_000)),
        (Terms(kind="free_delivery", value=0), 100_000, 9_000, Reduction(delivery=9_000)),
        (Terms(kind="free_delivery", value=5_000), 100_000, 9_000, Reduction(delivery=5_000)),
        (Terms(kind="free_delivery", value=20_000), 100_000, 9_000, Reduction(delivery=9_000)),
    ],
)
def test_what_is_taken_off(terms, subtotal, fee, expected):
    assert reduction(terms, subtotal=subtotal, delivery_fee=fee) == expected


@given(
    kind=st.sampled_from(VOUCHER_KINDS),
    value=st.integers(0, 10**9),
    most=st.none() | st.integers(0, 10**9),
    subtotal=st.integers(0, 10**10),
    fee=st.integers(0, 10**7),
)
def test_nothing_ever_costs_less_than_nothing(kind, value, most, subtotal, fee):
    terms = Terms(kind=kind, value=min(value, 100) if kind == "percent" else value, max_discount=most)
    off = reduction(terms, subtotal=subtotal, delivery_fee=fee)
    assert 0 <= off.goods <= subtotal
    assert 0 <= off.delivery <= fee
    assert off.goods == 0 or off.delivery == 0
    assert most is None or off.goods <= most


@pytest.mark.parametrize(("typed", "code"), [(" hemat 10 ", "HEMAT10"), ("Hemat10", "HEMAT10"), ("", "")])
def test_codes_are_read_however_they_are_typed(typed, code):
    assert normalise_code(typed) == code
