"""The variants of a product in the panel."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from storefront import payments
from storefront.catalog import editing, quick
from storefront.catalog.models import Product, Variant
from storefront.catalog.panel_forms import VariantForm
from storefront.catalog.rules import mark_of
from storefront.extensions import db
from storefront.texts import _

from . import access, audit, stock_edits
from .product_views import product_page

bp = Blueprint("admin_variants", __name__, url_prefix="/admin/products")
access.guard(bp)

Page = str | Response | tuple[str, int]


@bp.post("/<int:product_id>/stock")
@access.requires("owner", "staff")
def change_many(product_id: int) -> Page:
    """Change stock and prices that were typed over on a product's page."""
    edits, wrong = quick.read_edits(request.form)
    if wrong:
        flash(_("Ada angka yang tidak terbaca; belum ada yang disimpan. Tulis misalnya 50.000."), "danger")
        return product_page(_product(product_id), wrong=wrong), 422
    stock_edits.apply(edits, quick.read_key(request.form.get("key", "")))
    return _back(product_id)


@bp.route("/<int:product_id>/variants/new", methods=["GET", "POST"])
@access.requires("owner", "staff")
def new(product_id: int) -> Page:
    """Add a variant."""
    product = _product(product_id)
    if not product.option_names:
        flash(_("Isi dulu pilihannya, misalnya Ukuran atau Warna; sesudah itu varian bisa ditambah."), "warning")
        return _back(product_id)
    form = VariantForm().call(product.option_names)
    if not form.is_submitted():
        return _form(form, product, None)
    if not form.validate():
        return _form(form, product, None), 422
    payments.begin_write()
    product = _product(product_id)
    try:
        variant, is_new = editing.add_variant(db.session(), product, {**form.terms(), "stock": form.stock.data})
    except editing.TakenError as taken:
        return _taken(form, product_id, None, taken)
    if is_new:
        after = {**editing.variant_facts(variant), "stock": variant.stock}
        audit.note(db.session(), "variant.created", variant.name, after=after)
    db.session.commit()
    flash(_("Varian disimpan."), "success")
    return _back(product_id)


@bp.route("/<int:product_id>/variants/<int:variant_id>", methods=["GET", "POST"])
def edit(product_id: int, variant_id: int) -> Page:
    """Show a variant; change it."""
    if VariantForm().is_submitted():
        return _change(product_id, variant_id)
    product = _product(product_id)
    variant = _variant(product, variant_id)
    return _form(VariantForm.of(variant).call(product.option_names), product, variant)


@access.requires("owner", "staff")
def _change(product_id: int, variant_id: int) -> Page:
    product = _product(product_id)
    form = VariantForm().call(product.option_names)
    if not form.validate():
        return _form(form, product, _variant(product, variant_id)), 422
    payments.begin_write()
    variant = _variant(_product(product_id), variant_id)
    before = editing.variant_facts(variant)
    terms = form.terms()
    if form.seen.data != mark_of(before) and not all(getattr(variant, name) == terms[name] for name in terms):
        return _overtaken(form, product_id, variant_id)
    try:
        editing.change_variant(db.session(), variant, terms)
    except editing.TakenError as taken:
        return _taken(form, product_id, variant_id, taken)
    after = editing.variant_facts(variant)
    if after != before:
        audit.note(db.session(), "variant.changed", variant.name, before=before, after=after)
    problem = stock_edits.move(
        variant, seen=_seen(form, variant), typed=form.stock.data or 0, key=quick.read_key(form.key.data or "")
    )
    db.session.commit()
    flash(problem or _("Varian disimpan."), "warning" if problem else "success")
    return _back(product_id)


def _seen(form: VariantForm, variant: Variant) -> int:
    text = form.seen_stock.data or ""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= editing.MAX_STOCK else variant.stock


def _overtaken(form: VariantForm, product_id: int, variant_id: int) -> Page:
    db.session.rollback()
    product = _product(product_id)
    variant = _variant(product, variant_id)
    form.seen.data = mark_of(editing.variant_facts(variant))
    flash(_("Orang lain mengubah varian ini sementara Anda menulis. Simpan lagi untuk memakai tulisan Anda."), "danger")
    return _form(form, product, variant), 409


def _taken(form: VariantForm, product_id: int, variant_id: int | None, taken: editing.TakenError) -> Page:
    db.session.rollback()
    product = _product(product_id)
    if taken.field == "code":
        form.code.errors = [_("Kode ini sudah dipakai varian lain.")]
    else:
        field = next(iter(form.option_fields()), form.price)
        field.errors = [_("Varian lain sudah memakai pilihan ini.")]
    return _form(form, product, _variant(product, variant_id) if variant_id else None), 409


def _product(product_id: int) -> Product:
    return editing.get_product(db.session(), product_id) or abort(404)


def _variant(product: Product, variant_id: int) -> Variant:
    return next((variant for variant in product.variants if variant.id == variant_id), None) or abort(404)


def _form(form: VariantForm, product: Product, variant: Variant | None) -> str:
    return render_template("admin/variant.html", form=form, product=product, variant=variant)


def _back(product_id: int) -> Response:
    return redirect(url_for("admin_products.edit", product_id=product_id))
