"""The system page: whether everything runs, at one glance, the doctor on demand, and backups."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments, system
from storefront.backups import folder, runs
from storefront.extensions import db
from storefront.texts import _

from . import access

bp = Blueprint("admin_system", __name__, url_prefix="/admin/system")
access.guard(bp)

_BACKUPS_SHOWN = 20


@bp.get("")
@access.requires("owner")
def index() -> str:
    """Show how the machinery stands; asks nobody outside."""
    return _page()


@bp.post("")
@access.requires("owner")
def examine() -> str:
    """Let the doctor look at everything; changes nothing."""
    findings = system.examine()
    db.session.rollback()
    return _page(findings)


@bp.post("/backups")
@access.requires("owner")
def back_up() -> Response:
    """Have the worker make a backup; a second click while one is under way asks for nothing more."""
    payments.begin_write()
    is_new = runs.ask(db.session(), current_user.email)
    db.session.commit()
    if is_new:
        runs.wake()
        flash(_("Cadangan sedang dibuat oleh pekerja latar. Halaman ini memperbarui dirinya."), "success")
    else:
        flash(_("Satu cadangan sedang dibuat; tunggu sampai selesai."), "info")
    return redirect(url_for("admin_system.index", _anchor="cadangan"))


def _page(findings: list[system.Examined] | None = None) -> str:
    kept = folder.list_kept()
    return render_template(
        "admin/system.html",
        jobs=system.jobs(),
        faults=system.faults(),
        queue=system.queue(),
        tables=system.tables(),
        room=system.room(),
        backups=kept[:_BACKUPS_SHOWN],
        backup_count=len(kept),
        kept_at_most=folder.kept_at_most(),
        run=runs.newest(db.session()),
        words={runs.NO_ROOM: _("Ruang di server tidak cukup."), runs.BROKE_OFF: _("Pekerja berhenti di tengah jalan.")},
        versions=system.versions(),
        findings=findings,
    )
