"""The books of an account, day by day: what came in and went out, and whether the bank's balances agree with it.

    closing = opening + credits - debits

Credits are matched, returned (a refund that came back), ignored or unmatched; debits are payouts of refunds, reversals,
ignored or unmatched. What waits for a person is unmatched. A day ties when its lines lead from its opening balance to
the balance that the bank reports last, without a gap. The day after a gap starts from what the bank reported, so that
a missing line is named once, where it is missing.

Money is in hundredths of a rupiah throughout. Days are days in Jakarta, the banks' own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from .balances import Entry, arrange
from .matching import Direction
from .outcome import LineKind
from .states import MutationStatus

CreditClass = Literal["matched", "unmatched", "ignored", "returned"]
DebitClass = Literal["payouts", "reversals", "unmatched", "ignored"]
BookClass = CreditClass | DebitClass

CREDITS: tuple[CreditClass, ...] = ("matched", "unmatched", "ignored", "returned")
DEBITS: tuple[DebitClass, ...] = ("payouts", "reversals", "unmatched", "ignored")

_CLASS_OF: dict[Direction, dict[LineKind, BookClass]] = {
    "credit": {"payment": "matched", "returned": "returned"},
    "debit": {"refund": "payouts", "reversal": "reversals"},
}


@dataclass(slots=True)
class DayLines:
    """A day's lines and the sums of what they are booked as.

    There are thousands of lines: their fields are `kept` one after the other in one list, so that the garbage collector
    has no objects to look through. `unspent` has the class and the amount of each line of which nothing is spent.
    """

    kept: list[Any] = field(default_factory=list)
    credits: dict[BookClass, int] = field(default_factory=lambda: dict.fromkeys(CREDITS, 0))
    debits: dict[BookClass, int] = field(default_factory=lambda: dict.fromkeys(DEBITS, 0))
    unspent: dict[int, tuple[Direction, BookClass, int]] = field(default_factory=dict)

    def book(self, entry: Entry, direction: Direction, parts: Mapping[BookClass, int]) -> None:
        """Add a line with the classes it is booked under; `parts` add up to the line."""
        self.kept.extend(entry)
        sums = self.credits if direction == "credit" else self.debits
        for name, amount in parts.items():
            sums[name] += amount
            if not entry.is_spent:
                self.unspent[entry.id] = direction, name, amount

    @property
    def entries(self) -> list[Entry]:
        """Return the lines."""
        return [Entry._make(each) for each in zip(*[iter(self.kept)] * len(Entry._fields), strict=True)]

    def without(self, entries: Iterable[Entry]) -> tuple[dict[BookClass, int], dict[BookClass, int]]:
        """Return what came in and what went out less these lines, of which nothing is spent."""
        came, went = dict(self.credits), dict(self.debits)
        for entry in entries:
            direction, name, amount = self.unspent[entry.id]
            (came if direction == "credit" else went)[name] -= amount
        return came, went


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Money that moved between two lines with no line to show it: positive came in, negative went out."""

    amount: int
    after: Entry
    before: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBooks:
    """One day of one account.

    `opening` and `closing` are None as long as no balance was ever reported, `reported` is None on a day whose last
    balance is not known. `repeated` lines are not counted, `silent` ones came without a balance.
    """

    day: date
    opening: int | None
    credits: Mapping[BookClass, int]
    debits: Mapping[BookClass, int]
    reported: int | None
    gaps: tuple[Gap, ...] = ()
    repeated: tuple[Entry, ...] = ()
    silent: tuple[Entry, ...] = ()

    @property
    def closing(self) -> int | None:
        """Return what should be left at the end of the day."""
        if self.opening is None:
            return None
        return self.opening + sum(self.credits.values()) - sum(self.debits.values())

    @property
    def ties(self) -> bool:
        """Tell whether nothing is missing and the bank reports the closing balance that the lines lead to."""
        return not self.gaps and self.reported in (None, self.closing)


def classify(
    direction: Direction, hundredths: int, status: MutationStatus, spent: Mapping[LineKind, int]
) -> dict[BookClass, int]:
    """Book a line of a statement; `spent` is what its allocations add up to by kind, in rupiah.

    What nothing is spent of is ignored or unmatched, whatever the mutation's status claims: the allocations count.
    """
    known = _CLASS_OF[direction]
    rest: BookClass = "ignored" if status == "ignored" else "unmatched"
    parts: dict[BookClass, int] = {known[kind]: amount * 100 for kind, amount in spent.items() if kind in known}
    left = hundredths - sum(parts.values())
    return {**parts, rest: left} if left else parts


def tie_out(days: Mapping[date, DayLines]) -> list[DayBooks]:
    """Prove an account's days one after the other, each opening with what the day before closed with.

    A bank that writes one and the same balance on every line tells what is left today and no running balance.
    """
    if _is_one_balance(entry for lines in days.values() for entry in lines.entries):
        days = {day: _without_balances(lines) for day, lines in days.items()}
    books: list[DayBooks] = []
    opening = _opening_of_a_circle(days[day].entries for day in sorted(days))
    last: Entry | None = None
    for day in sorted(days):
        booked, opening, last = _prove(day, days[day], opening, last)
        books.append(booked)
    return books


def _is_one_balance(entries: Iterable[Entry]) -> bool:
    balances, moving = set(), set()
    for entry in entries:
        balances.add(entry.balance)
        if len(balances) > 1:
            return False
        if entry.change:
            moving.add(entry.content or str(entry.id))
    return len(moving) > 1


def _without_balances(lines: DayLines) -> DayLines:
    return replace(lines, kept=[value for entry in lines.entries for value in entry._replace(balance=None)])


def _opening_of_a_circle(days: Iterable[Sequence[Entry]]) -> int | None:
    """Return what a first day opened with that ends where it began; None for any other first day.

    An account that is emptied every evening has such days. They could begin with any of their lines, so the days that
    follow say which, as long as it takes to find one that all agree on.
    """
    possible: list[int] = []
    for entries in days:
        runs = arrange(entries, None).runs
        starts = [entry.before for entry in runs[0]] if len(runs) == 1 else []
        is_circle = bool(starts) and starts[0] == runs[0][-1].balance
        if not (possible or is_circle):
            return None
        agreed = [start for start in possible or starts if start in set(starts if is_circle else starts[:1])]
        possible = agreed or possible
        if not (agreed and is_circle) or len(set(possible)) == 1:
            break
    return possible[0] if possible else None


def _prove(day: date, lines: DayLines, opening: int | None, last: Entry | None) -> tuple[DayBooks, int | None, Entry]:
    """Return the day's books, and the balance and the line that the next day starts from."""
    found = arrange(lines.entries, opening)
    placed: list[Entry] = []
    if opening is None and found.runs:
        start = found.runs[0][0]
        placed = [entry for entry in found.silent if (entry.at, entry.id) < (start.at, start.id)]
        opening = start.before - _total(placed)
        last = placed[-1] if placed else last
    # The placed ones are the first of the silent ones: both are in the order of time.
    gaps, unplaced = _explain(_gaps(found.runs, _after(opening, placed), last), found.silent[len(placed) :])
    came, went = lines.without(found.repeated)
    reported = found.runs[-1][-1].balance if found.runs and not unplaced else None
    books = DayBooks(
        day=day,
        opening=opening,
        credits=came,
        debits=went,
        reported=reported,
        gaps=tuple(gaps),
        repeated=tuple(found.repeated),
        silent=tuple(found.silent),
    )
    ordered = [*(entry for run in found.runs for entry in run), *unplaced]
    end = _after(found.runs[-1][-1].balance, unplaced) if found.runs else books.closing
    return books, end, ordered[-1]


def _after(balance: int | None, entries: Iterable[Entry]) -> int | None:
    return None if balance is None else balance + _total(entries)


def _total(entries: Iterable[Entry]) -> int:
    return sum(entry.change for entry in entries)


def _gaps(runs: Sequence[list[Entry]], balance: int | None, last: Entry | None) -> list[Gap]:
    gaps = []
    for run in runs:
        if last is not None and balance is not None and run[0].before != balance:
            gaps.append(Gap(amount=run[0].before - balance, after=last, before=run[0]))
        last, balance = run[-1], run[-1].balance
    return gaps


def _explain(gaps: list[Gap], silent: list[Entry]) -> tuple[list[Gap], list[Entry]]:
    """Put lines without a balance where money moved without a line; return what is left of both.

    One line that is exactly a gap closes it, and so do all that are left together where they add up to all gaps.
    """
    left = list(gaps)
    unplaced: list[Entry] = []
    for entry in silent:
        fitting = next((gap for gap in left if gap.amount == entry.change), None)
        if fitting is None:
            unplaced.append(entry)
        else:
            left.remove(fitting)
    if left and unplaced and sum(gap.amount for gap in left) == _total(unplaced):
        return [], []
    return left, unplaced
