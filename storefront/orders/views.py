"""The order's page, reached by its secret link, and the button that cancels it."""

from flask import Blueprint, abort, flash, redirect, render_template
from werkzeug.wrappers import Response

from storefront import payment_words, payments
from storefront.extensions import db
from storefront.texts import _

from . import links, service, shipping, timeline
from .models import Order
from .rules import OrderRefusedError

bp = Blueprint("orders", __name__, url_prefix="/orders")


@bp.get("/<token>")
def show(token: str) -> str:
    """Show where an order stands."""
    order = order_of(token)
    charge = payments.find_charge(order.number)
    return render_template(
        "orders/show.html",
        order=order,
        charge=payments.describe(charge) if charge else None,
        refunds=payments.refunds_of(order.number),
        timeline=timeline.for_customer(order.events, payments.story(charge) if charge else ()),
        pay_url=payments.pay_path(charge) if charge else None,
        can_cancel=order.can_cancel,
        words=payment_words,
    )


@bp.post("/<token>/cancel")
def cancel(token: str) -> Response:
    """Cancel an order that nobody has paid yet; for a paid one, ask for the money back."""
    payments.begin_write()
    order = order_of(token)
    if order.can_ask_back:
        return _ask_back(order)
    try:
        payments.cancel(order.number, reason=_("Dibatalkan oleh pembeli"), actor=service.CUSTOMER)
        db.session.commit()
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Pesanan ini sudah tidak dapat dibatalkan."), "warning")
    else:
        flash(_("Pesanan Anda sudah dibatalkan. Jangan transfer lagi untuk pesanan ini."), "success")
    return redirect(links.order_url(order_of(token).id))


@bp.post("/<token>/received")
def received(token: str) -> Response:
    """Note that the goods have arrived, on the shopper's word; saying it again changes nothing."""
    payments.begin_write()
    order = service.lock_order(db.session(), order_of(token).id) or abort(404)
    if order.shipment_status == "delivered":
        db.session.rollback()
        flash(_("Terima kasih, pesanan ini sudah tercatat diterima."), "success")
        return redirect(links.order_url(order_of(token).id))
    try:
        shipping.deliver(db.session(), order, actor=service.CUSTOMER)
        db.session.commit()
    except OrderRefusedError:
        db.session.rollback()
        flash(_("Pesanan ini belum dikirim, jadi belum dapat ditandai diterima."), "warning")
    else:
        flash(_("Terima kasih. Senang barangnya sudah sampai."), "success")
    return redirect(links.order_url(order_of(token).id))


def _ask_back(order: Order) -> Response:
    try:
        refund = payments.ask_back(order.number)
        target = payments.refund_path(refund)
        db.session.commit()
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Uang pesanan ini sudah diminta kembali, atau tidak dapat diminta lagi."), "warning")
        return redirect(links.order_url(order.id))
    flash(_("Permintaan Anda kami terima. Barangnya kami tahan sampai permintaan ini diputuskan."), "success")
    return redirect(target)


def order_of(token: str) -> Order:
    """Return the order a link leads to, or answer 404."""
    order_id = links.order_id_of(token)
    order = service.find_order(db.session(), order_id) if order_id is not None else None
    return order or abort(404)
