"""Pictures that come as a ZIP beside a file of goods, found by the names that its rows give.

Nothing is fetched from the net: an address in a file could lead anywhere, into the shop's own network, too.
"""

import shutil
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO

from storefront import media
from storefront.catalog.rules import MAX_PICTURES
from storefront.texts import _

from .reading import UnreadableError
from .rows import Group

MAX_BYTES = 60 * 1024 * 1024
MAX_FILES = 5000
_FROM_THE_NET = ("http://", "https://", "//")
_AT_ONCE = 1024 * 1024


def keep(stream: IO[bytes], target: Path) -> None:
    """Keep an upload that is a ZIP with not too many files. Raises UnreadableError."""
    with target.open("wb") as file:
        shutil.copyfileobj(stream, file, _AT_ONCE)
    problem = _problem(target)
    if problem:
        target.unlink()
        raise UnreadableError(problem)


def _problem(path: Path) -> str:
    if path.stat().st_size > MAX_BYTES:
        return _("ZIP gambarnya lebih besar dari %(size)d MB. Bagi dulu.", size=MAX_BYTES // 1024 // 1024)
    try:
        with zipfile.ZipFile(path) as archive:
            count = len(archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return _("Berkas gambarnya bukan ZIP yang bisa dibaca.")
    return (
        "" if count <= MAX_FILES else _("ZIP gambarnya berisi lebih dari %(most)d berkas. Bagi dulu.", most=MAX_FILES)
    )


class Pictures:
    """The pictures that came with a file; those of a file without a ZIP are all missing."""

    def __init__(self, path: Path | None) -> None:
        self._archive: zipfile.ZipFile | None = None
        if path is not None:
            # A ZIP that is gone or broken by now is told row by row.
            with suppress(OSError, zipfile.BadZipFile):
                self._archive = zipfile.ZipFile(path)
        parts = [part for part in self._archive.infolist() if not part.is_dir()] if self._archive else []
        self._by_path = {part.filename.casefold(): part for part in parts}
        self._by_name = {PurePosixPath(name).name: part for name, part in reversed(self._by_path.items())}

    def close(self) -> None:
        """Let go of the file."""
        if self._archive is not None:
            self._archive.close()

    def prepare(self, groups: Iterable[Group], *, dry_run: bool) -> None:
        """Make the pictures of these goods anew, or in a dry run only look whether they are there.

        Takes time: open no transaction before. What cannot be taken is told at the first row of the goods.
        """
        for group in groups:
            group.pictures, group.has_pictures = [], False
            names = dict.fromkeys(name for item in group.items for name in item.values.get("pictures", ()))
            for name in list(names)[:MAX_PICTURES]:
                try:
                    self._add(group, name, dry_run=dry_run)
                except media.PictureRefusedError as error:
                    _tell(group, _("Gambar %(name)s: %(why)s", name=name[:60], why=error))

    def _add(self, group: Group, name: str, *, dry_run: bool) -> None:
        """Add one picture to its goods. Raises PictureRefusedError."""
        if name.casefold().startswith(_FROM_THE_NET):
            raise media.PictureRefusedError(_("Alamat web tidak diambil; masukkan gambarnya ke ZIP."))
        part = self._by_path.get(name.casefold()) or self._by_name.get(name.casefold())
        if part is None or self._archive is None:
            raise media.PictureRefusedError(_("Tidak ada di ZIP."))
        if not dry_run:
            group.pictures.append(media.remake(self._content(self._archive, part)))
        group.has_pictures = True

    @staticmethod
    def _content(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
        """Return what a file holds, never much more than a picture may have. Raises PictureRefusedError."""
        try:
            with archive.open(part) as file:
                return file.read(media.MAX_BYTES + 1)
        except Exception as error:
            # A broken archive breaks in as many ways as there are parts in it.
            raise media.PictureRefusedError(_("Rusak di dalam ZIP.")) from error


def _tell(group: Group, text: str) -> None:
    first = group.items[0]
    first.note = " ".join(filter(None, [first.note, text]))
