"""Indonesian unless the visitor chose English; the choice lives in a cookie."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, has_request_context, redirect, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"
_COOKIE = "bahasa"
_YEAR = 365 * 24 * 3600

bp = Blueprint("locale", __name__)


def select_locale() -> str:
    """Return the language the visitor chose. The browser's wish does not count: the shop speaks Indonesian."""
    chosen = request.cookies.get(_COOKIE, DEFAULT) if has_request_context() else DEFAULT
    return chosen if chosen in LANGUAGES else DEFAULT


def current_locale() -> str:
    """Return the language of what is being made now, a page or an e-mail."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def safe_path(target: str | None) -> str | None:
    """Return a path on this site, or None for anything that could lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(character) < ord(" ") for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


@bp.get("/bahasa/<code>")
def switch(code: str) -> Response:
    """Remember a language and go back to where the visitor was."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(safe_path(request.args.get("next")) or url_for("catalog.index"))
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(_COOKIE, code, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
