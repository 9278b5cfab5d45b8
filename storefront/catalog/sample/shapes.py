"""The shapes of the sample catalogue; no database here, so that anything may read it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the shop; `position` orders the shelves, smallest first."""

    slug: str
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of a product: the value of each of its options, its stock, and its price where it is another."""

    options: tuple[str, ...]
    stock: int
    price: int | None = None
    weight_grams: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale.

    `category` is the slug of its `Category`, `price` is in rupiah, `stock` in pieces, `weight_grams` includes the
    wrapping. The drawing is the static file `drawings/<slug>.svg`. Paragraphs of `description` are parted by an
    empty line. With `variants` the product is sold in these forms, told apart by what `options` names; `stock` is
    then theirs together.
    """

    slug: str
    name: str
    category: str
    price: int
    stock: int
    weight_grams: int
    summary: str
    description: str
    options: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
