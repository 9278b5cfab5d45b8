"""What people say and ask, in the panel: shown, hidden, answered."""

from typing import Any, cast, get_args

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.brand.service import change
from storefront.extensions import db
from storefront.feedback import service
from storefront.feedback.forms import AnswerForm
from storefront.feedback.letters import ask_for_answer_letter
from storefront.feedback.models import Feedback, FeedbackKind, FeedbackStatus
from storefront.identity import current_shop
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_feedback", __name__, url_prefix="/admin/feedback")
access.guard(bp)

Page = str | Response | tuple[str, int]


@bp.get("")
@access.requires("owner", "staff")
def index() -> str:
    """List reviews and questions, those that wait first."""
    status = cast("FeedbackStatus", _chosen("status", FeedbackStatus) or "waiting")
    kind = cast("FeedbackKind | None", _chosen("kind", FeedbackKind))
    found, older = service.find(db.session(), kind=kind, status=status, older=request.args.get("older", type=int))
    return render_template(
        "admin/feedback.html",
        found=found,
        older=older,
        status=status,
        kind=kind,
        waiting=service.count_waiting(db.session()),
        at_once=bool(current_shop().data.get(service.AT_ONCE)),
    )


@bp.get("/<int(max=9007199254740991):feedback_id>")
@access.requires("owner", "staff")
def show(feedback_id: int) -> str:
    """Show one review or question, with the form for the answer."""
    kept = _kept(feedback_id)
    return render_template("admin/feedback_one.html", kept=kept, form=AnswerForm(formdata=None, answer=kept.answer))


@bp.post("/<int(max=9007199254740991):feedback_id>/status")
@access.requires("owner", "staff")
def move(feedback_id: int) -> Response:
    """Show it to everybody, or hide it."""
    status = "shown" if request.form.get("shown") else "hidden"
    payments.begin_write()
    kept = _kept(feedback_id)
    before = kept.status
    if service.move(db.session(), kept.id, cast("FeedbackStatus", status)):
        subject = f"{kept.kind} {kept.id}"
        audit.note(db.session(), "feedback.moved", subject, before={"status": before}, after={"status": status})
    db.session.commit()
    flash(_("Sekarang tampil di halaman barang.") if status == "shown" else _("Sekarang tidak tampil."), "success")
    return redirect(url_for("admin_feedback.index"))


@bp.post("/<int(max=9007199254740991):feedback_id>/answer")
@access.requires("owner", "staff")
def answer(feedback_id: int) -> Page:
    """Answer it, which shows it, too; who asked is told by e-mail."""
    form = AnswerForm()
    if not form.validate():
        return render_template("admin/feedback_one.html", kept=_kept(feedback_id), form=form), 422
    payments.begin_write()
    kept = _kept(feedback_id)
    before = {"answer": kept.answer, "status": kept.status}
    service.answer(db.session(), kept, form.answer.data or "", by=current_user.email)
    if kept.kind == "question" and kept.answer:
        ask_for_answer_letter(kept)
    after = {"answer": kept.answer, "status": kept.status}
    audit.note(db.session(), "feedback.answered", f"{kept.kind} {kept.id}", before=before, after=after)
    db.session.commit()
    flash(_("Jawaban disimpan dan tampil di halaman barang.") if form.answer.data else _("Jawaban dihapus."), "success")
    return redirect(url_for("admin_feedback.index"))


@bp.post("/settings")
@access.requires("owner")
def settings() -> Response:
    """Let reviews be shown at once, or after the shop has read them."""
    payments.begin_write()
    wanted = bool(request.form.get("at_once"))
    before, after = change(db.session(), {service.AT_ONCE: wanted or None})
    names = (service.AT_ONCE,)
    audit.note(db.session(), "feedback.settings", before=_only(before, names), after=_only(after, names))
    db.session.commit()
    flash(_("Sudah disimpan."), "success")
    return redirect(url_for("admin_feedback.index"))


def _kept(feedback_id: int) -> Feedback:
    return db.session.get(Feedback, feedback_id) or abort(404)


def _chosen(name: str, known: Any) -> str | None:
    given = request.args.get(name)
    return given if given in get_args(known) else None


def _only(data: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: bool(data.get(name)) for name in names}
