"""The two shapes of the sample catalogue; no database here, so that anything may read it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the shop; `position` orders the shelves, smallest first."""

    slug: str
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale.

    `category` is the slug of its `Category`, `price` is in rupiah, `stock` in pieces, `weight_grams` includes the
    wrapping. The drawing is the static file `drawings/<slug>.svg`. Paragraphs of `description` are parted by an
    empty line.
    """

    slug: str
    name: str
    category: str
    price: int
    stock: int
    weight_grams: int
    summary: str
    description: str
