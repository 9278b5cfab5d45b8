"""A believable small shop to begin with: coffee, tea, spices and things for the kitchen, from Salatiga.

Three products come in variants: by size, by colour and by both. One product is sold out, two are nearly so and one has
a very long name, so that each of these can be seen at once.
"""

from .drinks import DRINKS
from .kitchen import KITCHEN
from .shapes import Category, Product, Variant

__all__ = ["CATEGORIES", "PRODUCTS", "SHOP_NAME", "Category", "Product", "Variant"]

SHOP_NAME = "Pawon Lereng"

CATEGORIES = (
    Category("kopi", "Kopi", 1),
    Category("teh", "Teh", 2),
    Category("rempah-gula", "Rempah & Gula", 3),
    Category("alat-seduh", "Alat Seduh", 4),
    Category("kerajinan-dapur", "Kerajinan Dapur", 5),
    Category("paket-hadiah", "Paket Hadiah", 6),
)

PRODUCTS = (*DRINKS, *KITCHEN)
