"""Rows of a file read as goods: figures understood, rows of one product put together. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from storefront import payments
from storefront.catalog.rules import LONGEST_LABEL, MAX_OPTIONS, label_of, slug_of
from storefront.forms import MAX_RUPIAH
from storefront.texts import _

from .rows import Group, Item

_MOST = {"stock": 999_999_999, "weight_grams": 1_000_000, "length_cm": 1000, "width_cm": 1000, "height_cm": 1000}
_LONGEST = {"name": 160, "code": 60, "variant": 120, "summary": 300, "description": 20_000, "category": 120}
# 50000.00 as programs write it; 50.000 is fifty thousand.
_WITH_CENTS = re.compile(r"(\d+)[.,]0{1,2}")
_YES = frozenset({"ya", "y", "yes", "1", "true", "aktif", "active", "dijual", "live"})
_NO = frozenset({"tidak", "t", "n", "no", "0", "false", "nonaktif", "inactive", "tidak dijual", "tidak aktif", "draft"})
_PARTED = ", "
_BETWEEN_NAMES = re.compile(r"[;,|\n]")


def read_items(table: Sequence[list[str]], header: int, columns: Mapping[str, int]) -> list[Item]:
    """Return the rows below the headings as goods, numbered as the file's programs number them.

    Rows of explanations that stand between the headings and the goods are left out, as far as a column of prices tells;
    a row without a name is another variant of the product above it.
    """
    headings = table[header] if header < len(table) else []
    items: list[Item] = []
    name = ""
    for number, cells in enumerate(table[header + 1 :], start=header + 2):
        if not any(cells) or (not items and "price" in columns and not _has_price(cells, columns)):
            continue
        item = _read(number, cells, columns, headings)
        if not item.problem:
            item.values["name"] = name = item.values.get("name") or name
        if not item.problem and not slug_of(name):
            item.problem = _("Nama barang kosong, atau tanpa huruf dan angka.")
        items.append(item)
    return items


def group(items: Sequence[Item]) -> list[Group]:
    """Put the rows of each product together, in the order in which products first occur."""
    groups: dict[str, Group] = {}
    _refuse_repeated(items)
    for item in items:
        # A row that could not be read stands for itself.
        key = f"#{item.number}" if item.problem else slug_of(item.values["name"])
        groups.setdefault(key, Group(key, [])).items.append(item)
    return list(groups.values())


def _refuse_repeated(items: Sequence[Item]) -> None:
    """Refuse a row with the code of one above it."""
    seen: dict[str, int] = {}
    for item in items:
        code = item.values.get("code")
        if code and not item.problem and seen.setdefault(code, item.number) != item.number:
            item.problem = _("Kode %(code)s sudah dipakai baris %(number)d.", code=code, number=seen[code])


def _read(number: int, cells: list[str], columns: Mapping[str, int], headings: Sequence[str]) -> Item:
    item = Item(number, cells)
    for name, place in columns.items():
        text = cells[place] if place < len(cells) else ""
        if not text:
            continue
        heading = headings[place] if place < len(headings) else ""
        try:
            item.values[name] = _value(name, text, heading)
        except ValueError as error:
            item.problem = str(error)
            return item
    return item


def _value(name: str, text: str, heading: str) -> Any:
    if name == "weight_grams":
        return _grams(text, heading)
    if name in _MOST:
        return _whole(name, text)
    if name in _READERS:
        return _READERS[name](text)
    if name == "category":
        # Marketplaces write the way to a category: Makanan > Minuman > Kopi.
        text = text.rpartition(">")[2].strip()
    if name in {"name", "code", "variant", "category", "summary"}:
        text = " ".join(text.split())
    if len(text) > _LONGEST[name]:
        raise ValueError(
            _("“%(text)s…” terlalu panjang; paling banyak %(most)d huruf.", text=text[:30], most=_LONGEST[name])
        )
    return text


def _price(text: str) -> int:
    cents = _WITH_CENTS.fullmatch(text)
    try:
        amount = payments.read_typed(cents[1] if cents else text)
    except ValueError:
        amount = 0
    if not 0 < amount <= MAX_RUPIAH:
        raise ValueError(_("Harga “%(text)s” tidak terbaca.", text=text[:40]))
    return amount


def _whole(name: str, text: str) -> int:
    cents = _WITH_CENTS.fullmatch(text)
    plain = (cents[1] if cents else text).replace(".", "")
    if not (plain.isascii() and plain.isdigit()) or int(plain[:12]) > _MOST[name] or len(plain) > len("999999999"):
        raise ValueError(_("Angka “%(text)s” tidak terbaca.", text=text[:40]))
    return int(plain)


def _grams(text: str, heading: str) -> int:
    """Read a weight: in kilograms where the cell or its heading says so or it has a fraction, else in grams."""
    plain = text.lower().replace("gram", "").replace("gr", "").replace("kg", "").replace("g", "").strip()
    in_kilograms = "kg" in text.lower() or "kg" in heading.lower()
    try:
        weight = Decimal(plain.replace(",", ".")) if in_kilograms else Decimal(_whole("weight_grams", plain))
    except InvalidOperation as error:
        raise ValueError(_("Berat “%(text)s” tidak terbaca.", text=text[:40])) from error
    grams = weight * 1000 if in_kilograms else weight
    if not grams.is_finite() or not 0 <= grams <= _MOST["weight_grams"]:
        raise ValueError(_("Berat “%(text)s” tidak terbaca.", text=text[:40]))
    return int(grams.to_integral_value())


def read_yes(text: str) -> bool:
    """Read a yes or a no, as people and marketplaces write it. Raises ValueError."""
    word = text.casefold().strip()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(_("“%(text)s” tidak terbaca; tulis Ya atau Tidak.", text=text[:40]))


def _option_names(text: str) -> list[str]:
    return [part.strip()[:40] for part in text.split(",") if part.strip()][:MAX_OPTIONS]


def _picture_names(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN_NAMES.split(text) if part.strip()]


_READERS: dict[str, Callable[[str], Any]] = {
    "price": _price,
    "member_price": _price,
    "active": read_yes,
    "options": _option_names,
    "pictures": _picture_names,
}


def _has_price(cells: Sequence[str], columns: Mapping[str, int]) -> bool:
    place = columns["price"]
    return place < len(cells) and any(character.isdigit() for character in cells[place])


def values_of(item: Item, names: Sequence[str]) -> list[str]:
    """Return the values of a row's options, one for each name. Raises ValueError when they do not fit."""
    text = item.values.get("variant", "")
    if not names:
        return []
    values = [part.strip() for part in text.split(_PARTED)] if len(names) > 1 else [text]
    if len(values) == 1 and len(names) > 1:
        values = [part.strip() for part in text.split(",")]
    if len(values) != len(names) or not all(values):
        raise ValueError(
            _("Varian “%(text)s” tidak cocok dengan pilihan %(names)s.", text=text[:60], names=_PARTED.join(names))
        )
    if len(label_of(values)) > LONGEST_LABEL:
        raise ValueError(
            _("“%(text)s…” terlalu panjang; paling banyak %(most)d huruf.", text=text[:30], most=LONGEST_LABEL)
        )
    return values
