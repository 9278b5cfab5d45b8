"""Who the shop is: what pages and e-mails show of it, from the environment and from the owner's settings."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, has_app_context
from sqlalchemy.exc import SQLAlchemyError

from .brand.models import ShopSettings
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
