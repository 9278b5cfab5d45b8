"""Who the shop is: the name, help number and time zone that pages and e-mails show."""

from dataclasses import dataclass

from flask import current_app

from .formats import phone_digits


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop as people see it. `whatsapp` is a number like +6281234567890, or empty."""

    name: str
    whatsapp: str
    timezone: str

    @property
    def whatsapp_url(self) -> str:
        """Return the address that opens a chat with the shop, or nothing."""
        return f"https://wa.me/{phone_digits(self.whatsapp)}" if self.whatsapp else ""


def current_shop() -> Shop:
    """Return the shop this app serves."""
    config = current_app.config
    return Shop(name=config["SHOP_NAME"], whatsapp=config["SHOP_WHATSAPP"], timezone=config["SHOP_TIMEZONE"])
