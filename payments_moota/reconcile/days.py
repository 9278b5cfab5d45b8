"""The accounts and their days, proved one after the other, as JSON objects."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..rules.balances import Entry
from ..rules.books import CREDITS, DEBITS, Booked, DayBooks, Gap, classify, tie_out
from ..rules.income import CodeBooks, Cut
from ..rules.lateness import BANK_ZONE, bank_day
from ..rules.outcome import LineKind
from .income import Income, income_object
from .loading import Row, Spent


def account_objects(
    labels: Mapping[str, str],
    rows: Sequence[Row],
    rows_before: Sequence[Row],
    spent: Spent,
    income: Income,
    books: CodeBooks,
) -> list[dict[str, Any]]:
    """Return every account with its proved days; `rows_before` only say what the first days open with.

    An account that only the statements know has no label.
    """
    known = {row.id: row for row in [*rows_before, *rows]}
    booked: dict[str, dict[date, list[Booked]]] = defaultdict(lambda: defaultdict(list))
    for row in known.values():
        if not row.is_unreadable:
            booked[row.bank_id][bank_day(row.at)].append(_booked(row, spent.get(row.id, {})))
    asked_for = {(row.bank_id, bank_day(row.at)) for row in rows}
    proved = {
        bank_id: [day for day in tie_out(booked.get(bank_id, {})) if (bank_id, day.day) in asked_for]
        for bank_id in dict.fromkeys([*labels, *booked])
    }
    return [
        _with_income(_account_object(bank_id, labels.get(bank_id), found, known), income, books)
        for bank_id, found in proved.items()
    ]


def _booked(row: Row, spent: Mapping[LineKind, int]) -> Booked:
    entry = Entry(
        id=row.id,
        at=row.at,
        change=row.change,
        balance=row.balance,
        content=row.content,
        is_spent=any(spent.values()),
    )
    return Booked(
        entry=entry, direction=row.direction, parts=classify(row.direction, row.hundredths, row.status, spent)
    )


def _account_object(
    bank_id: str, label: str | None, days: Sequence[DayBooks], known: Mapping[int, Row]
) -> dict[str, Any]:
    return {
        "bank_id": bank_id,
        "label": label,
        "ties": all(day.ties for day in days),
        # Where the bank tells no balance, only the sums can be proved.
        "reports_balances": any(day.reported is not None or day.gaps for day in days),
        "days": [_day_object(day, known) for day in days],
    }


def _with_income(account: dict[str, Any], income: Income, books: CodeBooks) -> dict[str, Any]:
    """Say of an account and its days how much of what was matched is what."""
    cuts = [income.get((account["bank_id"], date.fromisoformat(day["day"])), Cut()) for day in account["days"]]
    days = [{**day, "income": income_object([cut], books)} for day, cut in zip(account["days"], cuts, strict=True)]
    return {**account, "income": income_object(cuts, books), "days": days}


def _day_object(day: DayBooks, known: Mapping[int, Row]) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "opening": rupiah(day.opening),
        "credits": {name: rupiah(day.credits[name]) for name in CREDITS},
        "debits": {name: rupiah(day.debits[name]) for name in DEBITS},
        "closing": rupiah(day.closing),
        "reported_closing": rupiah(day.reported),
        "ties": day.ties,
        "gaps": [_gap_object(gap, known) for gap in day.gaps],
        "repeated": [_line_object(known[entry.id]) for entry in day.repeated],
        "without_balance": len(day.silent),
    }


def _gap_object(gap: Gap, known: Mapping[int, Row]) -> dict[str, Any]:
    return {
        "direction": "credit" if gap.amount > 0 else "debit",
        "amount": rupiah(abs(gap.amount)),
        "after": _line_object(known[gap.after.id]),
        "before": _line_object(known[gap.before.id]),
    }


def _line_object(row: Row) -> dict[str, Any]:
    return {
        "mutation_id": row.mutation_id,
        "occurred_at": row.at.astimezone(BANK_ZONE).isoformat(timespec="seconds"),
        "direction": row.direction,
        "amount": rupiah(row.hundredths),
        "balance": rupiah(row.balance),
        "description": row.description,
    }


def rupiah(hundredths: int | None) -> int | str | None:
    """Return whole rupiah as a number, and an exact text where a fraction would need a float."""
    if hundredths is None:
        return None
    whole, fraction = divmod(abs(hundredths), 100)
    sign = -1 if hundredths < 0 else 1
    return f"{'-' if sign < 0 else ''}{whole}.{fraction:02d}" if fraction else sign * whole
