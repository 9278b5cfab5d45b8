"""Months of the books."""

from datetime import date

import pytest

from payments_moota.rules import months


@pytest.mark.parametrize(
    ("day", "first", "last", "before", "after"),
    [
        ("2026-11-28", "2026-11-01", "2026-11-30", "2026-10-01", "2026-12-01"),
        ("2026-12-31", "2026-12-01", "2026-12-31", "2026-11-01", "2027-01-01"),
        ("2028-02-29", "2028-02-01", "2028-02-29", "2028-01-01", "2028-03-01"),
        ("2026-01-01", "2026-01-01", "2026-01-31", "2025-12-01", "2026-02-01"),
    ],
)
def test_where_a_month_begins_and_ends(day, first, last, before, after):
    here = date.fromisoformat(day)
    found = (months.first_of(here), months.last_of(here), months.month_before(here), months.next_month(here))
    assert [each.isoformat() for each in found] == [first, last, before, after]


@pytest.mark.parametrize(
    ("amount", "hundredths"),
    [(None, None), (0, 0), (1500, 150_000), (-2, -200), ("1234.50", 123_450), ("-1234.05", -123_405), ("-0.50", -50)],
)
def test_figures_of_a_document_stay_exact(amount, hundredths):
    assert months.hundredths(amount) == hundredths


def test_the_days_of_an_account_add_up():
    day = {"credits": {"matched": 100}, "debits": {"payouts": "0.50"}}
    income = {"booked": {"revenue": 90, "rounding": 10, "owed": 0}}
    first, second = {**day, "opening": 5, "closing": "104.50"}, {**day, "opening": "104.50", "closing": 204}
    account = {"bank_id": "A", "label": "BCA", "days": [first, second], "income": income}
    assert months.totals({"accounts": [account, {**account, "bank_id": "B", "days": []}]}) == {
        "A": {
            "label": "BCA",
            "opening": 500,
            "credits": {"matched": 20_000},
            "debits": {"payouts": 100},
            "closing": 20_400,
            "booked": {"revenue": 9_000, "rounding": 1_000, "owed": 0},
        }
    }
