"""Pages for what goes wrong: what happened in plain words, and what to do next."""

import logging
from typing import NamedTuple

from flask import Flask, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from .extensions import db
from .texts import _

log = logging.getLogger(__name__)

_LAST_RESORT = "Maaf, terjadi gangguan di toko ini. Silakan coba lagi sebentar lagi."


class Action(NamedTuple):
    """What the visitor can do: the words on a link, and where it leads."""

    label: str
    url: str


def init_app(app: Flask) -> None:
    """Answer errors with the shop's pages."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(InternalServerError, _broken)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004 - the first error status
        return error.get_response()
    title, message = _words(error.code)
    return _answer(error, title, message, _home())


def _expired_form(error: CSRFError) -> Response:
    action = Action(_("Kembali ke halaman tadi"), request.path) if _has_page() else _home()
    message = _("Formulir ini sudah terlalu lama terbuka, atau cookie dimatikan. Buka lagi halamannya lalu coba lagi.")
    return _answer(error, _("Formulir kedaluwarsa"), message, action)


def _broken(error: InternalServerError) -> Response:
    """Answer 500 even when what is broken is the database, the session or the page itself."""
    try:
        db.session.rollback()
        return _http_error(error)
    except Exception:
        log.exception("The error page could not be made")
        return Response(_LAST_RESORT, status=500, mimetype="text/plain")


def _answer(error: HTTPException, title: str, message: str, action: Action) -> Response:
    page = render_template("errors/error.html", code=error.code, title=title, message=message, action=action)
    # The original answer's headers stay: Allow of a 405, Retry-After of a 429.
    response = error.get_response()
    response.data = page
    response.content_type = "text/html; charset=utf-8"
    return response


def _home() -> Action:
    if request.path.startswith("/admin/"):
        return Action(_("Kembali ke panel"), url_for("admin.index"))
    return Action(_("Kembali ke toko"), url_for("catalog.index"))


def _has_page() -> bool:
    """Tell whether the address the form was sent to can also be looked at."""
    rule = request.url_rule
    return rule is not None and "GET" in (rule.methods or ())


def _words(code: int) -> tuple[str, str]:
    known = {
        400: (_("Permintaan tidak dapat dibaca"), _("Periksa alamat atau isian Anda, lalu coba lagi.")),
        403: (_("Tidak diizinkan"), _("Anda tidak memiliki izin untuk halaman atau tindakan ini.")),
        404: (_("Halaman tidak ditemukan"), _("Alamat ini salah, atau isinya sudah tidak ada.")),
        405: (_("Cara ini tidak didukung"), _("Halaman ini tidak dapat dibuka dengan cara tersebut.")),
        413: (_("Kiriman terlalu besar"), _("Perkecil isian Anda, lalu coba lagi.")),
        429: (_("Terlalu banyak permintaan"), _("Tunggu beberapa menit, lalu coba lagi.")),
    }
    unknown = (_("Terjadi gangguan"), _("Maaf, ada yang salah di toko ini. Silakan coba lagi sebentar lagi."))
    return known.get(code, unknown)
