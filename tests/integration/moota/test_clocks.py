"""Everything that depends on the clock, under a moved one: midnight in Jakarta, month end, leap day, year end.

Nothing here sleeps. Moments are written as people in Jakarta write them; the server's own zone is UTC, seven hours
behind, so that its days are never the bank's.
"""

from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hosts import bank
from sqlalchemy import select

from payments_moota import NoUniqueCodeAvailable, changes, charges, current_moota, refunds
from payments_moota.models import Refund

ONE_CODE = {"MOOTA_UNIQUE_CODE_MAX": "1", "MOOTA_CHARGE_TTL_MINUTES": "60", "MOOTA_LATE_WINDOW_MINUTES": "180"}


def wib(text, zone="Asia/Jakarta"):
    """Return the moment that clocks in Jakarta (or another zone) show as `text`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@contextmanager
def at(moment):
    """Stop the clock at a moment."""
    with time_machine.travel(moment, tick=False):
        yield


def minutes(count):
    return timedelta(minutes=count)


def named(host, name, ref="INV-1"):
    """Return the history's lines of one name."""
    with host.app.app_context():
        return [event for event in current_moota.timeline(ref) if event.name == name]


def proposals(host):
    with host.work() as work:
        query = select(Refund.amount, Refund.reason).where(Refund.origin == "system").order_by(Refund.id)
        return [tuple(row) for row in work.session.execute(query)]


def one_code_host(make_host):
    host = make_host(**ONE_CODE)
    host.add_account()
    return host


# -- a deadline near midnight, at the end of a month, on a leap day, at the end of a year ------------------------------


@pytest.mark.parametrize(
    ("deadline", "booked", "is_late"),
    [
        # Half an hour before midnight: the rest of the day counts as that day, the next day does not.
        ("2026-11-24 23:30", "2026-11-24 23:30:00", False),
        ("2026-11-24 23:30", "2026-11-24 23:30:01", True),
        ("2026-11-24 23:30", "2026-11-24", False),
        ("2026-11-24 23:30", "2026-11-25", True),
        # Half an hour after midnight: in UTC it is still the day before.
        ("2026-11-25 00:30", "2026-11-25 00:29:59", False),
        ("2026-11-25 00:30", "2026-11-25 00:30:01", True),
        ("2026-11-25 00:30", "2026-11-25", False),
        ("2026-11-25 00:30", "2026-11-26", True),
        # Exactly midnight: the deadline's day is the one that begins.
        ("2026-11-25 00:00", "2026-11-24 23:59:59", False),
        ("2026-11-25 00:00", "2026-11-25", False),
        ("2026-11-25 00:00", "2026-11-25 00:00:01", True),
        # The end of a month, with and without a 29 February, and of a year.
        ("2026-11-30 23:30", "2026-11-30", False),
        ("2026-11-30 23:30", "2026-12-01", True),
        ("2027-02-28 23:30", "2027-03-01", True),
        ("2028-02-28 23:30", "2028-02-29", True),
        ("2028-02-29 23:30", "2028-02-29", False),
        ("2028-02-29 23:30", "2028-03-01", True),
        ("2028-03-01 00:30", "2028-02-29", False),
        ("2026-12-31 23:30", "2026-12-31", False),
        ("2026-12-31 23:30", "2027-01-01", True),
        ("2027-01-01 00:30", "2026-12-31", False),
        ("2027-01-01 00:30", "2027-01-01", False),
    ],
)
def test_the_banks_day_in_jakarta_decides_what_is_late(host, deadline, booked, is_late):
    end = wib(deadline)
    with at(end - timedelta(days=1)):
        charge = host.buy()
    with at(end + timedelta(days=2)):
        host.sweep()
        assert host.charge("INV-1")["status"] == "expired"
        line = bank.mutation(charge["amount_due"], date=booked)
        host.receive(line)

        assert host.mutation(line["mutation_id"])["reason"] == ("late" if is_late else "exact")
        found = host.charge("INV-1")
        assert (found["status"], found["exceptions"]) == ("paid", ["paid_late"] if is_late else [])


@pytest.mark.parametrize(
    ("opened", "day_before", "too_early"),
    [
        ("2026-11-25 00:10", "2026-11-24", "2026-11-23"),
        ("2028-03-01 00:10", "2028-02-29", "2028-02-28"),
        ("2027-03-01 00:10", "2027-02-28", "2027-02-27"),
        ("2027-01-01 00:10", "2026-12-31", "2026-12-30"),
    ],
)
def test_money_of_the_day_before_may_be_meant_and_older_money_never(host, opened, day_before, too_early):
    with at(wib(opened)):
        first, second = host.buy(), host.buy()
        lines = [
            bank.mutation(first["amount_due"], date=day_before),
            bank.mutation(second["amount_due"], date=too_early),
        ]
        host.receive(*lines)

        assert [host.mutation(line["mutation_id"])["reason"] for line in lines] == ["exact", "no_match"]


def test_a_deadline_is_a_day_later_by_the_clock_also_over_the_leap_day(host):
    with at(wib("2028-02-28 23:50")):
        host.buy()
        assert wib("2028-02-29 23:50") == datetime.fromisoformat(host.charge("INV-1")["expires_at"])
    with at(wib("2028-02-29 23:49:59")):
        host.sweep()
        assert host.charge("INV-1")["status"] == "pending"
    with at(wib("2028-02-29 23:50")):
        host.sweep()
        assert host.charge("INV-1")["status"] == "expired"


# -- reminders -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ttl", "notice"), [("1440", 360), ("10080", 360), ("60", 15), ("4", 1)])
def test_a_payer_is_reminded_once_when_a_quarter_of_the_time_or_six_hours_are_left(make_host, ttl, notice):
    host = make_host(MOOTA_CHARGE_TTL_MINUTES=ttl)
    host.add_account()
    opened = wib("2028-02-28 20:00")
    deadline = opened + minutes(int(ttl))
    with at(opened):
        host.buy()
    with at(deadline - minutes(notice) - timedelta(seconds=1)):
        host.sweep()
        assert named(host, "charge.reminded") == []
    for left in (minutes(notice), minutes(notice) - timedelta(seconds=1), timedelta(seconds=1), timedelta()):
        with at(deadline - left):
            host.sweep()
            host.sweep()

    assert [event.at for event in named(host, "charge.reminded")] == [deadline - minutes(notice)]


def test_a_worker_that_slept_through_it_reminds_nobody_after_the_deadline(host):
    with at(wib("2026-11-30 20:00")):
        host.buy()
    with at(wib("2026-12-01 20:00")):
        host.sweep()

    assert named(host, "charge.reminded") == []
    assert len(named(host, "charge.expired")) == 1


def test_more_time_brings_one_more_reminder(host):
    opened = wib("2026-12-30 20:00")
    with at(opened):
        host.buy()
    for day in (1, 2):
        with at(opened + timedelta(days=day) - minutes(60)):
            host.sweep()
            host.sweep()
            with host.work() as work:
                changes.extend(work, "INV-1", until=opened + timedelta(days=day + 1))

    assert [event.at for event in named(host, "charge.reminded")] == [
        wib("2026-12-31 19:00"),
        wib("2027-01-01 19:00"),
    ]


# -- amounts come free, and not before -------------------------------------------------------------------------------


def is_taken(host, amount=100_000):
    """Tell whether the only amount of this price is still reserved."""
    with host.work() as work:
        try:
            charges.create_charge(work, "INV-TRY", amount)
        except NoUniqueCodeAvailable:
            return True
        finally:
            work.session.rollback()
    return False


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_the_end_of_the_late_window_frees_the_amount(make_host, end):
    host = one_code_host(make_host)
    opened = wib("2028-02-29 21:30")
    with at(opened):
        first = host.buy(100_000)
        if end == "cancelled":
            with host.work() as work:
                changes.cancel(work, "INV-1", reason="batal")
    window_end = opened + minutes(60 + 180)  # 1 March, half past one in the morning
    with at(window_end - timedelta(seconds=1)):
        host.sweep()
        assert host.charge("INV-1")["status"] == end
        assert is_taken(host)
    with at(window_end):
        host.sweep()
        second = host.buy(100_000, "INV-2")
        assert second["amount_due"] == first["amount_due"]
        host.receive(bank.mutation(second["amount_due"]))

        assert (host.charge("INV-1")["amount_paid"], host.charge("INV-2")["status"]) == (0, "paid")


def test_a_paid_amount_stays_reserved_while_a_second_transfer_may_come(make_host):
    host = one_code_host(make_host)
    opened = wib("2026-12-31 22:00")
    with at(opened):
        due = host.buy(100_000)["amount_due"]
    paid = opened + minutes(50)
    with at(paid):
        host.receive(bank.mutation(due))
    with at(paid + minutes(179)):
        host.sweep()
        again = bank.mutation(due)
        host.receive(again)
        assert host.mutation(again["mutation_id"])["reason"] == "duplicate_payment"
        assert is_taken(host)
    # The deadline's window, four hours after opening, ends later than the one after the payment.
    with at(opened + minutes(240) - timedelta(seconds=1)):
        host.sweep()
        assert is_taken(host)
    with at(opened + minutes(240)):
        host.sweep()
        assert not is_taken(host)
        third = bank.mutation(due)
        host.receive(third)
        assert host.mutation(third["mutation_id"])["reason"] == "no_match"
    assert proposals(host) == [(due, "duplicate_payment")]


def test_the_cool_down_counts_from_a_late_payment(make_host):
    host = one_code_host(make_host)
    opened = wib("2026-11-30 22:00")
    with at(opened):
        due = host.buy(100_000)["amount_due"]
    paid = opened + minutes(60 + 170)
    with at(paid):
        host.sweep()
        host.receive(bank.mutation(due))
        assert host.charge("INV-1")["exceptions"] == ["paid_late"]
    with at(paid + minutes(179)):
        host.sweep()
        assert is_taken(host)
    with at(paid + minutes(180)):
        host.sweep()
        assert not is_taken(host)


def test_a_part_that_was_never_completed_is_proposed_to_go_back_once(make_host):
    host = one_code_host(make_host)
    opened = wib("2028-02-28 23:00")
    with at(opened):
        host.buy(100_000)
        reference = host.charge("INV-1")["reference"]
        host.receive(bank.mutation(40_000, description=f"TRSF {reference}"))
    window_end = opened + minutes(60 + 180)
    with at(window_end - timedelta(seconds=1)):
        host.sweep()
        assert proposals(host) == []
    for later in range(3):
        with at(window_end + timedelta(days=later)):
            host.sweep()

    assert proposals(host) == [(40_000, "wrong_amount")]


# -- tickets and due dates of refunds --------------------------------------------------------------------------------


def paid_order(host, moment, ref):
    with at(moment):
        due = host.buy(100_000, ref)["amount_due"]
        host.receive(bank.mutation(due))


def ask(host, moment, ref, amount=1_000):
    with at(moment), host.work("staf@toko.test") as work:
        refund = refunds.request_refund(work, ref, amount, reason="goods")
        return refund.ticket, refund.due_at


def test_the_year_of_a_ticket_is_the_shops_year_not_the_servers(host):
    paid_order(host, wib("2026-12-31 12:00"), "INV-1")
    before, _ = ask(host, wib("2026-12-31 23:59:59"), "INV-1")
    after, _ = ask(host, wib("2027-01-01 00:00:00"), "INV-1")

    assert (before[:9], after[:9]) == ("RFD-2026-", "RFD-2027-")
    assert int(after[9:]) == int(before[9:]) + 1


def test_in_papua_the_year_begins_two_hours_earlier(make_host):
    host = make_host(MOOTA_TIMEZONE="Asia/Jayapura")
    host.add_account()
    paid_order(host, wib("2026-12-31 12:00"), "INV-1")

    assert ask(host, wib("2026-12-31 21:59"), "INV-1")[0].startswith("RFD-2026-")
    assert ask(host, wib("2026-12-31 22:00"), "INV-1")[0].startswith("RFD-2027-")


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-27 16:00", "2026-12-01 17:00"),  # a Friday: over the weekend into the next month
        ("2028-02-28 10:00", "2028-03-01 17:00"),  # a Monday: over the leap day
        ("2026-12-30 23:30", "2027-01-04 17:00"),  # a Wednesday: New Year and a weekend do not count
        ("2026-11-24 00:30", "2026-11-26 17:00"),  # in UTC it is still the 23rd
    ],
)
def test_a_request_is_answered_within_two_workdays_of_the_shops_calendar(host, asked, due):
    paid_order(host, wib(asked) - timedelta(hours=12), "INV-1")

    assert ask(host, wib(asked), "INV-1")[1] == wib(due)
