"""Reading the catalogue, and taking goods off the shelf and putting them back. Flushes, never commits."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ScalarSelect, Select, and_, case, func, select, update
from sqlalchemy.orm import Session, joinedload

from storefront.extensions import db
from storefront.formats import fold

from .models import Category, Product, Variant
from .rules import PAGE_SIZE, Filters, Sort, likely, search_words

_RELATED = 4
# A catalogue larger than this is searched for mistyped words only in part.
_MOST_COMPARED = 5000


class OutOfStockError(Exception):
    """There is not enough left of a variant."""

    def __init__(self, variant_id: int) -> None:
        super().__init__(f"variant {variant_id} is out of stock")
        self.variant_id = variant_id


def list_categories(session: Session) -> list[Category]:
    """Return the categories that are shown, in the shop's order."""
    return list(session.scalars(select(Category).where(Category.active).order_by(Category.position, Category.name)))


def find_product(session: Session, slug: str) -> Product | None:
    """Return a product on sale by its name in the URL, with its category and its variants."""
    query = select(Product).options(joinedload(Product.category), joinedload(Product.variants))
    return session.scalars(query.where(Product.slug == slug, Product.active)).unique().one_or_none()


class Products(Pagination):
    """One page of products and the number of all of them, in one query."""

    def _query_items(self) -> list[Product]:
        query = self._query_args["select"].add_columns(func.count().over()).limit(self.per_page)
        rows = db.session.execute(query.offset(self._query_offset)).unique().all()
        self._found = rows[0][1] if rows else 0
        return [product for product, _count in rows]

    def _query_count(self) -> int:
        return self._found


def list_products(
    *, query: str, category_id: int | None, filters: Filters, sort: Sort, is_member: bool, page: int
) -> Pagination:
    """Return one page of the products on sale that contain every word of `query`. 404 for a page that is not there.

    What they cost is what whoever looks would pay. In the shop's own order, what is called like that comes first.
    """
    price = _lowest_price(is_member=is_member)
    found = _on_sale(category_id, filters, price)
    words = search_words(query)
    for word in words:
        found = found.where(Product.search_text.contains(word, autoescape=True))
    if words and sort.column == "position":
        named = and_(*(Product.name.icontains(word, autoescape=True) for word in words))
        found = found.order_by(case((named, 0), else_=1))
    column = price if sort.column == "price" else getattr(Product, sort.column)
    found = found.order_by(column.desc() if sort.descending else column, Product.id)
    return Products(select=found, page=page, per_page=PAGE_SIZE)


def list_meant(session: Session, query: str) -> list[Product]:
    """Return the products that somebody may have meant whose words were found nowhere, the likeliest first."""
    names = select(Product.id, Product.name).where(Product.active).limit(_MOST_COMPARED)
    keys = likely(query, {key: fold(name) for key, name in session.execute(names)}, most=PAGE_SIZE)
    if not keys:
        return []
    found = session.scalars(_products().where(Product.id.in_(keys))).unique()
    return sorted(found, key=lambda product: keys.index(product.id))


def list_related(session: Session, product: Product) -> list[Product]:
    """Return a few other products of the same category."""
    query = (
        select(Product)
        .options(joinedload(Product.variants))
        .where(Product.category_id == product.category_id, Product.id != product.id, Product.active)
        .order_by(Product.position, Product.id)
        .limit(_RELATED)
    )
    return list(session.scalars(query).unique())


def get_variants(session: Session, ids: list[int]) -> dict[int, Variant]:
    """Return the variants on sale with these ids as they are now, with their products, by id."""
    query = select(Variant).join(Variant.product).options(joinedload(Variant.product))
    query = query.where(Variant.id.in_(ids), Variant.active, Product.active)
    found = session.scalars(query.execution_options(populate_existing=True))
    return {variant.id: variant for variant in found}


def find_variants(session: Session, words: str, *, most: int) -> list[Variant]:
    """Return variants on sale that contain every word in their product's texts, or in their own label or code."""
    query = select(Variant).join(Variant.product).options(joinedload(Variant.product))
    query = query.where(Variant.active, Product.active)
    for word in search_words(words):
        own = Variant.code.icontains(word, autoescape=True) | Variant.label.icontains(word, autoescape=True)
        query = query.where(Product.search_text.contains(word, autoescape=True) | own)
    order = (Product.position, Product.id, Variant.position, Variant.id)
    return list(session.scalars(query.order_by(*order).limit(most)))


def lock_variants(session: Session, ids: Iterable[int]) -> None:
    """Lock variants until the transaction ends, in the order in which everybody takes them off the shelf."""
    session.execute(select(Variant.id).where(Variant.id.in_(ids)).order_by(Variant.id).with_for_update())


def take_stock(session: Session, wanted: Mapping[int, int]) -> None:
    """Take `wanted` pieces, by variant id, off the shelf: all of them or, by rolling back, none.

    The guard is in the UPDATE, so two shoppers cannot get the same piece; the order of the ids keeps two baskets
    from waiting for each other. Raises OutOfStockError.
    """
    on_sale = select(Product.id).where(Product.id == Variant.product_id, Product.active).exists()
    for variant_id, quantity in sorted(wanted.items()):
        taken = session.execute(
            update(Variant)
            .where(Variant.id == variant_id, Variant.active, Variant.stock >= quantity, on_sale)
            .values(stock=Variant.stock - quantity)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise OutOfStockError(variant_id)


def return_stock(session: Session, given: Mapping[int, int]) -> None:
    """Put `given` pieces, by variant id, back on the shelf."""
    for variant_id, quantity in sorted(given.items()):
        session.execute(
            update(Variant)
            .where(Variant.id == variant_id)
            .values(stock=Variant.stock + quantity)
            .execution_options(synchronize_session=False)
        )


def _products() -> Select[Any]:
    return select(Product).options(joinedload(Product.category), joinedload(Product.variants)).where(Product.active)


def _on_sale(category_id: int | None, filters: Filters, price: ScalarSelect[int]) -> Select[Any]:
    found = _products()
    if category_id is not None:
        found = found.where(Product.category_id == category_id)
    if filters.least is not None:
        found = found.where(price >= filters.least)
    if filters.most is not None:
        found = found.where(price <= filters.most)
    if filters.in_stock:
        is_left = select(Variant.id).where(Variant.product_id == Product.id, Variant.active, Variant.stock > 0)
        found = found.where(is_left.correlate(Product).exists())
    return found


def _lowest_price(*, is_member: bool) -> ScalarSelect[int]:
    """Return what `Product.price`, or `lowest_for_members`, is in the database; variants are found by their product."""
    asked = case((Variant.member_price < Variant.price, Variant.member_price), else_=Variant.price)
    price = select(func.min(asked if is_member else Variant.price)).where(Variant.product_id == Product.id)
    return price.where(Variant.active).correlate(Product).scalar_subquery()
