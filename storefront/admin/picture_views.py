"""The pictures of a product in the panel: added, put in order, described, removed."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from storefront import media, payments
from storefront.catalog import editing
from storefront.catalog.panel_forms import PicturesForm
from storefront.catalog.rules import MAX_PICTURES, arrange, mark_of
from storefront.extensions import db
from storefront.texts import _, ngettext

from . import access, audit

bp = Blueprint("admin_pictures", __name__, url_prefix="/admin/products")
access.guard(bp)

_SHOWN_NAME = 60


@bp.url_value_preprocessor
def _let_files_in(*_: object) -> None:
    """Allow more than the shop's other forms may have; called before the CSRF check reads the form."""
    request.max_content_length = media.MAX_REQUEST


@bp.post("/<int:product_id>/pictures")
@access.requires("owner", "staff")
def change(product_id: int) -> Response:
    """Keep the pictures as the form says, and add those that came with it; each that is refused is told."""
    form = PicturesForm()
    # Pictures are decoded before the transaction, which is kept short.
    made, refused = _read(form.files.data)
    for text in refused:
        flash(text, "danger")
    payments.begin_write()
    product = editing.get_product(db.session(), product_id) or abort(404)
    before = list(product.pictures)
    if form.seen.data != mark_of({"pictures": before}):
        db.session.rollback()
        flash(
            _("Gambar barang ini sudah berubah sejak halamannya dibuka. Periksa dulu, lalu ulangi bila perlu."),
            "warning",
        )
        return _back(product_id)
    kept = arrange(before, request.form)
    room = MAX_PICTURES - len(kept)
    added = [media.keep(picture) for picture in made[:room]]
    product.pictures = kept + added
    if product.pictures != before:
        slug = product.slug
        audit.note(db.session(), "product.pictures", slug, before=_facts(before), after=_facts(product.pictures))
    try:
        db.session.commit()
    except Exception:
        _remove(added)
        raise
    _remove([picture for picture in before if picture["id"] not in {each["id"] for each in kept}])
    _tell(len(made), room, anything=bool(refused))
    return _back(product_id)


def _read(files: list[Any]) -> tuple[list[media.Picture], list[str]]:
    """Return the pictures that came, made anew, and why others are refused."""
    made, refused = [], []
    for file in files or []:
        if not isinstance(file, FileStorage) or not file.filename:
            continue
        try:
            made.append(media.read_picture(file))
        except media.PictureRefusedError as error:
            refused.append(f"{file.filename[:_SHOWN_NAME]}: {error}")
    return made, refused


def _tell(came: int, room: int, *, anything: bool) -> None:
    if came > room:
        flash(
            _("Paling banyak %(most)d gambar untuk satu barang; sisanya tidak disimpan.", most=MAX_PICTURES), "warning"
        )
    if came:
        flash(ngettext("%(num)d gambar ditambahkan.", "%(num)d gambar ditambahkan.", min(came, room)), "success")
    elif not anything:
        flash(_("Gambar disimpan."), "success")


def _facts(pictures: list[dict[str, Any]]) -> dict[str, Any]:
    return {"pictures": [[picture["id"], picture["alt"]] for picture in pictures]}


def _remove(pictures: list[dict[str, Any]]) -> None:
    for picture in pictures:
        media.remove(picture)


def _back(product_id: int) -> Response:
    return redirect(url_for("admin_products.edit", product_id=product_id, _anchor="gambar"))
