"""Reading the catalogue, and taking goods off the shelf and putting them back. Flushes, never commits."""

from collections.abc import Mapping

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from storefront.extensions import db

from .models import Category, Product
from .rules import PAGE_SIZE, Sort, search_words

_RELATED = 4


class OutOfStockError(Exception):
    """There is not enough left of a product."""

    def __init__(self, product_id: int) -> None:
        super().__init__(f"product {product_id} is out of stock")
        self.product_id = product_id


def list_categories(session: Session) -> list[Category]:
    """Return all categories in the shop's order."""
    return list(session.scalars(select(Category).order_by(Category.position, Category.name)))


def find_product(session: Session, slug: str) -> Product | None:
    """Return a product on sale by its name in the URL, with its category."""
    query = select(Product).options(joinedload(Product.category)).where(Product.slug == slug, Product.active)
    return session.scalars(query).one_or_none()


def list_products(*, query: str, category_id: int | None, sort: Sort, page: int) -> Pagination:
    """Return one page of the products on sale that contain every word of `query`. 404 for a page that is not there."""
    found = select(Product).options(joinedload(Product.category)).where(Product.active)
    if category_id is not None:
        found = found.where(Product.category_id == category_id)
    for word in search_words(query):
        found = found.where(Product.search_text.contains(word, autoescape=True))
    column = getattr(Product, sort.column)
    found = found.order_by(column.desc() if sort.descending else column, Product.id)
    return db.paginate(found, page=page, per_page=PAGE_SIZE)


def list_related(session: Session, product: Product) -> list[Product]:
    """Return a few other products of the same category."""
    query = (
        select(Product)
        .where(Product.category_id == product.category_id, Product.id != product.id, Product.active)
        .order_by(Product.position, Product.id)
        .limit(_RELATED)
    )
    return list(session.scalars(query))


def get_products(session: Session, ids: list[int]) -> dict[int, Product]:
    """Return the products on sale with these ids as they are now, by id."""
    query = select(Product).where(Product.id.in_(ids), Product.active)
    found = session.scalars(query.execution_options(populate_existing=True))
    return {product.id: product for product in found}


def take_stock(session: Session, wanted: Mapping[int, int]) -> None:
    """Take `wanted` pieces, by product id, off the shelf: all of them or, by rolling back, none.

    The guard is in the UPDATE, so two shoppers cannot get the same piece; the order of the ids keeps two baskets
    from waiting for each other. Raises OutOfStockError.
    """
    for product_id, quantity in sorted(wanted.items()):
        taken = session.execute(
            update(Product)
            .where(Product.id == product_id, Product.active, Product.stock >= quantity)
            .values(stock=Product.stock - quantity)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise OutOfStockError(product_id)


def return_stock(session: Session, given: Mapping[int, int]) -> None:
    """Put `given` pieces, by product id, back on the shelf."""
    for product_id, quantity in sorted(given.items()):
        session.execute(update(Product).where(Product.id == product_id).values(stock=Product.stock + quantity))
