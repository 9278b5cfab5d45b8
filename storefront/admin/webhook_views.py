"""Webhooks that were refused although they are authentic: the owner lets their address in with one click."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.extensions import db
from storefront.texts import _

from . import access

bp = Blueprint("admin_webhooks", __name__, url_prefix="/admin/webhooks")
access.guard(bp)


@bp.post("/allow")
@access.requires("owner")
def allow() -> Response:
    """Take webhooks from an address as well."""
    address = request.form.get("address", "")
    try:
        payments.let_source_in(address, actor=current_user.email)
        db.session.commit()
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Alamat ini tidak bisa diizinkan dari sini; lihat flask moota doctor."), "danger")
    else:
        told = _("Webhook dari %(address)s diterima mulai sekarang.", address=address)
        flash(told, "success")
    return redirect(url_for("admin.orders"))
