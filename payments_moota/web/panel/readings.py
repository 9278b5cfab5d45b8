"""Months of the books as this process last read them, so that a large one is not read anew at every look.

A reading is good for as long as nothing of its month has changed, which is quickly told. One of very many lines is
shown for some minutes more, with the moment it is of.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from ... import closing
from ...context import state
from ...models import Account
from ...work import Work

_MOST_KEPT = 12
_MANY_LINES = 5_000
_SHOWN_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading, when it was made, and whether it took long; `of` is what else its figures depend on."""

    reading: closing.Reading
    at: datetime
    is_long: bool
    of: Any


def document_of(work: Work, month: date, *, is_exact: bool = True) -> tuple[dict[str, Any], datetime | None]:
    """Return what the books of a month say; and, unless it has to be exact, the moment it is of where that is past."""
    kept, depends = state().readings.get(month), _depends_on(work)
    if kept is not None and kept.of == depends:
        renewed = closing.renew(work, kept.reading)
        if renewed is not None:
            state().readings[month] = Kept(renewed, work.now(), kept.is_long, depends)
            return kept.reading.document, None
        if not is_exact and kept.is_long and work.now() - kept.at < _SHOWN_FOR:
            return kept.reading.document, kept.at
    at, reading = work.now(), closing.look(work, month)
    _keep(month, Kept(reading, at, closing.has_lines(work, month, more_than=_MANY_LINES), depends))
    return reading.document, None


def _depends_on(work: Work) -> Any:
    settings = work.settings
    labels = work.session.execute(select(Account.bank_id, Account.label).order_by(Account.id)).all()
    return settings.unique_code_books, settings.tolerance, settings.zone, [tuple(each) for each in labels]


def _keep(month: date, kept: Kept) -> None:
    readings = state().readings
    readings.pop(month, None)
    readings[month] = kept
    for oldest in list(readings)[:-_MOST_KEPT]:
        readings.pop(oldest, None)
