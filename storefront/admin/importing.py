"""What the panel's pages of files share: a file kept, its columns assigned, tried, brought in, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from storefront import payments
from storefront.extensions import db
from storefront.imports import reading, service
from storefront.imports.kinds import KINDS
from storefront.imports.models import ImportJob, ImportKind
from storefront.spreadsheets import CSV_TYPE
from storefront.texts import _

from . import access, audit
from .models import Role

Page = str | Answer | tuple[str, int]

_MAX_REQUEST = 16 * 1024 * 1024
_SAMPLES = 3
_TOLD = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """One kind of files in the panel.

    `front` shows the page on which files are brought, with a problem; `options` reads what the form of the columns says
    beside them, `problem` tells what a mapping lacks, and `extras` is what its page shows beside the columns. Beside
    the file itself a request may have `enclosed` bytes.
    """

    kind: ImportKind
    blueprint: str
    front: Callable[[str], str]
    options: Callable[[dict[str, Any]], dict[str, Any]]
    problem: Callable[[dict[str, Any]], str]
    extras: Callable[[], dict[str, Any]]
    enclosed: int = 0

    def address(self, job_id: int) -> str:
        """Return the address of one file's page."""
        return url_for(f"{self.blueprint}.show", job_id=job_id)


def serve(bp: Blueprint, desk: Desk, *readers: Role) -> None:
    """Add the pages of a kind of files to its blueprint; `readers` see them, too, beside owner and staff."""

    def let_files_in(*_: object) -> None:
        """Allow more than the shop's other forms may have; called before the CSRF check reads the form."""
        if request.endpoint == f"{bp.name}.bring":
            request.max_content_length = _MAX_REQUEST + desk.enclosed

    bp.url_value_preprocessor(let_files_in)
    may_act, may_see = access.requires("owner", "staff"), access.requires("owner", "staff", *readers)
    for rule, method, view, allowed in (
        ("", "GET", index, may_see),
        ("", "POST", bring, may_act),
        ("/<int:job_id>", "GET", show, may_see),
        ("/<int:job_id>", "POST", start, may_act),
        ("/<int:job_id>/refused.csv", "GET", refused, may_see),
        ("/<int:job_id>/notes.csv", "GET", notes, may_see),
    ):
        answer: Callable[..., Page] = partial(view, desk)
        bp.add_url_rule(rule, view.__name__, allowed(answer), methods=[method])


def index(desk: Desk) -> Page:
    """Show how such files come in, and what was brought in."""
    return desk.front("")


def bring(desk: Desk) -> Page:
    """Keep a file and look at its columns; nothing is changed yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return desk.front(_("Pilih dulu berkasnya.")), 422
    name = file.filename
    try:
        path, mapping = service.keep_file(desk.kind, name, file.stream.read(reading.MAX_BYTES + 1))
        archive = request.files.get("pictures")
        if desk.kind == "products" and archive is not None and archive.filename:
            service.keep_pictures(path, archive.stream)
    except reading.UnreadableError as error:
        return desk.front(str(error)), 422
    payments.begin_write()
    job_id = service.add_job(db.session(), desk.kind, name, path, mapping, current_user.email).id
    db.session.commit()
    return redirect(desk.address(job_id))


def show(desk: Desk, job_id: int) -> Page:
    """Show a file: its columns to be assigned, how far it is, or what became of it."""
    job = _job(desk, job_id)
    is_over = job.status == "done" and not job.dry_run
    is_changing = "columns" in request.args and job.status not in {"waiting", "running"} and not is_over
    if job.status == "mapping" or is_changing:
        return _mapping_page(desk, job)
    noted = service.noted_rows(job, _TOLD + 1)
    return render_template(
        "admin/import.html",
        job=job,
        here=desk.blueprint,
        refused=service.refused_rows(job, _TOLD),
        noted=noted[:_TOLD],
        noted_more=len(noted) > _TOLD,
    )


def start(desk: Desk, job_id: int) -> Page:
    """Try a file with the columns as they were assigned, or bring it in as it was tried."""
    job = _job(desk, job_id)
    mapping, is_trial = job.mapping, request.form.get("do") != "bring"
    if "columns" in request.form:
        mapping = {**mapping, "columns": _assigned(desk, job), **desk.options(mapping)}
        problem = _missing(desk, mapping) or desk.problem(mapping)
        if problem:
            job.mapping = mapping
            db.session.expunge(job)
            return _mapping_page(desk, job, problem), 422
    elif job.status != "done":
        return redirect(desk.address(job_id))
    payments.begin_write()
    job = _job(desk, job_id)
    if service.start(job, mapping, dry_run=is_trial):
        if not is_trial:
            consent = {"consent": mapping["consent"]} if mapping.get("consent") else None
            audit.note(db.session(), "import.started", job.file_name, after=consent)
        db.session.commit()
        service.wake(job_id)
    else:
        db.session.rollback()
        flash(_("Berkas ini sudah dikerjakan."), "info")
    return redirect(desk.address(job_id))


def refused(desk: Desk, job_id: int) -> Response:
    """Hand out the rows that were refused, each with why."""
    return as_csv(service.errors_file(_job(desk, job_id)), "baris-ditolak.csv")


def notes(desk: Desk, job_id: int) -> Response:
    """Hand out the rows of which something was kept or left out, each with what."""
    return as_csv(service.notes_file(_job(desk, job_id)), "keterangan-baris.csv")


def as_csv(content: bytes | None, name: str) -> Response:
    """Return a CSV file to be kept; 404 where there is none."""
    if content is None:
        abort(404)
    return as_file(Response(content, mimetype=CSV_TYPE), name)


def as_file(answer: Response, name: str) -> Response:
    """Return an answer as a file to be kept under this name."""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _assigned(desk: Desk, job: ImportJob) -> dict[str, int]:
    """Return the columns as the form assigns them: a field's number of a column, or nothing."""
    width = max((len(row) for row in service.table_of(job)), default=0)
    columns = {}
    for field in KINDS[desk.kind].fields:
        text = request.form.get(f"column-{field.name}", "")
        if text.isascii() and text.isdigit() and len(text) <= len("999") and int(text) < width:
            columns[field.name] = int(text)
    return columns


def _missing(desk: Desk, mapping: dict[str, Any]) -> str:
    kind = KINDS[desk.kind]
    missing = [
        str(field.label)
        for field in kind.fields
        if field.name in kind.required and field.name not in mapping["columns"]
    ]
    return _("Pilih kolom untuk: %(fields)s.", fields=", ".join(missing)) if missing else ""


def _mapping_page(desk: Desk, job: ImportJob, problem: str = "") -> str:
    kind = KINDS[desk.kind]
    try:
        table = service.table_of(job)
    except reading.UnreadableError as error:
        return desk.front(str(error))
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
        here=desk.blueprint,
        columns=columns,
        fields=kind.fields,
        required=kind.required,
        preset=next((preset.label for preset in kind.presets if preset.name == job.mapping["preset"]), ""),
        problem=problem,
        **desk.extras(),
    )


def _examples(rows: list[list[str]], number: int) -> str:
    given = [row[number] for row in rows if number < len(row) and row[number]]
    return given[0][:40] if given else ""


def _job(desk: Desk, job_id: int) -> ImportJob:
    return service.find_job(db.session(), job_id, desk.kind) or abort(404)
