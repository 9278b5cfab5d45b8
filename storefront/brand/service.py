"""The owner's settings, all in one row, and the pages that visitors read. Flushes, the caller commits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from storefront.extensions import db
from storefront.identity import Shop, current_shop, forget_shop

from .models import Page, ShopSettings

# The pages that a checkout links to.
TERMS, PRIVACY = "syarat-dan-ketentuan", "kebijakan-privasi"
_ONLY = 1


@dataclass(frozen=True, slots=True)
class PageText:
    """A page in one language; `locale` is the language it is really in."""

    title: str
    body: str
    locale: str


def find_page(slug: str) -> Page | None:
    """Return a published page, such as the terms or the privacy policy, or None."""
    page = db.session.scalars(select(Page).where(Page.slug == slug)).one_or_none()
    return page if page and page.published else None


def text_in(page: Page, locale: str) -> PageText:
    """Return a page in the reader's language, else in Indonesian."""
    if locale == "en" and page.body_en:
        return PageText(page.title_en or page.title, page.body_en, "en")
    return PageText(page.title, page.body, "id")


def change(session: Session, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set some of the settings and return what was known before and after; begin with `begin_write`.

    An empty value takes a setting back to what the environment says.
    """
    row = session.get(ShopSettings, _ONLY, with_for_update=True, populate_existing=True)
    if row is None:
        row = ShopSettings(id=_ONLY, version=0, data={})
        session.add(row)
    before = dict(row.data)
    merged = {**before, **values}
    row.data = {name: value for name, value in merged.items() if value not in ("", None, {}, [])}
    row.version += 1
    session.flush()
    forget_shop()
    return before, dict(row.data)


def proposed(values: Mapping[str, Any]) -> Shop:
    """Return the shop as it would be with other settings."""
    shop, config = current_shop(), current_app.config
    return replace(
        shop,
        name=values.get("name") or config["SHOP_NAME"],
        whatsapp=values.get("whatsapp") or config["SHOP_WHATSAPP"],
        data={**shop.data, **values},
    )
