"""Who may do what in the panel. Every route passes here, on the server."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront.extensions import db, login
from storefront.texts import _

from .models import Role, StaffMember
from .service import load_session

_P = ParamSpec("_P")
_R = TypeVar("_R")

# The only page of the panel that strangers see.
_OPEN = frozenset({"admin.login"})


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
    if request.endpoint in _OPEN or current_user.is_authenticated:
        return None
    # Only a page can be returned to after signing in, a sent form cannot.
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    flash(_("Silakan masuk dulu."), "info")
    return redirect(url_for("admin.login", next=here))


def _load(session_id: str) -> StaffMember | None:
    return load_session(db.session(), session_id)


login.user_loader(_load)
