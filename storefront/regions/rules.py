"""Codes and names of regions as the official lists write them, and as the shop does. Pure."""

import re

from storefront.formats import fold
from storefront.provinces import PROVINCES

PROVINCE, CITY, DISTRICT, VILLAGE = 1, 2, 3, 4

_CODE = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?")
_NOT_SEARCHED = re.compile(r"[^a-z0-9 ]+")
# How names begin that are searched without it.
_KINDS = frozenset({"kota", "kabupaten", "kab", "kecamatan", "kec", "distrik", "kelurahan", "kel", "desa"})
# What official lists shorten, and what no address says.
_LONG = {"kab.": "Kabupaten", "kab": "Kabupaten", "kep.": "Kepulauan"}
_LEFT_OUT = frozenset({"adm.", "adm", "administrasi"})
_ROMAN = re.compile(r"[IVX]+")
_SAME_PROVINCE = {
    "daerah istimewa yogyakarta": "DI Yogyakarta",
    "daerah khusus ibukota jakarta": "DKI Jakarta",
    "daerah khusus jakarta": "DKI Jakarta",
    "bangka belitung": "Kepulauan Bangka Belitung",
}


def is_code(text: str) -> bool:
    """Tell whether this is a code of the official list: 33, 33.73, 33.73.02 or 33.73.02.1003."""
    return _CODE.fullmatch(text) is not None and text.isascii()


def level_of(code: str) -> int:
    """Return what a code names: 1 a province, 2 a city, 3 a district, 4 a village."""
    return code.count(".") + 1


def codes_above(code: str) -> list[str]:
    """Return the codes of what a region lies in, the province first."""
    parts = code.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def parent_of(code: str) -> str | None:
    """Return the code of what a region lies in directly; None for a province."""
    return code.rpartition(".")[0] or None


def written(name: str, level: int) -> str:
    """Return a name as an address has it: not in capitals, nothing shortened, a province as our list has it."""
    if level == PROVINCE:
        plain = fold(name)
        known = _SAME_PROVINCE.get(plain) or next((each for each in PROVINCES if fold(each) == plain), None)
        return known or _capitalised(name)
    words = _capitalised(name).split()
    if level != CITY:
        return " ".join(words)
    return " ".join(_LONG.get(word.lower(), word) for word in words if word.lower() not in _LEFT_OUT)


def search_key(name: str) -> str:
    """Return a name as it is searched: letters, figures and single spaces, without Kota, Kabupaten, Kecamatan."""
    words = _NOT_SEARCHED.sub(" ", fold(name).replace("'", "").replace("’", "")).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in _KINDS else words)


def _capitalised(name: str) -> str:
    """Return a name that is all capitals as names are written; any other as it is."""
    words = " ".join(name.split())
    if not words.isupper():
        return words
    return " ".join(word if _ROMAN.fullmatch(word) else word.capitalize() for word in words.split())
