"""The way from a page to the shop's people, as the host gives it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from ..context import State
from .words import Translate

_WHATSAPP = frozenset({"wa.me", "api.whatsapp.com"})


@dataclass(frozen=True, slots=True)
class Help:
    """Where to ask, and what the link says."""

    url: str
    text: str


def help_of(here: State, order_ref: str, t: Translate) -> Help | None:
    """Return how to ask the shop about an order; None where the host offers no way."""
    url = here.help_url(order_ref)
    if not url:
        return None
    if urlsplit(url).hostname in _WHATSAPP:
        return Help(url, t("Tanya toko lewat WhatsApp"))
    return Help(url, t("Tanya toko"))
