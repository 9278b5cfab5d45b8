"""Filters in the address of a list: what people type, read forgivingly; what makes no sense is left out and said."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request

from ...context import state
from ...rules.money import read_typed
from ..words import Translate

_LONGEST = 100
# Beyond these nothing can be found, and databases would refuse the figures.
_MOST_DIGITS = 9
_TOO_MUCH = 10**13
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


class Typed(dict[str, str]):
    """The filters of an address by their names, tidied; `problems` has a sentence for each that was not understood."""

    def __init__(self, *names: str) -> None:
        super().__init__({name: " ".join(request.args.get(name, "").split())[:_LONGEST] for name in names})
        self.problems: dict[str, str] = {}

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is left out."""
        return any(self.values())

    @property
    def kept(self) -> dict[str, str]:
        """Return what the address of the next page keeps."""
        return {name: value for name, value in self.items() if value}

    def one_of(self, name: str, choices: tuple[Any, ...]) -> Any:
        """Return the chosen value; None for all, and for what is no choice."""
        return self[name] if self[name] in choices else None

    def number(self, name: str) -> int | None:
        """Return a row's number."""
        value = self[name]
        return int(value) if value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS else None

    def day(self, name: str, t: Translate, *, days: int = 0) -> datetime | None:
        """Return the beginning of a day in the shop's zone, or of one `days` later."""
        if not self[name]:
            return None
        try:
            day = date.fromisoformat(self[name])
        except ValueError:
            day = date.min
        if not _FIRST_DAY <= day <= _LAST_DAY:
            self.problems[name] = t("Tulis tanggal seperti 2026-11-24.")
            return None
        return datetime.combine(day + timedelta(days=days), time.min, state().settings.zone)

    def rupiah(self, name: str, t: Translate) -> int | None:
        """Return an amount as people type it."""
        if not self[name]:
            return None
        try:
            amount = read_typed(self[name])
        except ValueError:
            amount = 0
        if 0 < amount < _TOO_MUCH:
            return amount
        self.problems[name] = t("Tulis jumlahnya dengan angka, misalnya 50.000.")
        return None


def row_number(text: str | None) -> int | None:
    """Return where a page of a list begins, by a row's number."""
    value = text or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 2 * _MOST_DIGITS else None
