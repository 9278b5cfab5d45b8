"""Categories in the panel: made, renamed, put in order, hidden."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from storefront import payments
from storefront.catalog import shelves
from storefront.catalog.editing import TakenError
from storefront.catalog.models import Category
from storefront.catalog.panel_forms import CategoryForm
from storefront.catalog.rules import mark_of
from storefront.extensions import db
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_categories", __name__, url_prefix="/admin/categories")
access.guard(bp)

Page = str | Response | tuple[str, int]


@bp.get("")
def index() -> str:
    """Show all categories in their order."""
    return render_template("admin/categories.html", shelves=shelves.list_shelves(db.session()))


@bp.route("/new", methods=["GET", "POST"])
@access.requires("owner", "staff")
def new() -> Page:
    """Make a category; its address comes from its name and stays."""
    form = CategoryForm()
    if not form.is_submitted():
        return render_template("admin/category.html", form=form, category=None)
    if not form.validate():
        return render_template("admin/category.html", form=form, category=None), 422
    payments.begin_write()
    try:
        category, is_new = shelves.create_category(db.session(), form.terms())
    except TakenError:
        db.session.rollback()
        form.name.errors = [_("Sudah ada kategori dengan nama ini.")]
        return render_template("admin/category.html", form=form, category=None), 409
    if is_new:
        audit.note(db.session(), "category.created", category.slug, after=shelves.category_facts(category))
    db.session.commit()
    flash(_("Kategori disimpan."), "success")
    return redirect(url_for("admin_categories.index"))


@bp.route("/<int:category_id>", methods=["GET", "POST"])
def edit(category_id: int) -> Page:
    """Show a category; rename, describe or hide it."""
    form = CategoryForm()
    if form.is_submitted():
        return _change(category_id, form)
    category = _category(category_id)
    seen = mark_of(shelves.category_facts(category))
    return render_template("admin/category.html", form=CategoryForm(obj=category, seen=seen), category=category)


@bp.post("/<int:category_id>/place")
@access.requires("owner", "staff")
def place(category_id: int) -> Response:
    """Put a category where it is wanted in the order."""
    payments.begin_write()
    category = _category(category_id)
    before = category.position
    shelves.place_category(db.session(), category, request.form.get("to", 0, type=int))
    if category.position != before:
        after = {"position": category.position}
        audit.note(db.session(), "category.moved", category.slug, before={"position": before}, after=after)
    db.session.commit()
    return redirect(url_for("admin_categories.index"))


@access.requires("owner", "staff")
def _change(category_id: int, form: CategoryForm) -> Page:
    if not form.validate():
        return render_template("admin/category.html", form=form, category=_category(category_id)), 422
    payments.begin_write()
    category = _category(category_id)
    before, wanted = shelves.category_facts(category), form.terms()
    if form.seen.data != mark_of(before) and before != wanted:
        db.session.rollback()
        form.seen.data = mark_of(before)
        flash(
            _("Orang lain mengubah kategori ini sementara Anda menulis. Simpan lagi untuk memakai tulisan Anda."),
            "danger",
        )
        return render_template("admin/category.html", form=form, category=_category(category_id)), 409
    for name, value in wanted.items():
        setattr(category, name, value)
    if before != wanted:
        audit.note(db.session(), "category.changed", category.slug, before=before, after=wanted)
    db.session.commit()
    flash(_("Kategori disimpan."), "success")
    return redirect(url_for("admin_categories.index"))


def _category(category_id: int) -> Category:
    return db.session.get(Category, category_id) or abort(404)
