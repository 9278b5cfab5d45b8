"""The goods of a refund in the panel; its money is decided on the extension's pages."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payment_words, payments
from storefront.extensions import db
from storefront.orders import returning
from storefront.orders import service as order_service
from storefront.orders.models import id_of_number
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_refunds", __name__, url_prefix="/admin/refunds")
access.guard(bp)


@bp.get("/<ticket>")
def show(ticket: str) -> str:
    """Show which pieces a refund is about, and which of them are back in stock."""
    refund = _refund_of(ticket)
    pieces = returning.lines_of_refund(db.session(), ticket)
    return render_template(
        "admin/refund_goods.html",
        refund=refund,
        pieces=pieces,
        more=refund.amount - sum(piece.amount for piece in pieces),
        is_waiting=any(piece.restocked_at is None for piece in pieces),
        words=payment_words,
    )


@bp.post("/<ticket>/restock")
@access.requires("owner", "staff")
def restock(ticket: str) -> Response:
    """Put the pieces of a finished refund back on the shelf, once."""
    payments.begin_write()
    refund = _refund_of(ticket)
    order_id = id_of_number(refund.charge.order_ref) or 0
    order = order_service.lock_order(db.session(), order_id) or abort(404)
    if refund.status != "completed":
        db.session.rollback()
        flash(_("Selesaikan dulu pengembalian ini."), "warning")
        return redirect(url_for("admin_refunds.show", ticket=ticket))
    try:
        count = returning.restock(db.session(), order, ticket, actor=current_user.email)
        audit.note(db.session(), "refund.restocked", ticket, after={"pieces": count})
        db.session.commit()
    except returning.NotRestockableError:
        db.session.rollback()
        flash(_("Barang-barang ini sudah kembali ke stok."), "warning")
    else:
        done = ngettext("%(num)d barang kembali ke stok.", "%(num)d barang kembali ke stok.", count)
        flash(done, "success")
    return redirect(url_for("admin_refunds.show", ticket=ticket))


def _refund_of(ticket: str) -> payments.Refund:
    return payments.find_refund(ticket) or abort(404)
