"""Reading a table that somebody brings, CSV or XLSX, as rows of plain texts. Needs no database.

What a file is, is decided by its content. It is never trusted: its size, its rows and what it unpacks to are bounded.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from itertools import islice
from typing import Any

from storefront.texts import _

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 120
_MAX_UNPACKED = 150 * 1024 * 1024
_LONGEST_CELL = 20_000
_MAX_SHEETS = 10
_ENCODINGS = ("utf-8-sig", "cp1252")
# What our own files put before a text so that no program takes it for a formula.
_GUARDED = ("'=", "'+", "'-", "'@")

Row = list[str]


class UnreadableError(ValueError):
    """A file is no table that can be read; the message says why and what to do, in the reader's language."""


def read_tables(content: bytes) -> list[list[Row]]:
    """Return the tables of a file, one for each sheet, as rows of texts. Raises UnreadableError."""
    if not content:
        raise UnreadableError(_("Berkasnya kosong."))
    if len(content) > MAX_BYTES:
        raise UnreadableError(_("Berkasnya lebih besar dari %(size)d MB. Bagi dulu.", size=MAX_BYTES // 1024 // 1024))
    tables = _read_workbook(content) if content.startswith(b"PK") else [_read_csv(content)]
    if not any(tables):
        raise UnreadableError(_("Tidak ada baris di berkas ini."))
    if any(len(table) > MAX_ROWS for table in tables):
        raise UnreadableError(_("Berkas ini lebih dari %(most)d baris. Bagi dulu.", most=MAX_ROWS))
    return tables


def _read_workbook(content: bytes) -> list[list[Row]]:
    # Loaded where a workbook is read: every start of a command would wait for it.
    from openpyxl import load_workbook

    try:
        _require_small(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return [_rows(sheet.iter_rows(values_only=True)) for sheet in book.worksheets[:_MAX_SHEETS]]
        finally:
            book.close()
    except UnreadableError:
        raise
    except Exception as error:
        # A broken archive breaks in as many ways as there are parts in it.
        raise UnreadableError(_("Berkas ini rusak atau bukan XLSX. Simpan ulang sebagai XLSX atau CSV.")) from error


def _require_small(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _MAX_UNPACKED:
            raise UnreadableError(_("Isi berkas ini terlalu besar. Bagi dulu."))


def _read_csv(content: bytes) -> list[Row]:
    text = _decoded(content)
    if "\x00" in text:
        raise UnreadableError(_("Ini bukan berkas CSV atau XLSX. Simpan dulu tabelnya sebagai CSV atau XLSX."))
    try:
        return _rows(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise UnreadableError(_("Berkas CSV ini rusak. Simpan ulang, lalu unggah lagi.")) from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _delimiter(text: str) -> str:
    """Return the sign that parts the cells: the one that the first lines hold most of."""
    beginning = "\n".join(text.splitlines()[:5])
    return max(";,\t", key=beginning.count)


def _rows(rows: Iterable[Iterable[Any]]) -> list[Row]:
    """Return rows as texts, without empty ones at the end; one more than may be, so that too many are noticed."""
    read = [[_text(cell) for cell in islice(row, MAX_COLUMNS)] for row in islice(rows, MAX_ROWS + 1)]
    while read and not any(read[-1]):
        read.pop()
    return read


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).replace("\x00", "").strip()[:_LONGEST_CELL]
    return text[1:] if text.startswith(_GUARDED) else text
