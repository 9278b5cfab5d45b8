"""Which column of a file of goods is what: our fields, what marketplaces call them, how they are known. Pure.

The names are those that published readers of such files expect, checked on 1 December 2026: Shopee's `et_title_…` with
the headings for people below them, and TikTok Shop's `product_name`, `seller_sku`, `parcel_weight`. Marketplaces change
them, so that a person always has the last word on the page where columns are assigned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storefront.formats import fold
from storefront.texts import _l

_LOOKED_AT = 10
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row may tell: its name here, its label, and its heading in our own files."""

    name: str
    label: Any
    heading: str


FIELDS = (
    Field("name", _l("Nama barang"), "Nama barang"),
    Field("category", _l("Kategori"), "Kategori"),
    Field("code", _l("Kode barang (SKU)"), "Kode"),
    Field("options", _l("Nama pilihan, misalnya Warna"), "Pilihan"),
    Field("variant", _l("Isi pilihan, misalnya Merah"), "Varian"),
    Field("price", _l("Harga"), "Harga"),
    Field("member_price", _l("Harga pelanggan tetap"), "Harga pelanggan tetap"),
    Field("stock", _l("Stok"), "Stok"),
    Field("weight_grams", _l("Berat kirim"), "Berat (gram)"),
    Field("length_cm", _l("Panjang, cm"), "Panjang (cm)"),
    Field("width_cm", _l("Lebar, cm"), "Lebar (cm)"),
    Field("height_cm", _l("Tinggi, cm"), "Tinggi (cm)"),
    Field("summary", _l("Keterangan singkat"), "Keterangan singkat"),
    Field("description", _l("Cerita barang"), "Cerita barang"),
    Field("active", _l("Dijual"), "Dijual"),
    Field("pictures", _l("Nama berkas gambar di dalam ZIP"), "Gambar"),
)
# Marketplaces hand out prices, texts and weights as files of their own: only what is new needs a price.
REQUIRED = ("name",)


@dataclass(frozen=True, slots=True)
class Preset:
    """What one kind of file calls our fields; several names for one where there are older and newer files."""

    name: str
    label: Any
    headings: Mapping[str, tuple[str, ...]]


PRESETS = (
    Preset("toko", _l("toko ini"), {field.name: (field.heading,) for field in FIELDS}),
    Preset(
        "shopee",
        "Shopee",
        {
            "name": ("et_title_product_name", "Nama Produk", "Product Name"),
            "category": ("et_title_product_category", "Kategori", "Category"),
            "code": ("et_title_variation_sku", "SKU", "Kode Variasi", "Variation SKU"),
            "options": ("Nama Variasi 1", "Nama Variasi1", "Variation Name1"),
            "variant": ("et_title_variation_name", "Nama Variasi", "Varian untuk Variasi 1", "Variation Name"),
            "price": ("et_title_variation_price", "Harga", "Price"),
            "stock": ("et_title_variation_stock", "Stok", "Stock"),
            "weight_grams": ("et_title_product_weight", "Berat", "Berat Produk", "Weight"),
            "length_cm": ("et_title_product_length", "Panjang", "Length"),
            "width_cm": ("et_title_product_width", "Lebar", "Width"),
            "height_cm": ("et_title_product_height", "Tinggi", "Height"),
            "description": ("et_title_product_description", "Deskripsi Produk", "Product Description"),
        },
    ),
    Preset(
        "tokopedia",
        "Tokopedia dan TikTok Shop",
        {
            "name": ("product_name", "Nama Produk", "Product name"),
            "category": ("category", "Kategori", "Category"),
            "code": ("seller_sku", "SKU Penjual", "Seller SKU", "SKU Name", "SKU", "Kode SKU"),
            "options": ("variation_name", "Tipe Variant 1", "Nama Variasi 1"),
            "variant": (
                "variation_value",
                "property_value_1",
                "Nilai Variant 1",
                "Nama Varian",
                "Variasi",
                "Variation",
            ),
            "price": ("price", "Harga (Rp)", "Harga", "Retail price (local currency)"),
            "stock": ("quantity", "Stok", "Jumlah Stok", "Quantity"),
            "weight_grams": ("parcel_weight", "package_weight", "Berat (Gram)", "Berat", "Parcel weight(g)"),
            "length_cm": ("parcel_length", "package_length", "Panjang", "Parcel length(cm)"),
            "width_cm": ("parcel_width", "package_width", "Lebar", "Parcel width(cm)"),
            "height_cm": ("parcel_height", "package_height", "Tinggi", "Parcel height(cm)"),
            "description": ("product_description", "Deskripsi Produk", "Product description"),
            "active": ("Status", "status"),
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a table seems to be: the number of its heading row, counted from 0, which preset fits, and its columns."""

    header: int
    preset: str
    columns: dict[str, int]


def guess(table: Sequence[Sequence[str]], presets: Sequence[Preset] = PRESETS) -> Guess:
    """Return what the headings of a table say; without headings that are known, the first full row is taken."""
    best = Guess(_first_full(table), "", {})
    for number, row in enumerate(table[:_LOOKED_AT]):
        for preset in presets:
            columns = _columns(preset, row)
            more = len(columns) - len(best.columns)
            # Of two rows that name the same columns the second is the one for people.
            if len(columns) >= _ENOUGH and (more > 0 or (more == 0 and preset.name == best.preset)):
                best = Guess(number, preset.name, columns)
    return best


def best_table(tables: Iterable[list[list[str]]], presets: Sequence[Preset] = PRESETS) -> int:
    """Return the number of the table whose headings are known best."""
    return max(enumerate(tables), key=lambda each: (len(guess(each[1], presets).columns), -each[0]))[0]


def _columns(preset: Preset, row: Sequence[str]) -> dict[str, int]:
    plain = [_plain(cell) for cell in row]
    found: dict[str, int] = {}
    for field, names in preset.headings.items():
        places = (plain.index(_plain(name)) for name in names if _plain(name) in plain)
        place = next((place for place in places if place not in found.values()), None)
        if place is not None:
            found[field] = place
    return found


def _plain(heading: str) -> str:
    """Return a heading as it is compared: without the marks of what must be filled in."""
    return fold(heading).strip("* ")


def _first_full(table: Sequence[Sequence[str]]) -> int:
    return next((number for number, row in enumerate(table[:_LOOKED_AT]) if sum(map(bool, row)) >= _ENOUGH), 0)
