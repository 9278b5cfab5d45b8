"""Changing the owner's settings, all in one row. Flushes, the caller commits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from storefront.identity import Shop, current_shop, forget_shop

from .models import ShopSettings

_ONLY = 1


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
