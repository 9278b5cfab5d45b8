"""Where mutations, charges and refunds say something else than the allocation lines: what `reconcile` calls a fault.

    code                             | holds when
    ---------------------------------|---------------------------------------------------------------------------
    mutation.spent_beyond            | more of it is allocated than it is worth, or less than nothing
    mutation.wrong_direction         | money that came in pays something out, or the other way round
    mutation.matched_without_lines   | it is matched, and nothing is allocated
    mutation.matched_in_part         | it is matched, and some of it is not allocated
    mutation.lines_without_match     | it is not matched, and something is allocated
    charge.other_exceptions          | its exceptions are not those of its lines
    charge.paid_without_money        | it is paid, and its lines do not cover it
    charge.waits_though_paid         | it waits, and its lines cover it
    charge.asks_another_amount       | it waits for something else than what is missing
    charge.refunded_beyond_payments  | more went back than was ever paid
    refund.other_amount_paid_out     | completed, its lines are not its amount; not completed, they are not nothing

Amounts of lines are in rupiah, those of mutations in hundredths.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import outcome
from .matching import Direction
from .money import Rupiah, format_rupiah
from .outcome import Line, LineKind
from .states import ChargeStatus, MutationStatus, RefundStatus

_BELONGS_TO: dict[Direction, frozenset[LineKind]] = {
    "credit": frozenset({"payment", "returned"}),
    "debit": frozenset({"refund", "reversal"}),
}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that does not agree: its code, and what is the matter in words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeClaim:
    """What a charge says of itself."""

    status: ChargeStatus
    exceptions: frozenset[str]
    amount_due: Rupiah
    amount_open: Rupiah


def of_mutation(
    direction: Direction, hundredths: int, status: MutationStatus, spent: Mapping[LineKind, Rupiah]
) -> list[Disagreement]:
    """Compare a mutation with what its lines add up to by kind."""
    total = sum(spent.values())
    is_overspent = total * 100 > max(hundredths, 0) or any(amount < 0 for amount in spent.values())
    is_matched, is_foreign = status == "matched", not _BELONGS_TO[direction].issuperset(_live(spent))
    if not (is_overspent or is_foreign) and total * 100 == (hundredths if is_matched else 0):
        return []  # as nearly all do
    return _those_that_hold(
        ("mutation.spent_beyond", is_overspent, f"{format_rupiah(total)} of it is allocated"),
        ("mutation.wrong_direction", is_foreign, f"a {direction} cannot be a {' and a '.join(sorted(_live(spent)))}"),
        ("mutation.matched_without_lines", is_matched and not any(spent.values()), "it is matched to nothing"),
        (
            "mutation.matched_in_part",
            is_matched and 0 < total * 100 < hundredths,
            f"it is matched, but only {format_rupiah(total)} of it is allocated",
        ),
        (
            "mutation.lines_without_match",
            not is_matched and any(spent.values()),
            f"it is {status}, but {format_rupiah(total)} of it is allocated",
        ),
    )


def of_charge(claim: ChargeClaim, lines: Sequence[Line], *, tolerance: Rupiah) -> list[Disagreement]:
    """Compare a charge with its lines; `tolerance` is what may be missing from a payment today."""
    totals = outcome.add_up(lines)
    due, received = claim.amount_due, totals.received
    # Exceptions were noted under the tolerance of their day, which was perhaps none.
    possible = [outcome.exceptions(lines, amount_due=due, tolerance=allowed) for allowed in (tolerance, 0)]
    is_excused = bool(possible[0] & {"reversed", "settled_by_hand"})
    is_paid, waits = claim.status == "paid", claim.status == "pending"
    is_settled = outcome.is_settled(received, amount_due=due, tolerance=tolerance)
    came = f"{format_rupiah(received)} of {format_rupiah(due)} came"
    asked = f"it asks for {format_rupiah(claim.amount_open)} where {came}"
    beyond = f"{format_rupiah(totals.refunded)} went back"
    return _those_that_hold(
        (
            "charge.other_exceptions",
            claim.exceptions not in possible,
            f"it is said to be {_listed(claim.exceptions)}, its lines say {_listed(possible[0])}",
        ),
        ("charge.paid_without_money", is_paid and not is_settled and not is_excused, f"it is paid, but {came}"),
        ("charge.waits_though_paid", waits and received >= due, f"it waits, but {came}"),
        ("charge.asks_another_amount", waits and 0 < due - received != claim.amount_open, asked),
        ("charge.refunded_beyond_payments", totals.refunded > received + totals.reversed, f"{beyond}, {came}"),
    )


def of_refund(status: RefundStatus, amount: Rupiah, paid_out: Rupiah) -> list[Disagreement]:
    """Compare a refund with what went out for it and did not come back."""
    should = amount if status == "completed" else 0
    text = f"it is {status} with {format_rupiah(amount)}, but {format_rupiah(paid_out)} went out for it"
    return _those_that_hold(("refund.other_amount_paid_out", paid_out != should, text))


def _those_that_hold(*questions: tuple[str, bool, str]) -> list[Disagreement]:
    return [Disagreement(code, text) for code, holds, text in questions if holds]


def _live(spent: Mapping[LineKind, Rupiah]) -> set[LineKind]:
    return {kind for kind, amount in spent.items() if amount}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "without exceptions"
