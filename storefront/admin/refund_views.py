"""Refunds in the panel: what is owed, by when, and the steps until the money has gone."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payment_words, payments
from storefront.extensions import db
from storefront.orders import returning
from storefront.orders import service as order_service
from storefront.orders.models import id_of_number
from storefront.texts import _

from . import access, audit, service
from .forms import AnswerForm, PapersForm, StepForm
from .views import Page, check_password

bp = Blueprint("admin_refunds", __name__, url_prefix="/admin/refunds")
access.guard(bp)

# The steps each status offers, the usual one first.
_OFFERED = {
    "requested": ("approve", "review", "reject", "ask"),
    "in_review": ("approve", "reject", "ask"),
    "approved": ("send", "ask"),
    "sent": ("complete",),
    "failed": ("retry", "reject", "ask"),
}
_APPROVALS = frozenset({"approve", "retry"})
# A few photographs; each is checked for its own size.
_MAX_PAPERS = 32 * 1024 * 1024


@bp.get("")
def index() -> str:
    """List the refunds: the open ones by their due date, so that what is overdue stands first."""
    return render_template("admin/refunds.html", refunds=payments.all_refunds(), words=payment_words)


@bp.get("/<ticket>")
def show(ticket: str) -> str:
    """Show one refund."""
    return _page(_refund_of(ticket), StepForm(formdata=None))


@bp.post("/<ticket>/account")
@access.requires("owner")
def account(ticket: str) -> str:
    """Show the full account number to whoever makes the transfer; that is kept in the history."""
    payments.begin_write()
    refund = _refund_of(ticket)
    destination = payments.reveal_destination(ticket, actor=current_user.email)
    db.session.commit()
    return _page(refund, StepForm(formdata=None), destination=destination)


@bp.url_value_preprocessor
def _let_files_in(*_: object) -> None:
    """Allow more than the shop's other forms may have; called before the CSRF check reads the form."""
    if request.endpoint == "admin_refunds.papers":
        request.max_content_length = _MAX_PAPERS


@bp.post("/<ticket>/papers")
@access.requires("owner", "staff")
def papers(ticket: str) -> Page:
    """Write to the buyer, add files, or both: all of it or nothing."""
    form = PapersForm()
    refund = _refund_of(ticket)
    files, problems = payments.read_files()
    if problems:
        form.files.errors = problems
    if not (form.text.data or files or problems):
        form.text.errors = [_("Tulis pesan, atau pilih berkas.")]
    if form.text.errors or problems or not form.validate():
        return _page(refund, StepForm(formdata=None), papers=form), 422
    payments.begin_write()
    try:
        payments.add_papers(
            ticket, text=form.text.data or None, files=files, is_proof=form.is_proof.data, actor=current_user.email
        )
        db.session.commit()
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Berkasnya sudah terlalu banyak untuk pengembalian ini."), "warning")
    else:
        flash(_("Terkirim; pembeli melihatnya di halaman pengembalian."), "success")
    return redirect(url_for("admin_refunds.show", ticket=ticket))


@bp.post("/<ticket>/complaints/<complaint>")
@access.requires("owner", "staff")
def answer(ticket: str, complaint: str) -> Page:
    """Answer a complaint about this refund."""
    form = AnswerForm()
    refund = _refund_of(ticket)
    if all(each["ticket"] != complaint for each in payments.refund_details(refund)["complaints"]):
        abort(404)
    if not form.validate():
        return _page(refund, StepForm(formdata=None), answering=form), 422
    payments.begin_write()
    try:
        payments.answer_complaint(complaint, answer=form.answer.data, actor=current_user.email)
        db.session.commit()
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Aduan ini sudah dijawab."), "warning")
    else:
        flash(_("Jawaban terkirim, dan aduannya ditutup."), "success")
    return redirect(url_for("admin_refunds.show", ticket=ticket))


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


@bp.post("/<ticket>/<step>")
@access.requires("owner")
def move(ticket: str, step: str) -> Page:
    """Take one step."""
    if step not in payments.REFUND_STEPS:
        abort(404)
    form = StepForm()
    refund = _refund_of(ticket)
    if not form.validate() or not _is_complete(form, step):
        return _page(refund, form), 422
    try:
        is_fresh = _is_password_fresh(form)
    except service.TooManyLoginsError:
        form.password.errors = [_("Terlalu banyak percobaan. Coba lagi beberapa menit lagi.")]
        return _page(_refund_of(ticket), form), 429
    except service.LoginRefusedError:
        form.password.errors = [_("Kata sandi ini tidak cocok.")]
        return _page(_refund_of(ticket), form), 401
    return _move(ticket, step, form, is_fresh=is_fresh)


def _move(ticket: str, step: str, form: StepForm, *, is_fresh: bool) -> Page:
    payments.begin_write()
    note = form.note.data or None
    try:
        payments.move_refund(ticket, step, actor=current_user.email, note=note, fresh_password=is_fresh)
        db.session.commit()
    except payments.ApprovalRefused:
        db.session.rollback()
        form.password.errors = [_own_request()]
        return _page(_refund_of(ticket), form), 403
    except payments.RefusedError as refusal:
        db.session.rollback()
        flash(_refused(refusal), "warning")
    else:
        flash(_("Tercatat, dan pembeli diberi tahu."), "success")
    return redirect(url_for("admin_refunds.show", ticket=ticket))


def _is_complete(form: StepForm, step: str) -> bool:
    """Ask for what a step cannot do without."""
    if step == "reject" and not form.note.data:
        form.note.errors = [_("Tulis alasannya; pembeli membacanya.")]
        return False
    if step == "complete" and not form.note.data:
        form.note.errors = [_("Tulis apa buktinya, misalnya nomor referensi transfer.")]
        return False
    return True


def _is_password_fresh(form: StepForm) -> bool:
    if not form.password.data:
        return False
    check_password(form.password.data)
    return True


def _own_request() -> str:
    if payments.needs_second_person():
        return _("Anda sendiri yang meminta pengembalian ini, jadi orang lain yang harus menyetujuinya.")
    return _("Anda sendiri yang meminta pengembalian ini. Tulis kata sandi Anda untuk menyetujuinya.")


def _refused(refusal: payments.RefusedError) -> str:
    if isinstance(refusal, payments.NotRefundable):
        return _("Uangnya tidak ada lagi: bank menariknya kembali. Tolak pengembalian ini.")
    return _("Keadaan pengembalian ini tidak mengizinkannya lagi.")


def _refund_of(ticket: str) -> payments.Refund:
    return payments.find_refund(ticket) or abort(404)


def _page(refund: payments.Refund, form: StepForm, **more: Any) -> str:
    is_own = refund.requested_by.casefold() == current_user.email.casefold()
    offered = _OFFERED.get(refund.status, ()) if current_user.role == "owner" else ()
    return render_template(
        "admin/refund.html",
        refund=payments.refund_details(refund),
        pieces=returning.lines_of_refund(db.session(), refund.ticket or ""),
        can_restock=refund.status == "completed" and current_user.role in {"owner", "staff"},
        offered=offered,
        is_own=is_own and bool(_APPROVALS & set(offered)),
        needs_second_person=payments.needs_second_person(),
        form=form,
        words=payment_words,
        **{"papers": PapersForm(formdata=None), "answering": AnswerForm(formdata=None), **more},
    )
