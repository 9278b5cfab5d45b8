"""A signed-in customer's cart, the same on every device: the account holds it, each browser keeps a copy for its pages.

Whoever changes the cart fetches it first and shares it afterwards, so that the last change is what all devices show.
"""

from collections.abc import MutableMapping
from typing import Any

from storefront import payments
from storefront.customers.access import current_customer
from storefront.customers.models import Customer
from storefront.customers.service import lock_customer
from storefront.extensions import db
from storefront.texts import _, ngettext

from .rules import merge, read_basket, write_basket
from .service import KEY


def fetch(session: MutableMapping[str, Any]) -> None:
    """Let this browser have the cart as another device left it; a stranger's cart stays as it is."""
    customer = current_customer()
    if customer is not None and customer.cart != session.get(KEY, {}):
        session[KEY] = dict(customer.cart)


def share(session: MutableMapping[str, Any]) -> None:
    """Let the account have the cart of this browser, in a transaction of its own; what was read before is let go of."""
    customer, stored = current_customer(), session.get(KEY, {})
    if customer is None or customer.cart == stored:
        return
    customer_id = customer.id
    payments.begin_write()
    locked = lock_customer(db.session(), customer_id)
    if locked is not None:
        locked.cart = dict(stored)
    db.session.commit()


def bring_along(session: MutableMapping[str, Any], customer: Customer) -> list[str]:
    """Put the cart of who is signing in together with the one of this browser; return what to tell. Never commits."""
    both, came, left = merge(read_basket(session.get(KEY)), read_basket(customer.cart))
    session[KEY] = write_basket(both)
    customer.cart = write_basket(both)
    notices = []
    if came:
        notices.append(
            ngettext(
                "%(num)d barang dari keranjang Anda di perangkat lain kami tambahkan. Periksa keranjangnya.",
                "%(num)d barang dari keranjang Anda di perangkat lain kami tambahkan. Periksa keranjangnya.",
                came,
            )
        )
    if left:
        notices.append(_("Keranjang Anda penuh; sebagian barang dari perangkat lain tidak muat."))
    return notices


def leave(session: MutableMapping[str, Any]) -> None:
    """Take the cart from a browser that its owner signs out of; the account keeps it."""
    session.pop(KEY, None)
