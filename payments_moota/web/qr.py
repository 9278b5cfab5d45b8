"""The QR code of a payment page as a picture: drawn from its text, or the provider's picture from our own address."""

import io

import segno
from flask import Response, abort, make_response, request

from .. import provider
from ..api import images
from ..context import charge_of_token, state, transaction, work_on_host_session
from ..errors import ApiError
from ..models import Charge, ProviderTransaction
from .answers import link_invalid, private

# Readers want a white margin of four modules, on a dark page as well.
_MARGIN = 4
_SCALE = 8


def show(token: str) -> Response:
    """Return the code as a PNG; as a file to keep when asked with `download`."""
    work = work_on_host_session("customer")
    charge = charge_of_token(work, token)
    if charge is None:
        return link_invalid()
    picture = draw(charge.qr_string) if charge.qr_string else _providers_picture(charge)
    response = private(make_response(picture))
    response.mimetype = "image/png"
    if "download" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="QRIS-{_as_file_name(charge)}.png"'
    return response


def draw(text: str) -> bytes:
    """Return a QR code with the error correction that QRIS prescribes (M)."""
    picture = io.BytesIO()
    segno.make(text, error="m", boost_error=False, micro=False).save(picture, kind="png", scale=_SCALE, border=_MARGIN)
    return picture.getvalue()


def _providers_picture(charge: Charge) -> bytes:
    """Return the provider's picture, fetched now if that failed when the payment was prepared. Aborts with 404."""
    current = provider.current(work_on_host_session("customer"), charge)
    picture, address, row = (current.qr_image, current.qr_url, current.id) if current else (None, None, None)
    # Nothing is held while the provider is asked.
    state().session().rollback()
    if picture is not None:
        return picture
    if address is None:
        abort(404)
    try:
        picture = images.fetch_image(address, base_url=state().settings.base_url)
    except ApiError:
        abort(404)
    with transaction("customer") as work:
        work.begin()
        work.session.get_one(ProviderTransaction, row).qr_image = picture
    return picture


def _as_file_name(charge: Charge) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in charge.order_ref)
