"""Who may open a page of the panel: the host says, before every view; and that a form is one of ours."""

import hmac
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, g, request, session
from werkzeug.exceptions import HTTPException

from ... import pausing
from ...context import Panel, Right, state, work_on_host_session
from ..answers import answer, translator
from ..words import moment_text
from .words import actor_text

_P = ParamSpec("_P")

_TOKEN = "moota_panel"  # noqa: S105 - the name it has in the session
TOKEN_FIELD = "moota_token"  # noqa: S105 - the name of the form's field


def guarded(view: Callable[_P, Response], right: Right) -> Callable[_P, Response]:
    """Ask the host for the person behind a request, then show the page; a form without our token is refused.

    What the host raises to send people away (`abort`, also with a redirect) goes its way.
    """

    @wraps(view)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> Response:
        g.moota_person = _ask(right)
        if request.method == "POST" and not _has_token():
            return answer("moota/panel/stale.html", status=400)
        return view(*args, **kwargs)

    return run


def person() -> str:
    """Return the name of whoever acts, as the host gave it; it is kept in the history."""
    return str(g.moota_person)


def may(right: Right) -> bool:
    """Tell whether this person also has another right, so that pages offer only what can be done."""
    known: dict[str, bool] = g.setdefault("moota_rights", {})
    if right not in known:
        try:
            _ask(right)
        except HTTPException:
            known[right] = False
        else:
            known[right] = True
    return known[right]


def form_token() -> str:
    """Return what the forms of this person carry. A host's own protection is asked besides, see `moota/_csrf.html`."""
    if _TOKEN not in session:
        session[_TOKEN] = secrets.token_urlsafe(24)
    return str(session[_TOKEN])


def own_pages() -> Panel:
    """Return what the host told about its own panel."""
    panel = state().panel
    if panel is None:  # pragma: no cover - without a panel there are no routes
        raise RuntimeError("The panel was not set up.")
    return panel


def _ask(right: Right) -> str:
    return own_pages().let_in(right)


def _has_token() -> bool:
    given, kept = request.form.get(TOKEN_FIELD, ""), session.get(_TOKEN)
    return kept is not None and hmac.compare_digest(given.encode(), str(kept).encode())


def page_context() -> dict[str, Any]:
    """Return what every page of the panel knows beside its own facts."""
    return {"may": may, "form_token": form_token, "token_field": TOKEN_FIELD, "paused": _paused}


def _paused() -> dict[str, str] | None:
    """Return who paused processing, for every page to say so."""
    here = state()
    found = pausing.paused(work_on_host_session("shop"))
    return (
        {"by": actor_text(found.by, translator()), "at_text": moment_text(found.at, here), "reason": found.reason}
        if found
        else None
    )
