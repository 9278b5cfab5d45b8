"""Several orders at once: got ready, sent with a list of tracking numbers, printed, exported."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as BaseResponse
from wtforms import FileField, HiddenField, TextAreaField

from storefront import payments
from storefront.extensions import db
from storefront.forms import ShopForm, at_most
from storefront.orders import service as order_service
from storefront.orders import shipping
from storefront.orders.models import Order, id_of_number
from storefront.orders.rules import OrderRefusedError
from storefront.spreadsheets import CSV_TYPE, XLSX_TYPE, Cell, csv_lines, xlsx
from storefront.texts import _, _l

from . import access, audit
from . import orders as order_search
from .forms import OrderFilters
from .parcels import Parcel, Verdict, read_parcels
from .shipment_views import travelling

bp = Blueprint("admin_order_tools", __name__, url_prefix="/admin/orders")
access.guard(bp)

# As many as a person checks at a time.
_MOST_TOGETHER = 200
_LONGEST_LIST = 60_000

Page = str | BaseResponse | tuple[str, int]


class ParcelsForm(ShopForm):
    """Which order travels how, line by line; `agreed` is set once that has been shown."""

    rows = TextAreaField(_l("Nomor pesanan;kurir;nomor resi"), validators=[at_most(_LONGEST_LIST)])
    file = FileField(_l("Atau berkas CSV"), render_kw={"accept": ".csv,text/csv,text/plain"})
    agreed = HiddenField()


@bp.post("/together")
@access.requires("owner", "staff")
def together() -> Page:
    """Do one thing with the orders that were ticked."""
    numbers = list(dict.fromkeys(request.form.getlist("order")))[:_MOST_TOGETHER]
    step = request.form.get("step")
    if not numbers:
        flash(_("Pilih dulu pesanannya."), "warning")
        return redirect(url_for("admin.orders"))
    if step in {"labels", "slips"}:
        return redirect(url_for("admin_order_tools.papers", kind=step, order=numbers))
    if step == "ship":
        return _parcels_page(ParcelsForm(formdata=None, rows=_prefilled(_orders(numbers))))
    _process_all(numbers)
    return redirect(url_for("admin.orders", queue="to_ship"))


@bp.get("/papers/labels", defaults={"kind": "labels"})
@bp.get("/papers/slips", defaults={"kind": "slips"})
def papers(kind: str) -> str:
    """Show labels or packing slips to be printed."""
    orders = _orders(request.args.getlist("order")[:_MOST_TOGETHER])
    # What was sent already may be printed again; what is not paid, over or held had better stay.
    staying = [order.number for order in orders if order.is_here and not order.is_shippable]
    return render_template(f"admin/{kind}.html", orders=orders, staying=staying)


@bp.get("/ship")
@access.requires("owner", "staff")
def parcels() -> Page:
    """Ask for a list of tracking numbers."""
    waiting = order_search.Wanted(queue="to_ship")
    found = order_search.find(db.session(), waiting).orders
    return _parcels_page(ParcelsForm(formdata=None, rows=_prefilled(found)))


@bp.post("/ship")
@access.requires("owner", "staff")
def send() -> Page:
    """Show what a list of tracking numbers will do; once that was agreed to, do it."""
    form = ParcelsForm()
    if not form.validate():
        return _parcels_page(form), 422
    if form.file.data:
        form.rows.data = form.file.data.read(_LONGEST_LIST).decode("utf-8-sig", errors="replace")
    read = read_parcels(form.rows.data or "")
    if not read or form.agreed.data != "yes":
        return _parcels_page(form, [_judged(parcel) for parcel in read])
    sent = [parcel for parcel in read if _send(parcel)]
    _tell(len(sent), len(read) - len(sent))
    return redirect(url_for("admin.orders", queue="travelling"))


@bp.get("/export.csv")
def export_csv() -> Response:
    """Hand out all orders that the filters let through, line by line."""
    wanted = OrderFilters(request.args).wanted()
    answer = Response(stream_with_context(csv_lines(_rows(wanted))), mimetype=CSV_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return answer


@bp.get("/export.xlsx")
def export_xlsx() -> Response:
    """Hand out the same as a workbook."""
    answer = Response(xlsx(_("Pesanan"), _rows(OrderFilters(request.args).wanted())), mimetype=XLSX_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="orders.xlsx"'
    return answer


def _process_all(numbers: list[str]) -> None:
    """Get the orders ready, each by itself, so that one that cannot be holds up no other."""
    done = sum(_step(number, None) for number in numbers)
    _tell(done, len(numbers) - done)


def _send(parcel: Parcel) -> bool:
    return _step(parcel.number, parcel)


def _step(number: str, parcel: Parcel | None) -> bool:
    """Get one order ready, or send it as `parcel` says; return whether that was possible."""
    payments.begin_write()
    order = order_service.lock_order(db.session(), id_of_number(number) or 0)
    if order is None:
        db.session.rollback()
        return False
    before = travelling(order)
    try:
        if parcel is None:
            shipping.process(db.session(), order, actor=current_user.email)
        else:
            facts = {"courier": parcel.courier, "tracking_number": parcel.tracking_number}
            shipping.ship(db.session(), order, actor=current_user.email, **facts)
        audit.note(db.session(), "order.shipment", order.number, before=before, after=travelling(order))
        db.session.commit()
    except OrderRefusedError:
        db.session.rollback()
        return False
    return True


def _tell(done: int, refused: int) -> None:
    if done:
        flash(ngettext("%(num)d pesanan selesai diubah.", "%(num)d pesanan selesai diubah.", done), "success")
    if refused:
        left = ngettext(
            "%(num)d pesanan tetap seperti semula, karena keadaannya tidak mengizinkan.",
            "%(num)d pesanan tetap seperti semula, karena keadaannya tidak mengizinkan.",
            refused,
        )
        flash(left, "warning")


def _judged(parcel: Parcel) -> tuple[Parcel, Verdict]:
    """Return what sending a parcel would do, with the orders as they are now."""
    if parcel.problem:
        return parcel, parcel.problem
    order = order_service.find_order(db.session(), id_of_number(parcel.number) or 0)
    if order is None:
        return parcel, "unknown"
    if not order.is_here:
        return parcel, "sent"
    return parcel, "fine" if order.is_shippable else "refused"


def _parcels_page(form: ParcelsForm, judged: list[tuple[Parcel, Verdict]] | None = None) -> str:
    verdicts = {
        "fine": _("Akan dikirim"),
        "unknown": _("Pesanan ini tidak ada"),
        "sent": _("Sudah dikirim, dilewati"),
        "refused": _("Belum lunas atau ditahan, dilewati"),
        "incomplete": _("Baris ini tidak lengkap"),
        "twice": _("Pesanan ini disebut dua kali, dilewati"),
    }
    return render_template("admin/parcels.html", form=form, judged=judged, verdicts=verdicts)


def _prefilled(orders: list[Order]) -> str:
    parcels = [order for order in orders if order.is_shippable and not order.is_pickup]
    return "\n".join(f"{order.number};{order.delivery_name};" for order in parcels)


def _orders(numbers: list[str]) -> list[Order]:
    ids = [order_id for number in numbers if (order_id := id_of_number(number))]
    query = select(Order).options(selectinload(Order.lines)).where(Order.id.in_(ids))
    found = {order.id: order for order in db.session.scalars(query)}
    return [found[order_id] for order_id in ids if order_id in found]


def _rows(wanted: order_search.Wanted) -> Iterator[list[Cell]]:
    yield [
        *(_("Pesanan"), _("Waktu"), _("Nama"), _("E-mail"), _("Nomor HP"), _("Alamat"), _("Subtotal"), _("Potongan")),
        *(_("Ongkir"), _("Total"), _("Pesanan"), _("Pembayaran"), _("Pengiriman"), _("Kurir"), _("Nomor resi")),
    ]
    for order in order_search.every(db.session(), wanted):
        yield [
            *(order.number, order.created_at.isoformat(), order.name, order.email, order.phone),
            *(", ".join(order.address_lines), order.subtotal, order.discount),
            *(order.delivery_fee - order.delivery_discount, order.total, order.order_status, order.payment_status),
            *(order.shipment_status, order.courier, order.tracking_number),
        ]
