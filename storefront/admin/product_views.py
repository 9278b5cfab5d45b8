"""Products in the panel: found, changed at once in the list, written and rewritten."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from storefront import payments
from storefront.catalog import editing, quick
from storefront.catalog.models import Category, Product
from storefront.catalog.panel_forms import NewProductForm, PicturesForm, ProductForm
from storefront.catalog.rules import MAX_QUERY, mark_of, page_number
from storefront.extensions import db
from storefront.texts import _

from . import access, audit, stock_edits

bp = Blueprint("admin_products", __name__, url_prefix="/admin/products")
access.guard(bp)

Page = str | Response | tuple[str, int]

# What the address of the list keeps.
_KEPT = ("q", "show", "category", "page")
SHELVES = ("", "active", "low", "sold_out", "inactive")


@bp.get("")
def index() -> str:
    """Show all products, or those that are looked for."""
    return _list({})


@bp.post("")
@access.requires("owner", "staff")
def change_many() -> Page:
    """Change stock and prices that were typed over in the list."""
    edits, wrong = quick.read_edits(request.form)
    if wrong:
        flash(_("Ada angka yang tidak terbaca; belum ada yang disimpan. Tulis misalnya 50.000."), "danger")
        return _list(wrong), 422
    stock_edits.apply(edits, quick.read_key(request.form.get("key", "")))
    kept: dict[str, Any] = {name: request.args[name] for name in _KEPT if request.args.get(name)}
    return redirect(url_for("admin_products.index", **kept))


@bp.route("/new", methods=["GET", "POST"])
@access.requires("owner", "staff")
def new() -> Page:
    """Add a product; its address comes from its name and stays."""
    form = NewProductForm().offer(_categories())
    if not form.is_submitted():
        return render_template("admin/product_new.html", form=form)
    if not form.validate():
        return render_template("admin/product_new.html", form=form), 422
    payments.begin_write()
    try:
        product, is_new = editing.create_product(db.session(), form.terms(), form.first())
    except editing.TakenError as taken:
        db.session.rollback()
        form[taken.field].errors = [_taken(taken)]
        form.offer(_categories())
        return render_template("admin/product_new.html", form=form), 409
    if is_new:
        facts = {**editing.product_facts(product), **form.first()}
        audit.note(db.session(), "product.created", product.slug, after=facts)
    product_id = product.id
    db.session.commit()
    flash(_("Barang disimpan. Sekarang tambahkan gambarnya."), "success")
    return redirect(url_for("admin_products.edit", product_id=product_id))


@bp.route("/<int:product_id>", methods=["GET", "POST"])
def edit(product_id: int) -> Page:
    """Show a product with its variants and pictures; change what it is."""
    if ProductForm().is_submitted():
        return _change(product_id)
    product = editing.get_product(db.session(), product_id) or abort(404)
    return product_page(product, ProductForm.of(product))


def product_page(
    product: Product,
    form: ProductForm | None = None,
    pictures: PicturesForm | None = None,
    wrong: dict[str, str] | None = None,
) -> str:
    """Render a product's page, with what could not be taken, if something could not."""
    seen = mark_of({"pictures": product.pictures})
    return render_template(
        "admin/product.html",
        product=product,
        form=(form or ProductForm.of(product)).offer(_categories()),
        pictures=pictures or PicturesForm(formdata=None, seen=seen),
        typed=request.form if wrong else {},
        wrong=wrong or {},
        key=quick.new_key(),
    )


@access.requires("owner", "staff")
def _change(product_id: int) -> Page:
    form = ProductForm().offer(_categories())
    if not form.validate():
        return product_page(editing.get_product(db.session(), product_id) or abort(404), form), 422
    payments.begin_write()
    product = editing.get_product(db.session(), product_id) or abort(404)
    before = editing.product_facts(product)
    wanted = {**form.terms(), "options": form.options}
    if form.seen.data != mark_of(before) and not _is_as_wanted(product, wanted):
        db.session.rollback()
        form.seen.data = mark_of(before)
        flash(
            _("Orang lain mengubah barang ini sementara Anda menulis. Simpan lagi untuk memakai tulisan Anda."),
            "danger",
        )
        return product_page(editing.get_product(db.session(), product_id) or abort(404), form), 409
    try:
        editing.change_product(db.session(), product, form.terms(), form.options)
    except editing.TakenError:
        db.session.rollback()
        form.option_1.errors = [_("Tanpa pilihan ini ada varian yang tidak bisa dibedakan lagi.")]
        return product_page(editing.get_product(db.session(), product_id) or abort(404), form), 409
    after = editing.product_facts(product)
    if after != before:
        audit.note(db.session(), "product.changed", product.slug, before=before, after=after)
    db.session.commit()
    flash(_("Barang disimpan."), "success")
    return redirect(url_for("admin_products.edit", product_id=product_id))


def _is_as_wanted(product: Product, wanted: dict[str, Any]) -> bool:
    """Tell whether the form has been taken already: it was sent twice."""
    options = wanted.pop("options")
    return options == product.option_names and all(getattr(product, name) == value for name, value in wanted.items())


def _list(wrong: dict[str, str]) -> str:
    words = " ".join(request.args.get("q", "").split())[:MAX_QUERY]
    shelf = request.args.get("show", "")
    shelf = shelf if shelf in SHELVES else ""
    categories = _categories()
    category_id = request.args.get("category", type=int)
    category_id = category_id if category_id in {category.id for category in categories} else None
    page = editing.search_products(
        words=words, shelf=shelf, category_id=category_id, page=page_number(request.args.get("page"))
    )
    return render_template(
        "admin/products.html",
        page=page,
        words=words,
        shelf=shelf,
        category_id=category_id,
        categories=categories,
        typed=request.form,
        wrong=wrong,
        key=quick.new_key(),
    )


def _categories() -> list[Category]:
    return list(db.session.scalars(select(Category).order_by(Category.position, Category.name)))


def _taken(taken: editing.TakenError) -> str:
    if taken.field == "code":
        return _("Kode ini sudah dipakai varian lain.")
    return _("Sudah ada barang dengan nama ini. Bedakan namanya.")
