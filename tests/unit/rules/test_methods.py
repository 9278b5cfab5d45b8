"""What a way to pay costs, and for which amounts it is offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments_moota.rules.methods import Terms, fee_of, limits, obstacle

FIXED = Terms(fee_fixed=4_000)
PERCENT = Terms(fee_basis_points=70)


@pytest.mark.parametrize(
    ("method", "amount", "terms", "fee"),
    [
        ("bank_transfer", 150_000, Terms(), 0),
        ("virtual_account", 150_000, FIXED, 4_000),
        ("virtual_account", 150_000, PERCENT, 1_050),
        ("virtual_account", 150_000, Terms(fee_fixed=1_000, fee_basis_points=70), 2_050),
        ("virtual_account", 10_071, PERCENT, 70),
        ("virtual_account", 10_072, PERCENT, 71),
        ("bank_transfer", 150_000, FIXED, 4_000),
        ("qris", 150_000, FIXED, 0),
        ("qris", 150_000, PERCENT, 0),
    ],
)
def test_a_fee_is_fixed_or_a_percentage_and_never_on_qris(method, amount, terms, fee):
    assert fee_of(method, amount, terms) == fee


@pytest.mark.parametrize(
    ("method", "total", "terms", "said"),
    [
        ("bank_transfer", 1, Terms(), None),
        ("virtual_account", 9_999, Terms(), "too_little"),
        ("virtual_account", 10_000, Terms(), None),
        ("virtual_account", 50_000_001, Terms(), "too_much"),
        ("qris", 9_999, Terms(), "too_little"),
        ("qris", 10_000_000, Terms(), None),
        ("qris", 10_000_001, Terms(), "too_much"),
        ("qris", 2_000_001, Terms(maximum=2_000_000), "too_much"),
        ("bank_transfer", 19_999, Terms(minimum=20_000), "too_little"),
        ("qris", 5_000, Terms(minimum=1_000), None),
    ],
)
def test_a_way_to_pay_has_a_least_and_a_most(method, total, terms, said):
    assert obstacle(method, total, terms) == said


def test_the_owners_limits_come_before_the_methods_own():
    assert limits("qris", Terms(maximum=500_000)) == (10_000, 500_000)


@given(st.integers(1, 10**9), st.integers(0, 2_000))
def test_a_percentage_is_never_off_by_more_than_half_a_rupiah(amount, basis_points):
    fee = fee_of("virtual_account", amount, Terms(fee_basis_points=basis_points))

    assert abs(fee * 10_000 - amount * basis_points) <= 5_000
