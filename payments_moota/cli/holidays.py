"""`flask moota holidays`: the days on which banks do not work, which due dates skip."""

from datetime import date, datetime
from typing import Any

import click

from .. import holidays as holidays_
from ..context import transaction
from ..holidays import KnownDay
from .output import as_json, command, show, table

_DATE = click.DateTime(formats=["%Y-%m-%d"])
_day = click.argument("day", type=_DATE, metavar="YYYY-MM-DD")


@click.group()
def holidays() -> None:
    """Days on which banks do not work, beside Saturdays and Sundays; due dates skip them."""


@holidays.command("list")
@click.option("--since", type=_DATE, help="First day; default: today.")
@as_json
@command
def list_(*, since: datetime | None, as_json: bool) -> None:
    """List the days that are known, and what you have said of them."""
    with transaction("cli") as work:
        rows = [_object(each) for each in holidays_.list_days(work, since=since.date() if since else None)]
    shown = [{**row, "name": row["name"] or "banks work on this day", "from": _source(row)} for row in rows]
    show(rows, as_json=as_json, text=table(shown, ("day", "name", "from"), empty="No days are known from then on."))


@holidays.command("add")
@_day
@click.argument("name")
@command
def add(*, day: datetime, name: str) -> None:
    """Say that banks do not work on a day. Refunds and complaints that are due already stay as they are."""
    with transaction("cli") as work:
        added = holidays_.add_holiday(work, day.date(), name)
        text = f"{_written(added.day)}: {added.name}."
    click.echo(text)


@holidays.command("workday")
@_day
@command
def workday(*, day: datetime) -> None:
    """Say that banks work on a day that is known as a holiday."""
    with transaction("cli") as work:
        holidays_.add_workday(work, day.date())
    click.echo(f"{_written(day.date())}: banks work.")


@holidays.command("forget")
@_day
@command
def forget(*, day: datetime) -> None:
    """Take back what you have said of a day."""
    with transaction("cli") as work:
        holidays_.forget(work, day.date())
    click.echo(f"{_written(day.date())}: as it was known before.")


def _object(each: KnownDay) -> dict[str, Any]:
    return {
        "day": each.day.isoformat(),
        "name": each.name,
        "is_holiday": bool(each.name),
        "is_own": each.is_own,
        "is_estimate": each.is_estimate,
    }


def _source(row: dict[str, Any]) -> str:
    if row["is_own"]:
        return "you"
    return "estimate" if row["is_estimate"] else "decree"


def _written(day: date) -> str:
    return f"{day:%a} {day.isoformat()}"
