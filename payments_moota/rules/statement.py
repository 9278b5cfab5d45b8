"""Reading a bank's statement from a CSV file, as internet banking lets owners download it.

Every bank names its columns differently and writes amounts its own way. What is not understood is refused with its
line, nothing is guessed, with two exceptions that Indonesian statements leave no doubt about: days come before months,
and a separator with three digits after it groups thousands, with one or two it begins the sen.

    column       | is called
    -------------|-----------------------------------------------------------------------
    date         | tanggal, tgl, date, transaction date, posting date …
    description  | keterangan, uraian, deskripsi, description, remark, berita …
    amount       | jumlah, nominal, mutasi, amount …; CR, DB, K, D, + or - may stand beside it
    direction    | tipe, jenis, type, db/cr, d/k …
    credit       | kredit, credit, uang masuk, masuk
    debit        | debit, debet, uang keluar, keluar
    balance      | saldo, saldo akhir, balance, running balance
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from .money import LARGEST_RUPIAH

Direction = Literal["credit", "debit"]

_COLUMNS: dict[str, frozenset[str]] = {
    "date": frozenset(
        {"tanggal", "tgl", "date", "tanggal transaksi", "tgl transaksi", "tgl tran", "transaction date", "trx date"}
        | {"posting date", "post date", "tanggal posting", "tanggal mutasi", "waktu", "datetime"}
    ),
    "description": frozenset(
        {"keterangan", "uraian", "deskripsi", "description", "remark", "remarks", "berita", "detail", "details"}
        | {"transaction description", "uraian transaksi", "keterangan transaksi", "narasi"}
    ),
    "amount": frozenset({"jumlah", "nominal", "mutasi", "amount", "nilai", "jumlah mutasi", "transaction amount"}),
    "direction": frozenset(
        {"tipe", "jenis", "type", "mutation type", "db cr", "cr db", "d k", "k d", "d c", "c d", "dk", "dc"}
    ),
    "credit": frozenset({"kredit", "credit", "uang masuk", "masuk", "cr", "credit amount", "mutasi kredit"}),
    "debit": frozenset(
        {"debit", "debet", "uang keluar", "keluar", "db", "debit amount", "mutasi debet", "mutasi debit"}
    ),
    "balance": frozenset(
        {"saldo", "saldo akhir", "saldo akhir mutasi", "balance", "running balance", "ending balance"}
    ),
}
_CREDIT = frozenset({"cr", "c", "k", "kr", "kredit", "credit", "masuk", "+"})
_DEBIT = frozenset({"db", "d", "dr", "debit", "debet", "keluar", "-"})
_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%y", "%d-%m-%y", "%d %b %Y", "%d-%b-%Y")
_TIMES = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", " %H.%M.%S", " %H.%M")
# Indonesian months where their names differ from the English ones.
_MONTHS = {"mei": "may", "agu": "aug", "agt": "aug", "okt": "oct", "nop": "nov", "des": "dec", "peb": "feb"}
_WORD = re.compile(r"[^a-z0-9]+")
_AMOUNT = re.compile(
    r"(?:rp\.?|idr)?\s*(?P<sign>[+-])?\s*(?:rp\.?|idr)?\s*(?P<digits>[0-9][0-9.,]*)\s*(?P<side>[a-z]{0,6})"
)
# Thousands by one sign and the sen by the other; or no thousands, and the sen by either.
_GROUPED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*)(?:(?!(?P=mark))[.,](?P<sen>[0-9]{1,2}))?"
)
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<sen>[0-9]{1,2}))?")
# A file of another kind, or a mistake: no shop has so many lines in a year.
MOST_LINES = 20_000
_SHOWN = 40


class InvalidStatementError(ValueError):
    """This file cannot be read as a bank's statement; `faults` are sentences, each with its line."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One line of a statement; amounts in hundredths of a rupiah, the moment as the bank writes it, in Jakarta's time.

    `row` is its line in the file.
    """

    row: int
    day: date
    at: time | None
    direction: Direction
    hundredths: int
    balance: int | None
    description: str


def read_statement(text: str) -> list[StatementLine]:
    """Read a whole file, lines above its titles and below its sums left out. Raises InvalidStatementError."""
    rows = list(_rows(text))
    start = next((index for index, (_, cells) in enumerate(rows) if _is_title(cells)), None)
    if start is None:
        raise InvalidStatementError("There is no line with titles for the date and the amount of the lines below it.")
    columns = _columns(rows[start][1])
    lines: list[StatementLine] = []
    faults: list[str] = []
    for number, cells in rows[start + 1 :]:
        row = {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}
        if not _has_date(row) and not any(row.get(name) for name in ("amount", "credit", "debit")):
            continue  # A sum, or an empty line.
        try:
            lines.append(_line(number, row))
        except ValueError as error:
            faults.append(f"line {number}: {error}")
    if faults:
        raise InvalidStatementError(*faults)
    if len(lines) > MOST_LINES:
        raise InvalidStatementError(f"The file has {len(lines)} lines; at most {MOST_LINES} are read at once.")
    return lines


def read_amount(text: str) -> tuple[int, Direction | None]:
    """Read an amount however a bank writes it, in hundredths, and the direction where it stands beside it.

    "1.500.000,00 CR", "1,500,000.00", "-50000", "Rp 50.000", "100123.00 DB". Raises ValueError.
    """
    found = _AMOUNT.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text[:_SHOWN]!r} is no amount")
    hundredths = _hundredths(found["digits"], text)
    side = found["side"] or found["sign"] or ""
    if side and side not in _CREDIT | _DEBIT:
        raise ValueError(f"{text[:_SHOWN]!r} is no amount")
    return hundredths, None if not side else "credit" if side in _CREDIT else "debit"


def _hundredths(digits: str, text: str) -> int:
    found = _GROUPED.fullmatch(digits) or _PLAIN.fullmatch(digits)
    if found is None:
        raise ValueError(f"{text[:_SHOWN]!r} is no amount")
    hundredths = int(re.sub("[.,]", "", found["whole"])) * 100 + int((found["sen"] or "0").ljust(2, "0"))
    if hundredths > LARGEST_RUPIAH * 100:
        raise ValueError(f"{text[:_SHOWN]!r} is more than an account holds")
    return hundredths


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Split the file into cells by whichever separator its titles use; with the line in the file."""
    plain = text.removeprefix("\ufeff").replace("\x00", "")
    for delimiter in (",", ";", "\t", "|"):
        reader = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter)
        try:
            rows = [(reader.line_num, cells) for cells in reader]
        except csv.Error as error:
            raise InvalidStatementError(f"line {reader.line_num}: {error}") from error
        if any(_is_title(cells) for _, cells in rows):
            yield from rows
            return


def _is_title(cells: Sequence[str]) -> bool:
    found = _columns(cells)
    return "date" in found and ("amount" in found or {"credit", "debit"} <= set(found))


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Return where each column stands; the first that bears one of its names."""
    titles = [_WORD.sub(" ", cell.lower()).strip() for cell in cells]
    return {
        name: next(place for place, title in enumerate(titles) if title in names)
        for name, names in _COLUMNS.items()
        if any(title in names for title in titles)
    }


def _has_date(row: Mapping[str, str]) -> bool:
    return any(sign.isdigit() for sign in row["date"])


def _line(number: int, row: Mapping[str, str]) -> StatementLine:
    day, at = _moment(row["date"])
    direction, hundredths = _money(row)
    return StatementLine(
        row=number,
        day=day,
        at=at,
        direction=direction,
        hundredths=hundredths,
        balance=_balance(row.get("balance", "")),
        description=" ".join(row.get("description", "").split()),
    )


def _moment(text: str) -> tuple[date, time | None]:
    plain = " ".join(text.strip(" '").lower().split())
    for word, english in _MONTHS.items():
        plain = re.sub(rf"\b{word}[a-z]*", english, plain)
    for day in _DAYS:
        for clock in _TIMES:
            try:
                found = datetime.strptime(plain, day + clock)  # noqa: DTZ007 - the bank's own time, without saying so
            except ValueError:
                continue
            return found.date(), found.time() if clock and found.time() != time.min else None
    raise ValueError(f"{text[:_SHOWN]!r} is no date with day, month and year")


def _money(row: Mapping[str, str]) -> tuple[Direction, int]:
    if row.get("amount"):
        hundredths, beside = read_amount(row["amount"])
        said = _direction(row["direction"]) if row.get("direction") else None
        if said and beside and said != beside:
            raise ValueError(f"{row['amount'][:_SHOWN]!r} is said to be a {said}")
        direction = said or beside
        if direction is None:
            raise ValueError("nothing says whether the money came in or went out")
        return direction, hundredths
    sides: list[tuple[Direction, int]] = []
    for side in ("credit", "debit"):
        hundredths = read_amount(row[side])[0] if row.get(side, "").strip("- ") else 0
        if hundredths:
            sides.append((side, hundredths))
    if len(sides) != 1:
        raise ValueError("exactly one of credit and debit must have an amount")
    return sides[0]


def _direction(text: str) -> Direction:
    word = _WORD.sub("", text.lower()) or text.strip()
    if word in _CREDIT:
        return "credit"
    if word in _DEBIT:
        return "debit"
    raise ValueError(f"{text[:_SHOWN]!r} says neither credit nor debit")


def _balance(text: str) -> int | None:
    if not text.strip("- "):
        return None
    hundredths, side = read_amount(text)
    return -hundredths if side == "debit" else hundredths
