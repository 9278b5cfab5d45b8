"""An invoice as a PDF: one column, in the fonts that every reader of PDFs has, so that the file stays small.

These fonts know Latin letters only; a letter they lack is drawn as the plain one below its accents, or as "?".
"""

import unicodedata
from typing import cast

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from storefront.formats import rupiah, show_phone
from storefront.texts import _

from .invoice import Invoice, signed

_FONT = "Helvetica"
_MARGIN_MM = 18
_WIDE = 0  # As wide as the page allows.
_LINE_MM = 5.5
_COLUMNS_MM = (92, 18, 32, 32)
_INK = (43, 36, 32)
_SOFT = (101, 89, 80)
_LINE = (190, 180, 168)


def pdf_of(invoice: Invoice, *, shop: str, contact: str, issued: str, compress: bool = True) -> bytes:
    """Draw an invoice. `contact` and `issued` are lines below the shop's name and the title."""
    pdf = FPDF(format="A4")
    pdf.set_compression(compress)
    pdf.set_title(latin(invoice.title))
    pdf.set_margin(_MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=_MARGIN_MM)
    pdf.add_page()
    _head(pdf, invoice, shop, contact, issued)
    _buyer(pdf, invoice)
    _goods(pdf, invoice)
    _sums(pdf, invoice)
    _money(pdf, invoice)
    return bytes(pdf.output())


def latin(text: str) -> str:
    """Return a text in the letters of the PDF's own fonts."""
    return "".join(_plain(character) for character in unicodedata.normalize("NFC", text))


def _plain(character: str) -> str:
    if character in "–—−":
        return "-"
    if character in "‘’“”":
        return "'" if character in "‘’" else '"'
    for form in (character, unicodedata.normalize("NFKD", character)):
        kept = "".join(each for each in form if not unicodedata.combining(each))
        if kept and all(ord(each) < 256 and each.isprintable() for each in kept):  # noqa: PLR2004 - Latin-1
            return kept
    return "?" if character.isprintable() else " "


def _head(pdf: FPDF, invoice: Invoice, shop: str, contact: str, issued: str) -> None:
    _text(pdf, shop, size=16, bold=True, line=8)
    if contact:
        _text(pdf, contact, color=_SOFT)
    pdf.ln(4)
    _text(pdf, invoice.title, size=14, bold=True, line=7)
    _text(pdf, issued, color=_SOFT)
    _text(pdf, invoice.stamp, size=12, bold=True, line=8)
    pdf.ln(3)


def _buyer(pdf: FPDF, invoice: Invoice) -> None:
    order = invoice.order
    _text(pdf, _("Untuk"), bold=True)
    for line in (order.name, show_phone(order.phone), order.email, *order.address_lines):
        if line:
            _text(pdf, line)
    pdf.ln(4)


def _goods(pdf: FPDF, invoice: Invoice) -> None:
    _row(pdf, (_("Barang"), _("Jumlah"), _("Harga"), _("Total")), bold=True)
    for line in invoice.lines:
        _row(pdf, (line.name, str(line.quantity), rupiah(line.unit_price), rupiah(line.total)))
    pdf.ln(3)


def _sums(pdf: FPDF, invoice: Invoice) -> None:
    for label, amount in invoice.sums:
        _pair(pdf, label, rupiah(amount))
    _pair(pdf, _("Jumlah tagihan"), rupiah(invoice.due), bold=True)
    pdf.ln(4)


def _money(pdf: FPDF, invoice: Invoice) -> None:
    if not invoice.movements:
        return
    _text(pdf, _("Pembayaran"), bold=True)
    for when, what, amount in invoice.movements:
        _pair(pdf, f"{when}, {what}", signed(amount))
    _pair(pdf, invoice.kept_label, rupiah(invoice.kept), bold=True)


def _text(
    pdf: FPDF, text: str, *, size: float = 10, bold: bool = False, line: float = _LINE_MM, color: tuple[int, ...] = _INK
) -> None:
    _pen(pdf, size=size, bold=bold, color=color)
    pdf.multi_cell(_WIDE, line, latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")


def _row(pdf: FPDF, cells: tuple[str, str, str, str], *, bold: bool = False) -> None:
    """Draw a row of goods; the name may take several lines, and a row is never torn between two pages."""
    _pen(pdf, size=10, bold=bold, color=_INK)
    wrapped = pdf.multi_cell(_COLUMNS_MM[0], _LINE_MM, latin(cells[0]), dry_run=True, output="LINES", align="L")
    name = cast("list[str]", wrapped)
    height = _LINE_MM * len(name) + 2
    if pdf.will_page_break(height):
        pdf.add_page()
    top = pdf.get_y()
    pdf.set_draw_color(*_LINE)
    pdf.line(_MARGIN_MM, top, _MARGIN_MM + sum(_COLUMNS_MM), top)
    pdf.set_xy(_MARGIN_MM, top + 1)
    pdf.multi_cell(_COLUMNS_MM[0], _LINE_MM, "\n".join(name), align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
    for width, cell in zip(_COLUMNS_MM[1:], cells[1:], strict=True):
        pdf.cell(width, _LINE_MM, latin(cell), align="R")
    pdf.set_xy(_MARGIN_MM, top + height)


def _pair(pdf: FPDF, label: str, amount: str, *, bold: bool = False) -> None:
    _pen(pdf, size=10, bold=bold, color=_INK)
    wide = sum(_COLUMNS_MM[:3])
    pdf.multi_cell(wide, _LINE_MM, latin(label), align="L", new_x=XPos.RIGHT, new_y=YPos.LAST)
    pdf.cell(_COLUMNS_MM[3], _LINE_MM, latin(amount), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _pen(pdf: FPDF, *, size: float, bold: bool, color: tuple[int, ...]) -> None:
    pdf.set_font(_FONT, "B" if bold else "", size)
    pdf.set_text_color(*color)
