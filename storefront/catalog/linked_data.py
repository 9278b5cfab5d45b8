"""What search engines are told of a product, in the words of schema.org."""

from typing import Any

from flask import url_for

from storefront import markdown, media

from .models import Product, Variant

_SCHEMA = "https://schema.org/"
_LONGEST = 500


def of_product(product: Product, shop_name: str) -> dict[str, Any]:
    """Return a product with one offer for each variant on sale."""
    facts: dict[str, Any] = {
        "@context": _SCHEMA,
        "@type": "Product",
        "name": product.name,
        "description": product.summary or markdown.to_text(product.description, _LONGEST),
        "image": pictures(product),
        "url": url_for("catalog.product", slug=product.slug, _external=True),
        "category": product.category.name,
        "offers": [_offer(variant, shop_name) for variant in product.on_sale],
    }
    if product.rating_count:
        facts["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(product.rating_sum / product.rating_count, 1),
            "reviewCount": product.rating_count,
        }
    return facts


def pictures(product: Product) -> list[str]:
    """Return the addresses of a product's pictures in full."""
    if not product.pictures:
        return [url_for("static", filename=product.drawing, _external=True)] if product.drawing else []
    return [
        url_for("media.show", name=kept["id"], width=media.fitting_width(kept, 1280), _external=True)
        for kept in product.pictures
    ]


def _offer(variant: Variant, shop_name: str) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "price": variant.price,
        "priceCurrency": "IDR",
        "availability": f"{_SCHEMA}{'OutOfStock' if variant.sold_out else 'InStock'}",
        "seller": {"@type": "Organization", "name": shop_name},
    }
    named = {"name": variant.label, "sku": variant.code}
    return {**offer, **{name: value for name, value in named.items() if value}}
