"""Writing the catalogue from the panel. Flushes, the caller commits; begin with `payments.begin_write`.

Stock is never set, only moved by a difference: what was sold while somebody looked at a form stays sold.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import ScalarSelect, and_, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from storefront.database import now

from .models import Product, Variant
from .rules import LOW_STOCK, MAX_OPTIONS, label_of, mark_of, search_words, slug_of
from .service import Products

PAGE_SIZE = 20
MAX_STOCK = 999_999_999

Moved = Literal["done", "again", "refused"]


class TakenError(Exception):
    """There is one with this name, code or label already; `field` says which of them."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is taken")
        self.field = field


def search_products(*, words: str, shelf: str, category_id: int | None, page: int) -> Products:
    """Return one page of all products, off sale too, that contain every word in their texts or a variant's code."""
    found = select(Product).options(joinedload(Product.category), joinedload(Product.variants))
    for word in search_words(words):
        code = select(Variant.id).where(Variant.product_id == Product.id, Variant.code.icontains(word, autoescape=True))
        found = found.where(or_(Product.search_text.contains(word, autoescape=True), code.correlate(Product).exists()))
    if category_id is not None:
        found = found.where(Product.category_id == category_id)
    if shelf:
        found = found.where(Product.active.is_(shelf != "inactive"))
    if shelf == "sold_out":
        found = found.where(_stock() <= 0)
    if shelf == "low":
        found = found.where(Product.variants.any(and_(Variant.active, Variant.stock <= LOW_STOCK)))
    return Products(select=found.order_by(Product.position, Product.id), page=page, per_page=PAGE_SIZE)


def get_product(session: Session, product_id: int) -> Product | None:
    """Return a product with its category and its variants, on sale or not."""
    query = select(Product).options(joinedload(Product.category), joinedload(Product.variants))
    query = query.where(Product.id == product_id).execution_options(populate_existing=True)
    return session.scalars(query).unique().one_or_none()


def create_product(session: Session, terms: Mapping[str, Any], first: Mapping[str, Any]) -> tuple[Product, bool]:
    """Add a product with its first variant; tell whether it is new: the same form sent twice adds one.

    Raises TakenError when another product has the name's address or another variant the code.
    """
    slug = slug_of(terms["name"])
    known = session.scalars(select(Product).where(Product.slug == slug)).one_or_none()
    if known is not None:
        if all(getattr(known, name) == value for name, value in terms.items()):
            return known, False
        raise TakenError("name")
    _require_free_code(session, first.get("code"), None)
    product = Product(slug=slug, **terms, variants=[Variant(**first)])
    product.position = (session.scalar(select(func.max(Product.position))) or 0) + 1
    session.add(product)
    session.flush()
    return product, True


def change_product(session: Session, product: Product, terms: Mapping[str, Any], options: Sequence[str]) -> None:
    """Change a product's facts and the names of its options. Its address stays.

    Raises TakenError("options") when variants could no longer be told apart.
    """
    for name, value in terms.items():
        setattr(product, name, value)
    if list(options) != product.option_names:
        _set_options(product, options)
    session.flush()


def add_variant(session: Session, product: Product, terms: Mapping[str, Any]) -> tuple[Variant, bool]:
    """Add a variant behind the others; tell whether it is new: the same form sent twice adds one. Raises TakenError."""
    label = label_of(terms["options"])
    same = next((variant for variant in product.variants if variant.label == label), None)
    if same is not None:
        if all(getattr(same, name) == value for name, value in terms.items()):
            return same, False
        raise TakenError("options")
    _require_free_code(session, terms.get("code"), None)
    position = max((variant.position for variant in product.variants), default=-1) + 1
    variant = Variant(**terms, label=label, position=position)
    product.variants.append(variant)
    product.updated_at = now()
    session.flush()
    return variant, True


def change_variant(session: Session, variant: Variant, terms: Mapping[str, Any]) -> None:
    """Change a variant's facts, its stock aside. Raises TakenError."""
    label = label_of(terms["options"])
    if any(other.label == label for other in variant.product.variants if other is not variant):
        raise TakenError("options")
    _require_free_code(session, terms.get("code"), variant.id)
    for name, value in terms.items():
        setattr(variant, name, value)
    variant.label = label
    variant.product.updated_at = now()
    session.flush()


def move_stock(session: Session, variant_id: int, *, by: int, key: str) -> Moved:
    """Change a stock by a difference, once for each form (`key`) and never to less than nothing."""
    moved = session.execute(
        update(Variant)
        .where(
            Variant.id == variant_id,
            Variant.stock + by >= 0,
            Variant.stock + by <= MAX_STOCK,
            or_(Variant.stock_key.is_(None), Variant.stock_key != key),
        )
        .values(stock=Variant.stock + by, stock_key=key)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount == 1:  # type: ignore[attr-defined]
        return "done"
    sent = session.scalar(select(Variant.stock_key).where(Variant.id == variant_id))
    return "again" if sent == key else "refused"


def change_price(session: Session, variant_id: int, *, seen: int, price: int) -> Moved:
    """Set a price if it still is what was seen."""
    changed = session.execute(
        update(Variant)
        .where(Variant.id == variant_id, Variant.price == seen)
        .values(price=price)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        return "done"
    return "again" if session.scalar(select(Variant.price).where(Variant.id == variant_id)) == price else "refused"


def product_facts(product: Product) -> dict[str, Any]:
    """Return what the panel's form shows of a product, as a form's mark and the log need it."""
    return {
        "name": product.name,
        "category": product.category_id,
        "summary": product.summary,
        "description": mark_of({"text": product.description}),
        "position": product.position,
        "options": product.option_names,
        "active": product.active,
    }


def variant_facts(variant: Variant) -> dict[str, Any]:
    """Return what the panel's form shows of a variant, its stock aside."""
    names = ("code", "label", "price", "member_price", "weight_grams", "length_cm", "width_cm", "height_cm", "active")
    return {name: getattr(variant, name) for name in names}


def _set_options(product: Product, names: Sequence[str]) -> None:
    values = {
        variant: [*variant.options, *[""] * MAX_OPTIONS][: len(names)] if names else [] for variant in product.variants
    }
    labels = [label_of(options) for options in values.values()]
    if len(set(labels)) != len(labels):
        raise TakenError("options")
    product.option_names = list(names)
    for variant, options in values.items():
        variant.options, variant.label = options, label_of(options)


def _require_free_code(session: Session, code: str | None, variant_id: int | None) -> None:
    if code is None:
        return
    owner = session.scalar(select(Variant.id).where(Variant.code == code))
    if owner is not None and owner != variant_id:
        raise TakenError("code")


def _stock() -> ScalarSelect[int]:
    stock = select(func.coalesce(func.sum(Variant.stock), 0)).where(Variant.product_id == Product.id, Variant.active)
    return stock.correlate(Product).scalar_subquery()
