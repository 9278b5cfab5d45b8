"""The shop's own pages: found, written, put in order, and begun from our samples. Flushes, the caller commits."""

from functools import cache
from pathlib import Path

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storefront import payments
from storefront.database import now
from storefront.formats import hari, show_phone
from storefront.identity import current_shop
from storefront.placeholders import fill
from storefront.texts import _, ngettext

from .models import Page
from .service import PRIVACY, TERMS, change

# What a shop owes its buyers to say, and what they ask first; in this order in the footer.
SAMPLES = ("tentang-kami", "cara-bayar", "pengembalian", TERMS, PRIVACY)
_FOLDER = Path(__file__).parent / "texts"
_AMOUNT = 100_000  # rupiah; which ways to pay are named does not depend on much


class SlugTakenError(Exception):
    """Another page has this address."""


def every_page(session: Session) -> list[Page]:
    """Return all pages in their order, published or not."""
    return list(session.scalars(select(Page).order_by(Page.position, Page.id)))


def add_page(session: Session, page: Page) -> Page:
    """Add a page behind all others. Raises SlugTakenError."""
    if session.scalars(select(Page.id).where(Page.slug == page.slug)).first():
        raise SlugTakenError(page.slug)
    page.position = (session.scalar(select(func.max(Page.position))) or 0) + 1
    session.add(page)
    refresh_footer(session)
    return page


def add_sample(session: Session, slug: str) -> Page:
    """Add a page from our sample, with the shop's facts, to be read and published by the owner.

    Raises KeyError for what is no sample, SlugTakenError.
    """
    if slug not in SAMPLES:
        raise KeyError(slug)
    title, body = _sample(slug, "id")
    title_en, body_en = _sample(slug, "en")
    page = Page(slug=slug, title=title, title_en=title_en, published=False)
    page.body, page.body_en = (fill(text, facts(locale)) for text, locale in ((body, "id"), (body_en, "en")))
    return add_page(session, page)


def sample_title(slug: str, locale: str) -> str:
    """Return the title of a sample."""
    return _sample(slug, locale)[0]


def move(session: Session, page: Page, by: int) -> None:
    """Move a page up (-1) or down (1) in the order; at an end nothing happens."""
    pages = every_page(session)
    here = pages.index(page)
    there = min(max(here + by, 0), len(pages) - 1)
    pages.insert(there, pages.pop(here))
    for position, each in enumerate(pages):
        each.position = position
    refresh_footer(session)


def remove(session: Session, page: Page) -> None:
    """Delete a page."""
    session.delete(page)
    refresh_footer(session)


def refresh_footer(session: Session) -> None:
    """Repeat what the footer needs in the settings, which every page reads anyway."""
    session.flush()
    shown = [
        {"slug": page.slug, "title": page.title, "title_en": page.title_en if page.body_en else ""}
        for page in every_page(session)
        if page.published
    ]
    change(session, {"pages": shown})


def facts(locale: str) -> dict[str, str]:
    """Return what the samples say of this shop, in a language."""
    with force_locale(locale):
        terms = payments.terms()
        return {
            "shop": current_shop().name,
            "date": hari(now().date(), locale).partition(", ")[2],
            "contact": _contact(),
            "methods": ", ".join(way.title for way in payments.ways(_AMOUNT)) or _("transfer bank"),
            "hours": _hours(terms.minutes),
            "review_days": str(terms.review_days),
            "transfer_days": str(terms.transfer_days),
            "account_retention": str(terms.account_retention_days),
            "proof_retention": str(terms.proof_retention_days),
            "inbox_retention": str(terms.inbox_retention_days),
        }


def _contact() -> str:
    shop, email = current_shop(), current_app.config["SHOP_OWNER_EMAIL"]
    lines = []
    if shop.whatsapp:
        lines.append(f"- WhatsApp: [{show_phone(shop.whatsapp)}]({shop.whatsapp_url})")
    if email:
        lines.append(f"- E-mail: [{email}](mailto:{email})")
    return "\n".join(lines) or _("*(Tulis nomor WhatsApp, alamat e-mail, dan alamat toko Anda di sini.)*")


def _hours(minutes: int) -> str:
    if minutes % 60:
        return ngettext("%(num)d menit", "%(num)d menit", minutes)
    return ngettext("%(num)d jam", "%(num)d jam", minutes // 60)


@cache
def _sample(slug: str, locale: str) -> tuple[str, str]:
    title, _blank, body = (_FOLDER / f"{slug}.{locale}.md").read_text(encoding="utf-8").partition("\n")
    return title.removeprefix("# "), body.strip() + "\n"
