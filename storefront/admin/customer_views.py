"""Customers in the panel: found, read, made members; a segment of those who agreed handed out for campaigns."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer
from wtforms import BooleanField, Form, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from storefront import payment_words, payments
from storefront.catalog.rules import MAX_QUERY
from storefront.customers import erasing, segments, service
from storefront.customers.models import Customer
from storefront.extensions import db
from storefront.forms import ShopForm, at_most, one_line, paragraph
from storefront.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_lines, xlsx
from storefront.texts import _, _l

from . import access, audit
from .forms import PasswordForm
from .views import is_it_them

bp = Blueprint("admin_customers", __name__, url_prefix="/admin/customers")
access.guard(bp)

# Of so many orders the refunds are looked up; the list of orders itself leads to older ones.
_NEWEST = 10
_MOST_MONEY = 10**12

Page = str | Answer | tuple[str, int]


class SegmentFilters(Form):  # type: ignore[misc]
    """Which customers are shown; lives in the address. What is no number limits nothing."""

    q = StringField(_l("Nama, e-mail, atau nomor HP"), filters=[one_line, lambda text: (text or "")[:MAX_QUERY]])
    orders = IntegerField(_l("Pesanan lunas, paling sedikit"), validators=[Optional(), NumberRange(1, 9999)])
    spent = IntegerField(_l("Belanja (rupiah), paling sedikit"), validators=[Optional(), NumberRange(1, _MOST_MONEY)])
    quiet = IntegerField(_l("Tidak memesan selama … hari"), validators=[Optional(), NumberRange(1, 9999)])
    agreed = BooleanField(_l("Setuju menerima penawaran"))
    members = BooleanField(_l("Anggota"))

    def segment(self) -> segments.Segment:
        """Return what is looked for."""
        self.validate()
        return segments.Segment(
            text=self.q.data or "",
            agreed=self.agreed.data,
            members=self.members.data,
            orders=self._number("orders"),
            spent=self._number("spent"),
            quiet_days=self._number("quiet"),
        )

    def kept(self) -> dict[str, Any]:
        """Return what another page of the same list has in its address."""
        return {name: request.args[name] for name in self._fields if request.args.get(name)}

    def _number(self, name: str) -> int | None:
        field = self[name]
        return None if field.errors else field.data


class NoteForm(ShopForm):
    """What the shop notes of a customer. The customer may read it in the copy of their data."""

    note = TextAreaField(_l("Catatan toko"), filters=[paragraph], validators=[at_most(2000)])


@bp.get("")
@access.requires("owner", "staff")
def index() -> str:
    """List customers, newest first."""
    filters = SegmentFilters(request.args)
    page = segments.find(db.session(), filters.segment(), older=request.args.get("older", type=int))
    return render_template("admin/customers.html", page=page, filters=filters)


@bp.get("/<int(max=9007199254740991):customer_id>")
@access.requires("owner", "staff")
def show(customer_id: int) -> str:
    """Show a customer with orders, refunds and consent."""
    return _page(_found(customer_id))


@bp.post("/<int(max=9007199254740991):customer_id>/member")
@access.requires("owner", "staff")
def member(customer_id: int) -> Answer:
    """Make a customer a member, who pays members' prices, or no longer."""
    wanted = bool(request.form.get("member"))
    customer = _locked(customer_id)
    before = {"is_member": customer.is_member}
    customer.is_member = wanted
    audit.note(db.session(), "customer.member", customer.id, before=before, after={"is_member": wanted})
    db.session.commit()
    flash(_("Sekarang anggota.") if wanted else _("Bukan anggota lagi."), "success")
    return redirect(url_for("admin_customers.show", customer_id=customer_id))


@bp.post("/<int(max=9007199254740991):customer_id>/note")
@access.requires("owner", "staff")
def note(customer_id: int) -> Page:
    """Keep the shop's own note."""
    form = NoteForm()
    if not form.validate():
        return _page(_found(customer_id), form), 422
    customer = _locked(customer_id)
    customer.note = form.note.data or ""
    # The words themselves may be personal; the log is for good.
    audit.note(db.session(), "customer.noted", customer.id, after={"length": len(customer.note)})
    db.session.commit()
    flash(_("Sudah disimpan."), "success")
    return redirect(url_for("admin_customers.show", customer_id=customer_id))


@bp.route("/<int(max=9007199254740991):customer_id>/erase", methods=["GET", "POST"])
@access.requires("owner")
def erase(customer_id: int) -> Page:
    """Say what forgetting a customer means and what is in its way; do it once it is sure who asks for it."""
    form = PasswordForm()
    if not form.is_submitted():
        return _erase_page(_found(customer_id), form)
    if not form.validate() or not is_it_them(form):
        return _erase_page(_found(customer_id), form), 422
    customer = _locked(customer_id)
    try:
        erasing.erase(db.session(), customer, actor=current_user.email)
    except erasing.ErasureRefusedError:
        db.session.rollback()
        return _erase_page(_found(customer_id), form), 409
    db.session.commit()
    flash(_("Data pelanggan ini sudah dihapus."), "success")
    return redirect(url_for("admin_customers.index"))


@bp.post("/export")
@access.requires("owner")
def export() -> Response:
    """Hand out those of a segment who agreed to offers; who took it, and how many there were, is noted."""
    filters = SegmentFilters(request.args)
    segment = filters.segment()
    is_book = request.form.get("format") == "xlsx"
    payments.begin_write()
    rows = list(segments.campaign_rows(db.session(), segment))
    facts = {name: value for name, value in asdict(segment).items() if value and name != "text"}
    audit.note(db.session(), "customers.exported", after={**facts, "customers": len(rows) - 1})
    db.session.commit()
    if is_book:
        return _file(xlsx(_("Pelanggan"), rows), XLSX_TYPE, "pelanggan.xlsx")
    return _file("".join(csv_lines(rows)), CSV_TYPE, "pelanggan.csv")


def _page(customer: Customer, form: NoteForm | None = None) -> str:
    orders = service.newest_orders(db.session(), customer, most=_NEWEST)
    return render_template(
        "admin/customer.html",
        customer=customer,
        bought=segments.bought_by(db.session(), [customer.id]).get(customer.id, segments.Bought()),
        orders=orders,
        refunds=payments.refunds_of_many(order.number for order in orders),
        consent=service.consent_history(db.session(), customer),
        form=form or NoteForm(formdata=None, note=customer.note),
        words=payment_words,
    )


def _erase_page(customer: Customer, form: PasswordForm) -> str:
    found = erasing.obstacles(db.session(), customer)
    return render_template("admin/customer_erase.html", customer=customer, form=form, obstacles=found)


def _found(customer_id: int) -> Customer:
    customer = db.session.get(Customer, customer_id)
    return customer if customer and not customer.erased_at else abort(404)


def _locked(customer_id: int) -> Customer:
    payments.begin_write()
    customer = service.lock_customer(db.session(), customer_id)
    return customer if customer and not customer.erased_at else abort(404)


def _file(content: str | bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
