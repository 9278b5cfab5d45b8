"""Files of goods in the panel: handed out, brought, their columns assigned, tried, and put on the shelf."""

from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context
from sqlalchemy import select

from storefront.catalog import export
from storefront.catalog.models import Category
from storefront.extensions import db
from storefront.imports import pictures, service
from storefront.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_lines, xlsx
from storefront.texts import _

from . import access, importing
from .importing import Desk, Page, as_file

bp = Blueprint("admin_imports", __name__, url_prefix="/admin/imports")
access.guard(bp)


@bp.url_value_preprocessor
def _let_files_in(*_: object) -> None:
    """Allow more than the shop's other forms may have; called before the CSRF check reads the form."""
    if request.endpoint == "admin_imports.bring":
        request.max_content_length = importing.MAX_REQUEST + pictures.MAX_BYTES


@bp.get("")
def index() -> str:
    """Show the ways in and out, and what was brought in."""
    return _front("")


@bp.get("/goods.csv")
def goods_csv() -> Response:
    """Hand out all goods as CSV."""
    answer = Response(stream_with_context(csv_lines(export.rows(db.session()))), mimetype=CSV_TYPE)
    return as_file(answer, "barang.csv")


@bp.get("/goods.xlsx")
def goods_xlsx() -> Response:
    """Hand out all goods as a workbook."""
    return as_file(Response(xlsx("Barang", export.rows(db.session())), mimetype=XLSX_TYPE), "barang.xlsx")


@bp.post("")
@access.requires("owner", "staff")
def bring() -> Page:
    """Keep a file and look at its columns; nothing is changed yet."""
    return importing.bring(_DESK)


@bp.get("/<int:job_id>")
def show(job_id: int) -> Page:
    """Show a file: its columns to be assigned, how far it is, or what became of it."""
    return importing.show(_DESK, job_id)


@bp.post("/<int:job_id>")
@access.requires("owner", "staff")
def start(job_id: int) -> Page:
    """Try a file with the columns as they were assigned, or bring it in as it was tried."""
    return importing.start(_DESK, job_id)


@bp.get("/<int:job_id>/refused.csv")
def refused(job_id: int) -> Response:
    """Hand out the rows that were refused, each with why."""
    return importing.refused(_DESK, job_id)


@bp.get("/<int:job_id>/notes.csv")
def notes(job_id: int) -> Response:
    """Hand out the rows of which something was left out, each with what."""
    return importing.notes(_DESK, job_id)


def _front(problem: str) -> str:
    return render_template("admin/imports.html", jobs=service.list_jobs(db.session(), "products"), problem=problem)


def _options(_mapping: dict[str, Any]) -> dict[str, Any]:
    category = request.form.get("category", type=int)
    known = {each.id for each in _categories()}
    return {"category": category if category in known else None, "stock": "stock" in request.form}


def _problem(mapping: dict[str, Any]) -> str:
    if "category" not in mapping["columns"] and mapping["category"] is None:
        return _("Pilih kolom kategori, atau kategori untuk semua barang di berkas ini.")
    return ""


def _extras() -> dict[str, Any]:
    return {"categories": _categories()}


def _categories() -> list[Category]:
    return list(db.session.scalars(select(Category).order_by(Category.position, Category.name)))


_DESK = Desk("products", "admin_imports", _front, _options, _problem, _extras)
