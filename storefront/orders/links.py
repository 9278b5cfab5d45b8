"""Links to orders: signed, so that nobody can reach an order by counting."""

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

_SALT = "storefront.order"


def token_for(order_id: int) -> str:
    """Return the secret part of an order's link."""
    return str(_signer().dumps(order_id))


def order_id_of(token: str) -> int | None:
    """Return the order a token was made for; None when it is forged, altered or meant for something else."""
    try:
        order_id = _signer().loads(token)
    except BadSignature:
        return None
    return order_id if isinstance(order_id, int) else None


def order_url(order_id: int, *, external: bool = False) -> str:
    """Return the address of an order's page; needs a request, or the one an e-mail is made in."""
    return url_for("orders.show", token=token_for(order_id), _external=external)


def _signer() -> URLSafeSerializer:
    """Sign with the current key; accept the earlier ones, as Flask does for its sessions."""
    keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=_SALT)
