"""Writing the categories from the panel. Flushes, the caller commits; begin with `payments.begin_write`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .editing import TakenError
from .models import Category, Product
from .rules import slug_of


def list_shelves(session: Session) -> list[tuple[Category, int]]:
    """Return all categories in the shop's order, each with its number of products."""
    count = select(func.count(Product.id)).where(Product.category_id == Category.id).correlate(Category)
    query = select(Category, count.scalar_subquery()).order_by(Category.position, Category.name)
    return [(category, number) for category, number in session.execute(query)]


def create_category(session: Session, terms: Mapping[str, Any]) -> tuple[Category, bool]:
    """Add a category behind the others; tell whether it is new: one form sent twice adds one. Raises TakenError."""
    slug = slug_of(terms["name"])
    known = session.scalars(select(Category).where(Category.slug == slug)).one_or_none()
    if known is not None:
        if all(getattr(known, name) == value for name, value in terms.items()):
            return known, False
        raise TakenError("name")
    position = (session.scalar(select(func.max(Category.position))) or 0) + 1
    category = Category(slug=slug, position=position, **terms)
    session.add(category)
    session.flush()
    return category, True


def place_category(session: Session, category: Category, place: int) -> None:
    """Put a category at a place in the order, counted from 0; doing so twice is doing it once."""
    order = [each for each, _number in list_shelves(session)]
    order.remove(category)
    order.insert(min(max(place, 0), len(order)), category)
    for position, each in enumerate(order):
        each.position = position
    session.flush()


def category_facts(category: Category) -> dict[str, Any]:
    """Return what the panel's form shows of a category."""
    return {"name": category.name, "description": category.description, "active": category.active}
