"""Load the sample catalogue."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import sample as samples
from .models import Category, Product, Variant
from .rules import label_of
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
            option_names=list(sample.options),
            variants=_variants(sample),
            drawing=f"drawings/{sample.slug}.svg",
            position=place,
            category=categories[sample.category],
        )
        for place, sample in missing
    )
    session.flush()
    return len(missing)


def _variants(sample: samples.Product) -> list[Variant]:
    forms = sample.variants or (samples.Variant((), sample.stock),)
    return [
        Variant(
            label=label_of(form.options),
            options=list(form.options),
            price=form.price or sample.price,
            stock=form.stock,
            weight_grams=form.weight_grams or sample.weight_grams,
            position=place,
        )
        for place, form in enumerate(forms)
    ]
