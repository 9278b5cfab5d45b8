"""The table of regions: brought up to a file, and asked for suggestions. Flushes, never commits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Executable, delete, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from storefront.formats import fold
from storefront.provinces import PROVINCES

from .models import Region
from .reading import Line
from .rules import CITY, DISTRICT, PROVINCE, VILLAGE, codes_above, level_of, search_key

# The fields of an address, from the largest to the smallest.
LEVELS = {"province": PROVINCE, "city": CITY, "district": DISTRICT, "village": VILLAGE}
SUGGESTED = ("city", "district", "village")
MOST = 20
# Fewer letters mean nothing where a whole country is searched.
_ENOUGH_LETTERS = 2
_LISTED_AT_ONCE = 200
_KEPT_COLUMNS = (Region.code, Region.name, Region.postal_code)


@dataclass(slots=True)
class Difference:
    """What has to be done so that the table says what a file says."""

    added: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    same: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One place as it is offered: the text that is read, and what it puts into which field."""

    text: str
    fields: dict[str, str]


def known_codes(session: Session) -> set[str]:
    """Return the codes of all regions that are kept."""
    return set(session.scalars(select(Region.code)))


def compare(session: Session, lines: Mapping[str, Line]) -> Difference:
    """Return how a file differs from the table."""
    kept = {line.code: line for line in _lines(session, select(*_KEPT_COLUMNS))}
    found = Difference(gone=sorted(kept.keys() - lines.keys()))
    for code, line in sorted(lines.items()):
        if code not in kept:
            found.added.append(line)
        elif kept[code] != line:
            found.changed.append(line)
        else:
            found.same += 1
    return found


def add(session: Session, lines: list[Line]) -> None:
    """Add regions that are not kept yet."""
    session.execute(insert(Region), [line.values for line in lines])


def change(session: Session, lines: list[Line]) -> None:
    """Change regions that are kept."""
    session.execute(update(Region), [line.values for line in lines])


def remove(session: Session, codes: list[str]) -> None:
    """Remove regions."""
    session.execute(delete(Region).where(Region.code.in_(codes)))


def lists(session: Session, address: Mapping[str, str]) -> dict[str, list[str]] | None:
    """Return what may be written into each field by what is filled in above it; None in a shop without the table.

    These stand in the page itself, so that there are suggestions without JavaScript too; never more than lie in one
    region.
    """
    if session.scalars(select(Region.code).limit(1)).first() is None:
        return None
    places = _places(session, address, "village")
    found: dict[str, list[str]] = {}
    for above, name in zip(LEVELS, SUGGESTED, strict=False):
        below = select(Region.name).where(Region.parent == places.get(above)).order_by(Region.key, Region.code)
        found[name] = list(session.scalars(below.limit(_LISTED_AT_ONCE))) if above in places else []
    return found


def suggest(session: Session, name: str, address: Mapping[str, str]) -> list[Suggestion]:
    """Return places for the field `name` by how it begins, within what the fields above it say as far as is known."""
    places = _places(session, address, name)
    within = next(reversed(places.values()), None)
    found = _within(session, LEVELS[name], within, search_key(address.get(name, "")))
    names = _names_above(session, [line.code for line in found])
    return [_suggestion(line, names, level_of(within) if within else 0) for line in found]


def _places(session: Session, address: Mapping[str, str], until: str) -> dict[str, str]:
    """Return the code that each field above `until` means, the largest first; one that may be several is left out."""
    found: dict[str, str] = {}
    for name, level in LEVELS.items():
        typed = address.get(name, "").strip()
        if level >= LEVELS[until] or not typed:
            continue
        query = select(Region.code, Region.name).where(Region.level == level, Region.key == search_key(typed))
        if found:
            query = query.where(_begins(Region.code, f"{next(reversed(found.values()))}."))
        rows = session.execute(query.limit(MOST)).all()
        fitting = [row for row in rows if fold(row.name) == fold(typed)] or rows
        if len(fitting) == 1:
            found[name] = fitting[0].code
    return found


def _within(session: Session, level: int, code: str | None, typed: str) -> list[Line]:
    """Return regions of a level whose names begin so; of those that lie in one region, any word may."""
    query = select(*_KEPT_COLUMNS).order_by(Region.key, Region.code)
    if code is not None and level_of(code) == level - 1:
        lines = _lines(session, query.where(Region.parent == code).limit(_LISTED_AT_ONCE))
        return [line for line in lines if f" {typed}" in f" {search_key(line.name)}"][:MOST]
    if len(typed) < _ENOUGH_LETTERS:
        return []
    query = query.where(Region.level == level, _begins(Region.key, typed))
    if code is not None:
        query = query.where(_begins(Region.code, f"{code}."))
    return _lines(session, query.limit(MOST))


def _lines(session: Session, query: Executable) -> list[Line]:
    return [Line(code, name, postal_code) for code, name, postal_code in session.execute(query)]


def _begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a text begins so; letters, figures and dots all come before a tilde."""
    return column.between(text, f"{text}~")


def _names_above(session: Session, codes: list[str]) -> dict[str, str]:
    wanted = {above for code in codes for above in codes_above(code)}
    if not wanted:
        return {}
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(wanted)))
    return {code: name for code, name in rows}  # noqa: C416 - rows are no pairs to a type checker


def _suggestion(line: Line, names: Mapping[str, str], known: int) -> Suggestion:
    """Return a region with what it lies in, as far as that was not known: `Sidorejo, Kota Salatiga, Jawa Tengah`."""
    fields = {list(LEVELS)[level_of(line.code) - 1]: line.name}
    for above in reversed(codes_above(line.code)):
        level = level_of(above)
        if level > known and above in names and (level != PROVINCE or names[above] in PROVINCES):
            fields[list(LEVELS)[level - 1]] = names[above]
    text = ", ".join(fields.values())
    if line.postal_code:
        fields["postal_code"] = line.postal_code
    return Suggestion(text, fields)
