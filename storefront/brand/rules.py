"""What the owner may say of the shop, and when it counts: texts, networks, notices, opening. Pure.

`data` is what `ShopSettings` keeps: `name`, `whatsapp`, `timezone`, `accent`, `accent_dark`, `font`, `texts` (by name
and language), `social` (by network), `notice` and `closed` (days as YYYY-MM-DD, or empty), `pages`, for the
footer, and `logo`, a picture as `storefront.media` keeps it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from storefront.formats import fold

from .colours import ACCENT, FONT, FONTS, Look

# Texts in both languages: the Indonesian one is shown where there is no English one.
TEXTS = ("tagline", "welcome", "welcome_text", "footer", "notice", "closed")

LONGEST_SLUG = 80
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_HANDLE = re.compile(r"[A-Za-z0-9._-]{1,60}")


@dataclass(frozen=True, slots=True)
class Network:
    """A place where the shop can be found: its hosts, and the address of a name there."""

    name: str
    hosts: tuple[str, ...]
    address: str


NETWORKS = {
    "instagram": Network("Instagram", ("instagram.com",), "https://www.instagram.com/{}"),
    "tiktok": Network("TikTok", ("tiktok.com",), "https://www.tiktok.com/@{}"),
    "facebook": Network("Facebook", ("facebook.com", "fb.com"), "https://www.facebook.com/{}"),
    "youtube": Network("YouTube", ("youtube.com", "youtu.be"), "https://www.youtube.com/@{}"),
    "shopee": Network("Shopee", ("shopee.co.id",), "https://shopee.co.id/{}"),
    "tokopedia": Network("Tokopedia", ("tokopedia.com",), "https://www.tokopedia.com/{}"),
}


def slug_of(title: str) -> str:
    """Return the last part of a page's address, made from its title."""
    return _NOT_PLAIN.sub("-", fold(title)).strip("-")[:LONGEST_SLUG].strip("-")


@dataclass(frozen=True, slots=True)
class Closing:
    """A shop that takes no orders now. `reopens`: the first day on which it does again, if that is known."""

    text: str
    reopens: date | None


def social_url(network: str, typed: str) -> str:
    """Return the address of the shop at a network, from an address or a name such as @tokokami.

    Raises ValueError for an address elsewhere, or what is no name.
    """
    known, text = NETWORKS[network], typed.strip()
    if not text:
        return ""
    host = (urlsplit(text if "//" in text else f"//{text}").hostname or "").removeprefix("www.")
    is_theirs = any(host == own or host.endswith(f".{own}") for own in known.hosts)
    if is_theirs:
        parts = urlsplit(text if "//" in text else f"https://{text}")
        return parts._replace(scheme="https", fragment="").geturl()
    name = text.removeprefix("@")
    if not _HANDLE.fullmatch(name):
        raise ValueError(f"{typed!r} is neither an address nor a name at {known.name}")
    return known.address.format(name)


def look_of(data: Mapping[str, Any]) -> Look:
    """Return the shop's look."""
    font = data.get("font", FONT)
    return Look(
        accent=data.get("accent") or ACCENT,
        accent_dark=data.get("accent_dark") or "",
        font=font if font in FONTS else FONT,
    )


def text_of(data: Mapping[str, Any], name: str, locale: str) -> str:
    """Return one of the owner's texts in a language, else in Indonesian, else nothing."""
    texts = data.get("texts", {}).get(name, {})
    return texts.get(locale) or texts.get("id") or ""


def notice_of(data: Mapping[str, Any], locale: str, today: date) -> str:
    """Return the notice that is up today; nothing outside its days."""
    notice = data.get("notice", {})
    since, until = _day(notice.get("since")), _day(notice.get("until"))
    is_up = (since is None or since <= today) and (until is None or today <= until)
    return text_of(data, "notice", locale) if is_up else ""


def closing_of(data: Mapping[str, Any], locale: str, today: date) -> Closing | None:
    """Return that the shop takes no orders today; it opens by itself on the day it named."""
    closed = data.get("closed", {})
    reopens = _day(closed.get("reopens"))
    if not closed.get("now") or (reopens is not None and reopens <= today):
        return None
    return Closing(text_of(data, "closed", locale), reopens)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
