"""How the catalogue is searched and sorted, without a database."""

from dataclasses import dataclass

from storefront.formats import fold
from storefront.texts import _l

LOW_STOCK = 5
PAGE_SIZE = 12
MAX_QUERY = 100
_MAX_WORDS = 8


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
    Sort("nama", _l("Nama A–Z"), "name"),
)


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
