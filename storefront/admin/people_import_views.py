"""Files of customers in the panel: brought, their columns assigned, tried, and taken over. Not for bookkeepers."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from storefront.extensions import db
from storefront.forms import one_line
from storefront.imports import service
from storefront.texts import _

from . import access
from .importing import Desk, serve

bp = Blueprint("admin_people_imports", __name__, url_prefix="/admin/customers/imports")
access.guard(bp)

_LONGEST_SOURCE = 40


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


serve(bp, Desk("customers", "admin_people_imports", _front, _options, _problem, dict))
