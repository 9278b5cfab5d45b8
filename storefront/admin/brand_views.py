"""The shop's face in the panel: name, look and texts, seen before they are kept; notices, and closing the shop."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from storefront import media, payments
from storefront.brand import service
from storefront.brand.colours import FONT, Look, read_colour, samples, sheet
from storefront.brand.forms import BrandForm, OpeningForm
from storefront.brand.rules import look_of
from storefront.extensions import db
from storefront.identity import current_shop
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_brand", __name__, url_prefix="/admin/brand")
access.guard(bp)

_REST_OF_FORM = 64 * 1024
Page = str | Answer | tuple[str, int]


@bp.route("", methods=["GET", "POST"])
@access.requires("owner")
def index() -> Page:
    """Show the form, and keep what is sent; a colour that was offered is taken without keeping anything."""
    shop = current_shop()
    if request.method == "GET":
        return _form(BrandForm.of(shop.name, shop.whatsapp, shop.data))
    form = BrandForm()
    if request.form.get("take") in {"accent", "accent_dark"}:
        form.take_offered(request.form["take"])
        return _form(form)
    if request.form.get("again"):
        return _form(form)
    if not form.validate():
        return _form(form), 422
    _keep(form.settings(shop.data))
    flash(_("Tampilan toko disimpan."), "success")
    return redirect(url_for("admin_brand.index"))


@bp.post("/preview")
@access.requires("owner")
def preview() -> Page:
    """Show the shop as it would be; nothing is kept."""
    form = BrandForm()
    if not form.validate():
        return _form(form), 422
    shop = service.proposed(form.settings(current_shop().data))
    return render_template("admin/brand_preview.html", shop=shop, form=form, look=shop.look)


@bp.get("/preview.css")
@access.requires("owner")
def preview_sheet() -> Response:
    """Return the sheet of a look that is only being tried, with its samples by day and by night."""
    look = _look_of_address()
    return Response(sheet(look) + samples(look), mimetype="text/css")


@bp.url_value_preprocessor
def _let_a_picture_in(*_: object) -> None:
    """Allow more than other forms may have; called before the CSRF check reads the form."""
    if request.endpoint == "admin_brand.logo":
        request.max_content_length = media.MAX_BYTES + _REST_OF_FORM


@bp.post("/logo")
@access.requires("owner")
def logo() -> Page:
    """Take a picture as the shop's logo, made anew, or take the logo away."""
    shop, made = current_shop(), None
    if "remove" not in request.form:
        file = request.files.get("logo")
        try:
            # Made before any transaction begins: it takes its time.
            made = media.keep(media.read_picture(file)) if file else None
            problem = "" if made else _("Pilih dulu berkasnya.")
        except media.PictureRefusedError as refusal:
            problem = str(refusal)
        if problem:
            return _form(BrandForm.of(shop.name, shop.whatsapp, shop.data), problem), 422
    old = shop.logo
    _keep({"logo": made})
    if old:
        media.remove(old)
    flash(_("Logo disimpan.") if made else _("Logo dihapus."), "success")
    return redirect(url_for("admin_brand.index"))


@bp.route("/opening", methods=["GET", "POST"])
@access.requires("owner")
def opening() -> Page:
    """Put up a notice; close the shop and open it again."""
    shop = current_shop()
    form = OpeningForm() if request.method == "POST" else OpeningForm.of(shop.data)
    if request.method == "GET" or not form.validate():
        return render_template("admin/opening.html", form=form), 422 if form.errors else 200
    _keep(form.settings(shop.data))
    flash(_("Pengumuman dan keadaan toko disimpan."), "success")
    return redirect(url_for("admin_brand.opening"))


def _form(form: BrandForm, logo_problem: str = "") -> str:
    return render_template("admin/brand.html", form=form, logo_problem=logo_problem)


def _keep(values: dict[str, object]) -> None:
    payments.begin_write()
    before, after = service.change(db.session(), values)
    audit.note(db.session(), "brand.changed", "", before=before, after=after)
    db.session.commit()


def _look_of_address() -> Look:
    """Return the look that an address names; what is no colour is left as it is."""
    given = {}
    for name in ("accent", "accent_dark"):
        try:
            given[name] = read_colour(request.args.get(name, ""))
        except ValueError:
            continue
    return look_of({**given, "font": request.args.get("font", FONT)})
