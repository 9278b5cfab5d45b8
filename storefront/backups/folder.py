"""The folder of the backups: where it is, how a backup is named, and which there are."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app

from storefront.database import now
from storefront.identity import current_shop

from . import archive

_OLD = timedelta(days=2)
_BEGINNING = "storefront-"
# What the owner set is kept under this name; two weeks of nightly backups unless they say otherwise.
KEPT = "backups_kept"
DEFAULT_KEPT = 14


@dataclass(frozen=True, slots=True)
class Kept:
    """One backup that is kept. `is_checked`: it is ours, and those get their name only once they were read again."""

    name: str
    at: datetime
    size: int
    is_checked: bool

    @property
    def is_old(self) -> bool:
        """Tell whether more would be lost than two days."""
        return now() - self.at > _OLD


def backups_folder() -> Path:
    """Return where backups are kept unless somebody says otherwise."""
    return Path(current_app.config["SHOP_BACKUPS"] or Path(current_app.instance_path) / "backups").resolve()


def name_for(at: datetime) -> str:
    """Return the name of a backup that is made now."""
    return f"{_BEGINNING}{at:%Y%m%d-%H%M%S}{archive.ENDING}"


def list_kept() -> list[Kept]:
    """Return the backups in that folder, the newest first."""
    files = (path for path in backups_folder().glob("*") if path.is_file() and _is_backup(path.name))
    return sorted((_kept(path) for path in files), key=lambda kept: kept.at, reverse=True)


def kept_at_most() -> int:
    """Return how many backups the owner wants to keep; 0 keeps all."""
    return int(current_shop().data.get(KEPT, DEFAULT_KEPT))


def remove_older(newest: Path) -> list[str]:
    """Delete the oldest backups made here beyond those that are to be kept; return their names.

    `newest` was just written and read again; it stays whatever the clock says. Files that others put there stay, too.
    """
    wanted = kept_at_most()
    if not wanted:
        return []
    # Their names tell when they were made; the files' own times change with copying.
    ours = sorted(each.name for each in list_kept() if each.is_checked and each.name != newest.name)
    removed = ours[: max(0, len(ours) + 1 - wanted)]
    for name in removed:
        (backups_folder() / name).unlink(missing_ok=True)
    return removed


def is_room() -> bool:
    """Tell whether another backup like the newest fits twice: it is packed beside a copy of the database."""
    folder = backups_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    newest = next(iter(list_kept()), None)
    return shutil.disk_usage(folder).free > 2 * (newest.size if newest else 0)


def remove_leftovers(older_than: timedelta = timedelta(days=1)) -> int:
    """Delete what broken-off backups left behind; return how many files."""
    found = [path for path in backups_folder().glob(f"{_BEGINNING}*{archive.ENDING}{archive.PART}") if path.is_file()]
    old = [path for path in found if now() - _written(path) > older_than]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_backup(name: str) -> bool:
    return not (name.endswith(archive.PART) or name.startswith("."))


def _kept(path: Path) -> Kept:
    is_ours = path.name.startswith(_BEGINNING) and path.name.endswith(archive.ENDING)
    return Kept(path.name, _written(path), path.stat().st_size, is_checked=is_ours)


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
