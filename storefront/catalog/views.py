"""The pages of the catalogue."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from storefront.customers.access import current_customer, is_member
from storefront.extensions import db
from storefront.identity import current_shop

from . import linked_data, service
from .forms import AddToCartForm
from .models import Category
from .rules import MAX_QUERY, SORTS, find_sort, page_number, read_filters

bp = Blueprint("catalog", __name__)


@bp.before_request
def _see_who_looks() -> None:
    """Read who is signed in before anything asks who the shop is: one query for both."""
    current_customer()


@bp.get("/")
def index() -> str:
    """Show everything on sale."""
    return _list()


@bp.get("/kategori/<slug>")
def category(slug: str) -> str:
    """Show one category."""
    return _list(shelf=slug)


@bp.get("/cari")
def search() -> str | Response:
    """Show what matches the words in `q`; without words, the whole catalogue."""
    query = " ".join(request.args.get("q", "").split())[:MAX_QUERY]
    return _list(query=query, within=request.args.get("kategori")) if query else redirect(url_for("catalog.index"))


@bp.get("/produk/<slug>")
def product(slug: str) -> str:
    """Show one product."""
    return product_page(slug, AddToCartForm())


def product_page(slug: str, form: AddToCartForm) -> str:
    """Render a product's page with a form as it was filled in. 404 for a product that is not on sale."""
    found = service.find_product(db.session(), slug) or abort(404)
    return render_template(
        "catalog/product.html",
        product=found,
        related=service.list_related(db.session(), found),
        form=form,
        linked_data=linked_data.of_product(found, current_shop().name),
        pictures=linked_data.pictures(found),
    )


def _list(*, query: str = "", shelf: str | None = None, within: str | None = None) -> str:
    """Show a list: all, what matches `query` perhaps `within` a category, or one category, which must be there."""
    categories = service.list_categories(db.session())
    category = _named(categories, shelf) or abort(404) if shelf else _named(categories, within)
    sort = find_sort(request.args.get("sort"))
    filters = read_filters(request.args)
    page = service.list_products(
        query=query,
        category_id=category.id if category else None,
        filters=filters,
        sort=sort,
        is_member=is_member(),
        page=page_number(request.args.get("page")),
    )
    meant = service.list_meant(db.session(), query) if query and not (page.items or filters.is_set or category) else []
    return render_template(
        "catalog/index.html",
        meant=meant,
        filters=filters,
        categories=categories,
        products=page.items,
        page=page,
        q=query,
        category=category,
        sort=sort.name,
        sorts=SORTS,
    )


def _named(categories: list[Category], slug: str | None) -> Category | None:
    return next((category for category in categories if category.slug == slug), None)
