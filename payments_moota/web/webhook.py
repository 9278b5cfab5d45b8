"""The webhook endpoint: check, store, answer. Everything else belongs to the worker.

The checks come in the contract's order: source, size, secret, signature. Then one durable insert of the raw body.
"""

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from flask import Request, Response, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from .. import inbox, sources, watching
from ..context import state, transaction
from ..errors import ConfigError, SignatureError
from ..rules.signature import verify_signature
from ..rules.v1 import is_v1_push

log = logging.getLogger("payments_moota")

MAX_BODY = 1024 * 1024
REFUSALS = "moota.refusals"

# Headers that may carry credentials are not kept.
_NOT_KEPT = {"authorization", "cookie", "proxy-authorization"}

_REFUSALS = {
    "source": (403, "This address is not on the list of addresses webhooks may come from."),
    "size": (413, "A webhook may carry 1 MiB at most."),
    "secret": (503, "No webhook secret is configured, so nothing can be trusted yet."),
    "signature": (401, "The signature does not fit the body."),
    "v1": (
        401,
        (
            "This is a push notification of API V1, which is unsigned and not taken. In Moota's dashboard make a "
            "webhook (Integrations, Webhook) to this address with the secret of MOOTA_WEBHOOK_SECRET, see that it "
            "arrives, then clear the field API Push Notif of the bank account."
        ),
    ),
}


class Refused(Exception):  # noqa: N818 - it is what happened to the request
    """The request is not taken; `reason` is a key of the table of refusals."""

    def __init__(self, reason: str, *, signed: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.signed = signed


def receive() -> tuple[Response, int]:
    """Answer a webhook request."""
    source = request.remote_addr or ""
    try:
        body = _checked_body(request, source)
        with transaction("webhook") as work:
            received = inbox.receive(work, body=body, source_ip=source, headers=_kept_headers(request))
    except Refused as refusal:
        return _refuse(refusal, source)
    except SQLAlchemyError as error:
        # A trace would show the statement's parameters: the body and the headers.
        log.error("A webhook could not be stored; Moota is asked to try again: %s", _cause(error))  # noqa: TRY400
        return jsonify(status="unavailable"), 503
    return jsonify(status="duplicate" if received.is_duplicate else "received", delivery=received.public_id), 200


def _checked_body(incoming: Request, source: str) -> bytes:
    """Return the raw body of an authentic request. Raises Refused."""
    settings = state().settings
    if not settings.webhook_allowed.allows(source):
        return _body_let_in_by_the_owner(incoming, source)
    body = _read_body(incoming)
    if not settings.webhook_secrets:
        raise Refused("secret")
    try:
        verify_signature(body, incoming.headers.get("Signature"), settings.webhook_secrets)
    except SignatureError as error:
        raise Refused("v1" if _is_v1(incoming, body) else "signature") from error
    return body


def _is_v1(incoming: Request, body: bytes) -> bool:
    query = incoming.query_string.decode("latin-1")
    return is_v1_push(body, authorization=incoming.headers.get("Authorization"), query=query)


def _read_body(incoming: Request) -> bytes:
    # One byte more than allowed: of a body without a Content-Length, Werkzeug hands out what fits and says nothing.
    incoming.max_content_length = MAX_BODY + 1
    try:
        body = incoming.get_data(cache=False)
    except HTTPException as error:
        raise Refused("size") from error
    if len(body) > MAX_BODY:
        raise Refused("size")
    return body


def _body_let_in_by_the_owner(incoming: Request, source: str) -> bytes:
    """Return the body of an authentic request from an address that the owner has let in. Raises Refused.

    One that is authentic and not let in is Moota at a new address, or a proxy in between: the owner has to be told.
    """
    try:
        body = _read_body(incoming)
        verify_signature(body, incoming.headers.get("Signature"), state().settings.webhook_secrets)
    except (Refused, SignatureError, ConfigError) as error:
        raise Refused("source") from error
    with transaction("webhook") as work:
        if not sources.is_let_in(work, source):
            raise Refused("source", signed=True)
    return body


def _kept_headers(incoming: Request) -> dict[str, str]:
    return {name: value.replace("\x00", "") for name, value in incoming.headers if name.lower() not in _NOT_KEPT}


def _refuse(refusal: Refused, source: str) -> tuple[Response, int]:
    status, message = _REFUSALS[refusal.reason]
    log.warning("Webhook from %s refused: %s%s", source, refusal.reason, " (well signed)" if refusal.signed else "")
    counter: RefusalCounter = current_app.extensions[REFUSALS]
    counter.count(refusal, source)
    return jsonify(status="refused", reason=refusal.reason, message=message), status


@dataclass
class RefusalCounter:
    """Counts refused requests and writes the counts down once a second at most, so that a flood is no load.

    A well signed one is written down at once: the owner waits for it, and nobody without the secret can make it.
    """

    pending: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    written_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, refusal: Refused, source: str) -> None:
        """Count one; write down what has gathered when a second has passed."""
        with self.lock:
            self.pending[refusal.reason, source, refusal.signed] += 1
            if not refusal.signed and time.monotonic() - self.written_at < 1:
                return
            counted, self.pending = self.pending, Counter()
            self.written_at = time.monotonic()
        try:
            with transaction("webhook") as work:
                for (reason, source_ip, signed), times in counted.items():
                    inbox.count_refusal(work, reason=reason, source_ip=source_ip, signed=signed, times=times)
                if any(reason == "v1" for reason, _source, _signed in counted):
                    watching.note_v1(work)
        except SQLAlchemyError:
            log.exception("Refused webhooks could not be counted")


def _cause(error: SQLAlchemyError) -> str:
    """Tell what the database said, in one line and without the values it was given."""
    return str(getattr(error, "orig", None) or type(error).__name__).partition("\n")[0]
