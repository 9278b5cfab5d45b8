"""An order's papers, and buying it again: reached by the order's secret link."""

from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from storefront import payments
from storefront.cart import service as cart
from storefront.cart import sharing
from storefront.catalog import service as catalog
from storefront.catalog.models import Variant
from storefront.extensions import db
from storefront.formats import rupiah, show_phone, tanggal
from storefront.identity import current_shop
from storefront.languages import current_locale
from storefront.texts import _

from .invoice import Invoice, invoice_of
from .models import Order, OrderLine
from .views import order_of

bp = Blueprint("order_papers", __name__, url_prefix="/orders")


@bp.get("/<token>/invoice")
def invoice(token: str) -> str:
    """Show the invoice, to be printed."""
    order = order_of(token)
    return render_template("orders/invoice.html", order=order, invoice=_invoice_of(order))


@bp.get("/<token>/invoice.pdf")
def invoice_pdf(token: str) -> Response:
    """Hand out the invoice as a file."""
    # Takes as long to load as a tenth of the shop, and commands and most requests make no PDF.
    from .invoice_pdf import pdf_of

    order = order_of(token)
    gathered = _invoice_of(order)
    shop = current_shop()
    issued = _("Dipesan %(at)s", at=tanggal(order.created_at, shop.timezone, current_locale()))
    db.session.rollback()
    content = pdf_of(gathered, shop=shop.name, contact=show_phone(shop.whatsapp), issued=issued)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="invoice-{order.number}.pdf"'
    return answer


@bp.post("/<token>/again")
def again(token: str) -> BaseResponse:
    """Put what is still on sale of an order into the cart, and say what could not be."""
    order = order_of(token)
    variants = catalog.get_variants(db.session(), [line.variant_id for line in order.lines])
    session.permanent = True
    sharing.fetch(session)
    notices = [_put_again(line, variants.get(line.variant_id)) for line in order.lines]
    for notice in filter(None, notices):
        flash(notice, "warning")
    if cart.count_pieces(session):
        flash(_("Barang dari pesanan %(number)s ada di keranjang.", number=order.number), "success")
    sharing.share(session)
    return redirect(url_for("cart.show"))


def _put_again(line: OrderLine, variant: Variant | None) -> str | None:
    """Put one line into the cart; return what the shopper has to know, or None."""
    if variant is None:
        return _("%(product)s sudah tidak dijual.", product=line.full_name)
    notice = cart.add(session, variant, line.quantity)
    price = cart.price_of(variant)
    if notice is None and price != line.unit_price:
        facts = {"product": variant.name, "before": rupiah(line.unit_price), "now": rupiah(price)}
        return _("Harga %(product)s waktu itu %(before)s, sekarang %(now)s.", **facts)
    return notice


def _invoice_of(order: Order) -> Invoice:
    charge = payments.find_charge(order.number)
    if charge is None:
        return invoice_of(order, None, ())
    return invoice_of(order, payments.describe(charge), payments.movements_of(charge))
