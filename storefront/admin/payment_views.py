"""What the owner decides about one order's money: more time, a second life, letting go, giving back."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.catalog.service import OutOfStockError
from storefront.extensions import db
from storefront.notifications.service import ask_for_email
from storefront.orders import service as order_service
from storefront.orders.rules import OrderRefusedError
from storefront.texts import _

from . import access, audit, service
from .forms import CancelForm, RefundForm, TermForm
from .models import Role
from .views import Page, check_password, order_of, order_page

bp = Blueprint("admin_payments", __name__, url_prefix="/admin/orders")
access.guard(bp)


# Who may do what on the extension's pages of the panel.
_RIGHTS: dict[payments.Right, frozenset[Role]] = {
    "look": frozenset({"owner", "staff", "bookkeeper"}),
    "act": frozenset({"owner", "staff"}),
    "approve": frozenset({"owner"}),
    "settings": frozenset({"owner"}),
}


def let_into_panel(right: payments.Right) -> str:
    """Return who is signed in, if they may; others are sent to sign in, or get 403."""
    answer = access.require_login()
    if answer is not None:
        abort(answer)
    if current_user.role not in _RIGHTS[right]:
        abort(403)
    return str(current_user.email)


def check_password_again(password: str) -> str | None:
    """Say what is wrong with the password of whoever is signed in; None when it is theirs."""
    try:
        check_password(password)
    except service.TooManyLoginsError:
        return str(_("Terlalu banyak percobaan. Coba lagi beberapa menit lagi."))
    except service.LoginRefusedError:
        return str(_("Kata sandi ini tidak cocok."))
    return None


@bp.post("/<number>/extend")
@access.requires("owner", "staff")
def extend(number: str) -> Response:
    """Wait longer for the money of an unpaid order."""
    return _with_term(number, payments.extend, done=_("Batas waktunya diperpanjang, dan pembeli diberi tahu."))


@bp.post("/<number>/reopen")
@access.requires("owner", "staff")
def reopen(number: str) -> Response:
    """Let an ended order wait for its money again, if its goods are still there."""
    return _with_term(number, payments.reopen, done=_("Pesanan dibuka lagi, dan pembeli diberi tahu."))


@bp.post("/<number>/release")
@access.requires("owner")
def release(number: str) -> Response:
    """Let a held order go on."""
    payments.begin_write()
    found = order_of(number)
    try:
        payments.release(found.number, actor=current_user.email)
        db.session.commit()
    except OutOfStockError:
        db.session.rollback()
        flash(_("Barangnya masih kosong. Tambah dulu stoknya, lalu lepaskan pesanan ini."), "danger")
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Uang pesanan ini sedang dikembalikan. Putuskan dulu pengembaliannya."), "danger")
    except OrderRefusedError:
        db.session.rollback()
        flash(_("Pesanan ini tidak sedang ditahan."), "warning")
    else:
        flash(_("Pesanan tidak ditahan lagi."), "success")
    return _back_to(number)


@bp.post("/<number>/cancel-free")
@access.requires("owner")
def cancel_free(number: str) -> Page:
    """Cancel an order for which nothing was to be paid; a charge is cancelled on its own page."""
    form = CancelForm()
    if not form.validate():
        return order_page(order_of(number), cancel_form=form), 422
    payments.begin_write()
    order = order_service.lock_order(db.session(), order_of(number).id) or abort(404)
    try:
        order_service.cancel_free(db.session(), order, actor=current_user.email, reason=form.reason.data)
        ask_for_email(order, "cancelled")
        audit.note(db.session(), "order.cancelled", order.number, after={"reason": form.reason.data})
        db.session.commit()
    except OrderRefusedError:
        db.session.rollback()
        flash(_("Keadaan pesanan ini tidak mengizinkannya lagi."), "warning")
    else:
        flash(_("Pesanan dibatalkan, dan pembeli diberi tahu."), "success")
    return _back_to(number)


@bp.post("/<number>/refund")
@access.requires("owner", "staff")
def refund(number: str) -> Page:
    """Ask for money back on behalf of the shop; somebody approves it."""
    form = RefundForm()
    if not form.validate():
        return order_page(order_of(number), refund_form=form), 422
    payments.begin_write()
    found = order_of(number)
    try:
        asked = payments.request_refund(
            found.number,
            form.rupiah,
            reason=form.reason.data,
            note=form.note.data or None,
            actor=current_user.email,
        )
        ticket = asked.ticket
        db.session.commit()
    except payments.RefusedError:
        db.session.rollback()
        form.amount.errors = [_("Sebanyak itu tidak dapat dikembalikan untuk pesanan ini.")]
        return order_page(order_of(number), refund_form=form), 409
    flash(_("Pengembalian %(ticket)s dibuat dan menunggu persetujuan.", ticket=ticket), "success")
    return redirect(url_for("moota_panel.refund", ticket=ticket))


def _with_term(number: str, change: Callable[..., None], *, done: str) -> Response:
    form = TermForm()
    if not form.validate():
        flash(_("Pilih tambahan waktunya."), "danger")
        return _back_to(number)
    payments.begin_write()
    found = order_of(number)
    try:
        change(found.number, by=form.term, actor=current_user.email)
        db.session.commit()
    except payments.GoodsGoneError:
        db.session.rollback()
        flash(_("Barangnya sudah habis, jadi pesanan ini tetap ditutup."), "danger")
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Keadaan pesanan ini tidak mengizinkannya lagi."), "warning")
    else:
        flash(done, "success")
    return _back_to(number)


def _back_to(number: str) -> Response:
    return redirect(url_for("admin.order", number=number))
