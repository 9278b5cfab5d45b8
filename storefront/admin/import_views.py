"""Files of goods in the panel: handed out, brought, their columns assigned, tried, and put on the shelf."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, stream_with_context, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from storefront import payments
from storefront.catalog import export
from storefront.catalog.models import Category
from storefront.extensions import db
from storefront.imports import reading, service
from storefront.imports.columns import FIELDS, PRESETS, REQUIRED
from storefront.imports.models import ImportJob
from storefront.spreadsheets import CSV_TYPE, XLSX_TYPE, csv_lines, xlsx
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_imports", __name__, url_prefix="/admin/imports")
access.guard(bp)

Page = str | Answer | tuple[str, int]

_MAX_REQUEST = 16 * 1024 * 1024
_SAMPLES = 3
_TOLD = 10


@bp.url_value_preprocessor
def _let_files_in(*_: object) -> None:
    """Allow more than the shop's other forms may have; called before the CSRF check reads the form."""
    if request.endpoint == "admin_imports.bring":
        request.max_content_length = _MAX_REQUEST


@bp.get("")
def index() -> str:
    """Show the ways in and out, and what was brought in."""
    return render_template("admin/imports.html", jobs=service.list_jobs(db.session()), problem=None)


@bp.get("/goods.csv")
def goods_csv() -> Response:
    """Hand out all goods as CSV."""
    answer = Response(stream_with_context(csv_lines(export.rows(db.session()))), mimetype=CSV_TYPE)
    return _as_file(answer, "barang.csv")


@bp.get("/goods.xlsx")
def goods_xlsx() -> Response:
    """Hand out all goods as a workbook."""
    return _as_file(Response(xlsx("Barang", export.rows(db.session())), mimetype=XLSX_TYPE), "barang.xlsx")


@bp.post("")
@access.requires("owner", "staff")
def bring() -> Page:
    """Keep a file and look at its columns; nothing is changed yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _refused(_("Pilih dulu berkasnya."))
    name = file.filename
    try:
        path, mapping = service.keep_file(name, file.stream.read(reading.MAX_BYTES + 1))
    except reading.UnreadableError as error:
        return _refused(str(error))
    payments.begin_write()
    service.forget_old(db.session())
    job_id = service.add_job(db.session(), name, path, mapping, current_user.email).id
    db.session.commit()
    return redirect(url_for("admin_imports.show", job_id=job_id))


@bp.get("/<int:job_id>")
def show(job_id: int) -> Page:
    """Show a file: its columns to be assigned, how far it is, or what became of it."""
    job = _job(job_id)
    if "columns" in request.args and job.status not in {"waiting", "running"} and not _is_over(job):
        return _mapping_page(job)
    if job.status == "mapping":
        return _mapping_page(job)
    return render_template("admin/import.html", job=job, refused=service.refused_rows(job, _TOLD))


@bp.post("/<int:job_id>")
@access.requires("owner", "staff")
def start(job_id: int) -> Page:
    """Try a file with the columns as they were assigned, or bring it in as it was tried."""
    job = _job(job_id)
    mapping, is_trial = job.mapping, request.form.get("do") != "bring"
    if "columns" in request.form:
        mapping = {**mapping, **_assigned(job)}
        problem = _problem(mapping)
        if problem:
            job.mapping = mapping
            db.session.expunge(job)
            return _mapping_page(job, problem), 422
    elif job.status != "done":
        return redirect(url_for("admin_imports.show", job_id=job_id))
    payments.begin_write()
    job = _job(job_id)
    if service.start(job, mapping, dry_run=is_trial):
        if not is_trial:
            audit.note(db.session(), "import.started", job.file_name)
        db.session.commit()
        service.wake(job_id)
    else:
        db.session.rollback()
        flash(_("Berkas ini sudah dikerjakan."), "info")
    return redirect(url_for("admin_imports.show", job_id=job_id))


@bp.get("/<int:job_id>/refused.csv")
def refused(job_id: int) -> Response:
    """Hand out the rows that were refused, each with why."""
    content = service.errors_file(_job(job_id))
    if content is None:
        abort(404)
    return _as_file(Response(content, mimetype=CSV_TYPE), "baris-ditolak.csv")


def _assigned(job: ImportJob) -> dict[str, Any]:
    """Return the columns as the form assigns them: a field's number of a column, or nothing."""
    width = max((len(row) for row in service.table_of(job)), default=0)
    columns = {}
    for field in FIELDS:
        text = request.form.get(f"column-{field.name}", "")
        if text.isascii() and text.isdigit() and len(text) <= len("999") and int(text) < width:
            columns[field.name] = int(text)
    category = request.form.get("category", type=int)
    known = {each.id for each in _categories()}
    return {"columns": columns, "category": category if category in known else None, "stock": "stock" in request.form}


def _problem(mapping: dict[str, Any]) -> str:
    missing = [str(field.label) for field in FIELDS if field.name in REQUIRED and field.name not in mapping["columns"]]
    if missing:
        return _("Pilih kolom untuk: %(fields)s.", fields=", ".join(missing))
    if "category" not in mapping["columns"] and mapping["category"] is None:
        return _("Pilih kolom kategori, atau kategori untuk semua barang di berkas ini.")
    return ""


def _mapping_page(job: ImportJob, problem: str = "") -> str:
    try:
        table = service.table_of(job)
    except reading.UnreadableError as error:
        return render_template("admin/imports.html", jobs=service.list_jobs(db.session()), problem=str(error))
    header = job.mapping["header"]
    headings = table[header] if header < len(table) else []
    samples = [row for row in table[header + 1 :] if any(row)][-_SAMPLES:]
    columns = [
        (number, heading or _("Kolom %(number)d", number=number + 1), _examples(samples, number))
        for number, heading in enumerate(headings)
        if heading or _examples(samples, number)
    ]
    return render_template(
        "admin/import_columns.html",
        job=job,
        columns=columns,
        fields=FIELDS,
        required=REQUIRED,
        preset=next((preset.label for preset in PRESETS if preset.name == job.mapping["preset"]), ""),
        categories=_categories(),
        problem=problem,
    )


def _examples(rows: list[list[str]], number: int) -> str:
    given = [row[number] for row in rows if number < len(row) and row[number]]
    return given[0][:40] if given else ""


def _refused(problem: str) -> Page:
    return render_template("admin/imports.html", jobs=service.list_jobs(db.session()), problem=problem), 422


def _is_over(job: ImportJob) -> bool:
    return job.status == "done" and not job.dry_run


def _job(job_id: int) -> ImportJob:
    return service.find_job(db.session(), job_id) or abort(404)


def _categories() -> list[Category]:
    return list(db.session.scalars(select(Category).order_by(Category.position, Category.name)))


def _as_file(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
