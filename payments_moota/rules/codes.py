"""Unique codes (kode unik): the small number that makes an amount due unlike every other on the same account."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from .money import Rupiah

Mode = Literal["add", "subtract"]


@dataclass(frozen=True, slots=True)
class CodeRange:
    """The codes an owner allows, `low` to `high` rupiah inclusive, added to the amount or taken off it."""

    low: int
    high: int
    mode: Mode

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError(f"unique codes cannot run from {self.low} to {self.high}")

    def amount_due(self, amount: Rupiah, code: int) -> Rupiah:
        """Return what a payer with this code transfers."""
        return amount + code if self.mode == "add" else amount - code

    def span(self, amount: Rupiah) -> tuple[Rupiah, Rupiah]:
        """Return the lowest and highest amount due possible, both inclusive; empty (high below low) when none is."""
        first, last = self.amount_due(amount, self.low), self.amount_due(amount, self.high)
        return max(1, min(first, last)), max(first, last)


def free_codes(amount: Rupiah, taken: Collection[Rupiah], codes: CodeRange) -> list[int]:
    """List the codes whose amount due is positive and not `taken`.

    `taken` are amounts due reserved on the account, not codes: the amount is what a bank statement shows, so orders
    of different prices may share a code while orders of nearby prices may not share an amount.
    """
    reserved = frozenset(taken)
    return [
        code
        for code in range(codes.low, codes.high + 1)
        if (due := codes.amount_due(amount, code)) > 0 and due not in reserved
    ]


def choose_code(amount: Rupiah, taken: Collection[Rupiah], codes: CodeRange, rng: random.Random) -> int | None:
    """Pick one of the free codes, each equally likely; None when there is none.

    Random rather than the next in line, so that two checkouts at once rarely want the same and nobody can tell from
    their code how many orders a shop has.
    """
    free = free_codes(amount, taken, codes)
    return rng.choice(free) if free else None
