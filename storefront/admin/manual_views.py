"""An order that somebody of the shop writes for a buyer, from a chat or a telephone call."""

import logging
from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from storefront import payments
from storefront.cart import service as cart_service
from storefront.cart.service import Cart
from storefront.catalog.service import OutOfStockError, find_variants, lock_variants
from storefront.checkout.bill import Bill, make_bill
from storefront.checkout.service import Buyer, place
from storefront.customers import segments
from storefront.customers.addresses import default_address
from storefront.customers.models import Customer
from storefront.customers.rules import email_key
from storefront.customers.service import find_customer
from storefront.extensions import csrf, db
from storefront.formats import normalise_phone, rupiah
from storefront.languages import DEFAULT
from storefront.orders import service as order_service
from storefront.orders.models import Order
from storefront.orders.service import find_by_checkout
from storefront.shipping.service import read_tariff
from storefront.texts import _

from . import access, audit
from .manual_forms import ManualOrderForm, read_lines
from .views import Page, order_of

log = logging.getLogger(__name__)

bp = Blueprint("admin_manual", __name__, url_prefix="/admin/orders")
access.guard(bp)

_MOST_GOODS = 12
_MOST_BUYERS = 6


@bp.get("/new")
@access.requires("owner", "staff")
def new() -> str:
    """Show an empty form, or one filled with a customer's data or with another order."""
    form, lines = ManualOrderForm(), {}
    customer = db.session.get(Customer, request.args.get("customer", 0, type=int))
    if request.args.get("order"):
        lines = _copy(form, order_of(request.args["order"]))
    elif customer is not None and not customer.erased_at:
        form.greet(customer, default_address(customer))
    return _page(form, *_price(form, lines))


@bp.post("/new")
@access.requires("owner", "staff")
def write() -> Page:
    """Count anew what was changed, or place the order."""
    form, lines = ManualOrderForm(), read_lines(request.form)
    if "place" not in request.form:
        _take_buyer(form)
        return _page(form, *_price(form, lines))
    cart, bill = _price(form, lines)
    if form.validate() and _has_goods(form, cart):
        return _submit(form, cart, bill)
    if form.only_token_failed:
        flash(_("Halaman ini terlalu lama terbuka. Isian Anda masih ada; silakan kirim sekali lagi."), "warning")
    return _page(form, cart, bill), 422


# The form checks the token itself: one that grew too old must not cost what was typed.
csrf.exempt(write)


def _copy(form: ManualOrderForm, order: Order) -> dict[int, int]:
    """Fill the form with another order, which may be taken the place of; return its pieces."""
    form.copy(order)
    if order.is_pickup:
        pickups = [way for way in read_tariff(db.session()).ways if way.kind == "pickup"]
        form.delivery.data = str(pickups[0].id) if pickups else None
    if order.can_cancel and request.args.get("replace"):
        form.replaces.data = order.number
    lines: dict[int, int] = {}
    for line in order.lines:
        lines[line.variant_id] = lines.get(line.variant_id, 0) + line.quantity
    return lines


def _take_buyer(form: ManualOrderForm) -> None:
    """Fill in the customer whose button was pressed."""
    chosen = request.form.get("buyer", "")
    customer = db.session.get(Customer, int(chosen)) if chosen.isascii() and chosen.isdigit() else None
    if customer is not None and not customer.erased_at:
        form.greet(customer, default_address(customer))


def _price(form: ManualOrderForm, lines: Mapping[int, int]) -> tuple[Cart, Bill]:
    """Tell the form what these pieces cost now, and how they can be delivered and paid."""
    customer = find_customer(db.session(), form.email.data or "")
    cart = _cart(form, lines, customer)
    bill = form.with_own_terms(make_bill(db.session(), cart, form.wish(customer)))
    form.show_bill(bill, payments.ways(bill.total) if bill.total else [])
    if bill.is_pickup:
        form.needs_no_address()
    return cart, bill


def _cart(form: ManualOrderForm, lines: Mapping[int, int], customer: Customer | None) -> Cart:
    old = order_of(form.replaces.data) if form.replaces.data else None
    held = order_service.pieces(old) if old and old.stock_released_at is None else None
    is_member = customer is not None and customer.is_member
    return cart_service.fill(db.session(), lines, is_member=is_member, held=held)


def _has_goods(form: ManualOrderForm, cart: Cart) -> bool:
    if not cart.lines:
        form.find.errors = [_("Pilih dulu barangnya.")]
    elif any(line.problem for line in cart.lines):
        form.find.errors = [_("Sebagian barang tidak cukup stoknya.")]
    return cart.is_settled and not form.find.errors


def _submit(form: ManualOrderForm, cart: Cart, bill: Bill) -> Page:
    """Place the order for the total that was shown, with its payment prepared before anything is written."""
    earlier = find_by_checkout(db.session(), form.checkout_key.data)
    if earlier is not None:
        return _to_order(earlier)
    problem = _why_not_yet(form, bill)
    if problem:
        flash(problem, "warning")
        return _page(form, cart, bill), 409
    db.session.rollback()
    try:
        return _write(form, _prepare(form, bill))
    except (payments.ApiError, payments.RefusedError, OutOfStockError, IntegrityError) as error:
        log.warning("An order could not be placed: %s", error)
        return _refused(form, _why_refused(form, error))


def _why_not_yet(form: ManualOrderForm, bill: Bill) -> str | None:
    if form.shown.data != str(bill.total):
        total = rupiah(bill.total)
        return _("Jumlahnya %(total)s. Periksa rinciannya, lalu kirim sekali lagi.", total=total)
    return None if form.can_be_sent else _("Belum ada cara bayar untuk jumlah ini.")


def _prepare(form: ManualOrderForm, bill: Bill) -> payments.Prepared | None:
    if bill.total == 0:
        return None
    who = {"name": form.name.data, "email": form.email.data or None, "phone": normalise_phone(form.phone.data)}
    return payments.prepare(form.checkout_key.data, bill.total, form.way.data, **who)


def _write(form: ManualOrderForm, prepared: payments.Prepared | None) -> Page:
    payments.begin_write()
    session, actor = db.session(), current_user.email
    earlier = find_by_checkout(session, form.checkout_key.data)
    if earlier is not None:
        return _to_order(earlier)
    old = _end_replaced(form)
    customer = find_customer(session, form.email.data or "")
    is_member = customer is not None and customer.is_member
    cart = cart_service.fill(session, read_lines(request.form), is_member=is_member)
    bill = form.bill
    if not cart.is_settled or cart.subtotal != bill.subtotal:
        return _refused(form, _("Harga atau stok baru saja berubah. Periksa rinciannya, lalu kirim sekali lagi."))
    draft = form.draft(customer.locale if customer else DEFAULT)
    buyer = Buyer(key=email_key(draft.email), is_member=is_member)
    order = place(session, draft, cart, bill, way=form.way.data, prepared=prepared, buyer=buyer, actor=actor)
    if old is not None:
        order_service.record(session, old, "order.replaced", actor, by=order.number)
    after = {"total": order.total, "discount": order.discount, "replaces": old.number if old else None}
    audit.note(session, "order.placed", order.number, after=after)
    session.commit()
    return _to_order(order)


def _end_replaced(form: ManualOrderForm) -> Order | None:
    """Cancel the order that the new one takes the place of. Raises RefusedError once it is not merely waiting.

    Its pieces and the new ones are locked together, so that nobody who wants some of them waits the other way round.
    """
    if not form.replaces.data:
        return None
    number, session = order_of(form.replaces.data).number, db.session()
    payments.lock_untouched(number, actor=current_user.email)
    old = order_service.lock_order(session, order_of(number).id) or abort(404)
    lock_variants(session, {*order_service.pieces(old), *read_lines(request.form)})
    payments.cancel(number, reason=_("Diganti dengan pesanan baru"), actor=current_user.email)
    return old


def _why_refused(form: ManualOrderForm, error: Exception) -> str:
    if isinstance(error, payments.ApiError):
        return _("Cara bayar ini sedang tidak bisa disiapkan. Pilih cara lain.")
    if isinstance(error, OutOfStockError):
        return _("Sebagian barang baru saja habis.")
    if isinstance(error, payments.NoUniqueCodeAvailable):
        return _("Rekening ini sedang penuh untuk jumlah tersebut. Pilih rekening lain.")
    number = form.replaces.data
    if isinstance(error, payments.RefusedError) and number:
        return _("Pesanan %(number)s sudah dibayar atau sudah berakhir; tidak ada yang diubah.", number=number)
    return _("Pesanan belum dapat dibuat. Isian Anda masih ada; silakan coba lagi.")


def _refused(form: ManualOrderForm, why: str) -> Page:
    """Show the form with everything that was typed, unless the same form was sent twice and the other one won."""
    db.session.rollback()
    earlier = find_by_checkout(db.session(), form.checkout_key.data)
    if earlier is not None:
        return _to_order(earlier)
    flash(why, "danger")
    return _page(form, *_price(form, read_lines(request.form))), 409


def _to_order(order: Order) -> Response:
    number, has_letter, is_free = order.number, bool(order.email), order.total == 0
    db.session.rollback()
    if is_free:
        flash(_("Pesanan %(number)s dibuat; tidak ada yang perlu dibayar.", number=number), "success")
    elif has_letter:
        flash(_("Pesanan %(number)s dibuat, dan cara bayarnya dikirim lewat e-mail.", number=number), "success")
    else:
        flash(_("Pesanan %(number)s dibuat. Kirim tautan bayarnya lewat WhatsApp di bawah.", number=number), "success")
    return redirect(url_for("admin.order", number=number))


def _page(form: ManualOrderForm, cart: Cart, bill: Bill) -> str:
    session = db.session()
    for notice in cart.notices:
        flash(notice, "warning")
    form.shown.data = str(bill.total)
    chosen = {line.variant.id for line in cart.lines}
    found = find_variants(session, form.find.data or "", most=_MOST_GOODS)
    buyers: list[Customer] = []
    if form.find_buyer.data:
        named = segments.Segment(text=form.find_buyer.data)
        buyers = [customer for customer, _bought in segments.find(session, named, older=None).found]
    return render_template(
        "admin/order_new.html",
        form=form,
        cart=cart,
        found=[variant for variant in found if variant.id not in chosen],
        has_more_goods=len(found) == _MOST_GOODS,
        buyers=buyers[:_MOST_BUYERS],
    )
