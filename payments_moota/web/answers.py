"""How every page behind a secret link is answered: in the reader's language, and kept out of caches and searches."""

from functools import partial
from typing import Any

from flask import Response, make_response, render_template

from ..context import state
from ..i18n import translate
from .words import Translate


def translator() -> Translate:
    """Return gettext in the reader's language."""
    return partial(translate, state().locale())


def answer(template: str, *, status: int = 200, **context: Any) -> Response:
    """Render one of our pages."""
    page = render_template(template, t=translator(), locale=state().locale(), **context)
    return private(make_response(page, status))


def link_invalid() -> Response:
    """Answer 404 to a link that is forged, altered or outlived; which of them is nobody's business."""
    return answer("moota/link_invalid.html", status=404)


def private(response: Response) -> Response:
    """Keep pages behind secret links out of caches, search engines and the addresses sent to other sites."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
