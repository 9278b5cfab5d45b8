"""The cart's page and its buttons."""

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from storefront.catalog import service as catalog
from storefront.catalog.forms import AddToCartForm
from storefront.catalog.views import product_page
from storefront.extensions import db
from storefront.texts import _

from . import service, sharing
from .rules import MAX_QUANTITY

bp = Blueprint("cart", __name__, url_prefix="/keranjang")

_FIELD = re.compile(r"qty-([0-9]{1,15})")


@bp.get("")
def show() -> str:
    """Show the cart, and tell what changed since it was last shown."""
    sharing.fetch(session)
    cart = service.look(session, db.session())
    service.remember(session, cart)
    page = render_template("cart/show.html", lines=cart.lines, subtotal=cart.subtotal, notices=cart.notices)
    sharing.share(session)
    return page


@bp.post("/tambah/<slug>")
def add(slug: str) -> Response | tuple[str, int]:
    """Put a product into the cart."""
    product = catalog.find_product(db.session(), slug) or abort(404)
    form = AddToCartForm()
    if not form.validate():
        return product_page(slug, form), 422
    variant = product.choose(form.variant.data)
    if variant is None:
        form.variant.errors = [_("Pilih dulu salah satu.")]
        return product_page(slug, form), 422
    session.permanent = True
    sharing.fetch(session)
    notice = service.add(session, variant, form.quantity.data)
    if notice:
        flash(notice, "warning")
    else:
        flash(_("%(product)s masuk ke keranjang.", product=variant.name), "success")
    sharing.share(session)
    return redirect(url_for("cart.show"))


@bp.post("/ubah")
def update() -> Response:
    """Set the quantities as typed; numbers that are none are ignored and told."""
    quantities, bad = _read_quantities()
    removed = request.form.get("remove", "")
    sharing.fetch(session)
    service.change(session, quantities, int(removed) if _is_number(removed) else None)
    if bad:
        flash(_("Jumlah harus berupa angka 0 sampai %(max)d.", max=MAX_QUANTITY), "danger")
    for notice in service.fit_to_stock(session, db.session()).notices:
        flash(notice, "warning")
    sharing.share(session)
    return redirect(url_for("cart.show"))


def _read_quantities() -> tuple[dict[int, int], bool]:
    quantities, bad = {}, False
    for name, value in request.form.items():
        match = _FIELD.fullmatch(name)
        if match is None:
            continue
        if _is_number(value) and int(value) <= MAX_QUANTITY:
            quantities[int(match[1])] = int(value)
        else:
            bad = True
    return quantities, bad


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len("999999999999999")
