"""What people wrote on the contact page, in the panel: read, and marked as dealt with."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.extensions import db
from storefront.feedback import service
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_messages", __name__, url_prefix="/admin/messages")
access.guard(bp)


@bp.get("")
@access.requires("owner", "staff")
def index() -> str:
    """List what was written on the contact page, what nobody has dealt with first."""
    done = request.args.get("done") == "1"
    found, older = service.find_messages(db.session(), done=done, older=request.args.get("older", type=int))
    waiting = service.count_waiting(db.session())
    return render_template("admin/messages.html", found=found, older=older, done=done, waiting=waiting)


@bp.post("/<int(max=9007199254740991):message_id>/done")
@access.requires("owner", "staff")
def finish(message_id: int) -> Response:
    """Note that a message was dealt with."""
    payments.begin_write()
    if service.finish_message(db.session(), message_id, by=current_user.email):
        audit.note(db.session(), "message.done", message_id)
    db.session.commit()
    flash(_("Pesan ditandai selesai."), "success")
    return redirect(url_for("admin_messages.index"))
