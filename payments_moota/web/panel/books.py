"""The books month by month: whether each day ties, what does not agree, who signed it, and files for the bookkeeper."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Response, flash, make_response, request, url_for
from sqlalchemy import select

from ... import closing
from ...context import state, work_on_host_session
from ...models import Account, ClosedMonth
from ...rules.lateness import bank_day
from ...rules.money import format_rupiah
from ...rules.months import first_of, hundredths, month_before, next_month, parse_month, totals
from ...work import Work
from ..answers import answer, private, translator
from ..words import Translate, moment_text
from . import readings
from .access import person
from .acting import acting, back_to, told
from .point_words import tell
from .routes import Route
from .words import actor_text

_MOST_TOLD = 50
_FIRST, _LAST = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One time a month was closed, in words."""

    closed: str
    by: str
    note: str
    ties: bool
    reopened: str | None
    reopened_by: str
    because: str


def books() -> Response:
    """Show a month: every account's days, what does not agree, what is open, and the signature under it."""
    work, t = work_on_host_session("shop"), translator()
    month = _asked_month(work)
    document = readings.document_of(work, month)
    signatures = closing.history(work, month)
    closed = next((each for each in signatures if each.reopened_at is None), None)
    return answer(
        "moota/panel/books.html",
        month=month,
        month_name=_name(month),
        before=_link(month_before(month)) if month > _FIRST else None,
        after=_link(next_month(month)) if next_month(month) <= first_of(bank_day(work.now())) else None,
        document=document,
        accounts=_accounts(work, document),
        faults=tell(work, document["faults"][:_MOST_TOLD], t),
        open_points=tell(work, document["open"][:_MOST_TOLD], t),
        totals=totals(document),
        money=_money,
        shown=_shown,
        is_over=closing.is_over(work, month),
        closed=_signature(closed, t) if closed else None,
        has_changed=closed is not None and closing.has_changed(closed, document),
        earlier=[_signature(each, t) for each in signatures if each.reopened_at is not None],
        credit_names=_credit_names(t),
        debit_names=_debit_names(t),
    )


def close() -> Response:
    """Sign off a month."""
    t, month = translator(), _sent_month()
    done = t("Bulan ini ditutup. Mutasi di dalamnya tidak bisa lagi diputuskan dengan tangan.")
    with told(done):
        reader = work_on_host_session(person())
        reading = closing.read(reader, month)
        # Nobody else's writing waits for the reading of a large month.
        reader.session.rollback()
        with acting("month.close", f"{month:%Y-%m}") as work:
            closing.close(work, reading, note=request.form.get("note"))
    return back_to(_link(month))


def reopen() -> Response:
    """Take the signature back."""
    t, month = translator(), _sent_month()
    reason = request.form.get("reason", "")
    if not reason.strip():
        flash(t("Tulis alasannya; itu disimpan di riwayat."), "danger")
        return back_to(_link(month))
    with told(t("Bulan ini dibuka lagi.")), acting("month.reopen", f"{month:%Y-%m}", reason=reason) as work:
        closing.reopen(work, month, reason=reason)
    return back_to(_link(month))


def days_file() -> Response:
    """Hand out the days of a month as a table."""
    work, t = work_on_host_session("shop"), translator()
    month = _asked_month(work)
    return _file(f"days-{month:%Y-%m}.csv", _days_table(readings.document_of(work, month), t))


def ledger_file() -> Response:
    """Hand out a month as entries of a ledger, each day and account one set that balances."""
    work, t = work_on_host_session("shop"), translator()
    month = _asked_month(work)
    return _file(f"ledger-{month:%Y-%m}.csv", _ledger(readings.document_of(work, month), t))


def _accounts(work: Work, document: dict[str, Any]) -> list[dict[str, Any]]:
    known = dict(work.session.execute(select(Account.bank_id, Account.id)).all())
    return [_account(account, known.get(account["bank_id"])) for account in document["accounts"] if account["days"]]


def _account(account: dict[str, Any], known: int | None) -> dict[str, Any]:
    days = [{**day, **_moved(day), "url": _lines_url(known, day["day"])} for day in account["days"]]
    return {**account, "days": days, "name": account["label"] or account["bank_id"]}


def _moved(day: dict[str, Any]) -> dict[str, int]:
    """Return all that came in and all that went out, in hundredths."""
    return {
        "came": sum(hundredths(amount) or 0 for amount in day["credits"].values()),
        "went": sum(hundredths(amount) or 0 for amount in day["debits"].values()),
    }


def _lines_url(account: int | None, day: str) -> str:
    return url_for("moota_panel.all_mutations", account=account, since=day, until=day)


def _signature(closed: ClosedMonth, t: Translate) -> Signature:
    here = state()
    return Signature(
        closed=moment_text(closed.closed_at, here),
        by=actor_text(closed.closed_by, t),
        note=closed.note,
        ties=closed.ties,
        reopened=moment_text(closed.reopened_at, here) if closed.reopened_at else None,
        reopened_by=actor_text(closed.reopened_by or "", t),
        because=closed.reopened_because or "",
    )


def _asked_month(work: Work) -> date:
    """Return the month of the address; the present one for what is none."""
    present = first_of(bank_day(work.now()))
    return min(_read(request.args.get("month", ""), present), present)


def _sent_month() -> date:
    return _read(request.form.get("month", ""), _FIRST)


def _read(text: str, otherwise: date) -> date:
    try:
        month = parse_month(text.strip())
    except ValueError:
        return otherwise
    return month if _FIRST <= month <= _LAST else otherwise


def _name(month: date) -> str:
    return str(format_date(month, "MMMM yyyy", locale=state().locale()))


def _link(month: date) -> str:
    return url_for("moota_panel.books", month=f"{month:%Y-%m}")


def _credit_names(t: Translate) -> dict[str, str]:
    return {
        "matched": t("Untuk tagihan"),
        "returned": t("Pengembalian yang kembali lagi"),
        "unmatched": t("Belum dikenali"),
        "ignored": t("Diabaikan"),
    }


def _debit_names(t: Translate) -> dict[str, str]:
    return {
        "payouts": t("Pengembalian dana"),
        "reversals": t("Ditarik bank"),
        "unmatched": t("Belum dikenali"),
        "ignored": t("Diabaikan"),
    }


def _days_table(document: dict[str, Any], t: Translate) -> Iterator[list[str]]:
    incoming, outgoing = _credit_names(t), _debit_names(t)
    yield [
        *(t("Rekening"), t("Tanggal"), t("Saldo awal")),
        *(f"+ {name}" for name in incoming.values()),
        *(f"- {name}" for name in outgoing.values()),
        *(t("Saldo akhir"), t("Saldo menurut bank"), t("Cocok")),
    ]
    for account in document["accounts"]:
        for day in account["days"]:
            yield [
                *(account["label"] or account["bank_id"], day["day"], _figure(day["opening"])),
                *(_figure(day["credits"][name]) for name in incoming),
                *(_figure(day["debits"][name]) for name in outgoing),
                *(_figure(day["closing"]), _figure(day["reported_closing"])),
                t("ya") if day["ties"] else t("TIDAK"),
            ]


def _ledger(document: dict[str, Any], t: Translate) -> Iterator[list[str]]:
    yield [t("Tanggal"), t("Akun"), t("Keterangan"), t("Debit"), t("Kredit")]
    for account in document["accounts"]:
        name = account["label"] or account["bank_id"]
        bank = t("Bank %(name)s", name=name)
        for day in account["days"]:
            for entry, amount in _entries(day, t):
                if amount:
                    text = f"{name} {day['day']}"
                    yield from _booked(day["day"], bank, entry, text, amount)


def _entries(day: dict[str, Any], t: Translate) -> list[tuple[str, int]]:
    """Return what stands against the bank on a day, in hundredths: positive came in, negative went out."""
    booked = day["income"]["booked"]
    came, went = day["credits"], day["debits"]
    return [
        (t("Penjualan"), 100 * booked["revenue"]),
        (t("Selisih pembulatan (kode unik)"), 100 * booked["rounding"]),
        (t("Utang kepada pembeli"), 100 * booked["owed"]),
        (t("Pengembalian dana"), hundredths(came["returned"]) or 0),
        (t("Belum dikenali"), hundredths(came["unmatched"]) or 0),
        (t("Bukan urusan toko"), hundredths(came["ignored"]) or 0),
        (t("Pengembalian dana"), -(hundredths(went["payouts"]) or 0)),
        (t("Ditarik bank"), -(hundredths(went["reversals"]) or 0)),
        (t("Belum dikenali"), -(hundredths(went["unmatched"]) or 0)),
        (t("Bukan urusan toko"), -(hundredths(went["ignored"]) or 0)),
    ]


def _booked(day: str, bank: str, other: str, text: str, amount: int) -> Iterator[list[str]]:
    """Yield both sides of one entry: the side that gains is the debit, the one it comes from the credit."""
    gains, gives = (bank, other) if amount > 0 else (other, bank)
    figure = _written(abs(amount))
    yield [day, gains, text, figure, ""]
    yield [day, gives, text, "", figure]


def _money(amount: int | str | None) -> str:
    """Write an amount of the document."""
    value = hundredths(amount)
    return "–" if value is None else _shown(value)


def _shown(amount: int) -> str:
    """Write hundredths as rupiah, with the fraction where there is one."""
    whole, fraction = divmod(abs(amount), 100)
    text = format_rupiah(whole) + (f",{fraction:02d}" if fraction else "")
    return f"-{text}" if amount < 0 else text


def _figure(amount: int | str | None) -> str:
    value = hundredths(amount)
    return "" if value is None else _written(value)


def _written(amount: int) -> str:
    whole, fraction = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}" + (f",{fraction:02d}" if fraction else "")


def _file(name: str, rows: Iterator[list[str]]) -> Response:
    """Answer with a table as Indonesian spreadsheet programs read it; no cell begins a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    response = make_response("\ufeff" + out.getvalue())
    response.mimetype = "text/csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return private(response)


def _safe(cell: str) -> str:
    is_figure = cell.removeprefix("-").replace(",", "").isdigit()
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not is_figure else cell


ROUTES = (
    Route("/books", "books", books),
    Route("/books/close", "books_close", close, "approve", "POST"),
    Route("/books/reopen", "books_reopen", reopen, "approve", "POST"),
    Route("/books/days.csv", "books_days", days_file),
    Route("/books/ledger.csv", "books_ledger", ledger_file),
)
