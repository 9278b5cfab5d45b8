"""Who is signed in as a customer: a part of the signed session cookie, checked against the customer's own key."""

from collections.abc import Iterable

from flask import Blueprint, abort, flash, g, redirect, request, session, url_for
from sqlalchemy import select, true
from werkzeug.wrappers import Response

from storefront.brand.models import ShopSettings
from storefront.extensions import db
from storefront.identity import know_shop
from storefront.texts import _

from .models import Customer

_KEY = "customer"


def current_customer() -> Customer | None:
    """Return who is signed in, or None; read once for each request, and not at all when nobody claims to be."""
    if _KEY not in g:
        setattr(g, _KEY, _load(session.get(_KEY)))
    customer: Customer | None = g.get(_KEY)
    return customer


def is_member() -> bool:
    """Tell whether who is signed in pays members' prices."""
    customer = current_customer()
    return customer is not None and customer.is_member


def remember(customer: Customer) -> None:
    """Sign a customer in with this browser."""
    # A form that was planted before must not work afterwards.
    session.pop("csrf_token", None)
    session[_KEY] = f"{customer.id}.{customer.session_key}"
    session.permanent = True
    setattr(g, _KEY, customer)


def forget() -> None:
    """Sign out with this browser."""
    session.pop(_KEY, None)
    g.pop(_KEY, None)


def guard(bp: Blueprint, *, strangers: Iterable[str] = ()) -> None:
    """Let strangers only into these routes of `bp`; one added later is closed without further ado."""
    is_open = {f"{bp.name}.{name}" for name in strangers}

    def require_customer() -> Response | None:
        if request.endpoint in is_open or current_customer():
            return None
        flash(_("Silakan masuk dulu."), "info")
        return redirect(url_for("customers.index"))

    bp.before_request(require_customer)


def signed_in() -> Customer:
    """Return who is signed in, behind a guard."""
    customer = current_customer()
    if customer is None:
        abort(403)
    return customer


def _load(kept: object) -> Customer | None:
    number, _dot, key = kept.partition(".") if isinstance(kept, str) else ("", "", "")
    if not (number.isascii() and number.isdigit()):
        return None
    # Every page asks who the shop is as well: one query for both.
    both = select(Customer, ShopSettings).outerjoin(ShopSettings, true()).where(Customer.id == int(number))
    found = db.session.execute(both).one_or_none()
    if found is None:
        return None
    customer, settings = found
    know_shop(settings)
    return customer if not customer.erased_at and customer.session_key == key else None
