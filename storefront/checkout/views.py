"""The checkout page."""

import logging

from flask import Blueprint, flash, redirect, render_template, session, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from storefront import payments
from storefront.cart import service as cart_service
from storefront.cart.service import Cart
from storefront.catalog.service import OutOfStockError
from storefront.extensions import csrf, db
from storefront.formats import normalise_phone
from storefront.languages import current_locale
from storefront.orders.models import Order
from storefront.orders.service import Draft, find_by_checkout
from storefront.texts import _

from .forms import CheckoutForm
from .service import place

log = logging.getLogger(__name__)

bp = Blueprint("checkout", __name__)

Answer = str | Response | tuple[str, int]


@bp.route("/checkout", methods=["GET", "POST"])
def show() -> Answer:
    """Show the form, or place the order."""
    form = CheckoutForm()
    form.offer(payments.ways(cart_service.look(session, db.session()).subtotal))
    if not form.is_submitted():
        return _form_or_cart(form)
    if form.validate():
        return _submit(form)
    if form.only_token_failed:
        flash(_("Halaman ini terlalu lama terbuka. Isian Anda masih ada; silakan kirim sekali lagi."), "warning")
    return _form_or_cart(form, status=422)


# The form checks the token itself: one that grew too old must not cost the shopper what was typed.
csrf.exempt(show)


def _form_or_cart(form: CheckoutForm, *, status: int = 200) -> Answer:
    """Show the form under what the cart holds now; without anything to order, the cart."""
    cart = cart_service.fit_to_stock(session, db.session())
    for notice in cart.notices:
        flash(notice, "warning")
    if not cart.lines:
        flash(_("Keranjang Anda masih kosong."), "info")
        return redirect(url_for("cart.show"))
    if form.way.data is None:
        flash(_("Toko ini belum dapat menerima pembayaran. Silakan hubungi kami."), "danger")
    return render_template("checkout/form.html", form=form, lines=cart.lines, subtotal=cart.subtotal), status


def _submit(form: CheckoutForm) -> Answer:
    """Look whether everything is as the shopper saw it, have the payment prepared, and only then write."""
    earlier = find_by_checkout(db.session(), form.checkout_key.data)
    if earlier is not None:
        return _to_payment(earlier)
    cart = cart_service.look(session, db.session())
    total, is_settled = cart.subtotal, cart.is_settled and form.way.data is not None
    db.session.rollback()
    if not is_settled:
        return _form_or_cart(form, status=409)
    try:
        prepared = _prepare(form, total)
    except payments.ApiError as error:
        log.warning("A payment could not be prepared (HTTP %s)", error.status)
        flash(
            _("Cara bayar ini sedang tidak bisa disiapkan. Keranjang dan isian Anda masih ada; pilih cara lain."),
            "warning",
        )
        return _form_or_cart(form, status=409)
    except payments.RefusedError as refusal:
        return _refused(form, refusal)
    return _write(form, prepared)


def _prepare(form: CheckoutForm, total: int) -> payments.Prepared | None:
    who = {"name": form.name.data, "email": form.email.data, "phone": normalise_phone(form.phone.data)}
    return payments.prepare(form.checkout_key.data, total, form.way.data, **who)


def _write(form: CheckoutForm, prepared: payments.Prepared | None) -> Answer:
    payments.begin_write()
    earlier = find_by_checkout(db.session(), form.checkout_key.data)
    if earlier is not None:
        return _to_payment(earlier)
    cart = cart_service.look(session, db.session())
    if not cart.is_settled:
        db.session.rollback()
        return _form_or_cart(form, status=409)
    return _place(form, cart, prepared)


def _place(form: CheckoutForm, cart: Cart, prepared: payments.Prepared | None) -> Answer:
    try:
        order = place(db.session(), _draft(form), cart, way=form.way.data, prepared=prepared)
        db.session.commit()
    except IntegrityError:
        return _after_collision(form)
    except OutOfStockError:
        db.session.rollback()
        return _form_or_cart(form, status=409)
    except payments.NoUniqueCodeAvailable:
        db.session.rollback()
        flash(
            _("Rekening ini sedang penuh untuk jumlah tersebut. Pilih rekening lain atau coba lagi nanti."), "warning"
        )
        return _form_or_cart(form, status=409)
    except payments.RefusedError as refusal:
        return _refused(form, refusal)
    return _to_payment(order)


def _refused(form: CheckoutForm, refusal: payments.RefusedError) -> Answer:
    db.session.rollback()
    log.warning("A checkout was refused: %s", refusal)
    flash(_("Pesanan belum dapat dibuat. Keranjang dan isian Anda masih ada; silakan coba lagi."), "danger")
    return _form_or_cart(form, status=409)


def _after_collision(form: CheckoutForm) -> Answer:
    """Lead to the one order when the same form was sent twice at once and the other one won."""
    db.session.rollback()
    earlier = find_by_checkout(db.session(), form.checkout_key.data)
    if earlier is None:
        raise  # noqa: PLE0704 - called while the IntegrityError is being handled
    return _to_payment(earlier)


def _to_payment(order: Order) -> Response:
    cart_service.empty(session)
    charge = payments.find_charge(order.number)
    target = payments.pay_path(charge) if charge else url_for("orders.show", token=order.token)
    db.session.rollback()
    return redirect(target)


def _draft(form: CheckoutForm) -> Draft:
    return Draft(
        checkout_key=form.checkout_key.data,
        name=form.name.data,
        email=form.email.data,
        phone=normalise_phone(form.phone.data),
        address=form.address.data,
        city=form.city.data,
        province=form.province.data,
        postal_code=form.postal_code.data,
        note=form.note.data,
        locale=current_locale(),
    )
