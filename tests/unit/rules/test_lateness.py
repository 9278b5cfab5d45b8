from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_moota.rules.lateness import BankTime, bank_day, is_before_order, is_late, parse_bank_time

quick = settings(max_examples=60, deadline=None)
WIB = ZoneInfo("Asia/Jakarta")
WIT = timezone(timedelta(hours=9))


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def wib(*parts):
    return datetime(*parts, tzinfo=WIB)


@pytest.mark.parametrize(
    ("text", "at", "day_only"),
    [
        pytest.param("2026-11-24 10:05:11", utc(2026, 11, 24, 3, 5, 11), False, id="Moota's webhook: Jakarta's time"),
        pytest.param("2026-11-24 00:00:00", utc(2026, 11, 23, 17), True, id="midnight means a day without a time"),
        pytest.param("2026-11-24", utc(2026, 11, 23, 17), True, id="a day alone"),
        pytest.param("2026-11-24 00:00:01", utc(2026, 11, 23, 17, 0, 1), False, id="one second later is a time"),
        pytest.param("2026-11-24 10:05", utc(2026, 11, 24, 3, 5), False, id="without seconds"),
        pytest.param("2026-11-24T10:05:11", utc(2026, 11, 24, 3, 5, 11), False, id="ISO without a zone is Jakarta's"),
        pytest.param("2026-11-24T03:05:11Z", utc(2026, 11, 24, 3, 5, 11), False, id="ISO in UTC"),
        pytest.param("2026-11-24T03:05:11.000000Z", utc(2026, 11, 24, 3, 5, 11), False, id="ISO with fractions"),
        pytest.param("2026-11-24T10:05:11+07:00", utc(2026, 11, 24, 3, 5, 11), False, id="ISO with Jakarta's offset"),
        pytest.param("2026-11-24T12:05:11+0900", utc(2026, 11, 24, 3, 5, 11), False, id="ISO with Papua's offset"),
        pytest.param("2026-11-24T00:00:00+07:00", utc(2026, 11, 23, 17), True, id="Jakarta's midnight with its offset"),
        pytest.param("2026-11-23T17:00:00Z", utc(2026, 11, 23, 17), True, id="Jakarta's midnight told in UTC"),
        pytest.param("2026-11-24T00:00:00Z", utc(2026, 11, 24), True, id="midnight as written"),
        pytest.param("2026-11-24T00:00:00.500Z", utc(2026, 11, 24, 0, 0, 0, 500_000), False, id="not exactly midnight"),
        pytest.param("  2026-11-24 10:05:11\n", utc(2026, 11, 24, 3, 5, 11), False, id="space around it"),
    ],
)
def test_a_banks_date_is_read_as_the_moment_it_means(text, at, day_only):
    read = parse_bank_time(text)

    assert read == BankTime(at=at, day_only=day_only)
    assert read.at.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "24-11-2026",
        "24/11/2026 10:05",
        "20261124",
        "2026-W48-2",
        "2026-11-24 25:00:00",
        "2026-11-24 24:00:00",
        "2026-02-30",
        "0000-00-00 00:00:00",
        "0001-01-01 00:00:00",
        "9999-12-31T23:59:59-07:00",
        "2026-11-24T10:05:11 Asia/Jakarta",
        "2026-11-24Z",
        "٢٠٢٦-11-24",
        "None",
    ],
)
def test_what_is_no_date_is_refused_with_the_text_seen(text):
    with pytest.raises(ValueError, match="is no date") as refused:
        parse_bank_time(text)
    assert text[:40] in str(refused.value)


def test_a_moment_without_a_zone_is_refused():
    """A naive datetime would silently be read in the server's own zone."""
    with pytest.raises(ValueError, match="no time zone"):
        BankTime(at=datetime(2026, 11, 24), day_only=False)  # noqa: DTZ001
    for day_only in (True, False):
        with pytest.raises(ValueError, match="no time zone"):
            is_late(BankTime(at=utc(2026, 11, 24), day_only=day_only), datetime(2026, 11, 24))  # noqa: DTZ001


DEADLINE = wib(2026, 11, 24, 14, 30)


@pytest.mark.parametrize(
    ("text", "deadline", "late"),
    [
        pytest.param("2026-11-24 14:29:59", DEADLINE, False, id="a second before"),
        pytest.param("2026-11-24 14:30:00", DEADLINE, False, id="at the deadline itself"),
        pytest.param("2026-11-24 14:30:01", DEADLINE, True, id="a second after"),
        pytest.param("2026-11-23 23:59:59", DEADLINE, False, id="the evening before"),
        pytest.param("2026-11-24", DEADLINE, False, id="the deadline's day: the whole day counts"),
        pytest.param("2026-11-23", DEADLINE, False, id="the day before"),
        pytest.param("2026-11-25", DEADLINE, True, id="the day after"),
        pytest.param("2026-11-24", wib(2026, 11, 24, 0, 0), False, id="deadline at the day's first moment"),
        pytest.param("2026-11-24", wib(2026, 11, 23, 23, 59, 59), True, id="deadline a second before the day"),
        pytest.param("2026-11-24", utc(2026, 11, 23, 17), False, id="the deadline's day is Jakarta's, not UTC's"),
        pytest.param("2026-11-24", utc(2026, 11, 23, 16, 59), True, id="UTC's day would call this in time too early"),
        pytest.param("2026-11-25", utc(2026, 11, 24, 18), False, id="already the next day in Jakarta"),
        pytest.param("2026-11-24 14:30:00", DEADLINE.astimezone(WIT), False, id="a deadline told in another zone"),
        pytest.param("2026-11-24", datetime(2026, 11, 25, 1, tzinfo=WIT), False, id="Papua's next day, Jakarta's same"),
    ],
)
def test_lateness_is_judged_by_the_banks_date(text, deadline, late):
    assert is_late(parse_bank_time(text), deadline) is late


@pytest.mark.parametrize(
    ("text", "late"),
    [("2026-11-24 14:32:00", False), ("2026-11-24 14:32:01", True), ("2026-11-24", False), ("2026-11-25", True)],
)
def test_a_tolerance_moves_the_deadline(text, late):
    assert is_late(parse_bank_time(text), DEADLINE, tolerance=timedelta(minutes=2)) is late


@pytest.mark.parametrize(
    ("text", "opened", "too_early"),
    [
        pytest.param("2026-11-24 10:00:00", wib(2026, 11, 24, 9), False, id="an hour after it opened"),
        pytest.param("2026-11-24", wib(2026, 11, 24, 23, 59), False, id="on its day"),
        pytest.param("2026-11-23", wib(2026, 11, 24, 0, 0), False, id="the day before: a bank may date back"),
        pytest.param("2026-11-23 00:00:01", wib(2026, 11, 24, 23, 59), False, id="the day before, at its beginning"),
        pytest.param("2026-11-22 23:59:59", wib(2026, 11, 24, 0, 0), True, id="two days before, at its end"),
        pytest.param("2026-11-22", wib(2026, 11, 24, 12), True, id="two days before"),
        pytest.param("2026-11-22", utc(2026, 11, 23, 16, 59), False, id="a minute before midnight in Jakarta"),
        pytest.param("2026-11-22", utc(2026, 11, 23, 17), True, id="midnight in Jakarta"),
        pytest.param("2028-02-28", wib(2028, 3, 1), True, id="a leap day lies between"),
        pytest.param("2026-02-28", wib(2026, 3, 1), False, id="no leap day lies between"),
    ],
)
def test_money_from_before_an_order_is_told_by_the_banks_day(text, opened, too_early):
    assert is_before_order(parse_bank_time(text), opened) is too_early


def test_a_bank_writes_the_day_it_is_in_jakarta():
    assert bank_day(utc(2026, 11, 24, 16, 59)).isoformat() == "2026-11-24"
    assert bank_day(utc(2026, 11, 24, 17)).isoformat() == "2026-11-25"
    with pytest.raises(ValueError, match="no time zone"):
        bank_day(datetime(2026, 11, 24))  # noqa: DTZ001


moments = st.integers(0, 20 * 365 * 24 * 3600).map(lambda seconds: utc(2020, 1, 1) + timedelta(seconds=seconds))


@quick
@given(moments)
def test_a_date_written_the_way_moota_does_reads_back(moment):
    read = parse_bank_time(moment.astimezone(WIB).strftime("%Y-%m-%d %H:%M:%S"))

    assert read.at == moment
    assert parse_bank_time(moment.isoformat()).at == moment


@quick
@given(moments, moments)
def test_knowing_only_the_day_never_makes_a_payment_late_that_was_in_time(paid, deadline):
    """Doubt is the payer's: a day without a time may only be kinder than the exact time."""
    day = BankTime(at=wib(*paid.astimezone(WIB).timetuple()[:3]).astimezone(UTC), day_only=True)

    if not is_late(BankTime(at=paid, day_only=False), deadline):
        assert not is_late(day, deadline)


@quick
@given(st.text())
def test_any_text_is_read_or_refused_with_a_value_error(text):
    with suppress(ValueError):
        parse_bank_time(text)
