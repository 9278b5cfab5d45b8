"""What every change made in the panel shares: one transaction, one line for the host's own log, one word to the person.

A form carries the `version` of what its page showed. So a second click finds another version and changes nothing, and
nobody decides about something they have not seen.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, flash, make_response, redirect, request

from ... import signals
from ...context import transaction
from ...errors import RefusedError
from ...work import Work
from ..answers import private, translator
from .access import person
from .problems import in_words

log = logging.getLogger("payments_moota")

VERSION_FIELD = "version"


class StaleError(Exception):
    """What is to be changed is not any more what the page showed."""


@contextmanager
def acting(action: str, subject: str, **data: Any) -> Iterator[Work]:
    """Open the transaction of a change; `panel_acted` tells the host of it inside, with what it needs for its log."""
    with transaction(person()) as work:
        yield work
        work.emit(signals.panel_acted, actor=work.actor, action=action, subject=subject, data=data)


def require_version(now: str) -> None:
    """Make sure that the form was made for things as they are. Raises StaleError."""
    if request.form.get(VERSION_FIELD) != now:
        raise StaleError


@contextmanager
def told(done: str) -> Iterator[None]:
    """Tell the person what became of the change inside: `done`, or why it was refused."""
    t = translator()
    try:
        yield
    except StaleError:
        flash(
            t("Tidak ada yang diubah: keadaannya sudah berbeda dari yang Anda lihat. Ini keadaan terbarunya."),
            "warning",
        )
    except RefusedError as error:
        log.info("A change in the panel was refused: %s", error)
        flash(in_words(error, t), "danger")
    else:
        flash(done, "success")


def back_to(url: str) -> Response:
    """Lead on to a page after a form, so that reloading it sends nothing twice."""
    return private(make_response(redirect(url, 303)))
