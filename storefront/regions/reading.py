"""A file of regions read as lines that can be kept, or as what is wrong with it, line by line. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from storefront.formats import fold

from .rules import is_code, level_of, parent_of, search_key, written

_HEADINGS = {
    "code": ("kode", "kode wilayah", "code", "id"),
    "name": ("nama", "nama wilayah", "name"),
    "postal_code": ("kode pos", "kodepos", "postal code", "zip"),
}
_AS_PUBLISHED = {"code": 0, "name": 1, "postal_code": 2}
_LONGEST_NAME = 80
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One region of a file, as it will be kept."""

    code: str
    name: str
    postal_code: str | None

    @property
    def values(self) -> dict[str, object]:
        """Return the columns of the table."""
        return {
            "code": self.code,
            "name": self.name,
            "key": search_key(self.name),
            "level": level_of(self.code),
            "parent": parent_of(self.code),
            "postal_code": self.postal_code,
        }


@dataclass(slots=True)
class Contents:
    """What a file says: its regions by code, and for each line that is wrong its number and why."""

    lines: dict[str, Line]
    problems: list[tuple[int, str]]


def read(content: bytes, *, known: Iterable[str] = ()) -> Contents:
    """Read a file of codes, names and perhaps postal codes; `known` are the codes that are kept already.

    With headings its columns may stand in any order; without, they are code, name and postal code.
    """
    contents = Contents({}, [])
    first_seen: dict[str, int] = {}
    for number, cells in _rows(content):
        try:
            line = _read_line(cells)
        except ValueError as error:
            contents.problems.append((number, str(error)))
            continue
        earlier = first_seen.setdefault(line.code, number)
        if contents.lines.setdefault(line.code, line) != line:
            contents.problems.append((number, f"the code {line.code} stands in line {earlier} with another name"))
    there = {*contents.lines, *known}
    for code in contents.lines:
        above = parent_of(code)
        if above is not None and above not in there:
            contents.problems.append((first_seen[code], f"{code} lies in {above}, which is not in the file"))
    contents.problems.sort()
    return contents


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line's number and its cells by what they are."""
    text = _decoded(content)
    beginning = "\n".join(text.splitlines()[:5])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=beginning.count))
    places: dict[str, int] | None = None
    for row in reader:
        cells = [cell.replace("\x00", "").strip() for cell in row]
        if not any(cells):
            continue
        if places is None:
            headed = _headings(cells)
            places = headed or _AS_PUBLISHED
            if headed:
                continue
        yield reader.line_num, {name: cells[place] for name, place in places.items() if place < len(cells)}


def _headings(cells: list[str]) -> dict[str, int] | None:
    """Return where each column is, if these are headings with a code and a name."""
    plain = [fold(cell).replace("_", " ") for cell in cells]
    found = {
        name: plain.index(each) for name, headings in _HEADINGS.items() for each in reversed(headings) if each in plain
    }
    return found if {"code", "name"} <= found.keys() else None


def _read_line(cells: dict[str, str]) -> Line:
    code, name, postal_code = (cells.get(column, "") for column in ("code", "name", "postal_code"))
    if not is_code(code):
        raise ValueError(
            f"{code[:20]!r} is no code such as 33, 33.73, 33.73.02 or 33.73.02.1003; "
            "a spreadsheet that took codes for numbers must keep that column as text"
        )
    name = written(name, level_of(code))
    if not search_key(name) or len(name) > _LONGEST_NAME:
        raise ValueError(f"the name of {code} is empty or longer than {_LONGEST_NAME} letters")
    if postal_code and not (postal_code.isascii() and postal_code.isdigit() and len(postal_code) == _DIGITS):
        raise ValueError(f"{postal_code[:20]!r} is no postal code; it has {_DIGITS} figures")
    return Line(code, name, postal_code or None)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
