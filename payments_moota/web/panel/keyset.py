"""Pages of a long list by where the last one ended, so that page 20,000 is as quick as the first."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# What fits into a moment of this millennium and into every database's integers.
_PLAIN = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row that was shown: its moment and its id. What follows is older, or as old with a smaller id."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.id}"


def read_cursor(text: str | None) -> Cursor | None:
    """Return the cursor in an address; None for none, and for what is no cursor."""
    moment, _, number = (text or "").partition(".")
    if not (_PLAIN.fullmatch(moment) and _PLAIN.fullmatch(number)):
        return None
    return Cursor(_EPOCH + int(moment) * _MICROSECOND, int(number))
