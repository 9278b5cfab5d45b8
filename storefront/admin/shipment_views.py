"""The way of an order's goods in the panel: got ready, sent or ready to be fetched, arrived."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.extensions import db
from storefront.orders import service as order_service
from storefront.orders import shipping
from storefront.orders.models import Order
from storefront.orders.rules import OrderRefusedError
from storefront.texts import _

from . import access, audit
from .forms import NoteForm, ShipForm
from .views import Page, order_of, order_page

bp = Blueprint("admin_shipments", __name__, url_prefix="/admin/orders")
access.guard(bp)


@bp.post("/<number>/process")
@access.requires("owner", "staff")
def process(number: str) -> Response:
    """Note that the goods are being got ready."""
    return _move(
        number,
        lambda order: shipping.process(db.session(), order, actor=current_user.email),
        done=_("Pesanan %(number)s sedang disiapkan; pembeli melihatnya.", number=number),
        refused=_("Pesanan ini belum atau tidak lagi dapat disiapkan."),
    )


@bp.post("/<number>/ship")
@access.requires("owner", "staff")
def ship(number: str) -> Page:
    """Note that the goods have left, or can be fetched."""
    form = ShipForm()
    is_pickup = order_of(number).is_pickup
    if not is_pickup and not form.validate():
        return order_page(order_of(number), form), 422
    told = _("Pesanan %(number)s ditandai siap diambil.", number=number)
    return _move(
        number,
        lambda order: shipping.ship(
            db.session(),
            order,
            courier=form.courier.data or "",
            tracking_number=form.tracking_number.data or "",
            actor=current_user.email,
        ),
        done=told if is_pickup else _("Pesanan %(number)s ditandai dikirim.", number=number),
        refused=_("Pesanan ini belum atau tidak lagi dapat dikirim."),
    )


@bp.post("/<number>/tracking")
@access.requires("owner", "staff")
def tracking(number: str) -> Page:
    """Correct how a parcel travels; the buyer is told."""
    form = ShipForm()
    if not form.validate():
        return order_page(order_of(number), form), 422
    return _move(
        number,
        lambda order: shipping.correct_tracking(
            db.session(),
            order,
            courier=form.courier.data,
            tracking_number=form.tracking_number.data,
            actor=current_user.email,
        ),
        done=_("Kurir dan nomor resi tersimpan, dan pembeli diberi tahu."),
        refused=_("Tidak ada paket dari pesanan ini yang sedang di jalan."),
    )


@bp.post("/<number>/deliver")
@access.requires("owner", "staff")
def deliver(number: str) -> Response:
    """Note that the goods have arrived, or were collected."""
    return _move(
        number,
        lambda order: shipping.deliver(db.session(), order, actor=current_user.email),
        done=_("Pesanan %(number)s ditandai sudah sampai, dan pembeli diberi tahu.", number=number),
        refused=_("Pesanan ini belum dikirim, atau sudah ditandai sampai."),
    )


@bp.post("/<number>/note")
@access.requires("owner", "staff")
def note(number: str) -> Page:
    """Keep a remark that only staff read."""
    form = NoteForm()
    if not form.validate():
        return order_page(order_of(number), note_form=form), 422
    payments.begin_write()
    order = order_of(number)
    order_service.record(db.session(), order, "order.note", current_user.email, text=form.text.data)
    audit.note(db.session(), "order.note", order.number)
    db.session.commit()
    flash(_("Catatan tersimpan."), "success")
    return redirect(url_for("admin.order", number=number, _anchor="riwayat"))


def _move(number: str, step: Callable[[Order], object], *, done: str, refused: str) -> Response:
    """Take one step with a locked order, note it, and lead back to the order."""
    payments.begin_write()
    order = order_service.lock_order(db.session(), order_of(number).id) or abort(404)
    before = travelling(order)
    try:
        step(order)
        audit.note(db.session(), "order.shipment", order.number, before=before, after=travelling(order))
        db.session.commit()
    except OrderRefusedError:
        db.session.rollback()
        flash(refused, "danger")
    else:
        flash(done, "success")
    return redirect(url_for("admin.order", number=number))


def travelling(order: Order) -> dict[str, str | None]:
    """Return what the audit log keeps of the way of an order's goods."""
    return {"shipment": order.shipment_status, "courier": order.courier, "tracking": order.tracking_number}
