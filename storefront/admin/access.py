"""Who may do what in the panel. Every route passes here, on the server."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, abort, flash, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.extensions import db, login
from storefront.texts import _

from . import second_factor, sessions
from .models import Role, StaffMember, StaffSession
from .service import load_session

_P = ParamSpec("_P")
_R = TypeVar("_R")

# The only pages of the panel that strangers see.
OPEN = frozenset({"admin_door.login", "admin_door.code", "admin_door.ask", "admin_door.choose"})
# Where somebody gets who has to set up the second factor first.
_SETTING_UP = frozenset({"admin_security", "admin_door"})
# What the browser keeps of a sign-in, beside what Flask-Login does.
SESSION_KEY = "staff"


def guard(bp: Blueprint) -> None:
    """Let nobody into any route of `bp` who has not signed in; a route added later is closed without further ado."""
    bp.before_request(require_login)


def requires(*roles: Role) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Let only these roles do something; others get 403."""

    def decorate(view: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(view)
        def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            if current_user.role not in roles:
                abort(403)
            return view(*args, **kwargs)

        return checked

    return decorate


def require_login() -> Response | None:
    """Return where to sign in; None for who has done so, and on the page for it."""
    if request.endpoint in OPEN:
        return None
    if current_user.is_authenticated:
        _note_seen()
        return _to_second_factor()
    # Only a page can be returned to after signing in, a sent form cannot.
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    flash(_("Silakan masuk dulu."), "info")
    return redirect(url_for("admin_door.login", next=here))


def current_sign_in() -> StaffSession:
    """Return the sign-in of this very request, behind a guard."""
    found: StaffSession | None = g.get("staff_session")
    return found or abort(403)


def _to_second_factor() -> Response | None:
    """Return where the second factor is set up, for somebody who must have one and has none."""
    if current_user.totp_secret or request.blueprint in _SETTING_UP or not second_factor.is_mandatory():
        return None
    flash(_("Toko ini mewajibkan kode dari ponsel. Pasang dulu, lalu lanjutkan."), "info")
    return redirect(url_for("admin_security.set_up"))


def _note_seen() -> None:
    current = current_sign_in()
    if sessions.is_to_be_noted(current):
        session_id = current.id
        payments.begin_write()
        sessions.note_seen(db.session(), session_id)
        db.session.commit()


def _load(session_id: str) -> StaffMember | None:
    member = load_session(db.session(), session_id)
    found = sessions.find(db.session(), member, session.get(SESSION_KEY)) if member else None
    g.staff_session = found
    return member if found else None


login.user_loader(_load)
