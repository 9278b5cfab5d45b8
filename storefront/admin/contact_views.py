"""Correcting who gets an order and where it goes, as long as the goods are here."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user

from storefront import payments
from storefront.extensions import db
from storefront.formats import show_phone
from storefront.orders import contact
from storefront.orders import service as order_service
from storefront.orders.models import Order
from storefront.orders.rules import OrderRefusedError
from storefront.texts import _

from . import access, audit
from .contact_forms import ContactForm
from .views import Page, order_of

bp = Blueprint("admin_contact", __name__, url_prefix="/admin/orders")
access.guard(bp)


@bp.get("/<number>/contact")
@access.requires("owner", "staff")
def edit(number: str) -> Page:
    """Show what an order has of its buyer."""
    order = order_of(number)
    if not order.can_be_corrected:
        flash(_too_late(), "warning")
        return redirect(url_for("admin.order", number=order.number))
    kept = {name: getattr(order, name) for name in contact.FIELDS}
    form = ContactForm(formdata=None, data=kept | {"phone": show_phone(order.phone)})
    return _page(order, form)


@bp.post("/<number>/contact")
@access.requires("owner", "staff")
def change(number: str) -> Page:
    """Keep the correction; the same form sent twice changes nothing more."""
    form = ContactForm()
    if order_of(number).is_pickup:
        form.needs_no_address()
    if not form.validate():
        return _page(order_of(number), form), 422
    typed, actor = form.typed(), current_user.email
    payments.begin_write()
    # Always the charge before its order, as where money comes in.
    known = order_of(number)
    payments.correct_payer(known.number, name=typed["name"], email=typed["email"], phone=typed["phone"], actor=actor)
    order = order_service.lock_order(db.session(), known.id) or abort(404)
    before = {name: getattr(order, name) for name in contact.FIELDS}
    try:
        changed = contact.correct(db.session(), order, typed, actor=actor)
    except OrderRefusedError:
        db.session.rollback()
        flash(_too_late(), "warning")
        return redirect(url_for("admin.order", number=number))
    if changed:
        after = {name: getattr(order, name) for name in contact.FIELDS}
        audit.note(db.session(), audit.CONTACT, order.number, before=before, after=after)
    db.session.commit()
    flash(_("Tersimpan.") if changed else _("Tidak ada yang berubah."), "success")
    return redirect(url_for("admin.order", number=number))


def _too_late() -> str:
    return _("Barangnya sudah berangkat atau pesanannya sudah berakhir, jadi ini tidak dapat diubah lagi.")


def _page(order: Order, form: ContactForm) -> str:
    return render_template("admin/order_contact.html", order=order, form=form)
