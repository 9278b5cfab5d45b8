"""What search engines are shown of the shop, and what is not theirs."""

from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, render_template, stream_with_context, url_for
from sqlalchemy import select

from storefront.brand.models import Page
from storefront.extensions import db

from .models import Category, Product

bp = Blueprint("crawling", __name__)

# A site map holds at most 50,000 addresses: https://www.sitemaps.org/protocol.html
_MOST = 50_000
_BATCH = 1000
_NOT_FOR_ROBOTS = (
    "/admin",
    "/akun",
    "/cari",
    "/checkout",
    "/keranjang",
    "/lacak",
    "/orders/",
    "/pay/",
    "/refunds/",
    "/webhook/",
)


@bp.get("/robots.txt")
def robots() -> Response:
    """Tell robots what to leave alone, and where the site map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS)]
    lines.append(f"Sitemap: {url_for('crawling.sitemap', _external=True)}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """List every page worth finding."""
    return Response(stream_with_context(_sitemap()), mimetype="application/xml")


def _sitemap() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for address, changed in _addresses():
        yield render_template("catalog/_sitemap_entry.xml", address=address, changed=changed)
    yield "</urlset>\n"


def _addresses() -> Iterator[tuple[str, datetime | None]]:
    yield url_for("catalog.index", _external=True), None
    session = db.session()
    for slug in session.scalars(select(Category.slug).where(Category.active).order_by(Category.position)):
        yield url_for("catalog.category", slug=slug, _external=True), None
    for slug, changed in session.execute(select(Page.slug, Page.updated_at).where(Page.published)):
        yield url_for("brand.page", slug=slug, _external=True), changed
    products = select(Product.slug, Product.updated_at).where(Product.active).order_by(Product.id).limit(_MOST)
    for slug, changed in session.execute(products.execution_options(yield_per=_BATCH)):
        yield url_for("catalog.product", slug=slug, _external=True), changed
