"""Months of the books as this process last read them: good for as long as nothing of the month has changed.

That is quickly told, where reading a month of very many lines takes a moment.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from ... import closing
from ...context import state
from ...models import Account
from ...work import Work

_MOST_KEPT = 12


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading; `of` is what else its figures depend on."""

    reading: closing.Reading
    of: Any


def document_of(work: Work, month: date) -> dict[str, Any]:
    """Return what the books of a month say."""
    kept, depends = state().readings.get(month), _depends_on(work)
    reading = closing.renew(work, kept.reading) if kept is not None and kept.of == depends else None
    if reading is None:
        reading = closing.look(work, month)
    _keep(month, Kept(reading, depends))
    return reading.document


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
