"""Asking for money back piece by piece, from the order's page: what goes back, why, and what is proposed for it."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import HiddenField, MultipleFileField, RadioField, TextAreaField
from wtforms.fields import SelectChoice

from storefront import payments
from storefront.extensions import db
from storefront.forms import ShopForm, at_most, paragraph, required
from storefront.texts import _, _l

from . import links, returning, service
from .models import Order
from .returns import Piece, Proposal
from .views import order_of

bp = Blueprint("order_returns", __name__, url_prefix="/orders")

# A few photographs; each is checked for its own size.
_MAX_FILES = 32 * 1024 * 1024
_MOST_PIECES = 6
# What the shop calls a reason, and by what the payments count it.
REASONS: Mapping[str, tuple[str, payments.RefundReason]] = {
    "damaged": (_l("Barang rusak"), "goods"),
    "different": (_l("Barang tidak sesuai pesanan"), "goods"),
    "missing": (_l("Barang kurang"), "goods"),
    "unwanted": (_l("Tidak jadi membeli"), "cancellation"),
    "other": (_l("Alasan lain"), "other"),
}

Page = str | Response | tuple[str, int]


class ReturnForm(ShopForm):
    """Why pieces go back. How many of each line is read beside it, by names such as `line-7`."""

    reason = RadioField(
        _l("Mengapa?"),
        choices=[SelectChoice(code, text) for code, (text, _reason) in REASONS.items()],
        validators=[required()],
    )
    text = TextAreaField(_l("Ceritakan singkat"), filters=[paragraph], validators=[at_most(1000)])
    files = MultipleFileField(_l("Foto"), render_kw={"accept": "image/jpeg,image/png,image/webp,application/pdf"})
    # The amount that was shown; another one is shown before it is asked for.
    agreed = HiddenField()


@bp.url_value_preprocessor
def _let_files_in(*_: object) -> None:
    """Allow more than the shop's other forms may have; called before the CSRF check reads the form."""
    if request.method == "POST":
        request.max_content_length = _MAX_FILES


@bp.get("/<token>/return")
def show(token: str) -> Page:
    """Ask which pieces go back, and why."""
    order = order_of(token)
    pieces = _pieces(order)
    if not _can_return(order, pieces):
        flash(_("Tidak ada barang dari pesanan ini yang dapat diminta uangnya kembali."), "warning")
        return redirect(links.order_url(order.id))
    return _page(order, pieces, ReturnForm(formdata=None), {})


@bp.post("/<token>/return")
def ask(token: str) -> Page:
    """Show what is proposed; once that has been shown and agreed to, ask for it."""
    form = ReturnForm()
    order_of(token)
    # Reading pictures takes its time; nothing stays open in the database meanwhile.
    db.session.rollback()
    files, problems = payments.read_files()
    order = order_of(token)
    pieces, wanted = _pieces(order), _wanted()
    fits = form.validate() and _is_complete(form)
    if problems:
        form.files.errors = problems
    proposal = _proposal(order, pieces, wanted)
    if problems or not fits or not proposal.total:
        missing = None if proposal.total else _nothing_chosen(wanted)
        return _page(order, pieces, form, wanted, proposal=proposal if fits else None, missing=missing), 422
    if form.agreed.data != str(proposal.total):
        return _page(order, pieces, form, wanted, proposal=proposal)
    return _ask(token, form, wanted, files)


def _ask(token: str, form: ReturnForm, wanted: dict[int, int], files: list[payments.CleanFile]) -> Page:
    payments.begin_write()
    order = service.lock_order(db.session(), order_of(token).id) or order_of(token)
    pieces = _pieces(order)
    proposal = _proposal(order, pieces, wanted)
    if str(proposal.total) != form.agreed.data:
        db.session.rollback()
        flash(_("Keadaan pesanan ini baru saja berubah. Periksa lagi apa yang masih dapat diminta kembali."), "warning")
        return redirect(links.order_url(order_of(token).id))
    _label, reason = REASONS[form.reason.data]
    try:
        note = _note(order, proposal, form)
        refund = payments.request_return(order.number, proposal.total, reason=reason, note=note, files=files)
        returning.write_lines(db.session(), refund.ticket or "", proposal.parts)
        target = payments.refund_path(refund)
        db.session.commit()
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Uang pesanan ini sudah diminta kembali, atau tidak dapat diminta lagi."), "warning")
        return redirect(links.order_url(order_of(token).id))
    flash(_("Permintaan Anda kami terima. Rekening tujuannya kami tanyakan lewat e-mail."), "success")
    return redirect(target)


def _pieces(order: Order) -> list[Piece]:
    statuses = {refund["ticket"]: refund["status"] for refund in payments.refunds_of(order.number)}
    return returning.pieces_of(db.session(), order, statuses)


def _can_return(order: Order, pieces: list[Piece]) -> bool:
    charge = payments.find_charge(order.number)
    is_paid = charge is not None and charge.status == "paid" and payments.describe(charge)["amount_refundable"] > 0
    return is_paid and any(piece.left for piece in pieces)


def _proposal(order: Order, pieces: list[Piece], wanted: dict[int, int]) -> Proposal:
    charge = payments.find_charge(order.number)
    if charge is None or charge.status != "paid":
        return Proposal()
    refundable = payments.describe(charge)["amount_refundable"]
    whole = payments.suggested_refund(order.number)
    return returning.proposal_for(order, pieces, wanted, refundable=refundable, whole=whole)


def _wanted() -> dict[int, int]:
    """Return how many pieces of which line were chosen; what is no number counts as none."""
    found = {}
    for name, value in request.form.items():
        line = name.removeprefix("line-")
        if line != name and _is_short_number(line) and _is_short_number(value) and int(value):
            found[int(line)] = int(value)
    return found


def _is_short_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_PIECES * 2


def _is_complete(form: ReturnForm) -> bool:
    if form.reason.data == "other" and not form.text.data:
        form.text.errors = [_("Ceritakan singkat alasannya.")]
        return False
    return True


def _nothing_chosen(wanted: dict[int, int]) -> str:
    if wanted:
        return _("Barang yang Anda pilih sudah diminta kembali.")
    return _("Tulis dulu berapa dari barang mana yang Anda kembalikan.")


def _note(order: Order, proposal: Proposal, form: ReturnForm) -> str:
    """Return the request in one text, which both sides read."""
    names = {line.id: line.full_name for line in order.lines}
    goods = ", ".join(f"{part.quantity} × {names[part.line_id]}" for part in proposal.parts)
    lines = [f"{REASONS[form.reason.data][0]}: {goods}"[:900], form.text.data or ""]
    return "\n".join(line for line in lines if line)


def _page(
    order: Order,
    pieces: list[Piece],
    form: ReturnForm,
    wanted: dict[int, int],
    *,
    proposal: Proposal | None = None,
    missing: str | None = None,
) -> str:
    charge = payments.find_charge(order.number)
    left = {piece.line_id: piece.left for piece in pieces}
    changed = proposal is not None and form.agreed.data not in {"", None, str(proposal.total)}
    return render_template(
        "orders/return.html",
        order=order,
        left=left,
        form=form,
        wanted=wanted,
        proposal=proposal if proposal and proposal.total else None,
        missing=missing,
        changed=changed,
        pay_url=payments.pay_path(charge) if charge else None,
    )
