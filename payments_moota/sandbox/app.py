"""One application that is a bank for people and Moota for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Flask, Response, abort, jsonify, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from payments_moota.sandbox import api_money, webhook_pages
from payments_moota.sandbox.api import api
from payments_moota.sandbox.bank import SAMPLE_ACCOUNTS, Bank
from payments_moota.sandbox.pages import format_rupiah, format_time
from payments_moota.sandbox.registry import RETRY_GAPS, Webhooks
from payments_moota.sandbox.state import EXTENSION, Sandbox
from payments_moota.sandbox.transactions import Transactions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from payments_moota.sandbox.bank import BankAccount

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
MAX_FORM_BYTES: Final = 64 * 1024
# What the demo's shop uses; a real token comes from Moota's dashboard.
SAMPLE_TOKEN: Final = "sandbox-token"  # noqa: S105 - no secret: it opens nothing but this pretend bank

_ERRORS: Final = {
    403: ("Ditolak", "Formulir ini tidak dikirim dari halaman bank uji coba."),
    404: ("Tidak ditemukan", "Halaman atau mutasi ini tidak ada. Mutasi hilang bila sandbox dimulai ulang."),
    405: ("Tidak bisa dibuka begitu", "Alamat ini hanya menerima kiriman formulir."),
    413: ("Terlalu besar", "Isi formulir terlalu besar."),
}
_OTHER_ERROR: Final = ("Ada yang salah", "Permintaan ini tidak bisa diproses.")


def create_sandbox(
    webhook_url: str,
    secret: str,
    accounts: Iterable[BankAccount] = SAMPLE_ACCOUNTS,
    *,
    token: str = SAMPLE_TOKEN,
    tells_qr_text: bool = False,
    retry_gaps: Sequence[float] = RETRY_GAPS,
) -> Flask:
    """Return an app that is a bank and Moota before it; its first webhook is `webhook_url` with `secret`.

    `token` opens the API. `tells_qr_text`: the text of a QR code is told as well as its picture. `retry_gaps` are the
    seconds before a webhook that failed is tried again. Raises ValueError for an empty secret.
    """
    tags: dict[str, str] = {}
    webhooks = Webhooks(tags, retry_gaps=retry_gaps)
    webhooks.register(webhook_url, secret)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM_BYTES
    app.extensions[EXTENSION] = Sandbox(
        bank=Bank(accounts),
        webhooks=webhooks,
        transactions=Transactions(),
        tokens={token: {"api"}},
        tells_qr_text=tells_qr_text,
        tags=tags,
    )
    app.register_blueprint(webhook_pages.pages)
    app.register_blueprint(api)
    app.add_url_rule("/qr/<trx_id>.png", "qr_picture", api_money.qr_picture)
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


def _refuse_foreign_forms() -> None:
    """Refuse a form that another site's page posts with the browser of the person testing."""
    if request.method != "POST" or request.blueprint == "api":
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403)
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def _error_page(problem: HTTPException) -> tuple[str | Response, int]:
    status = problem.code or 500
    if request.path.startswith("/api/"):
        return jsonify(message=problem.name), status
    title, message = _ERRORS.get(status, _OTHER_ERROR)
    return render_template("error.html", title=title, message=message), status


def _add_security_headers(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    return response
