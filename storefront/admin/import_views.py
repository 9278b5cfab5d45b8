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

from . import access
from .importing import Desk, as_file, serve

bp = Blueprint("admin_imports", __name__, url_prefix="/admin/imports")
access.guard(bp)


@bp.get("/goods.csv")
def goods_csv() -> Response:
    """Hand out all goods as CSV."""
    answer = Response(stream_with_context(csv_lines(export.rows(db.session()))), mimetype=CSV_TYPE)
    return as_file(answer, "barang.csv")


@bp.get("/goods.xlsx")
def goods_xlsx() -> Response:
    """Hand out all goods as a workbook."""
    return as_file(Response(xlsx("Barang", export.rows(db.session())), mimetype=XLSX_TYPE), "barang.xlsx")


def _front(problem: str) -> str:
    return render_template("admin/imports.html", jobs=service.list_jobs(db.session(), "products"), problem=problem)


def _options(_mapping: dict[str, Any]) -> dict[str, Any]:
    category = request.form.get("category", type=int)
    known = {each.id for each in _categories()}
    return {"category": category if category in known else None, "stock": "stock" in request.form}


def _problem(mapping: dict[str, Any]) -> str:
    has_new = "price" in mapping["columns"]
    if has_new and "category" not in mapping["columns"] and mapping["category"] is None:
        return _("Pilih kolom kategori, atau kategori untuk semua barang di berkas ini.")
    return ""


def _extras() -> dict[str, Any]:
    return {"categories": _categories()}


def _categories() -> list[Category]:
    return list(db.session.scalars(select(Category).order_by(Category.position, Category.name)))


serve(bp, Desk("products", "admin_imports", _front, _options, _problem, _extras, pictures.MAX_BYTES), "bookkeeper")
