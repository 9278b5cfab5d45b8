"""The checkout page."""

import logging
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from storefront import payments
from storefront.brand.service import PRIVACY, TERMS, find_page
from storefront.cart import service as cart_service
from storefront.cart import sharing
from storefront.cart.service import Cart
from storefront.catalog.service import OutOfStockError
from storefront.customers.access import current_customer
from storefront.customers.addresses import default_address, find_address
from storefront.customers.models import CustomerAddress
from storefront.customers.rules import email_key
from storefront.extensions import csrf, db
from storefront.formats import normalise_phone, rupiah
from storefront.languages import current_locale
from storefront.orders.models import Order
from storefront.orders.service import find_by_checkout
from storefront.promotions.service import VoucherRefusedError
from storefront.texts import _
from storefront.throttle import Limit, allows, counted_address

from .bill import Bill, make_bill, refusal_text
from .forms import CheckoutForm
from .service import Buyer, place

log = logging.getLogger(__name__)

bp = Blueprint("checkout", __name__)

Answer = str | Response | tuple[str, int]

# The total that the visitor was last shown, in rupiah: nothing else is ever charged.
_SHOWN = "shown_total"
# How often prices are counted for one household; somebody who fills the form in needs about ten.
_IN_A_MOMENT, _IN_AN_HOUR = (120, timedelta(minutes=5)), (600, timedelta(hours=1))


@bp.route("/checkout", methods=["GET", "POST"])
def show() -> Answer:
    """Show the form, or place the order."""
    form = CheckoutForm()
    # A form that was sent twice leads to its order, though the cart is empty by then.
    if not (form.is_submitted() and find_by_checkout(db.session(), form.checkout_key.data)):
        sharing.fetch(session)
    if not form.is_submitted():
        customer = current_customer()
        if customer is not None:
            form.greet(customer, default_address(customer) or next(iter(customer.addresses), None))
        return _form_or_cart(form)
    if _is_try(form) and not _may_try():
        flash(_too_often(), "warning")
        form.leaves_voucher_out = True
        return _form_or_cart(form, status=429)
    if _only_counts():
        if chosen := _chosen_address():
            form.send_to(chosen)
        return _form_or_cart(form)
    bill = _price(form, cart_service.look(session, db.session()))
    if form.validate():
        return _submit(form, bill)
    if form.only_token_failed:
        flash(_("Halaman ini terlalu lama terbuka. Isian Anda masih ada; silakan kirim sekali lagi."), "warning")
    return _form_or_cart(form, status=422)


@bp.post("/checkout/hitung")
def count() -> dict[str, str] | tuple[dict[str, str], int]:
    """Answer the page's script with what has changed by what was filled in."""
    if not _may_try():
        return {"problem": _too_often()}, 429
    form = CheckoutForm()
    sharing.fetch(session)
    bill = _price(form, cart_service.look(session, db.session()))
    session[_SHOWN] = bill.total
    return {
        "total": str(bill.total),
        **{name: render_template(f"checkout/_{name}.html", form=form) for name in ("delivery", "sums", "ways")},
    }


# The form checks the token itself: one that grew too old must not cost the shopper what was typed.
csrf.exempt(show)
# Nothing is bought there, and it says nothing that the page does not.
csrf.exempt(count)


def _is_try(form: CheckoutForm) -> bool:
    """Tell whether a sent form finds out what a voucher or a service says; an order without either never waits."""
    return _only_counts() or bool(form.voucher.data)


def _only_counts() -> bool:
    """Tell whether a button was pressed that fills in or counts, and orders nothing."""
    return not {"recount", "address_id"}.isdisjoint(request.form)


def _may_try() -> bool:
    """Tell whether this household may have prices counted again: vouchers are not to be guessed one after another."""
    address = counted_address(request.remote_addr)
    payments.begin_write()
    is_allowed = allows(
        db.session(), [Limit("checkout", address, *_IN_A_MOMENT), Limit("checkout", address, *_IN_AN_HOUR)]
    )
    db.session.commit()
    return is_allowed


def _too_often() -> str:
    return _("Harganya sudah dihitung sangat sering. Tunggu beberapa menit, lalu coba lagi; isian Anda masih ada.")


def _price(form: CheckoutForm, cart: Cart) -> Bill:
    """Tell the form what the cart costs now and how it can be delivered and paid."""
    bill = make_bill(db.session(), cart, form.wish(current_customer()))
    form.show_bill(bill, payments.ways(bill.total) if bill.total else [])
    if bill.is_pickup:
        form.needs_no_address()
    return bill


def _form_or_cart(form: CheckoutForm, *, status: int = 200) -> Answer:
    """Show the form under what the cart holds now; without anything to order, the cart."""
    cart = cart_service.fit_to_stock(session, db.session())
    for notice in cart.notices:
        flash(notice, "warning")
    if not cart.lines:
        flash(_("Keranjang Anda masih kosong."), "info")
        sharing.share(session)
        return redirect(url_for("cart.show"))
    bill = _price(form, cart)
    if bill.voucher_problem and not form.voucher.errors:
        form.voucher.errors = [bill.voucher_problem]
    if bill.total and form.way.data is None:
        flash(_("Toko ini belum dapat menerima pembayaran. Silakan hubungi kami."), "danger")
    session[_SHOWN] = bill.total
    page = render_template(
        "checkout/form.html",
        form=form,
        lines=cart.lines,
        customer=current_customer(),
        terms=find_page(TERMS),
        privacy=find_page(PRIVACY),
    )
    sharing.share(session)
    return page, status


def _chosen_address() -> CustomerAddress | None:
    """Return the one of the customer's addresses whose button was pressed, or None."""
    customer, wanted = current_customer(), request.form.get("address_id", "")
    return find_address(customer, int(wanted)) if customer and wanted.isascii() and wanted.isdigit() else None


def _submit(form: CheckoutForm, bill: Bill) -> Answer:
    """Look whether everything is as the shopper saw it, have the payment prepared, and only then write."""
    earlier = find_by_checkout(db.session(), form.checkout_key.data)
    if earlier is not None:
        return _to_payment(earlier)
    is_settled = cart_service.look(session, db.session()).is_settled and _is_agreed(form, bill)
    db.session.rollback()
    if bill.voucher_problem or bill.is_undeliverable:
        return _form_or_cart(form, status=422)
    if not is_settled or not form.can_be_sent:
        return _form_or_cart(form, status=409)
    try:
        prepared = _prepare(form, bill.total)
    except payments.ApiError as error:
        log.warning("A payment could not be prepared (HTTP %s)", error.status)
        flash(
            _("Cara bayar ini sedang tidak bisa disiapkan. Keranjang dan isian Anda masih ada; pilih cara lain."),
            "warning",
        )
        return _form_or_cart(form, status=409)
    except payments.RefusedError as refusal:
        return _refused(form, refusal)
    return _write(form, bill, prepared)


def _is_agreed(form: CheckoutForm, bill: Bill) -> bool:
    """Tell whether these are the ways that were chosen and the total the shopper was last shown; if not, say so."""
    if form.has_lost_a_choice:
        flash(
            _("Pengiriman atau cara bayar yang Anda pilih tidak tersedia lagi. Periksa pilihannya, lalu kirim lagi."),
            "warning",
        )
    seen = session.get(_SHOWN, bill.total)
    if seen == bill.total:
        return not form.has_lost_a_choice
    flash(
        _(
            "Jumlahnya berubah dari %(before)s menjadi %(total)s. Periksa rinciannya, lalu kirim sekali lagi.",
            before=rupiah(seen),
            total=rupiah(bill.total),
        ),
        "warning",
    )
    return False


def _prepare(form: CheckoutForm, total: int) -> payments.Prepared | None:
    if total == 0:
        return None
    who = {"name": form.name.data, "email": form.email.data, "phone": normalise_phone(form.phone.data)}
    return payments.prepare(form.checkout_key.data, total, form.way.data, **who)


def _write(form: CheckoutForm, bill: Bill, prepared: payments.Prepared | None) -> Answer:
    payments.begin_write()
    earlier = find_by_checkout(db.session(), form.checkout_key.data)
    if earlier is not None:
        return _to_payment(earlier)
    cart = cart_service.look(session, db.session())
    if not cart.is_settled or cart.subtotal != bill.subtotal:
        db.session.rollback()
        return _form_or_cart(form, status=409)
    return _place(form, cart, bill, prepared)


def _place(form: CheckoutForm, cart: Cart, bill: Bill, prepared: payments.Prepared | None) -> Answer:
    try:
        draft = form.draft(current_locale())
        order = place(db.session(), draft, cart, bill, way=form.way.data, prepared=prepared, buyer=_buyer(form))
        db.session.commit()
    except IntegrityError:
        return _after_collision(form)
    except OutOfStockError:
        db.session.rollback()
        return _form_or_cart(form, status=409)
    except VoucherRefusedError as refusal:
        form.voucher.errors = [refusal_text(refusal, bill.subtotal)]
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
    session.pop(_SHOWN, None)
    charge = payments.find_charge(order.number)
    target = payments.pay_path(charge) if charge else url_for("orders.show", token=order.token)
    db.session.rollback()
    sharing.share(session)
    return redirect(target)


def _buyer(form: CheckoutForm) -> Buyer:
    customer = current_customer()
    return Buyer(
        key=email_key(form.email.data),
        is_member=customer is not None and customer.is_member,
        wants_offers=form.wants_offers.data,
    )
