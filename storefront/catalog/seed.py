"""Load the sample catalogue."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Category, Product, Variant
from .sample import CATEGORIES, PRODUCTS


def load_sample(session: Session) -> int:
    """Add the sample's categories and products that are missing; return how many products. Flushes, never commits.

    What is already there, sold or edited perhaps, stays as it is.
    """
    categories = {category.slug: category for category in session.scalars(select(Category))}
    for sample in CATEGORIES:
        if sample.slug not in categories:
            categories[sample.slug] = Category(slug=sample.slug, name=sample.name, position=sample.position)
            session.add(categories[sample.slug])
    known = set(session.scalars(select(Product.slug)))
    missing = [(place, sample) for place, sample in enumerate(PRODUCTS) if sample.slug not in known]
    session.add_all(
        Product(
            slug=sample.slug,
            name=sample.name,
            summary=sample.summary,
            description=sample.description,
            variants=[Variant(price=sample.price, stock=sample.stock, weight_grams=sample.weight_grams)],
            drawing=f"drawings/{sample.slug}.svg",
            position=place,
            category=categories[sample.category],
        )
        for place, sample in missing
    )
    session.flush()
    return len(missing)
