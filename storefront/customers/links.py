"""Links for customers in letters: signed, and worthless to anybody but the reader of the letter."""

import hashlib

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from . import rules
from .models import Customer
from .service import lock_customer

_SIGN_IN = "storefront.customer.sign-in"
_OFFERS = "storefront.customer.offers"


def sign_in_url(customer: Customer) -> str:
    """Return the address that signs a customer in, once, within `rules.LINK_HOLDS`."""
    token = URLSafeTimedSerializer(_keys(), salt=_SIGN_IN).dumps([customer.id, _fingerprint(customer)])
    return url_for("customers.enter", token=token, _external=True)


def sign_in_customer(session: Session, token: str) -> Customer | None:
    """Return the customer, locked, whom a link would sign in; None when it is forged, old or used."""
    try:
        signer = URLSafeTimedSerializer(_keys(), salt=_SIGN_IN)
        customer_id, fingerprint = signer.loads(token, max_age=int(rules.LINK_HOLDS.total_seconds()))
    except (BadSignature, ValueError):
        return None
    customer = lock_customer(session, customer_id)
    return customer if customer and _fingerprint(customer) == fingerprint else None


def no_offers_url(customer: Customer) -> str:
    """Return the address where a customer withdraws from letters about offers, without signing in."""
    token = URLSafeSerializer(_keys(), salt=_OFFERS).dumps(customer.id)
    return url_for("customers.no_offers", token=token, _external=True)


def no_offers_customer(session: Session, token: str) -> Customer | None:
    """Return the customer, locked, who withdraws by this link; None when it is forged."""
    try:
        customer_id = URLSafeSerializer(_keys(), salt=_OFFERS).loads(token)
    except BadSignature:
        return None
    return lock_customer(session, customer_id)


def _fingerprint(customer: Customer) -> str:
    stamp = rules.sign_in_stamp(customer.session_key, customer.last_login_at)
    return hashlib.sha256(stamp.encode()).hexdigest()[:24]


def _keys() -> list[str]:
    """Sign with the current key; accept the earlier ones, as Flask does for its sessions."""
    return [*(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.config["SECRET_KEY"]]
