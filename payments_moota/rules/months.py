"""Months of the books: where one begins and ends, and what its days add up to. Pure.

Days and months are the banks' own, in Jakarta.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

_A_MONTH_AND_MORE = timedelta(days=32)


def first_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return first_of(month.replace(day=1) + _A_MONTH_AND_MORE)


def last_of(month: date) -> date:
    """Return a month's last day."""
    return next_month(month) - timedelta(days=1)


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return first_of(month.replace(day=1) - timedelta(days=1))


def parse_month(text: str) -> date:
    """Read 2026-11. Raises ValueError."""
    return date.fromisoformat(f"{text}-01")


def totals(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the days of each account in a document of `reconcile` add up to, by bank id.

    Money is in hundredths of a rupiah, so that figures with a fraction stay exact. An account on which nothing moved
    is left out.
    """
    return {account["bank_id"]: _total(account) for account in document["accounts"] if account["days"]}


def hundredths(amount: int | str | None) -> int | None:
    """Read an amount of a document: whole rupiah, or text like "1234.50"."""
    if amount is None:
        return None
    whole, _dot, fraction = str(amount).partition(".")
    value = abs(int(whole)) * 100 + int(fraction or 0)
    return -value if whole.startswith("-") else value


def _total(account: Mapping[str, Any]) -> dict[str, Any]:
    days = account["days"]
    return {
        "label": account["label"] or account["bank_id"],
        "opening": hundredths(days[0]["opening"]),
        "credits": _sums(day["credits"] for day in days),
        "debits": _sums(day["debits"] for day in days),
        "closing": hundredths(days[-1]["closing"]),
        "booked": {name: 100 * amount for name, amount in account["income"]["booked"].items()},
    }


def _sums(columns: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in columns:
        for name, amount in column.items():
            found[name] = found.get(name, 0) + (hundredths(amount) or 0)
    return found
