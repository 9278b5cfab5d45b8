"""How the catalogue is searched and sorted, without a database."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from rapidfuzz import fuzz, process

from storefront.formats import fold
from storefront.texts import _l

LOW_STOCK = 5
PAGE_SIZE = 12
MAX_QUERY = 100
MAX_OPTIONS = 3
# Of a variant's values in one line, with what parts them.
LONGEST_LABEL = 120
MAX_PICTURES = 10
LONGEST_ALT = 160
LONGEST_SLUG = 80
_MAX_WORDS = 8
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Sort:
    """One order of the product list: its name in the URL, its label, and the column with its direction."""

    name: str
    label: str
    column: str
    descending: bool = False


SORTS = (
    Sort("", _l("Pilihan toko"), "position"),
    Sort("harga-naik", _l("Harga terendah"), "price"),
    Sort("harga-turun", _l("Harga tertinggi"), "price", descending=True),
    Sort("terbaru", _l("Terbaru"), "created_at", descending=True),
    Sort("nama", _l("Nama A–Z"), "name"),
)


# From this likeness on, of 100, a word is taken for a mistyped one.
_ALIKE = 72
_SHORTEST = 3
_MAX_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Filters:
    """What a visitor limits the list to: prices in rupiah, the ends included, and whether what is sold out is shown."""

    least: int | None = None
    most: int | None = None
    in_stock: bool = False

    @property
    def is_set(self) -> bool:
        """Tell whether anything is left out."""
        return self != Filters()


def price_for(price: int, member_price: int | None, *, is_member: bool) -> int:
    """Return what one piece costs this buyer, in rupiah: members pay their price where there is one and it is lower."""
    return min(price, member_price) if is_member and member_price is not None else price


def read_filters(address: Mapping[str, str]) -> Filters:
    """Return the filters of an address; what cannot be read limits nothing."""
    return Filters(_amount(address.get("min")), _amount(address.get("maks")), address.get("ada") == "1")


def likely(query: str, names: Mapping[int, str], *, most: int) -> list[int]:
    """Return the keys of the names that somebody may have meant who mistyped, the likeliest first.

    `names` are folded. The words of the query must be like words of the name, on average: one of several may be another
    word altogether. Their order does not matter.
    """
    words = [word for word in search_words(query) if len(word) >= _SHORTEST]
    if not words:
        return []
    scores = {key: _likeness(words, name.split()) for key, name in names.items()}
    found = sorted((-score, key) for key, score in scores.items() if score >= _ALIKE)
    return [key for _score, key in found[:most]]


def _likeness(words: Iterable[str], name: list[str]) -> float:
    """Return how like the words are to those of a name, of 100."""
    return mean(match[1] if (match := process.extractOne(word, name, scorer=fuzz.ratio)) else 0 for word in words)


def _amount(text: str | None) -> int | None:
    digits = (text or "").strip().lower().removeprefix("rp").replace(".", "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MAX_DIGITS else None


def label_of(options: Iterable[str]) -> str:
    """Return the values of a variant's options in one line; nothing for the only variant of a product."""
    return ", ".join(option for option in options if option)


def arrange(pictures: Sequence[Mapping[str, Any]], form: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the pictures as a form says: without those to be removed, described, in the order of their numbers."""
    kept = [
        {**picture, "alt": " ".join(form.get(f"alt-{picture['id']}", picture["alt"]).split())[:LONGEST_ALT]}
        for picture in pictures
        if f"remove-{picture['id']}" not in form
    ]
    places = {picture["id"]: place for place, picture in enumerate(pictures, start=1)}

    def key(picture: Mapping[str, Any]) -> tuple[int, int, int]:
        place = places[picture["id"]]
        wanted = page_number(form.get(f"place-{picture['id']}", str(place)))
        # Two with one number: what was moved up stands before the one that was there, what was moved down behind it.
        return wanted, (wanted > place) - (wanted < place), place

    return sorted(kept, key=key)


def slug_of(name: str) -> str:
    """Return the last part of an address, made from a name: plain letters, digits and hyphens, or nothing."""
    return _NOT_PLAIN.sub("-", fold(name)).strip("-")[:LONGEST_SLUG].strip("-")


def mark_of(facts: Mapping[str, Any]) -> str:
    """Return a short mark that changes with the facts, by which a form knows whether it shows what still is."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def find_sort(name: str | None) -> Sort:
    """Return the order of that name; the shop's own order for a name we do not know."""
    return next((sort for sort in SORTS if sort.name == name), SORTS[0])


def search_words(query: str) -> list[str]:
    """Return the words to look for: each must occur somewhere, whatever its case and accents."""
    return fold(query[:MAX_QUERY]).split()[:_MAX_WORDS]


def page_number(text: str | None) -> int:
    """Return a page number from the URL; the first for anything else, and no number a database could choke on."""
    if text and text.isascii() and text.isdigit() and len(text) < len("100000"):
        return max(int(text), 1)
    return 1
