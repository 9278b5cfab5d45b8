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
    is_out_of_the_ordinary = (letter == "expired" and charge and charge["amount_paid"]) or (
        letter in {"paid", "shipped"} and order.needs_attention
    )
    if letter not in EMAILS or is_out_of_the_ordinary:
        return None
    return find(session, "email", letter, locale)


def facts_of(
    order: Any, charge: Mapping[str, Any] | None, *, letter: str, link: str, pay: str | None
) -> dict[str, str]:
    """Return what the holes of a letter are filled with, in the reader's language."""
    known = {
        "name": order.name,
        "order": order.number,
        "shop": current_shop().name,
        "total": rupiah(order.total),
        "link": link,
        "pay": pay or link,
        "courier": order.courier or "",
        "tracking": order.tracking_number or "",
        "tracking_link": order.tracking_url or "",
        "amount": rupiah(order.total),
        "deadline": "",
    }
    if charge:
        known["amount"] = rupiah(charge["amount_paid" if letter == "paid" else "amount_open"])
        known["deadline"] = _moment(datetime.fromisoformat(charge["expires_at"]))
    return known


def chat_url(phone: str, body: str, facts: Mapping[str, str]) -> str:
    """Return the address that opens a chat with a message already written in it."""
    return f"https://wa.me/{phone_digits(phone)}?text={quote(fill(body, facts).strip())}"


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
        "amount_open": 120_347,
        "amount_paid": 120_347,
        "reference": "K7QX2M",
        "va_number": None,
        "account": {"label": "BCA", "number": "1234567890", "holder": current_shop().name},
        "expires_at": (made + timedelta(hours=24)).isoformat(),
    }
    return {"order": order, "charge": charge}


def _moment(moment: datetime) -> str:
    return tanggal(moment, current_shop().timezone, current_locale())
