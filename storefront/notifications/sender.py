"""Write and send one e-mail. Runs in the worker, outside any transaction; what it raises is tried again later."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.mime.image import MIMEImage
from typing import Any

from flask import current_app, render_template, url_for
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives
from markupsafe import Markup

from storefront import media, payments
from storefront.database import now
from storefront.extensions import db
from storefront.identity import current_shop
from storefront.languages import DEFAULT
from storefront.orders import links
from storefront.orders.models import Order, id_of_number
from storefront.orders.service import find_order
from storefront.placeholders import fill
from storefront.texts import _

from . import letters, own_words, owner
from .refund_letter import RefundLetter, refund_letter
from .refund_words import LETTERS

TEST_EMAIL = "test_email"
# By what a letter calls the logo that it carries, and how wide in pixels that is kept.
LOGO = "logo@shop"
LOGO_WIDTH = 320
# Where links lead while the shop has not been told its public address.
LOCAL_ADDRESS = "http://127.0.0.1:5000"

# Letters that would mislead once the payment of the order stands elsewhere.
_ONLY_WHILE = {
    "instructions": {"unpaid"},
    "reminder": {"unpaid"},
    "extended": {"unpaid"},
    "underpaid": {"unpaid", "expired"},
    "paid": {"paid"},
    "expired": {"expired"},
    "unpaid": {"unpaid", "expired"},
}
# Letters that would mislead once the goods are elsewhere.
_ONLY_WHERE = {"shipped": {"shipped"}, "ready": {"shipped"}, "delivered": {"delivered"}}
_ASK_TO_PAY = frozenset({"instructions", "reminder", "extended"})


def send_email(_key: str, payload: dict[str, Any]) -> None:
    """Send the letter that `payload` names (template, order_number, locale) in the shopper's language."""
    with as_on_pages(payload["locale"]):
        order_id = id_of_number(payload["order_number"])
        order = find_order(db.session(), order_id) if order_id else None
        if order is None:
            raise LookupError(f"there is no order {payload['order_number']}")
        charge = payments.find_charge(order.number)
        if _is_outdated(payload, order, charge):
            return
        deliver(write(payload, order, charge))


def send_owner_email(_key: str, payload: dict[str, Any]) -> None:
    """Tell somebody of the shop (`to`) what happened: the `alerts` of the payload, by their ids."""
    address = payload["to"]
    with as_on_pages(DEFAULT):
        ids = payload["alerts"]
        lines = owner.lines_of(db.session(), ids)
        subject = _("%(shop)s: ada yang perlu Anda lihat", shop=current_shop().name)
        deliver(compose(address, subject, "owner", lines=lines, more=len(ids) - len(lines)))


def write(payload: dict[str, Any], order: Order, charge: payments.Charge | None) -> EmailMultiAlternatives:
    """Return the e-mail, text first and HTML beside it."""
    letter = payload["template"]
    context: dict[str, Any] = {
        "order": order,
        "charge": payments.describe(charge) if charge else None,
        "pay_url": payments.pay_url(charge) if charge else None,
        "tracking_url": order.tracking_url,
        "order_url": links.order_url(order.id, external=True),
        "payload": payload,
    }
    own = own_words.for_order(db.session(), letter, payload["locale"], order, context["charge"])
    if own is not None:
        return compose_own(order.email, own.subject, own.body, own.letter, context)
    if letter == "refund":
        return _write_refund(payload, order, context)
    return compose(order.email, _subject(letter, order), letter, **context)


def _write_refund(payload: dict[str, Any], order: Order, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return the letter about a step of a refund, in the owner's words where there are any."""
    refund = refund_letter(payload, order)
    context |= {"refund": refund, **refund.links}
    own = own_words.find(db.session(), "email", refund.name, payload["locale"])
    if own is not None:
        return compose_own(order.email, own.subject, own.body, refund.name, context)
    words = refund.words
    return compose(order.email, words.heading, "refund", words=words, **context)


def compose(to: str, subject: str, template: str, **context: Any) -> EmailMultiAlternatives:
    """Return a letter made from two templates of this name, text first and HTML beside it."""
    shop = current_shop()
    logo = media.as_png(shop.logo, LOGO_WIDTH) if shop.logo else None
    context = {"shop": shop, "logo": LOGO if logo else None, **context}
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_template(f"mail/{template}.txt", **context),
        from_email=current_app.config["MAIL_DEFAULT_SENDER"],
        to=[to],
    )
    message.attach_alternative(render_template(f"mail/{template}.html", **context), "text/html")
    if logo:
        message.mixed_subtype = "related"
        message.attach(_inline(logo))
    return message


def _inline(png: bytes) -> MIMEImage:
    """Return the logo as a part of the letter: seen without asking, and nobody learns when the letter is read."""
    part = MIMEImage(png, "png")
    part.add_header("Content-ID", f"<{LOGO}>")
    part.add_header("Content-Disposition", "inline", filename="logo.png")
    return part


def compose_own(to: str, subject: str, body: str, letter: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return a letter in the owner's own words, within the shop's layout."""
    own = own_parts(subject, body, letter, context)
    return compose(to, own["heading"], "own", **context, **own)


def own_parts(subject: str, body: str, letter: str, context: dict[str, Any]) -> dict[str, Any]:
    """Return the owner's words with their holes filled: the subject, and the pieces for HTML and for text."""
    every = own_words.facts_of(letter, context)
    body = letters.known_only(body, every)
    facts = {name: fact for name, fact in every.items() if fact is not None}
    parts, plain_parts = letters.parts(body, facts), letters.plain_parts(body, facts)
    if context.get("destination_url") and "refund" not in {name for name, _html in parts}:
        # Whoever is asked for an account must find where to give it.
        parts.append(("refund", Markup()))
        plain_parts.append(("refund", ""))
    return {"heading": fill(subject, facts), "parts": parts, "plain_parts": plain_parts}


def sample_context(letter: str) -> dict[str, Any]:
    """Return what a letter is made of, for an order that nobody placed."""
    address = url_for("catalog.index", _external=True)
    made = {**own_words.sample(), "order_url": address, "pay_url": address}
    if letter not in LETTERS:
        return made
    links: dict[str, str | None] = {"refund_url": address, "destination_url": None}
    return {**made, "refund": RefundLetter(letter, made["refund_facts"], links), **links}


def send_test_letter(_key: str, payload: dict[str, Any]) -> None:
    """Send a letter about a made-up order to the owner who is writing it (to, letter, locale, subject, body)."""
    with as_on_pages(payload["locale"]):
        words = (payload["subject"], payload["body"], payload["letter"])
        deliver(compose_own(payload["to"], *words, sample_context(payload["letter"])))


@contextmanager
def as_on_pages(locale: str) -> Iterator[None]:
    """Open a request context of the public address, so that templates can link as they do on pages."""
    base_url = current_app.config["SHOP_BASE_URL"] or LOCAL_ADDRESS
    with current_app.test_request_context(base_url=base_url), force_locale(locale):
        yield


def deliver(message: EmailMultiAlternatives) -> None:
    """Send a letter; nothing stays open in the database meanwhile."""
    # A slow mail server must not keep a transaction open.
    db.session.rollback()
    message.send()


def _is_outdated(payload: dict[str, Any], order: Order, charge: payments.Charge | None) -> bool:
    """Tell whether a letter that waited for long would now mislead: nobody is asked to pay what is not wanted."""
    letter = payload["template"]
    if order.anonymised_at is not None or (letter == "cancelled" and order.order_status != "cancelled"):
        return True
    if order.payment_status not in _ONLY_WHILE.get(letter, {order.payment_status}):
        return True
    if order.shipment_status not in _ONLY_WHERE.get(letter, {order.shipment_status}):
        return True
    if charge is None:
        return False
    if letter in _ASK_TO_PAY and charge.expires_at <= now():
        return True
    # Something else was asked for since, in a letter of its own.
    asked = payments.asked_of(charge)
    return any(payload.get(name, value) != value for name, value in asked.items())


def _subject(letter: str, order: Order) -> str:
    subjects = {
        "instructions": _("Selesaikan pembayaran pesanan %(number)s", number=order.number),
        "reminder": _("Batas waktu pembayaran pesanan %(number)s hampir habis", number=order.number),
        "extended": _("Pesanan %(number)s kembali menunggu pembayaran", number=order.number),
        "underpaid": _("Pembayaran pesanan %(number)s masih kurang", number=order.number),
        "paid": _("Pembayaran pesanan %(number)s sudah kami terima", number=order.number),
        "shipped": _("Pesanan %(number)s sudah dikirim", number=order.number),
        "ready": _("Pesanan %(number)s siap diambil", number=order.number),
        "delivered": _arrived(order),
        "cancelled": _("Pesanan %(number)s dibatalkan", number=order.number),
        "expired": _("Waktu pembayaran pesanan %(number)s habis", number=order.number),
        "reversed": _("Bank menarik kembali uang pesanan %(number)s", number=order.number),
        "unpaid": _("Pembayaran pesanan %(number)s kami koreksi", number=order.number),
    }
    return subjects[letter]


def _arrived(order: Order) -> str:
    if order.is_pickup:
        return _("Pesanan %(number)s sudah diambil", number=order.number)
    return _("Pesanan %(number)s sudah diterima", number=order.number)
