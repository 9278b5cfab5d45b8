"""Tables for spreadsheet programs: cells that stay text, in CSV as Indonesian Excel reads it and in XLSX."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | None

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet program takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Cell) -> str:
    """Return a CSV cell that no program takes for a formula; numbers stay numbers, also negative ones."""
    if isinstance(value, int):
        return str(value)
    text = (value or "").replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a CSV file line by line: parted by semicolons, with the mark by which Excel knows UTF-8."""
    yield "\ufeff"
    for row in rows:
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerow([safe_cell(cell) for cell in row])
        yield out.getvalue()


def xlsx(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook with one sheet; texts are kept as texts, so that nothing in them is calculated."""
    # Loaded where a workbook is made: every start of a command would wait for it.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: object, value: Cell) -> object:
    if value is None or isinstance(value, int):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value="".join(each for each in value if each.isprintable() or each in "\n\t"))
    cell.data_type = "s"
    return cell
