"""The accounts and their days, proved one after the other, as JSON objects."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeAlias

from ..rules.balances import Entry
from ..rules.books import CREDITS, DEBITS, DayBooks, DayLines, Gap, classify, tie_out
from ..rules.income import CodeBooks, Cut
from ..rules.lateness import BANK_ZONE, bank_day
from ..rules.matching import Direction
from .income import Income, income_object
from .loading import Line, Row, Spent

Proved: TypeAlias = Mapping[str, Sequence[DayBooks]]
_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Whole:
    """What the paying lines of a day brought, in rupiah: for prices, for fees, and in all."""

    price: int = 0
    fee: int = 0
    amount: int = 0

    @property
    def cut(self) -> Cut:
        """Return it by what it is."""
        return Cut(self.price, self.fee, self.amount - self.price - self.fee)


class Odd(NamedTuple):
    """A line that has to be looked at before it is booked."""

    bank_id: str
    day: date
    direction: Direction
    hundredths: int
    entry: Entry


@dataclass(slots=True)
class Gathered:
    """Lines by account and day, what the paying ones brought, and the odd ones, which are not booked yet."""

    days: dict[str, dict[date, DayLines]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(DayLines)))
    whole: dict[tuple[str, date], Whole] = field(default_factory=lambda: defaultdict(Whole))
    odd: list[Odd] = field(default_factory=list)


def gather(lines: Iterable[Line]) -> Gathered:
    """Book lines, which come by time, under their accounts and days."""
    found = Gathered()
    day, ends = date.min, datetime.min.replace(tzinfo=UTC)
    for row_id, bank_id, direction, hundredths, balance, at, content, nature, price, fee in lines:
        if at >= ends:
            day = bank_day(at)
            ends = datetime.combine(day + _ONE_DAY, time.min, BANK_ZONE).astimezone(UTC)
        change = hundredths if direction == "credit" else -hundredths
        entry = Entry(row_id, at, change, balance, content, nature == "paying")
        if nature == "paying":
            found.days[bank_id][day].book(entry, direction, {"matched": hundredths})
            whole = found.whole[bank_id, day]
            whole.price += price or 0
            whole.fee += fee or 0
            whole.amount += hundredths // 100
        elif nature == "odd":
            found.odd.append(Odd(bank_id, day, direction, hundredths, entry))
        else:
            found.days[bank_id][day].book(entry, direction, {nature: hundredths})
    return found


def book_odd(found: Gathered, rows: Iterable[Row], spent: Spent) -> None:
    """Book the odd lines, too, by what is known of them."""
    known = {row.id: row for row in rows}
    for odd in found.odd:
        row, on = known[odd.entry.id], spent.get(odd.entry.id, {})
        if not row.is_unreadable:
            parts = classify(odd.direction, odd.hundredths, row.status, on)
            found.days[odd.bank_id][odd.day].book(odd.entry._replace(is_spent=any(on.values())), odd.direction, parts)


def prove(found: Gathered, before: Gathered) -> Proved:
    """Prove the days by account; those `before` only say what the first days open with."""
    for odd in before.odd:
        before.days[odd.bank_id][odd.day].book(odd.entry, odd.direction, {"unmatched": odd.hundredths})
    proved = {}
    for bank_id, days in found.days.items():
        earlier = before.days.get(bank_id, {})
        proved[bank_id] = [day for day in tie_out({**earlier, **days}) if day.day in days]
    return proved


def named_in(proved: Proved) -> set[int]:
    """Return the ids of the lines that are told apart from the others: those around gaps, and repeated ones."""
    days = [day for days in proved.values() for day in days]
    around = {entry.id for day in days for gap in day.gaps for entry in (gap.after, gap.before)}
    return around | {entry.id for day in days for entry in day.repeated}


def account_objects(
    labels: Mapping[str, str], proved: Proved, named: Iterable[Row], income: Income, books: CodeBooks
) -> list[dict[str, Any]]:
    """Return every account with its proved days. An account that only the statements know has no label."""
    known = {row.id: row for row in named}
    return [
        _with_income(_account_object(bank_id, labels.get(bank_id), proved.get(bank_id, []), known), income, books)
        for bank_id in dict.fromkeys([*labels, *proved])
    ]


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
