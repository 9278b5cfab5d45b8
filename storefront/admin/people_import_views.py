"""Files of customers in the panel: brought, their columns assigned, tried, and taken over. Not for bookkeepers."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from storefront.extensions import db
from storefront.forms import one_line
from storefront.imports import service
from storefront.texts import _

from . import access, importing
from .importing import Desk, Page

bp = Blueprint("admin_people_imports", __name__, url_prefix="/admin/customers/imports")
access.guard(bp)

_LONGEST_SOURCE = 40


@bp.url_value_preprocessor
def _let_files_in(*_: object) -> None:
    """Allow more than the shop's other forms may have; called before the CSRF check reads the form."""
    if request.endpoint == "admin_people_imports.bring":
        request.max_content_length = importing.MAX_REQUEST


@bp.get("")
@access.requires("owner", "staff")
def index() -> str:
    """Show how customers come in, and what was brought in."""
    return _front("")


@bp.post("")
@access.requires("owner", "staff")
def bring() -> Page:
    """Keep a file and look at its columns; nothing is changed yet."""
    return importing.bring(_DESK)


@bp.get("/<int:job_id>")
@access.requires("owner", "staff")
def show(job_id: int) -> Page:
    """Show a file: its columns to be assigned, how far it is, or what became of it."""
    return importing.show(_DESK, job_id)


@bp.post("/<int:job_id>")
@access.requires("owner", "staff")
def start(job_id: int) -> Page:
    """Try a file with the columns as they were assigned, or bring it in as it was tried."""
    return importing.start(_DESK, job_id)


@bp.get("/<int:job_id>/refused.csv")
@access.requires("owner", "staff")
def refused(job_id: int) -> Response:
    """Hand out the rows that were refused, each with why."""
    return importing.refused(_DESK, job_id)


@bp.get("/<int:job_id>/notes.csv")
@access.requires("owner", "staff")
def notes(job_id: int) -> Response:
    """Hand out the rows of which something was kept or left out, each with what."""
    return importing.notes(_DESK, job_id)


def _front(problem: str) -> str:
    jobs = service.list_jobs(db.session(), "customers")
    return render_template("admin/people_imports.html", jobs=jobs, problem=problem)


def _options(mapping: dict[str, Any]) -> dict[str, Any]:
    """Return where people agreed to offers; only the owner can say so, who answers for it."""
    if current_user.role != "owner":
        return {"consent": mapping.get("consent", "")}
    return {"consent": one_line(request.form.get("consent", ""))[:_LONGEST_SOURCE]}


def _problem(mapping: dict[str, Any]) -> str:
    is_sure = "sure" in request.form
    if current_user.role == "owner" and is_sure and not mapping["consent"]:
        return _("Tulis di mana orang-orang ini menyetujui penawaran.")
    if current_user.role == "owner" and mapping["consent"] and not is_sure:
        return _("Centang pernyataan bahwa mereka sungguh menyetujuinya, atau kosongkan asal persetujuan.")
    if mapping["consent"] and "offers" not in mapping["columns"]:
        return _("Pilih kolom yang menyebut siapa yang setuju menerima penawaran.")
    return ""


_DESK = Desk("customers", "admin_people_imports", _front, _options, _problem, dict)
