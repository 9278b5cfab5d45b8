"""Who the shop is: what pages and e-mails show of it, from the environment and from the owner's settings."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g, has_app_context
from sqlalchemy.exc import SQLAlchemyError

from .brand import rules
from .brand.colours import Look
from .brand.models import ShopSettings
from .database import now
from .extensions import db
from .formats import phone_digits

_ONLY = 1


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop as people see it. `whatsapp` is a number like +6281234567890, or empty.

    `data` is everything else the owner set, by the names of `storefront.brand.rules`; `version` names the style sheet.
    """

    name: str
    whatsapp: str
    timezone: str
    version: int
    data: dict[str, Any]

    @property
    def whatsapp_url(self) -> str:
        """Return the address that opens a chat with the shop, or nothing."""
        return f"https://wa.me/{phone_digits(self.whatsapp)}" if self.whatsapp else ""

    @property
    def look(self) -> Look:
        """Return the shop's colours and fonts."""
        return rules.look_of(self.data)

    @property
    def has_own_look(self) -> bool:
        """Tell whether the owner changed the look, so that pages need the sheet made from it."""
        return self.look != Look()

    @property
    def logo(self) -> dict[str, Any] | None:
        """Return the picture that stands for the shop, as `storefront.media` keeps it, or None."""
        return self.data.get("logo")

    @property
    def socials(self) -> list[tuple[str, str]]:
        """Return where else the shop can be found: names and addresses."""
        given = self.data.get("social", {})
        return [(network.name, given[key]) for key, network in rules.NETWORKS.items() if given.get(key)]

    def text(self, name: str, locale: str) -> str:
        """Return one of the owner's texts, named in `storefront.brand.rules`, or nothing."""
        return rules.text_of(self.data, name, locale)

    def pages(self, locale: str) -> list[tuple[str, str]]:
        """Return the pages for the footer: addresses' last parts and titles, in the reader's language if they are."""
        pages = self.data.get("pages", [])
        return [(page["slug"], (page["title_en"] if locale == "en" else "") or page["title"]) for page in pages]

    def notice(self, locale: str) -> str:
        """Return what the shop announces today, or nothing."""
        return rules.notice_of(self.data, locale, self._today())

    def closing(self, locale: str) -> rules.Closing | None:
        """Return that no orders are taken now, and until when; None while the shop is open."""
        return rules.closing_of(self.data, locale, self._today())

    def _today(self) -> date:
        return now().astimezone(ZoneInfo(self.timezone)).date()


def current_shop() -> Shop:
    """Return the shop this app serves, read once for each request or task.

    While the database is away the shop is as the environment says: the page that tells so needs a name, too.
    """
    shop: Shop | None = g.get("shop")
    if shop is None:
        try:
            shop = g.shop = _made(db.session.get(ShopSettings, _ONLY))
        except SQLAlchemyError:
            return _made(None)
    return shop


def know_shop(settings: ShopSettings | None) -> None:
    """Spare the next `current_shop` its query: somebody has read the settings along with something else."""
    if "shop" not in g:
        g.shop = _made(settings)


def forget_shop() -> None:
    """Have the next `current_shop` read again: the settings have just been changed."""
    if has_app_context():
        g.pop("shop", None)


def _made(settings: ShopSettings | None) -> Shop:
    data = settings.data if settings else {}
    config = current_app.config
    return Shop(
        name=data.get("name") or config["SHOP_NAME"],
        whatsapp=data.get("whatsapp") or config["SHOP_WHATSAPP"],
        timezone=data.get("timezone") or config["SHOP_TIMEZONE"],
        version=settings.version if settings else 0,
        data=data,
    )
