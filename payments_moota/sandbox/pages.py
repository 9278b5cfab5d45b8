"""The bank for people: a transfer form, numbers and codes to pay, the statement and what the shop answered."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for

from payments_moota.sandbox.bank import BANK_ZONE, Bank, InsufficientBalanceError, describe
from payments_moota.sandbox.forms import MAX_NOTE, MAX_TIMES, InvalidFormError, Transfer, parse_amount, read_transfer
from payments_moota.sandbox.state import sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as AnyResponse

    from payments_moota.sandbox.bank import StatementLine
    from payments_moota.sandbox.transactions import Transaction
    from payments_moota.sandbox.webhook import Answer

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_MEANING: Final = {
    401: "Toko menolak tanda tangannya: kunci rahasia (MOOTA_WEBHOOK_SECRET) di toko dan di sandbox berbeda.",
    403: "Toko menolak alamat pengirim. Izinkan 127.0.0.1 di MOOTA_WEBHOOK_ALLOWED_IPS.",
    404: "Alamat webhook tidak ditemukan di toko.",
    413: "Kiriman terlalu besar.",
    503: "Toko belum bisa menerima: kunci rahasia belum diisi, atau basis data sedang tidak bisa menyimpan.",
}


pages = Blueprint("pages", __name__)


@pages.get("/")
def index() -> str:
    """Show accounts, form and statement; the query string may fill the form in advance."""
    return _page(_prefilled(request.args), shown=request.args.get("kiriman", ""))


@pages.post("/transfer")
def transfer() -> AnyResponse | tuple[str, int]:
    """Book a transfer and announce it to the shop."""
    here = sandbox()
    try:
        asked = read_transfer(request.form, here.bank)
        line = _book(here.bank, asked)
    except InvalidFormError as invalid:
        return _page(request.form, errors=invalid.errors), 422
    except InsufficientBalanceError:
        return _page(request.form, errors={"amount": "Saldo rekening tidak cukup untuk uang keluar ini."}), 422
    if not asked.is_held:
        here.webhooks.announce([line], times=asked.times, after=asked.delay)
    return _show(line.mutation_id, asked.account.bank_id)


@pages.post("/kirim-ulang/<mutation_id>")
def send_again(mutation_id: str) -> AnyResponse:
    """Send the same bytes once more, as Moota does when it doubts that they arrived."""
    webhooks = sandbox().webhooks
    delivery = webhooks.find(mutation_id)
    if delivery is None:
        abort(404)
    webhooks.resend(delivery)
    return _show(mutation_id)


@pages.route("/bayar", methods=["GET", "POST"])
def pay() -> AnyResponse | tuple[str, int] | str:
    """Find a payment by the number or the code that a payer types or scans."""
    typed = " ".join(request.values.get("number", "").split())
    if not typed:
        return render_template("find.html", typed="", problem=None)
    transactions = sandbox().transactions
    made = transactions.by_number(typed.replace(" ", "")) or transactions.by_code(typed)
    if made is None:
        problem = "Nomor virtual account atau kode QRIS tidak dikenal. Sandbox yang dimulai ulang lupa semuanya."
        return render_template("find.html", typed=typed, problem=problem), 422
    return redirect(url_for("pages.payment", trx_id=made.trx_id), 303)


@pages.route("/bayar/<trx_id>", methods=["GET", "POST"])
def payment(trx_id: str) -> AnyResponse | tuple[str, int] | str:
    """Show what a number or a code asks for, as a bank's app does, and pay it."""
    made = sandbox().transactions.by_id(trx_id)
    if made is None:
        abort(404)
    if request.method == "GET":
        return render_template("payment.html", made=made, amount=f"{made.total:,}".replace(",", "."), problem=None)
    try:
        amount = parse_amount(request.form.get("amount", ""))
    except ValueError:
        problem = "Tulis jumlah rupiah, misalnya 150.347 atau Rp150.347."
        typed = request.form.get("amount", "")
        return render_template("payment.html", made=made, amount=typed, problem=problem), 422
    line = pay_transaction(made, amount)
    return _show(line.mutation_id)


def pay_transaction(made: Transaction, amount: int) -> StatementLine:
    """Book the payment of a transaction on its account, and tell the shop."""
    here, now = sandbox(), datetime.now(UTC)
    line = here.bank.book(
        made.account.bank_id,
        amount,
        kind="CR",
        description=describe(made.account, amount, kind="CR", note=made.va_number or made.trx_id, at=now),
        occurred_at=now,
        paid_to=made.va_number,
        payment=made.payment_detail(amount),
    )
    made.mutation_ids.append(line.mutation_id)
    here.webhooks.announce([line])
    return line


def format_rupiah(amount: int) -> str:
    """Write rupiah the Indonesian way: Rp150.347."""
    return f"Rp{amount:,}".replace(",", ".")


def format_time(moment: datetime) -> str:
    """Write a moment in Western Indonesian time: 24 Nov 2026 08.55.10 WIB."""
    local = moment.astimezone(BANK_ZONE)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H.%M.%S} WIB"


def _book(bank: Bank, asked: Transfer) -> StatementLine:
    """Book what was asked, worded as the bank words it."""
    now = datetime.now(UTC)
    description = describe(asked.account, asked.amount, kind=asked.kind, note=asked.note, at=now)
    return bank.book(asked.account.bank_id, asked.amount, kind=asked.kind, description=description, occurred_at=now)


def _show(mutation_id: str, bank_id: str | None = None) -> AnyResponse:
    """Redirect to the result, so that reloading the page sends nothing."""
    return redirect(url_for("pages.index", kiriman=mutation_id, account=bank_id, _anchor="hasil"), 303)


def _prefilled(query: Mapping[str, str]) -> dict[str, str]:
    """Return the form's first values from the query string, the amount with its dots when it is one."""
    values = {name: query.get(name, "") for name in ("account", "amount", "note")}
    with contextlib.suppress(ValueError):
        values["amount"] = f"{parse_amount(values['amount']):,}".replace(",", ".")
    return values


def _page(values: Mapping[str, str], *, errors: Mapping[str, str] | None = None, shown: str = "") -> str:
    """Render the one page of the sandbox."""
    bank, webhooks = sandbox().bank, sandbox().webhooks
    context: dict[str, Any] = {
        "accounts": [(account, bank.balance(account.bank_id)) for account in bank.transferable],
        "chosen": values.get("account") or next((account.bank_id for account in bank.transferable), ""),
        "values": values,
        "errors": errors or {},
        "statement": [(line, webhooks.find(line.mutation_id)) for line in bank.statement()],
        "shown": webhooks.find(shown),
        "webhook_urls": [webhook.url for webhook in webhooks.registered()],
        "waiting": [made for made in sandbox().transactions.all() if not made.mutation_ids],
        "max_note": MAX_NOTE,
        "max_times": MAX_TIMES,
        "meaning": _meaning,
    }
    return render_template("index.html", **context)


def _meaning(answer: Answer) -> str:
    """Say in one sentence what an answer means for the person testing."""
    if answer.is_accepted:
        return "Toko sudah menerima dan menyimpan mutasi ini."
    if answer.status is None:
        return "Toko tidak menjawab. Periksa apakah toko sedang berjalan di alamat webhook di atas."
    return _MEANING.get(answer.status, "Toko tidak menerima kiriman ini. Moota akan mengirim ulang data yang sama.")
