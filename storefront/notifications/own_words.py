"""The owner's own words for letters: kept, found for an order, filled with its facts. Flushes, never commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.database import now
from storefront.formats import phone_digits, rupiah, tanggal
from storefront.identity import current_shop
from storefront.languages import current_locale
from storefront.placeholders import fill
from storefront.texts import _

from .letters import EMAILS, KINDS
from .models import Channel, LetterTemplate


def find(session: Session, channel: Channel, letter: str, locale: str) -> LetterTemplate | None:
    """Return the owner's words for a letter in a language, or None."""
    query = select(LetterTemplate).where(
        LetterTemplate.channel == channel, LetterTemplate.letter == letter, LetterTemplate.locale == locale
    )
    return session.scalars(query).one_or_none()


def every(session: Session) -> dict[tuple[str, str, str], LetterTemplate]:
    """Return all that the owner put into words, by channel, letter and language."""
    return {(each.channel, each.letter, each.locale): each for each in session.scalars(select(LetterTemplate))}


def keep(
    session: Session, channel: Channel, letter: str, locale: str, *, subject: str, body: str, by: str
) -> LetterTemplate:
    """Keep the owner's words for a letter."""
    template = find(session, channel, letter, locale)
    if template is None:
        template = LetterTemplate(channel=channel, letter=letter, locale=locale)
        session.add(template)
    template.subject, template.body, template.updated_by = subject, body, by
    session.flush()
    return template


def for_order(
    session: Session, letter: str, locale: str, order: Any, charge: Mapping[str, Any] | None
) -> LetterTemplate | None:
    """Return the owner's words for a letter about an order; None where what happened needs ours."""
    name = fitting(letter, order, charge)
    return find(session, "email", name, locale) if name else None


def fitting(letter: str, order: Any, charge: Mapping[str, Any] | None) -> str | None:
    """Return which of the letters that can be reworded fits what happened to an order, or None."""
    if letter == "expired" and charge and charge["amount_paid"]:
        return "expired_paid"
    if letter == "paid" and order.needs_attention:
        return "paid_held"
    is_open = charge is not None and charge["status"] == "pending"
    fits = {
        "shipped": not order.needs_attention,
        "underpaid": is_open and order.payment_status == "unpaid",
        "unpaid": is_open,
        "reversed": order.payment_status == "reversed",
    }
    return letter if letter in EMAILS and fits.get(letter, True) else None


def facts_of(letter: str, context: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what the holes of a letter are filled with, in the reader's language; None is not known."""
    order, charge, link = context["order"], context["charge"], context["order_url"]
    known = {
        "name": order.name,
        "order": order.number,
        "shop": current_shop().name,
        "total": rupiah(order.total),
        "link": link,
        "pay": context["pay_url"] or link,
        "courier": order.courier or "",
        "tracking": order.tracking_number or "",
        "tracking_link": order.tracking_url or "",
        "amount": rupiah(_amount(letter, order, charge, context.get("payload") or {})),
        "deadline": _moment(datetime.fromisoformat(charge["expires_at"])) if charge else "",
    }
    if "refund" in context:
        refund = context["refund"]
        known |= {name: value for name, value in refund.facts.items() if name != "number"}
        known["refund"] = refund.links["refund_url"]
    return known


def _amount(letter: str, order: Any, charge: Mapping[str, Any] | None, payload: Mapping[str, Any]) -> int:
    """Return the amount that a letter is about, in rupiah: what came in, what the bank took, or what is asked for."""
    if letter in {"underpaid", "reversed"} and "amount" in payload:
        return int(payload["amount"])
    if charge is None:
        return int(order.total)
    return int(charge["amount_paid" if letter in {"paid", "paid_held", "expired_paid"} else "amount_open"])


def chat_url(phone: str, body: str, facts: Mapping[str, str | None]) -> str:
    """Return the address that opens a chat with a message already written in it."""
    known = {name: fact for name, fact in facts.items() if fact is not None}
    return f"https://wa.me/{phone_digits(phone)}?text={quote(fill(body, known).strip())}"


def words_of(session: Session, channel: Channel, letter: str, locale: str) -> tuple[str, str]:
    """Return subject and body of a letter, the owner's or ours; our words are in the reader's language."""
    own, kind = find(session, channel, letter, locale), KINDS[channel][letter]
    return (own.subject, own.body) if own else (str(kind.subject), str(kind.body))


def sample() -> dict[str, Any]:
    """Return an order that nobody placed, with everything a letter can name."""
    made = now()
    lines = [
        SimpleNamespace(name="Kopi Tubruk 250 g", label="", quantity=2, unit_price=50_000, total=100_000),
        SimpleNamespace(name="Teh Melati", label="", quantity=1, unit_price=20_000, total=20_000),
    ]
    order = SimpleNamespace(
        name="Siti Rahayu",
        number="INV-1042",
        total=120_000,
        lines=lines,
        subtotal=120_000,
        discount=0,
        delivery_fee=0,
        delivery_discount=0,
        delivery_name="",
        voucher_code=None,
        discount_text="",
        is_pickup=False,
        courier="JNE",
        tracking_number="JP1234567890",
        tracking_url="https://kurir.example/JP1234567890",
        created_at=made,
        needs_attention=None,
    )
    charge = {
        "method": "bank_transfer",
        "status": "pending",
        "amount_open": 120_347,
        "amount_paid": 120_347,
        "reference": "K7QX2M",
        "va_number": None,
        "account": {"label": "BCA", "number": "1234567890", "holder": current_shop().name},
        "expires_at": (made + timedelta(hours=24)).isoformat(),
    }
    until = _moment(made + timedelta(days=7))
    facts: dict[str, str | None] = {
        "ticket": "RFD-2026-000123",
        "amount": rupiah(50_000),
        "due": until,
        "account": _("%(bank)s %(number)s a.n. %(holder)s", bank="BCA", number="••••7890", holder=order.name),
        "until": None,  # the account is known
        "note": _("Terima kasih sudah memberi tahu kami."),
        "complaint": "ADU-2026-000045",
    }
    return {"order": order, "charge": charge, "refund_facts": facts}


def _moment(moment: datetime) -> str:
    return tanggal(moment, current_shop().timezone, current_locale())
