"""Rows of a file read as people: who they are, how they are reached, what they agreed to. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email

from storefront.customers.rules import email_key
from storefront.formats import normalise_phone
from storefront.forms import one_line, paragraph
from storefront.provinces import PROVINCES
from storefront.regions.rules import CITY, PROVINCE, written
from storefront.texts import _

from .goods import read_yes
from .rows import Group, Item

ADDRESS = ("address", "city", "province", "postal_code")
_LONGEST = {"name": 100, "address": 300, "village": 80, "district": 80, "city": 80, "note": 2000}
_DATE = re.compile(r"\d{4}-\d\d-\d\d\b|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b")
_POSTAL_CODE = re.compile(r"[1-9]\d{4}")


def read_items(table: Sequence[list[str]], header: int, columns: Mapping[str, int]) -> list[Item]:
    """Return the rows below the headings as people, numbered as the file's programs number them."""
    return [
        _read(number, cells, columns)
        for number, cells in enumerate(table[header + 1 :], start=header + 2)
        if any(cells)
    ]


def group(items: Sequence[Item]) -> list[Group]:
    """Put the rows of each person together: exports of orders hold one for each order."""
    groups: dict[str, Group] = {}
    for item in items:
        key = item.values.get("email") or item.values.get("phone") or f"#{item.number}"
        groups.setdefault(key, Group(key, [])).items.append(item)
    return list(groups.values())


def _read(number: int, cells: list[str], columns: Mapping[str, int]) -> Item:
    item = Item(number, cells)
    left_out = []
    for name, place in columns.items():
        text = cells[place] if place < len(cells) else ""
        if not text:
            continue
        try:
            item.values[name] = _value(name, text)
        except ValueError as error:
            if name == "email":
                item.problem = str(error)
            else:
                left_out.append(str(error))
    if not item.problem and not {"email", "phone"} & item.values.keys():
        item.problem = _("Tanpa e-mail dan nomor HP yang terbaca, orang ini tidak dapat dikenali.")
    if any(item.values.get(name) for name in ADDRESS) and not all(item.values.get(name) for name in ADDRESS):
        left_out.append(_("Alamat dilewati karena tidak lengkap."))
    item.note = " ".join(left_out)
    return item


def has_address(item: Item) -> bool:
    """Tell whether a row holds an address to which something can be sent."""
    return all(item.values.get(name) for name in ADDRESS)


def _value(name: str, text: str) -> Any:
    if name in _READERS:
        return _READERS[name](text)
    text = paragraph(text) if name in {"address", "note"} else one_line(text)
    return (written(text, CITY) if name == "city" else text)[: _LONGEST[name]]


def _email(text: str) -> str:
    # Marketplaces put stars where they hide something.
    try:
        checked = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        ).normalized
    except EmailNotValidError:
        checked = ""
    if not checked or "*" in checked:
        raise ValueError(_("E-mail “%(text)s” tidak terbaca atau disamarkan.", text=text[:60]))
    return email_key(checked)


def _phone(text: str) -> str:
    try:
        return normalise_phone(text)
    except ValueError as error:
        raise ValueError(_("Nomor HP “%(text)s” dilewati karena tidak terbaca.", text=text[:40])) from error


def _postal_code(text: str) -> str:
    if not _POSTAL_CODE.fullmatch(text):
        raise ValueError(_("Kode pos “%(text)s” dilewati karena tidak terbaca.", text=text[:40]))
    return text


def _province(text: str) -> str:
    name = written(one_line(text), PROVINCE)
    if name not in PROVINCES:
        raise ValueError(_("Provinsi “%(text)s” tidak dikenali.", text=text[:40]))
    return name


def _offers(text: str) -> bool:
    """Read whether somebody agreed to offers; a date says since when."""
    return _DATE.match(text) is not None or read_yes(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "email": _email,
    "phone": _phone,
    "member": read_yes,
    "offers": _offers,
    "postal_code": _postal_code,
    "province": _province,
}
