"""The sandbox's pages: the sample accounts, a transfer form, the statement and what the shop answered."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from payments_moota.sandbox.bank import BANK_ZONE, SAMPLE_ACCOUNTS, Bank, InsufficientBalanceError, describe
from payments_moota.sandbox.forms import MAX_NOTE, MAX_TIMES, InvalidFormError, Transfer, parse_amount, read_transfer
from payments_moota.sandbox.webhook import Answer, Webhook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from werkzeug.wrappers import Response as AnyResponse

    from payments_moota.sandbox.bank import BankAccount, StatementLine

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
MAX_FORM_BYTES: Final = 16 * 1024

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_EXTENSION: Final = "moota_sandbox"
_MEANING: Final = {
    401: "Toko menolak tanda tangannya: kunci rahasia (MOOTA_WEBHOOK_SECRET) di toko dan di sandbox berbeda.",
    403: "Toko menolak alamat pengirim. Izinkan 127.0.0.1 di MOOTA_WEBHOOK_ALLOWED_IPS.",
    404: "Alamat webhook tidak ditemukan di toko.",
    413: "Kiriman terlalu besar.",
    503: "Toko belum bisa menerima: kunci rahasia belum diisi, atau basis data sedang tidak bisa menyimpan.",
}

_ERRORS: Final = {
    403: ("Ditolak", "Formulir ini tidak dikirim dari halaman bank uji coba."),
    404: ("Tidak ditemukan", "Halaman atau mutasi ini tidak ada. Mutasi hilang bila sandbox dimulai ulang."),
    405: ("Tidak bisa dibuka begitu", "Alamat ini hanya menerima kiriman formulir."),
    413: ("Terlalu besar", "Isi formulir terlalu besar."),
}
_OTHER_ERROR: Final = ("Ada yang salah", "Permintaan ini tidak bisa diproses.")

pages = Blueprint("pages", __name__)


@dataclass(frozen=True)
class Sandbox:
    """What one sandbox app holds."""

    bank: Bank
    webhook: Webhook


def create_sandbox(webhook_url: str, secret: str, accounts: Iterable[BankAccount] = SAMPLE_ACCOUNTS) -> Flask:
    """Return an app whose transfers are announced to `webhook_url`; raises ValueError for an empty secret."""
    if not secret:
        raise ValueError("the sandbox needs the webhook secret of the shop it talks to")
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM_BYTES
    app.extensions[_EXTENSION] = Sandbox(Bank(accounts), Webhook(webhook_url, secret))
    app.register_blueprint(pages)
    app.before_request(_refuse_foreign_forms)
    app.after_request(_add_security_headers)
    app.register_error_handler(HTTPException, _error_page)
    app.add_template_filter(format_rupiah, "rupiah")
    app.add_template_filter(format_time, "waktu")
    return app


def serve(app: Flask, *, port: int, host: str = "127.0.0.1") -> None:
    """Serve a sandbox until the process is told to stop, without a line for every page seen."""
    make_server(host, port, app, threaded=True, request_handler=_QuietHandler).serve_forever()


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        pass


@pages.get("/")
def index() -> str:
    """Show accounts, form and statement; the query string may fill the form in advance."""
    return _page(_prefilled(request.args), shown=request.args.get("kiriman", ""))


@pages.post("/transfer")
def transfer() -> AnyResponse | tuple[str, int]:
    """Book a transfer and announce it to the shop."""
    sandbox = _sandbox()
    try:
        asked = read_transfer(request.form, sandbox.bank)
        line = _book(sandbox.bank, asked)
    except InvalidFormError as invalid:
        return _page(request.form, errors=invalid.errors), 422
    except InsufficientBalanceError:
        return _page(request.form, errors={"amount": "Saldo rekening tidak cukup untuk uang keluar ini."}), 422
    sandbox.webhook.announce(line, times=asked.times)
    return _show(line.mutation_id, asked.account.bank_id)


@pages.post("/kirim-ulang/<mutation_id>")
def send_again(mutation_id: str) -> AnyResponse:
    """Send the same bytes once more, as Moota does when it doubts that they arrived."""
    webhook = _sandbox().webhook
    delivery = webhook.find(mutation_id)
    if delivery is None:
        abort(404)
    webhook.resend(delivery)
    return _show(mutation_id)


def format_rupiah(amount: int) -> str:
    """Write rupiah the Indonesian way: Rp150.347."""
    return f"Rp{amount:,}".replace(",", ".")


def format_time(moment: datetime) -> str:
    """Write a moment in Western Indonesian time: 24 Nov 2026 08.55.10 WIB."""
    local = moment.astimezone(BANK_ZONE)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H.%M.%S} WIB"


def _sandbox() -> Sandbox:
    return cast("Sandbox", current_app.extensions[_EXTENSION])


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
    sandbox = _sandbox()
    bank, webhook = sandbox.bank, sandbox.webhook
    context: dict[str, Any] = {
        "accounts": [(account, bank.balance(account.bank_id)) for account in bank.accounts],
        "chosen": values.get("account") or next((account.bank_id for account in bank.accounts), ""),
        "values": values,
        "errors": errors or {},
        "statement": [(line, webhook.find(line.mutation_id)) for line in bank.statement()],
        "shown": webhook.find(shown),
        "webhook_url": webhook.url,
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


def _refuse_foreign_forms() -> None:
    """Refuse a form that another site's page posts with the browser of the person testing."""
    if request.method != "POST":
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403)
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def _error_page(problem: HTTPException) -> tuple[str, int]:
    status = problem.code or 500
    title, message = _ERRORS.get(status, _OTHER_ERROR)
    return render_template("error.html", title=title, message=message), status


def _add_security_headers(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    return response
