"""The system page: whether everything runs, at one glance, and the doctor on demand."""

from flask import Blueprint, render_template

from storefront import system
from storefront.extensions import db

from . import access

bp = Blueprint("admin_system", __name__, url_prefix="/admin/system")
access.guard(bp)


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


def _page(findings: list[system.Finding] | None = None) -> str:
    return render_template(
        "admin/system.html",
        jobs=system.jobs(),
        queue=system.queue(),
        tables=system.tables(),
        room=system.room(),
        backup=system.last_backup(),
        versions=system.versions(),
        findings=findings,
    )
