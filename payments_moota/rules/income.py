"""What came in for a charge, cut into what it is: price, fee, unique code, or nothing that was due.

    of the money                                         | is
    -----------------------------------------------------|------------
    the first rupiah, up to the order's price            | price
    the next ones, up to the channel's fee               | fee
    the next ones, up to the amount due                  | unique code
    all that comes beyond, or for an order that ended    | not due

A unique code that is taken off the price is negative, and comes with the rupiah that completes the amount due. The four
always add up to the money. What the bank took back is forgotten, what was not due first: paid again, it counts again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .money import Rupiah
from .outcome import LineKind

# What the unique code is in the owner's books.
CodeBooks = Literal["income", "rounding"]


class Cut(NamedTuple):
    """Money by what it is, in rupiah."""

    price: Rupiah = 0
    fee: Rupiah = 0
    unique_code: Rupiah = 0
    not_due: Rupiah = 0

    def plus(self, other: "Cut") -> "Cut":
        """Add another one."""
        return Cut(*(mine + its for mine, its in zip(self, other, strict=True)))

    def minus(self, other: "Cut") -> "Cut":
        """Take another one off."""
        return Cut(*(mine - its for mine, its in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a charge asks for, in rupiah: the order's price, the fee on top, and all that is due.

    `has_ended`: it is expired or cancelled, so nothing is due any more and all of it goes back.
    """

    price: Rupiah
    fee: Rupiah
    due: Rupiah
    has_ended: bool = False

    def cut(self, received: Rupiah) -> Cut:
        """Cut all that was received so far."""
        if self.has_ended:
            return Cut(not_due=received)
        if received >= self.due:
            return Cut(self.price, self.fee, self.due - self.price - self.fee, received - self.due)
        price = min(received, self.price)
        fee = min(received - price, self.fee)
        return Cut(price, fee, received - price - fee)


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of a charge's books; `mutation` is None where a person vouched."""

    mutation: int | None
    kind: LineKind
    amount: Rupiah


def cut_by_mutation(asked: Asked, lines: Iterable[Moved]) -> dict[int | None, Cut]:
    """Return what each mutation brought to a charge, its lines in the order they were written.

    A match that was taken back has brought nothing.
    """
    found: dict[int | None, Cut] = {}
    received = 0
    for line in _that_stand(lines):
        if line.kind == "reversal":
            received = max(0, received - line.amount)
            continue
        part = asked.cut(received + line.amount).minus(asked.cut(received))
        found[line.mutation] = found.get(line.mutation, Cut()).plus(part)
        received += line.amount
    return found


def _that_stand(lines: Iterable[Moved]) -> list[Moved]:
    """Merge corrections into the lines they correct; leave out refunds, which are no income taken back."""
    sums: dict[tuple[int | None, LineKind], Rupiah] = {}
    for line in lines:
        if line.kind in {"payment", "reversal"}:
            sums[line.mutation, line.kind] = sums.get((line.mutation, line.kind), 0) + line.amount
    return [Moved(mutation, kind, amount) for (mutation, kind), amount in sums.items() if amount > 0]
