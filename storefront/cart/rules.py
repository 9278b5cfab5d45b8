"""What a cart may hold and what to tell when the shelf has changed since. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_QUANTITY = 999
# A session cookie holds about 4 KB; a cart must never be the reason that it is thrown away.
MAX_LINES = 40


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as the visitor left it: pieces, and the price in rupiah that was shown."""

    quantity: int
    seen_price: int


Basket = dict[int, Wanted]


def read_basket(stored: Any) -> Basket:
    """Return the basket of a session. Whatever does not look like one, of an older shop perhaps, is left out."""
    if not isinstance(stored, Mapping):
        return {}
    lines = ((_number(key), value) for key, value in stored.items())
    return {key: Wanted(*value) for key, value in lines if key is not None and _is_line(value)}


def write_basket(basket: Basket) -> dict[str, list[int]]:
    """Return a basket as a session keeps it."""
    return {str(variant_id): [wanted.quantity, wanted.seen_price] for variant_id, wanted in basket.items()}


def merge(here: Basket, there: Basket) -> tuple[Basket, int, int]:
    """Return two baskets of one person as one, of each variant the larger number; this browser's lines come first.

    Also how many lines came or grew by that, and how many had no room.
    """
    both, came, left = dict(here), 0, 0
    for variant_id, wanted in there.items():
        known = both.get(variant_id)
        if known is None and len(both) >= MAX_LINES:
            left += 1
        elif known is None or known.quantity < wanted.quantity:
            both[variant_id] = wanted
            came += 1
    return both, came, left


def fitting(quantity: int, stock: int) -> int:
    """Return how many of the `quantity` wanted can be had."""
    return max(min(quantity, stock, MAX_QUANTITY), 0)


def _number(key: Any) -> int | None:
    return int(key) if isinstance(key, str) and key.isascii() and key.isdigit() else None


def _is_line(value: Any) -> bool:
    pair = isinstance(value, list) and [type(part) for part in value] == [int, int]
    return pair and 0 < value[0] <= MAX_QUANTITY
