"""`flask moota reconcile`: whether the books agree with the statements."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from .. import reconcile as books
from ..context import transaction
from .output import as_json, command, show, table

_DATE = click.DateTime(formats=["%Y-%m-%d"])
_MOST_POINTS = 50
# Columns of the table by the names in the document; one that is nothing on all days is left out.
_CREDITS = {"matched": "+matched", "unmatched": "+unmatched", "ignored": "+ignored", "returned": "+returned"}
_PARTS = {"price": "price", "fee": "fee", "unique_code": "unique codes", "not_due": "not due"}
_DEBITS = {"payouts": "-payouts", "reversals": "-reversals", "unmatched": "-unmatched", "ignored": "-ignored"}


@click.command()
@click.option("--account", "bank_id", metavar="BANK_ID", help="Only this account; all of them when left out.")
@click.option("--since", type=_DATE, help="First day of the banks (Jakarta), such as 2026-11-24.")
@click.option("--until", type=_DATE, help="Last day of the banks (Jakarta).")
@as_json
@command
def reconcile(*, bank_id: str | None, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Prove that the books agree with the statements; exit status 1 when they do not.

    Per account and day: opening balance, what came in and went out, closing balance against the bank's; lines that
    are missing, and everything that contradicts, by name.
    """
    if since and until and since > until:
        raise click.UsageError("--since is after --until.")
    with transaction("cli") as work:
        document = books.reconcile(
            work, bank_id=bank_id, since=since.date() if since else None, until=until.date() if until else None
        )
    show(document, as_json=as_json, text="\n".join(_text(document)))
    if not document["ties"]:
        raise click.ClickException(f"The books do not tie: {_verdict(document)}.")


def _text(document: dict[str, Any]) -> Iterator[str]:
    for account in document["accounts"]:
        yield f"{account['label'] or 'An account that was not added'} ({account['bank_id'] or 'no id'})"
        yield table([_row(account, day) for day in account["days"]], _columns(account["days"]), empty="No mutations.")
        yield from _remarks(account)
        yield from _income(account["income"], document["unique_code_books"])
        yield ""
    yield from _points("Does not agree:", document["faults"])
    yield from _points("Open:", document["open"])
    yield from _points("Acknowledged:", document["acknowledged"])
    if document["ties"]:
        yield "The books tie."


def _verdict(document: dict[str, Any]) -> str:
    days = [day for account in document["accounts"] for day in account["days"]]
    gaps = sum(len(day["gaps"]) for day in days)
    return (
        f"{sum(not day['ties'] for day in days)} of {len(days)} days, {gaps} gaps, "
        f"{len(document['faults'])} things that do not agree"
    )


def _columns(days: list[dict[str, Any]]) -> list[str]:
    moved = [name for key, name in _CREDITS.items() if any(day["credits"][key] for day in days)]
    moved += [name for key, name in _DEBITS.items() if any(day["debits"][key] for day in days)]
    return ["day", "opening", *moved, "closing", "bank says", "ties"]


def _row(account: dict[str, Any], day: dict[str, Any]) -> dict[str, Any]:
    return {
        "day": day["day"],
        "opening": day["opening"],
        **{name: day["credits"][key] for key, name in _CREDITS.items()},
        **{name: day["debits"][key] for key, name in _DEBITS.items()},
        "closing": day["closing"],
        "bank says": day["reported_closing"],
        "ties": _tie(account, day),
    }


def _tie(account: dict[str, Any], day: dict[str, Any]) -> str:
    if not account["reports_balances"]:
        return "by sums"
    return "yes" if day["ties"] else "NO"


def _remarks(account: dict[str, Any]) -> Iterator[str]:
    if account["days"] and not account["reports_balances"]:
        yield "The bank reports no running balance here: the sums are proved, but a missing mutation cannot be seen."
    gaps = [(day["day"], gap) for day in account["days"] for gap in day["gaps"]]
    for day, gap in gaps[:_MOST_POINTS]:
        yield f"{day}: a {gap['direction']} of {gap['amount']} is missing between"
        yield f"    {_line(gap['after'])}"
        yield f"    {_line(gap['before'])}"
    if len(gaps) > _MOST_POINTS:
        yield f"and {len(gaps) - _MOST_POINTS} more gaps; see --json."
    for day in account["days"]:
        for line in day["repeated"]:
            yield f"{day['day']}: not counted, the balance has it once: {_line(line)}"


def _income(income: dict[str, Any], books: str) -> Iterator[str]:
    """Say how much of what was matched is what, and where the unique code belongs."""
    if any(income[name] for name in _PARTS):
        parts = ", ".join(f"{words} {income[name]}" for name, words in _PARTS.items())
        booked = income["booked"]
        yield f"Of what is matched: {parts}."
        yield f"In the books: revenue {booked['revenue']}, rounding {booked['rounding']}, to give back {booked['owed']}"
        yield f"    (the unique code is {books}, by MOOTA_UNIQUE_CODE_BOOKS)."


def _line(line: dict[str, Any]) -> str:
    text = "".join(sign if sign.isprintable() else " " for sign in line["description"])
    balance = "" if line["balance"] is None else f", balance {line['balance']}"
    return (
        f"{line['mutation_id']}  {line['occurred_at']}  {line['direction']} {line['amount']}{balance}  {text}".rstrip()
    )


def _points(title: str, points: list[dict[str, Any]]) -> Iterator[str]:
    if not points:
        return
    yield title
    yield from (f"  {point['text']}" for point in points[:_MOST_POINTS])
    if len(points) > _MOST_POINTS:
        yield f"  and {len(points) - _MOST_POINTS} more; see --json."
    yield ""
