"""Letters to customers about their account: asked for in a transaction, written and sent by the worker."""

import secrets
from datetime import datetime
from typing import Any

from storefront.database import now
from storefront.extensions import db, moota
from storefront.identity import current_shop
from storefront.languages import current_locale
from storefront.notifications.sender import as_on_pages, compose, deliver
from storefront.texts import _

from . import links, rules
from .models import Customer

CUSTOMER_EMAIL = "customer_email"


def ask_for_sign_in_link(customer: Customer | None) -> None:
    """Ask for the letter with a sign-in link; for nobody the same work is done, and no letter is written.

    The link itself is made when the letter leaves: it is kept nowhere.
    """
    payload = {
        "letter": "sign_in",
        "customer_id": customer.id if customer else None,
        "asked_at": now().isoformat(),
        "locale": current_locale(),
    }
    moota.enqueue(CUSTOMER_EMAIL, f"sign-in:{secrets.token_hex(8)}", payload)


def send_customer_email(_key: str, payload: dict[str, Any]) -> None:
    """Send the sign-in link, unless nobody has the address or the letter waited for so long that nobody waits."""
    customer = db.session.get(Customer, payload["customer_id"]) if payload["customer_id"] else None
    is_stale = now() - datetime.fromisoformat(payload["asked_at"]) > rules.LINK_HOLDS
    if customer is None or customer.erased_at or is_stale:
        db.session.rollback()
        return
    with as_on_pages(payload["locale"]):
        subject = _("Masuk ke akun Anda di %(shop)s", shop=current_shop().name)
        minutes = int(rules.LINK_HOLDS.total_seconds() // 60)
        url = links.sign_in_url(customer)
        deliver(compose(customer.email, subject, "sign_in", customer=customer, url=url, minutes=minutes))
