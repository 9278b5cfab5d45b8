"""What somebody who works in the panel wants letters about: everybody chooses for themselves."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import BooleanField

from storefront import payments
from storefront.extensions import db
from storefront.forms import ShopForm
from storefront.texts import _, _l

from . import access, audit

bp = Blueprint("admin_alerts", __name__, url_prefix="/admin/alerts")
access.guard(bp)


class AlertForm(ShopForm):
    """What one person is told of."""

    told_orders = BooleanField(_l("Pesanan baru"))
    told_trouble = BooleanField(_l("Uang yang tidak biasa, pengembalian, dan aduan"))


@bp.route("", methods=["GET", "POST"])
def index() -> str | Response:
    """Show what the signed-in person is told of, and keep their choice."""
    if request.method == "GET":
        return render_template("admin/alerts.html", form=AlertForm(obj=current_user))
    form = AlertForm()
    if not form.validate():
        return render_template("admin/alerts.html", form=form)
    payments.begin_write()
    before = {name: getattr(current_user, name) for name in ("told_orders", "told_trouble")}
    form.populate_obj(current_user)
    after = {name: getattr(current_user, name) for name in before}
    audit.note(db.session(), "alerts.chosen", current_user.email, before=before, after=after)
    db.session.commit()
    flash(_("Pilihan Anda disimpan."), "success")
    return redirect(url_for("admin_alerts.index"))
