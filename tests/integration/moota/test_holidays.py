"""Days on which banks do not work: the known ones, and what the owner says of them at the command line."""

from datetime import date

import pytest
import time_machine
from hosts.refunding import ask, paid
from sqlalchemy import select

from payments_moota import refund_steps as steps
from payments_moota.models import Event


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel("2026-11-24T02:00:00+00:00", tick=False):
        yield


def known(host, day):
    return next((row for row in host.json("holidays", "list") if row["day"] == day), None)


def due(host):
    """Return the day until which a refund asked for today is answered; banks work on Wednesday and Thursday."""
    return host.json("refund", "show", ask(host, paid(host)))["due_at"][:10]


def run(host, *arguments):
    result = host.run("holidays", *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_known_days_from_today_on_are_listed(host):
    days = [row["day"] for row in host.json("holidays", "list")]

    assert days[:2] == ["2026-12-24", "2026-12-25"]
    assert days == sorted(days)
    assert host.json("holidays", "list", "--since", "2026-01-01")[0]["day"] == "2026-01-01"
    assert known(host, "2027-01-05")["is_estimate"]
    assert "decree" in run(host, "list")


def test_a_day_of_ones_own_moves_what_is_asked_from_then_on(host):
    assert due(host) == "2026-11-26"

    run(host, "add", "2026-11-25", "Pilkada")

    assert known(host, "2026-11-25") == {
        "day": "2026-11-25",
        "name": "Pilkada",
        "is_holiday": True,
        "is_own": True,
        "is_estimate": False,
    }
    assert due(host) == "2026-11-27"
    assert [row["due_at"][:10] for row in host.json("refund", "list")] == ["2026-11-27", "2026-11-26"]
    run(host, "forget", "2026-11-25")
    assert (due(host), known(host, "2026-11-25")) == ("2026-11-26", None)


def test_a_known_day_can_be_worked_and_be_a_holiday_again(host):
    run(host, "workday", "2026-12-24")
    with host.work() as work:
        assert date(2026, 12, 24) not in steps.bank_holidays(work)
    assert "banks work on this day" in run(host, "list")
    run(host, "forget", "2026-12-24")
    with host.work() as work:
        assert date(2026, 12, 24) in steps.bank_holidays(work)


def test_who_changed_the_calendar_is_in_the_history(host):
    run(host, "add", "2026-11-25", "Pilkada")
    run(host, "add", "2026-11-25", "Pilkada serentak")
    run(host, "forget", "2026-11-25")

    with host.work() as work:
        query = select(Event).where(Event.name.startswith("holiday.")).order_by(Event.id)
        told = [(event.name, event.actor, event.data["before"]) for event in work.session.scalars(query)]
    assert told == [
        ("holiday.written", "cli", None),
        ("holiday.written", "cli", "Pilkada"),
        ("holiday.forgotten", "cli", "Pilkada serentak"),
    ]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("add", "2026-11-25", " "), 1),
        (("add", "25-11-2026", "Pilkada"), 2),
        (("workday", "2026-11-25"), 1),
        (("forget", "2026-12-24"), 1),
    ],
)
def test_what_cannot_be_is_refused(host, arguments, status):
    assert host.run("holidays", *arguments).exit_code == status
