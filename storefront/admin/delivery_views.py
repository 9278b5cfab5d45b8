"""Ways of delivery and zones in the panel."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from storefront import payments
from storefront.extensions import db
from storefront.shipping import editing
from storefront.shipping.forms import MethodForm, ZoneForm, method_form, zone_form
from storefront.shipping.models import DeliveryMethod, DeliveryZone
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_delivery", __name__, url_prefix="/admin/delivery")
access.guard(bp)

Page = str | Response | tuple[str, int]


@bp.get("")
def index() -> str:
    """Show the ways of delivery and the zones."""
    session = db.session()
    return render_template(
        "admin/delivery.html", methods=editing.list_methods(session), zones=editing.list_zones(session)
    )


@bp.route("/methods/new", methods=["GET", "POST"])
@access.requires("owner", "staff")
def new_method() -> Page:
    """Add a way of delivery."""
    return _method_page(None)


@bp.route("/methods/<int:method_id>", methods=["GET", "POST"])
@access.requires("owner", "staff")
def edit_method(method_id: int) -> Page:
    """Change a way of delivery."""
    return _method_page(method_id)


@bp.post("/methods/<int:method_id>/remove")
@access.requires("owner", "staff")
def remove_method(method_id: int) -> Response:
    """Remove a way of delivery; a second click finds nothing left to do."""
    payments.begin_write()
    method = db.session.get(DeliveryMethod, method_id)
    if method is not None:
        audit.note(db.session(), "delivery.removed", method.name, before=editing.method_facts(method))
        db.session.delete(method)
    db.session.commit()
    flash(_("Cara kirim dihapus. Pesanan yang sudah ada tidak berubah."), "success")
    return _back()


@bp.route("/zones/new", methods=["GET", "POST"])
@access.requires("owner", "staff")
def new_zone() -> Page:
    """Add a zone."""
    return _zone_page(None)


@bp.route("/zones/<int:zone_id>", methods=["GET", "POST"])
@access.requires("owner", "staff")
def edit_zone(zone_id: int) -> Page:
    """Change a zone."""
    return _zone_page(zone_id)


@bp.post("/zones/<int:zone_id>/remove")
@access.requires("owner", "staff")
def remove_zone(zone_id: int) -> Response:
    """Remove a zone with the prices for it; a second click finds nothing left to do."""
    payments.begin_write()
    zone = db.session.get(DeliveryZone, zone_id)
    if zone is not None:
        audit.note(db.session(), "zone.removed", zone.name, before=editing.zone_facts(zone))
        editing.remove_zone(db.session(), zone)
    db.session.commit()
    flash(_("Zona dihapus beserta harga-harganya."), "success")
    return _back()


def _method_page(method_id: int | None) -> Page:
    method = (db.session.get(DeliveryMethod, method_id) or abort(404)) if method_id else None
    form = method_form(editing.list_zones(db.session()), method)
    if not form.is_submitted():
        return render_template("admin/delivery_method.html", form=form, method=method)
    if not form.validate():
        return render_template("admin/delivery_method.html", form=form, method=method), 422
    _keep_method(method_id, form)
    flash(_("Cara kirim disimpan."), "success")
    return _back()


def _keep_method(method_id: int | None, form: MethodForm) -> None:
    zone_ids = {zone.id for zone in form.zones}
    rates = form.rates()
    payments.begin_write()
    method = (db.session.get(DeliveryMethod, method_id) or abort(404)) if method_id else None
    before = editing.method_facts(method) if method else {}
    # A zone may have been removed while the form was open.
    kept = {zone.id for zone in editing.list_zones(db.session())} & zone_ids
    method = editing.save_method(
        db.session(), method, form.values(), {zone: rate for zone, rate in rates.items() if zone in kept}
    )
    action = "delivery.changed" if before else "delivery.created"
    audit.note(db.session(), action, method.name, before=before, after=editing.method_facts(method))
    db.session.commit()


def _zone_page(zone_id: int | None) -> Page:
    zone = (db.session.get(DeliveryZone, zone_id) or abort(404)) if zone_id else None
    form = zone_form(zone)
    if form.is_submitted() and form.validate() and _is_kept(zone_id, form):
        flash(_("Zona disimpan. Isi harganya di tiap cara kirim yang memakai zona."), "success")
        return _back()
    zone = db.session.get(DeliveryZone, zone_id) if zone_id else None
    return render_template("admin/delivery_zone.html", form=form, zone=zone), 422 if form.is_submitted() else 200


def _is_kept(zone_id: int | None, form: ZoneForm) -> bool:
    payments.begin_write()
    zone = (db.session.get(DeliveryZone, zone_id) or abort(404)) if zone_id else None
    before = editing.zone_facts(zone) if zone else {}
    try:
        zone = editing.save_zone(db.session(), zone, form.values())
    except IntegrityError:
        db.session.rollback()
        form.name.errors = [_("Nama ini sudah dipakai zona lain.")]
        return False
    action = "zone.changed" if before else "zone.created"
    audit.note(db.session(), action, zone.name, before=before, after=editing.zone_facts(zone))
    db.session.commit()
    return True


def _back() -> Response:
    return redirect(url_for("admin_delivery.index"))
