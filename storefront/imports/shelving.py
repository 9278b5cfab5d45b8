"""Goods from a file put on the shelf: new ones made, known ones changed. Flushes, the caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storefront import media
from storefront.catalog import editing
from storefront.catalog.models import Category, Product, Variant
from storefront.catalog.rules import label_of, slug_of
from storefront.texts import _

from .goods import values_of
from .rows import Group, Item, Result

_OF_PRODUCT = ("name", "summary", "description")
_OF_VARIANT = ("code", "price", "member_price", "weight_grams", "length_cm", "width_cm", "height_cm", "active")
# A row without any of these is about the product alone: its texts, its category, its pictures.
_TELLS_A_VARIANT = frozenset({*_OF_VARIANT, "variant", "stock"})


@dataclass(frozen=True, slots=True)
class Terms:
    """How a file is brought in. `category_id` is for goods whose row names none; `stock` lets it change known stock."""

    category_id: int | None
    stock: bool
    key: str


def shelve(session: Session, group: Group, terms: Terms) -> list[tuple[Item, Result]]:
    """Bring one product in, with its variants; what cannot be is refused row by row, with why in `problem`."""
    try:
        with session.begin_nested():
            return _shelve(session, group, terms)
    except IntegrityError:
        clash = _("Baris ini bertabrakan dengan barang lain: nama atau kodenya sudah dipakai.")
        for item in group.items:
            item.problem = item.problem or clash
        return [(item, "refused") for item in group.items]


def _shelve(session: Session, group: Group, terms: Terms) -> list[tuple[Item, Result]]:
    readable = [item for item in group.items if not item.problem]
    if not readable:
        return [(item, "refused") for item in group.items]
    product = _known(session, group, readable)
    if product is None:
        problem = _("Barang ini belum ada di toko, dan harganya kosong.")
        if any("price" in item.values for item in readable):
            product = _new(session, group, readable[0], terms)
            problem = _("Kategorinya kosong; pilih kategori untuk barang tanpa kategori.")
        if product is None:
            for item in readable:
                item.problem = problem
            return [(item, "refused") for item in group.items]
    changed = _change_product(session, product, readable[0])
    results = [(item, _bring(session, product, item, terms)) for item in group.items]
    session.flush()
    if not product.variants:
        session.delete(product)
        return results
    # Last, when the database has taken everything else: a file that was written is not rolled back.
    session.flush()
    changed = _add_pictures(product, group) or changed
    if changed and results[0][1] == "unchanged":
        results[0] = (results[0][0], "updated")
    session.flush()
    return results


def _add_pictures(product: Product, group: Group) -> bool:
    """Give a product without pictures those that came for it; tell whether it got any, or would in a dry run."""
    if product.pictures or not group.has_pictures:
        return False
    product.pictures = [media.keep(picture) for picture in group.pictures]
    return True


def _known(session: Session, group: Group, items: Sequence[Item]) -> Product | None:
    """Return the product that the rows are about: by its address or its name, else by the codes of all its variants."""
    alike = or_(Product.slug == group.key, Product.name == items[0].values["name"])
    named = session.scalars(select(Product).where(alike).order_by(Product.slug != group.key, Product.id)).first()
    codes = {item.values["code"] for item in items if item.values.get("code")}
    if named is not None or not codes:
        return named
    coded = session.scalars(select(Product).join(Product.variants).where(Variant.code.in_(codes)).limit(1)).first()
    is_renamed = coded is not None and {variant.code for variant in coded.variants} <= codes
    return coded if is_renamed else None


def _new(session: Session, group: Group, first: Item, terms: Terms) -> Product | None:
    category = _category(session, first.values.get("category"), terms.category_id)
    if category is None:
        return None
    names = first.values.get("options") or ([_("Varian")] if first.values.get("variant") else [])
    position = (session.scalar(select(func.max(Product.position))) or 0) + 1
    product = Product(
        slug=group.key, name=first.values["name"], category_id=category, option_names=names, position=position
    )
    session.add(product)
    session.flush()
    return product


def _category(session: Session, name: str | None, otherwise: int | None) -> int | None:
    if not name or not slug_of(name):
        return otherwise
    found = session.scalar(select(Category.id).where(Category.slug == slug_of(name)))
    if found is not None:
        return found
    position = (session.scalar(select(func.max(Category.position))) or 0) + 1
    made = Category(slug=slug_of(name), name=name, position=position)
    session.add(made)
    session.flush()
    return made.id


def _change_product(session: Session, product: Product, first: Item) -> bool:
    wanted = {name: first.values[name] for name in _OF_PRODUCT if name in first.values}
    if first.values.get("category"):
        # A category that is not there yet is made; one that is left out changes nothing.
        wanted["category_id"] = _category(session, first.values["category"], product.category_id)
    changed = {name: value for name, value in wanted.items() if getattr(product, name) != value}
    for name, value in changed.items():
        setattr(product, name, value)
    return bool(changed)


def _bring(session: Session, product: Product, item: Item, terms: Terms) -> Result:
    if item.problem:
        return "refused"
    if product.variants and not item.values.keys() & _TELLS_A_VARIANT:
        return "unchanged"
    variant = _variant(product, item)
    if item.problem:
        return "refused"
    if variant is None:
        return _add(session, product, item)
    wanted = {name: item.values[name] for name in _OF_VARIANT if name in item.values}
    changed = {name: value for name, value in wanted.items() if getattr(variant, name) != value}
    for name, value in changed.items():
        setattr(variant, name, value)
    moved = terms.stock and _set_stock(session, variant, item, terms)
    return "updated" if changed or moved else "unchanged"


def _set_stock(session: Session, variant: Variant, item: Item, terms: Terms) -> bool:
    by = item.values.get("stock", variant.stock) - variant.stock
    if not by:
        return False
    session.flush()
    return editing.move_stock(session, variant.id, by=by, key=terms.key) == "done"


def _variant(product: Product, item: Item) -> Variant | None:
    """Return the variant a row is about, or None for one that is new; a row that fits none says why."""
    code = item.values.get("code")
    by_code = next((variant for variant in product.variants if code and variant.code == code), None)
    if by_code is not None:
        return by_code
    try:
        label = label_of(values_of(item, product.option_names))
    except ValueError as error:
        item.problem = str(error)
        return None
    if not product.option_names and item.values.get("variant"):
        item.problem = _("Barang ini belum punya pilihan. Isi dulu pilihannya di panel.")
        return None
    same = next((variant for variant in product.variants if variant.label == label), None)
    if same is not None and code and same.code and same.code != code:
        item.problem = _("Varian ini sudah ada dengan kode lain, %(code)s.", code=same.code)
    return same


def _add(session: Session, product: Product, item: Item) -> Result:
    if "price" not in item.values:
        item.problem = _("Varian ini belum ada di toko, dan harganya kosong.")
        return "refused"
    values: dict[str, Any] = {name: item.values[name] for name in _OF_VARIANT if name in item.values}
    taken = values.get("code") and session.scalar(select(Variant.id).where(Variant.code == values["code"]))
    if taken:
        item.problem = _("Kode %(code)s sudah dipakai barang lain.", code=values["code"])
        return "refused"
    options = values_of(item, product.option_names)
    position = max((variant.position for variant in product.variants), default=-1) + 1
    made = Variant(
        **values, stock=item.values.get("stock", 0), options=options, label=label_of(options), position=position
    )
    product.variants.append(made)
    session.flush()
    return "created"
