"""The shopper's payment page, the small JSON it polls, and the receipt."""

import hashlib
import json

from flask import Response, make_response, redirect, request, url_for

from .. import refunds
from ..context import charge_of_token, pay_url, state, work_on_host_session
from ..objects import charge_objects
from .answers import answer, link_invalid, private, translator
from .checking import check_object
from .present import facts_of, has_receipt, pay_page
from .receipt import receipt_of


def show(token: str) -> Response:
    """Show what to transfer, where, until when and what happens next; afterwards what became of it."""
    work = work_on_host_session("customer")
    charge = charge_of_token(work, token)
    if charge is None:
        return link_invalid()
    return answer("moota/pay.html", page=pay_page(work, state(), charge, token=token, t=translator()))


def status(token: str) -> Response:
    """Return the charge as JSON; 304 when nothing changed since the ETag the page has."""
    work = work_on_host_session("customer")
    charge = charge_of_token(work, token)
    if charge is None:
        return private(make_response({"error": "unknown link"}, 404))
    shown = charge_objects(work, [charge], [pay_url(charge)])[0]
    body = json.dumps({**shown, "check": check_object(work, state(), charge)})
    etag = hashlib.sha256(body.encode()).hexdigest()[:32]
    # A proxy that compresses makes the tag a weak one.
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(body, mimetype="application/json")
    response.set_etag(etag)
    return private(response)


def receipt(token: str) -> Response:
    """Show the receipt of a paid order; while there is none, the payment page, which says why."""
    here, work = state(), work_on_host_session("customer")
    charge = charge_of_token(work, token)
    if charge is None:
        return link_invalid()
    path = url_for("moota.pay", token=token)
    if not has_receipt(facts_of(work, here, charge, refunds.list_refunds(work, order_ref=charge.order_ref))):
        return private(make_response(redirect(path)))
    return answer("moota/receipt.html", receipt=receipt_of(work, here, charge, pay_url=path, t=translator()))
