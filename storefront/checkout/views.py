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
    form.offer([(account.bank_id, _account_label(account)) for account in payments.accounts()])
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
    if not form.account.choices:
        flash(_("Toko ini belum dapat menerima pembayaran. Silakan hubungi kami."), "danger")
    return render_template("checkout/form.html", form=form, lines=cart.lines, subtotal=cart.subtotal), status


def _submit(form: CheckoutForm) -> Answer:
    payments.begin_write()
    earlier = find_by_checkout(db.session(), form.checkout_key.data)
    if earlier is not None:
        return _to_payment(earlier)
    cart = cart_service.look(session, db.session())
    if not cart.is_settled or not form.account.choices:
        db.session.rollback()
        return _form_or_cart(form, status=409)
    return _place(form, cart)


def _place(form: CheckoutForm, cart: Cart) -> Answer:
    try:
        order = place(db.session(), _draft(form), cart, form.account.data)
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
        db.session.rollback()
        log.warning("A checkout was refused: %s", refusal)
        flash(_("Pesanan belum dapat dibuat. Keranjang dan isian Anda masih ada; silakan coba lagi."), "danger")
        return _form_or_cart(form, status=409)
    return _to_payment(order)


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


def _account_label(account: payments.Account) -> str:
    return _("%(bank)s a.n. %(holder)s", bank=account.label, holder=account.holder)


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
