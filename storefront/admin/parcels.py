"""A pasted or imported list of parcels: one line for each, `order number;courier;tracking number`. Pure."""

import csv
import io
from dataclasses import dataclass
from typing import Literal

from storefront.forms import one_line

Verdict = Literal["fine", "unknown", "sent", "refused", "incomplete", "twice"]

_SEPARATORS = ";\t,"
_CELLS = 3
_LONGEST = 60
_MOST = 500


@dataclass(frozen=True, slots=True)
class Parcel:
    """One line of the list; `problem` says why it cannot be used whatever the order's state is."""

    number: str
    courier: str
    tracking_number: str
    problem: Literal["incomplete", "twice"] | None = None


def read_parcels(text: str) -> list[Parcel]:
    """Return the parcels of a list. A heading, empty lines and lines beyond the first 500 are left out."""
    found: list[Parcel] = []
    seen: set[str] = set()
    for cells in csv.reader(io.StringIO(text), delimiter=_separator(text)):
        parcel = _parcel([str(one_line(cell)) for cell in cells])
        if parcel is None or (not found and _is_heading(parcel)):
            continue
        key = parcel.number.upper()
        if parcel.problem is None and key in seen:
            found.append(Parcel(parcel.number, parcel.courier, parcel.tracking_number, "twice"))
            continue
        if parcel.problem is None:
            seen.add(key)
        found.append(parcel)
    return found[:_MOST]


def _parcel(cells: list[str]) -> Parcel | None:
    if not any(cells):
        return None
    number, courier, tracking = (*cells, "", "", "")[:_CELLS]
    is_complete = number and courier and tracking and max(len(courier), len(tracking)) <= _LONGEST
    return Parcel(number, courier, tracking, None if is_complete else "incomplete")


def _is_heading(parcel: Parcel) -> bool:
    return not any(character.isdigit() for character in parcel.number + parcel.tracking_number)


def _separator(text: str) -> str:
    """Return what parts the cells: what occurs most in the first line that is not empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=first.count)
