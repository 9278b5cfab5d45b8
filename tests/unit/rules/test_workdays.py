from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.holidays import HOLIDAYS
from payments_moota.rules.workdays import add_workdays, due_at, is_workday

quick = settings(max_examples=100, deadline=None)
JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
DAYS = frozenset(holiday.day for holiday in HOLIDAYS)


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        pytest.param("2026-11-24", 1, "2026-11-25", id="Tuesday and one"),
        pytest.param("2026-11-24", 3, "2026-11-27", id="Tuesday and three"),
        pytest.param("2026-11-27", 1, "2026-11-30", id="Friday and one is Monday"),
        pytest.param("2026-11-28", 1, "2026-11-30", id="Saturday and one is Monday"),
        pytest.param("2026-11-29", 1, "2026-11-30", id="Sunday and one is Monday"),
        pytest.param("2026-11-24", 5, "2026-12-01", id="a week"),
        pytest.param("2026-11-24", 10, "2026-12-08", id="two weeks"),
        pytest.param("2026-11-24", 0, "2026-11-24", id="none, on a workday"),
        pytest.param("2026-11-28", 0, "2026-11-30", id="none, on a Saturday"),
        pytest.param("2026-12-24", 0, "2026-12-28", id="none, on a holiday before a weekend"),
        pytest.param("2026-12-23", 1, "2026-12-28", id="Christmas, with its joint leave, and a weekend"),
        pytest.param("2026-12-31", 1, "2027-01-04", id="year end: holiday on Friday, weekend"),
        pytest.param("2026-12-30", 4, "2027-01-07", id="year end and the holiday of 5 January"),
        pytest.param("2026-03-17", 1, "2026-03-25", id="Nyepi and Idulfitri together"),
        pytest.param("2026-08-14", 1, "2026-08-18", id="Independence Day on a Monday"),
        pytest.param("2028-02-28", 1, "2028-02-29", id="a leap day is a day like others"),
        pytest.param("2028-02-28", 2, "2028-03-01", id="across a leap day"),
        pytest.param("2027-02-26", 1, "2027-03-01", id="no leap day"),
    ],
)
def test_workdays_are_counted_without_weekends_and_holidays(start, days, expected):
    assert add_workdays(day(start), days, DAYS) == day(expected)


def test_the_owners_own_holidays_count():
    assert add_workdays(day("2026-11-24"), 1, {day("2026-11-25"), day("2026-11-26")}) == day("2026-11-27")


@pytest.mark.parametrize(
    ("now", "days", "zone", "expected"),
    [
        pytest.param("2026-11-24T10:00+07:00", 3, JAKARTA, "2026-11-27T17:00+07:00", id="three days, 17.00 WIB"),
        pytest.param("2026-11-24T23:59+07:00", 1, JAKARTA, "2026-11-25T17:00+07:00", id="a minute before midnight"),
        pytest.param("2026-11-25T00:00+07:00", 1, JAKARTA, "2026-11-26T17:00+07:00", id="midnight begins a new day"),
        pytest.param(
            "2026-11-24T17:30+00:00", 1, JAKARTA, "2026-11-26T17:00+07:00", id="the day is the shop's, not UTC's"
        ),
        pytest.param("2026-11-24T15:30+00:00", 1, JAYAPURA, "2026-11-26T17:00+09:00", id="already tomorrow in Papua"),
        pytest.param("2026-11-27T18:00+07:00", 1, JAKARTA, "2026-11-30T17:00+07:00", id="Friday evening"),
        pytest.param("2026-11-24T16:59+07:00", 0, JAKARTA, "2026-11-24T17:00+07:00", id="today, still in time"),
        pytest.param("2026-11-24T17:00+07:00", 0, JAKARTA, "2026-11-25T17:00+07:00", id="today, work is over"),
        pytest.param("2026-11-27T17:00+07:00", 0, JAKARTA, "2026-11-30T17:00+07:00", id="Friday, work is over"),
        pytest.param("2028-02-28T12:00+07:00", 1, JAKARTA, "2028-02-29T17:00+07:00", id="a leap day"),
    ],
)
def test_something_is_due_at_the_end_of_the_shops_working_day(now, days, zone, expected):
    due = due_at(datetime.fromisoformat(now), days, DAYS, zone)

    assert due == datetime.fromisoformat(expected)
    assert due.tzinfo is UTC


@pytest.mark.parametrize("days", [-1, -10])
def test_nothing_is_due_in_the_past(days):
    with pytest.raises(ValueError, match="past"):
        add_workdays(day("2026-11-24"), days, ())
    with pytest.raises(ValueError, match="past"):
        due_at(datetime(2026, 11, 24, tzinfo=UTC), days, (), JAKARTA)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        due_at(datetime(2026, 11, 24), 1, (), JAKARTA)  # noqa: DTZ001


dates = st.dates(day("2024-01-01"), day("2030-12-31"))


@quick
@given(dates, st.integers(1, 30), st.frozensets(dates, max_size=5))
def test_exactly_that_many_workdays_lie_between(start, days, holidays):
    end = add_workdays(start, days, holidays)

    passed = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert sum(is_workday(each, holidays) for each in passed) == days
    assert is_workday(end, holidays)


@quick
@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.integers(0, 10))  # noqa: DTZ001
def test_what_is_due_lies_ahead(now, days):
    assert due_at(now, days, DAYS, JAKARTA) > now


def test_the_holidays_are_listed_once_each_and_in_order():
    assert all(one.day < other.day for one, other in pairwise(HOLIDAYS))
    assert {holiday.day.year for holiday in HOLIDAYS} == {2026, 2027}


def test_only_days_not_yet_decided_are_estimates():
    assert not any(holiday.is_estimate for holiday in HOLIDAYS if holiday.day.year == 2026)
    fixed = {"01-01", "05-01", "06-01", "08-17", "12-25"}
    assert fixed == {
        f"{h.day:%m-%d}" for h in HOLIDAYS if h.day.year == 2027 and f"{h.day:%m-%d}" in fixed and not h.is_estimate
    }
