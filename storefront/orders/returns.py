"""What a buyer gets back for pieces of an order: their price less their share of the discount, to the rupiah. Pure.

Whatever is given back bit by bit adds up to exactly what all pieces together cost, whichever way they are parted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One line of an order: how many pieces at which price, and how many of them are back or on their way back."""

    line_id: int
    unit_price: int
    quantity: int
    taken: int = 0

    @property
    def left(self) -> int:
        """Return how many pieces can still be given back."""
        return max(0, self.quantity - self.taken)


@dataclass(frozen=True, slots=True)
class Part:
    """What one line gives: so many pieces, worth so many rupiah."""

    line_id: int
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed to go back, in rupiah: `parts` of the goods, and `more` for delivery and unique code."""

    parts: list[Part] = field(default_factory=list)
    more: int = 0
    is_whole: bool = False

    @property
    def goods(self) -> int:
        """Return what goes back for the goods."""
        return sum(part.amount for part in self.parts)

    @property
    def total(self) -> int:
        """Return all that goes back."""
        return self.goods + self.more


def propose(
    pieces: Sequence[Piece],
    wanted: Mapping[int, int],
    *,
    discount: int,
    refundable: int,
    whole: int | None = None,
) -> Proposal:
    """Return what `wanted` pieces, by line, are worth; never more than `refundable` rupiah.

    `whole` is what goes back once every piece of the order is back, delivery included; None when the parcel has left,
    since what the delivery cost is spent then. More pieces than are left count as those that are.
    """
    shares = discount_shares([piece.unit_price * piece.quantity for piece in pieces], discount)
    parts, room = [], max(0, refundable)
    for piece, share in zip(pieces, shares, strict=True):
        quantity = min(max(0, wanted.get(piece.line_id, 0)), piece.left)
        if quantity:
            amount = min(room, _worth(piece, share, quantity))
            parts.append(Part(piece.line_id, quantity, amount))
            room -= amount
    back = {part.line_id: part.quantity for part in parts}
    is_all = bool(parts) and all(piece.left == back.get(piece.line_id, 0) for piece in pieces)
    is_whole = is_all and whole is not None
    more = max(0, min(room, (whole or 0) - sum(part.amount for part in parts))) if is_whole else 0
    return Proposal(parts=parts, more=more, is_whole=is_whole)


def discount_shares(totals: Sequence[int], discount: int) -> list[int]:
    """Part a discount among lines by what they cost; the shares add up to it, and none is more than its line.

    What is left by rounding down goes, rupiah by rupiah, to the lines that lost most by it.
    """
    whole = sum(totals)
    parted = min(max(0, discount), whole)
    if not parted:
        return [0] * len(totals)
    shares = [total * parted // whole for total in totals]
    lost = sorted(range(len(totals)), key=lambda place: (-(totals[place] * parted % whole), place))
    for place in lost[: parted - sum(shares)]:
        shares[place] += 1
    return shares


def _worth(piece: Piece, share: int, quantity: int) -> int:
    """Return what pieces are worth that go back after `piece.taken` others: all of them together lose no rupiah."""
    net = piece.unit_price * piece.quantity - share
    return net * (piece.taken + quantity) // piece.quantity - net * piece.taken // piece.quantity
