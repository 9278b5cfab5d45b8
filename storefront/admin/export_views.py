"""Files about money for the bookkeeper: payments, lines of the bank statements, refunds."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, stream_with_context
from wtforms import DateField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from storefront import payments
from storefront.database import now
from storefront.extensions import db
from storefront.forms import ShopForm
from storefront.identity import current_shop
from storefront.spreadsheets import CSV_TYPE, XLSX_TYPE, Cell, csv_lines, xlsx
from storefront.texts import _, _l

from . import access, audit

bp = Blueprint("admin_exports", __name__, url_prefix="/admin/exports")
access.guard(bp)

Page = str | Response | tuple[str, int]

# A workbook is made in memory; what is longer goes into a CSV file.
_MOST_IN_A_BOOK = 50_000
_KINDS = {
    "charges": _l("Pembayaran"),
    "mutations": _l("Mutasi bank"),
    "refunds": _l("Pengembalian dana"),
}
# What stands in the columns: the name in the object, and above it in the file.
_COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "charges": (
        ("order_ref", _l("Pesanan")),
        ("created_at", _l("Dibuat")),
        ("paid_at", _l("Lunas pada")),
        ("status", _l("Keadaan")),
        ("exceptions", _l("Yang tidak biasa")),
        ("method", _l("Cara bayar")),
        ("account", _l("Rekening")),
        ("amount", _l("Harga")),
        ("fee", _l("Biaya")),
        ("unique_code", _l("Kode unik")),
        ("amount_due", _l("Harus dibayar")),
        ("amount_paid", _l("Masuk")),
        ("amount_refunded", _l("Dikembalikan")),
        ("difference", _l("Selisih")),
    ),
    "mutations": (
        ("mutation_id", _l("Nomor mutasi")),
        ("occurred_at", _l("Waktu")),
        ("bank_id", _l("Rekening")),
        ("direction", _l("Arah")),
        ("amount", _l("Jumlah")),
        ("description", _l("Berita")),
        ("status", _l("Keadaan")),
        ("reason", _l("Alasan")),
        ("order_refs", _l("Pesanan")),
        ("ticket", _l("Tiket")),
    ),
    "refunds": (
        ("ticket", _l("Tiket")),
        ("order_ref", _l("Pesanan")),
        ("amount", _l("Jumlah")),
        ("reason", _l("Alasan")),
        ("status", _l("Keadaan")),
        ("origin", _l("Asal")),
        ("requested_by", _l("Diminta oleh")),
        ("decided_by", _l("Diputuskan oleh")),
        ("created_at", _l("Dibuat")),
        ("due_at", _l("Batas waktu")),
        ("completed_at", _l("Selesai")),
    ),
}


class ExportForm(ShopForm):
    """Which file, of which days in the shop's zone, for which program."""

    kind = RadioField(
        _l("Isi"),
        choices=[SelectChoice(name, text) for name, text in _KINDS.items()],
        default="charges",
        validators=[InputRequired(message=_l("Pilih dulu salah satu."))],
    )
    since = DateField(_l("Dari tanggal"), validators=[InputRequired(message=_l("Isi tanggalnya."))])
    until = DateField(_l("Sampai tanggal"), validators=[InputRequired(message=_l("Isi tanggalnya."))])
    kind_of_file = RadioField(
        _l("Berkas"),
        choices=[SelectChoice("xlsx", _l("Excel (XLSX)")), SelectChoice("csv", _l("CSV"))],
        default="xlsx",
        validators=[InputRequired(message=_l("Pilih dulu salah satu."))],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and that the days are in their order."""
        if not super().validate(extra_validators):
            return False
        if self.until.data < self.since.data:
            self.until.errors = [_l("Tanggal akhir harus setelah tanggal awal.")]
            return False
        return True


@bp.get("")
def index() -> str:
    """Ask which file; this month stands chosen."""
    today = now().astimezone(ZoneInfo(current_shop().timezone)).date()
    return _form(ExportForm(since=today.replace(day=1), until=today))


@bp.post("")
def hand_out() -> Page:
    """Hand the file out; who took which is noted first."""
    form = ExportForm()
    if not form.validate():
        return _form(form), 422
    kind, since, until = form.kind.data, form.since.data, form.until.data
    payments.begin_write()
    facts = {"since": since.isoformat(), "until": until.isoformat(), "file": form.kind_of_file.data}
    audit.note(db.session(), "money.exported", kind, after=facts)
    db.session.commit()
    name = f"{kind}-{since.isoformat()}-{until.isoformat()}"
    if form.kind_of_file.data == "csv":
        return _file(stream_with_context(csv_lines(_rows(kind, since, until))), CSV_TYPE, f"{name}.csv")
    rows = [row for _number, row in zip(range(_MOST_IN_A_BOOK + 2), _rows(kind, since, until), strict=False)]
    if len(rows) > _MOST_IN_A_BOOK + 1:
        form.kind_of_file.errors = [_("Terlalu banyak baris untuk Excel. Pilih CSV, atau hari yang lebih sedikit.")]
        return _form(form), 422
    return _file(xlsx(str(_KINDS[kind]), rows), XLSX_TYPE, f"{name}.xlsx")


def _form(form: ExportForm) -> str:
    return render_template("admin/exports.html", form=form)


def _rows(kind: str, since: date, until: date) -> Iterator[list[Cell]]:
    columns = _COLUMNS[kind]
    yield [str(title) for _name, title in columns]
    for found in payments.export(kind, _begin(since), _begin(until + timedelta(days=1))):
        yield [_cell(found[name]) for name, _title in columns]


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        return str(value["label"])
    if isinstance(value, list):
        return ", ".join(value)
    return value if value is None or isinstance(value, int) else str(value)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(current_shop().timezone))


def _file(content: Any, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
