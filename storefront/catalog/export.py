"""All goods as a table, in the columns that an import of this shop knows by itself."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from storefront.spreadsheets import Cell

from .models import Product, Variant
from .rules import label_of

HEADINGS = (
    "Nama barang",
    "Kategori",
    "Kode",
    "Pilihan",
    "Varian",
    "Harga",
    "Harga pelanggan tetap",
    "Stok",
    "Berat (gram)",
    "Panjang (cm)",
    "Lebar (cm)",
    "Tinggi (cm)",
    "Dijual",
    "Keterangan singkat",
    "Cerita barang",
)


def rows(session: Session) -> Iterator[tuple[Cell, ...]]:
    """Yield the headings and one row for each variant, in the shop's order."""
    yield HEADINGS
    query = select(Variant).join(Variant.product).options(joinedload(Variant.product).joinedload(Product.category))
    query = query.order_by(Product.position, Product.id, Variant.position, Variant.id)
    for variant in session.scalars(query.execution_options(yield_per=500)):
        yield _row(variant.product, variant)


def _row(product: Product, variant: Variant) -> tuple[Cell, ...]:
    return (
        product.name,
        product.category.name,
        variant.code,
        label_of(product.option_names),
        variant.label,
        variant.price,
        variant.member_price,
        variant.stock,
        variant.weight_grams,
        variant.length_cm,
        variant.width_cm,
        variant.height_cm,
        "Ya" if product.active and variant.active else "Tidak",
        product.summary,
        product.description,
    )
