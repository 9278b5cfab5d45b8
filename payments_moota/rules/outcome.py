"""What a charge's money adds up to: totals, exceptions and the signed difference, computed from its lines every time.

Nothing here is ever stored and counted on: a correction is one more line, and the outcome follows from all of them.

    exception         | holds while
    ------------------|-------------------------------------------------------------------------------------
    underpaid         | something was received, and less than is due even with the tolerance
    overpaid          | more than is due was received, duplicates and money after a cancellation not counted
    paid_late         | a payment that the bank booked after the deadline is still there
    duplicate_payment | a payment that came a second time is still there
    paid_after_cancel | a payment that came for a cancelled charge is still there
    settled_by_hand   | a payment that a person vouched for is still there
    reversed          | the bank has taken money back

Several hold at once: money can be late and too much.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from .money import Rupiah

LineKind = Literal["payment", "reversal", "refund", "returned"]
Mark = Literal["paid_late", "duplicate_payment", "paid_after_cancel", "settled_by_hand"]

# Money that is not meant to stay: it goes back under its own name, so it does not make the charge overpaid as well.
_NOT_FOR_THE_CHARGE: frozenset[str] = frozenset({"duplicate_payment", "paid_after_cancel"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One allocation: positive rupiah of a kind, or negative as the correction of an earlier line with its marks."""

    kind: LineKind
    amount: Rupiah
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Totals:
    """A charge's money: what came in and stayed, what the shop sent back and stayed away, what the bank took back."""

    received: Rupiah
    refunded: Rupiah
    reversed: Rupiah

    @property
    def net(self) -> Rupiah:
        """Return what the shop still holds of it."""
        return self.received - self.refunded


def add_up(lines: Iterable[Line]) -> Totals:
    """Add a charge's lines up."""
    sums: dict[LineKind, Rupiah] = dict.fromkeys(get_args(LineKind), 0)
    for line in lines:
        sums[line.kind] += line.amount
    return Totals(
        received=sums["payment"] - sums["reversal"],
        refunded=sums["refund"] - sums["returned"],
        reversed=sums["reversal"],
    )


def is_settled(received: Rupiah, *, amount_due: Rupiah, tolerance: Rupiah) -> bool:
    """Tell whether what was received pays the charge; no tolerance makes nothing enough."""
    return received > 0 and received >= amount_due - tolerance


def exceptions(lines: Iterable[Line], *, amount_due: Rupiah, tolerance: Rupiah) -> frozenset[str]:
    """Return what is out of the ordinary with a charge's money, as the table above has it."""
    lines = list(lines)
    totals = add_up(lines)
    found: set[str] = {mark for mark in get_args(Mark) if _marked(lines, {mark}) > 0}
    if totals.received > 0 and not is_settled(totals.received, amount_due=amount_due, tolerance=tolerance):
        found.add("underpaid")
    if totals.received - _marked(lines, _NOT_FOR_THE_CHARGE) > amount_due:
        found.add("overpaid")
    if totals.reversed > 0:
        found.add("reversed")
    return frozenset(found)


def not_due(lines: Iterable[Line], *, amount_due: Rupiah) -> dict[str, Rupiah]:
    """Return what came and was not due, in rupiah by exception; only what is more than nothing."""
    lines = list(lines)
    apart = {mark: _marked(lines, {mark}) for mark in sorted(_NOT_FOR_THE_CHARGE)}
    surplus = add_up(lines).received - sum(apart.values()) - amount_due
    return {name: amount for name, amount in {**apart, "overpaid": surplus}.items() if amount > 0}


def difference(totals: Totals, amount_due: Rupiah) -> Rupiah:
    """Return what the shop holds too much (positive) or too little (negative); zero before any money has moved."""
    moved = totals.received or totals.refunded or totals.reversed
    return totals.net - amount_due if moved else 0


def _marked(lines: Iterable[Line], marks: Iterable[str]) -> Rupiah:
    wanted = frozenset(marks)
    return sum(line.amount for line in lines if line.kind == "payment" and line.marks & wanted)
