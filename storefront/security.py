"""What every answer carries, and what no request may bring."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Links to orders and payments are secrets: they must not travel to other sites.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HSTS = "max-age=31536000"
_PRIVATE = frozenset({"account", "cart", "checkout", "customers", "feedback", "moota"})
_PRIVATE_BEGINNINGS = ("admin", "order")


def init_app(app: Flask) -> None:
    """Set the headers on every answer and believe as many proxies as the settings say."""
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies, x_port=proxies)
        app.wsgi_app = wsgi_app  # type: ignore[method-assign]
    app.before_request(_refuse_nul)
    app.after_request(_set_headers)
    if is_https(app.config):
        app.after_request(_set_hsts)


def is_https(config: Mapping[str, Any]) -> bool:
    """Tell whether the shop's public address is https."""
    return str(config["SHOP_BASE_URL"]).startswith("https://")


def _refuse_nul() -> None:
    """PostgreSQL cannot store or compare NUL; no address of ours contains one."""
    if "\x00" in request.path or any("\x00" in value for values in request.args.listvalues() for value in values):
        abort(400)


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    blueprint = request.blueprint or ""
    is_for_few = blueprint.startswith(_PRIVATE_BEGINNINGS)
    if is_for_few:
        # Files have no place for it within.
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    is_private = is_for_few or blueprint in _PRIVATE
    if is_private and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _set_hsts(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", _HSTS)
    return response
