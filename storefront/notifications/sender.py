"""Write and send one e-mail. Runs in the worker, outside any transaction; what it raises is tried again later."""

from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives

from storefront import payments
from storefront.database import now
from storefront.extensions import db
from storefront.identity import current_shop
from storefront.orders import links
from storefront.orders.models import Order, id_of_number
from storefront.orders.service import find_order
from storefront.texts import _

# Where links lead while the shop has not been told its public address.
LOCAL_ADDRESS = "http://127.0.0.1:5000"

_ONLY_WHILE = {"instructions": "unpaid", "expired": "expired"}


def send_email(_key: str, payload: dict[str, Any]) -> None:
    """Send the letter that `payload` names (template, order_number, locale) in the shopper's language."""
    base_url = current_app.config["SHOP_BASE_URL"] or LOCAL_ADDRESS
    # A request context of the public address, so that templates can link as they do on pages.
    with current_app.test_request_context(base_url=base_url), force_locale(payload["locale"]):
        order_id = id_of_number(payload["order_number"])
        order = find_order(db.session(), order_id) if order_id else None
        if order is None:
            raise LookupError(f"there is no order {payload['order_number']}")
        charge = payments.find_charge(order.number)
        if _is_outdated(payload["template"], order, charge):
            return
        message = write(payload["template"], order, charge)
        # A slow mail server must not keep a transaction open.
        db.session.rollback()
        message.send()


def write(letter: str, order: Order, charge: payments.Charge | None) -> EmailMultiAlternatives:
    """Return the e-mail, text first and HTML beside it."""
    context = {
        "order": order,
        "charge": payments.describe(charge) if charge else None,
        "pay_url": payments.pay_url(charge) if charge else None,
        "order_url": links.order_url(order.id, external=True),
        "shop": current_shop(),
    }
    message = EmailMultiAlternatives(
        subject=_subject(letter, order),
        body=render_template(f"mail/{letter}.txt", **context),
        from_email=current_app.config["MAIL_DEFAULT_SENDER"],
        to=[order.email],
    )
    message.attach_alternative(render_template(f"mail/{letter}.html", **context), "text/html")
    return message


def _is_outdated(letter: str, order: Order, charge: payments.Charge | None) -> bool:
    """Tell whether a letter that waited for long would now mislead: nobody is asked to pay what is not wanted."""
    if letter == "instructions" and charge is not None and charge.expires_at <= now():
        return True
    return order.payment_status != _ONLY_WHILE.get(letter, order.payment_status)


def _subject(letter: str, order: Order) -> str:
    subjects = {
        "instructions": _("Selesaikan pembayaran pesanan %(number)s", number=order.number),
        "paid": _("Pembayaran pesanan %(number)s sudah kami terima", number=order.number),
        "cancelled": _("Pesanan %(number)s dibatalkan", number=order.number),
        "expired": _("Waktu pembayaran pesanan %(number)s habis", number=order.number),
    }
    return subjects[letter]
