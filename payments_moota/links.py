"""Signed links to a refund: its status page, which may be opened for ever, and the destination form, once."""

from flask import has_request_context, request
from itsdangerous import BadSignature
from sqlalchemy import select

from .context import signer, state
from .models import Refund
from .work import Work

_STATUS = "moota.refund"
_DESTINATION = "moota.refund.destination"


def refund_url(refund: Refund) -> str:
    """Return the address of the refund's status page, absolute where the shop's address is known."""
    return _address(f"refunds/{status_token(refund)}")


def destination_url(refund: Refund) -> str:
    """Return the address of the form for the destination. It is for the shopper alone: it works for whoever has it."""
    return _address(f"refunds/{destination_token(refund)}/destination")


def status_token(refund: Refund) -> str:
    """Return what stands for the refund in the address of its status page."""
    return str(signer(_STATUS).dumps(refund.public_id))


def destination_token(refund: Refund) -> str:
    """Return what stands for the refund and its present link's number in the address of the destination form."""
    return str(signer(_DESTINATION).dumps([refund.public_id, refund.destination_link]))


def refund_of_token(work: Work, token: str) -> Refund | None:
    """Return the refund that a status link was made for; None when the link is forged or altered."""
    try:
        public_id = signer(_STATUS).loads(token)
    except BadSignature:
        return None
    return work.session.scalars(select(Refund).where(Refund.public_id == str(public_id))).one_or_none()


def read_destination_token(token: str) -> tuple[str, int] | None:
    """Return what `destinations.check_link` needs, the refund's public id and the link's number; None when forged."""
    try:
        public_id, number = signer(_DESTINATION).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return str(public_id), int(number)


def _address(path: str) -> str:
    public_url = state().settings.public_url
    if public_url:
        return f"{public_url}/{path}"
    return request.url_root + path if has_request_context() else f"/{path}"
