"""The shopper's payment page and the small JSON it polls."""

import hashlib
import json
from functools import partial

from flask import Response, make_response, render_template, request, url_for

from ..context import charge_of_token, pay_url, state, work_on_host_session
from ..i18n import translate
from ..objects import charge_objects
from .present import Translate, pay_page


def show(token: str) -> Response:
    """Show what to transfer, where, until when and what happens next."""
    here = state()
    work = work_on_host_session("customer")
    charge = charge_of_token(work, token)
    if charge is None:
        return _link_invalid()
    page = pay_page(work, here, charge, status_url=url_for("moota.pay_status", token=token), t=_translator())
    return _private(make_response(render_template("moota/pay.html", page=page, t=_translator(), locale=here.locale())))


def status(token: str) -> Response:
    """Return the charge as JSON; 304 when nothing changed since the ETag the page has."""
    work = work_on_host_session("customer")
    charge = charge_of_token(work, token)
    if charge is None:
        return _private(make_response({"error": "unknown link"}, 404))
    body = json.dumps(charge_objects(work, [charge], [pay_url(charge)])[0])
    etag = hashlib.sha256(body.encode()).hexdigest()[:32]
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        response = Response(body, mimetype="application/json")
    response.set_etag(etag)
    return _private(response)


def _link_invalid() -> Response:
    page = render_template("moota/link_invalid.html", t=_translator(), locale=state().locale())
    return _private(make_response(page, 404))


def _translator() -> Translate:
    return partial(translate, state().locale())


def _private(response: Response) -> Response:
    """Keep pages behind secret links out of caches, search engines and the addresses sent to other sites."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
