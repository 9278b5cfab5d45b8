"""What can be brought in from files, and how each kind of file is read and brought in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from . import columns, goods, people, people_columns, shelving, welcoming
from .columns import Field, Preset
from .models import ImportKind
from .reading import Row
from .rows import Group, Item, Result

Mapped = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How files of one kind are done: `read` puts rows together, `bring` brings one group in and flushes.

    A file and its job are deleted after `kept_for`.
    """

    fields: tuple[Field, ...]
    presets: tuple[Preset, ...]
    required: tuple[str, ...]
    read: Callable[[Sequence[Row], Mapped], list[Group]]
    bring: Callable[[Session, Group, Mapped, str], list[tuple[Item, Result]]]
    kept_for: timedelta


def _read_goods(table: Sequence[Row], mapping: Mapped) -> list[Group]:
    return goods.group(goods.read_items(table, mapping["header"], mapping["columns"]))


def _bring_goods(session: Session, group: Group, mapping: Mapped, key: str) -> list[tuple[Item, Result]]:
    terms = shelving.Terms(mapping.get("category"), stock=mapping.get("stock", False), key=key)
    return shelving.shelve(session, group, terms)


def _read_people(table: Sequence[Row], mapping: Mapped) -> list[Group]:
    return people.group(people.read_items(table, mapping["header"], mapping["columns"]))


def _bring_people(session: Session, group: Group, mapping: Mapped, _key: str) -> list[tuple[Item, Result]]:
    return welcoming.welcome(session, group, consent=mapping.get("consent", ""))


KINDS: dict[ImportKind, Kind] = {
    "products": Kind(columns.FIELDS, columns.PRESETS, columns.REQUIRED, _read_goods, _bring_goods, timedelta(days=90)),
    # What is known of people is not left lying about in files.
    "customers": Kind(
        people_columns.FIELDS,
        people_columns.PRESETS,
        people_columns.REQUIRED,
        _read_people,
        _bring_people,
        timedelta(days=14),
    ),
}
