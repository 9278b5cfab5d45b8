"""Files that nothing names any more, left by a process that died at the wrong moment; deleted once a day by the worker.

A file is written before the row that names it, so a young one is nobody's leftover yet.
"""

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from payments_moota import heartbeat
from payments_moota.context import work_on_host_session

from . import media, payments
from .backups import folder as backups
from .brand.models import ShopSettings
from .catalog.models import Product
from .database import now
from .extensions import db
from .imports import service as imports

log = logging.getLogger(__name__)

TIDY = "shop.tidy"
_EVERY = timedelta(days=1)
_YOUNG = timedelta(days=1)


def tidy() -> None:
    """Delete leftovers, and files of imports whose time is over, when the last time was a day ago. Commits."""
    last = heartbeat.last_at(work_on_host_session("shop"), TIDY)
    db.session.rollback()
    if last is not None and now() - last < _EVERY:
        return
    pictures, backups_removed = remove_unnamed_pictures(), backups.remove_leftovers()
    payments.begin_write()
    imports.forget_old(db.session())
    heartbeat.note(work_on_host_session("shop"), TIDY, pictures=pictures, backups=backups_removed)
    db.session.commit()


def remove_unnamed_pictures() -> int:
    """Delete pictures older than a day that no row names; return how many.

    Where no row names any picture, nothing is deleted: that may be a new database beside old files.
    """
    named = _named()
    db.session.rollback()
    if not named:
        return 0
    before = now() - _YOUNG
    found = {name for name, written in media.files() if datetime.fromtimestamp(written, UTC) < before}
    for name in found - named:
        media.remove({"id": name})
        log.info("Picture %s is named by nothing and was deleted", name)
    return len(found - named)


def _named() -> set[str]:
    lists = [*db.session.scalars(select(Product.pictures))]
    logos = [data["logo"] for data in db.session.scalars(select(ShopSettings.data)) if data.get("logo")]
    return {str(kept["id"]) for kept in [*logos, *(kept for pictures in lists for kept in pictures)]}
