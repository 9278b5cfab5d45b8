"""One backup in one file: a tar with the database, the shop's files, and a manifest with the hash of each.

The file is written under another name, read again and compared before it gets its own: what bears the name is whole.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

from sqlalchemy import Engine

from . import databases
from .databases import BackupRefusedError

FORMAT = 1
MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"
ENDING = ".tar.gz"
PART = ".part"
_CHUNK = 1024 * 1024
# What is made again by itself, or belongs to the database and is copied with it.
_LEFT_OUT = frozenset({".db", ".db-wal", ".db-shm", ".db-journal", ".restoring", ".part", ".lock", ".pid"})
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its manifest tells: when it was made, of which kind of database, and what is in it."""

    made_at: datetime
    kind: str
    sizes: dict[str, int]
    hashes: dict[str, str]

    @property
    def total(self) -> int:
        """Return the bytes of everything inside, unpacked."""
        return sum(self.sizes.values())


def write(engine: Engine, folder: Path, target: Path, *, at: datetime, left_out: Path, tell: Tell) -> Backup:
    """Back up the database and the files of `folder` into `target`, but for `left_out`, where the backups are.

    Raises BackupRefusedError when the file exists, something cannot be copied, or the result is not what was copied.
    """
    if target.exists():
        raise BackupRefusedError(f"{target.name} exists already; backups are never overwritten")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(target.name + PART)
    try:
        with tempfile.TemporaryDirectory(prefix="backup-") as scratch:
            copy = Path(scratch) / DATABASE
            tell("Copying the database …")
            # First the database, then the files: a file is written before the row that names it.
            databases.dump(engine, copy)
            databases.check(engine.dialect.name, copy)
            backup = _pack(part, copy, _files(folder, left_out), at=at, kind=engine.dialect.name, tell=tell)
        tell("Reading it again …")
        if read(part) != backup:
            raise BackupRefusedError("what was written is not what was copied; is the disk full or failing?")
        part.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise BackupRefusedError(f"{target.name} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return backup


def read(path: Path) -> Backup:
    """Return what a backup holds, after comparing every part with its hash. Raises BackupRefusedError."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            manifest, hashes, sizes = None, {}, {}
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                if content is None:
                    raise BackupRefusedError(f"{path.name} holds {member.name!r}, which no backup of ours holds")
                if member.name == MANIFEST:
                    manifest = json.load(content)
                else:
                    hashes[member.name], sizes[member.name] = _hash(content), member.size
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise BackupRefusedError(f"{path.name} is no backup, or is damaged: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BackupRefusedError(f"{path.name} is no backup of this shop's program")
    if manifest["hashes"] != hashes or DATABASE not in hashes:
        wrong = sorted(
            name for name in {*manifest["hashes"], *hashes} if manifest["hashes"].get(name) != hashes.get(name)
        )
        raise BackupRefusedError(f"{path.name} is damaged: {', '.join(wrong[:3])} is not as it was written")
    return Backup(datetime.fromisoformat(manifest["made_at"]), manifest["database"], sizes, hashes)


def restore(engine: Engine, folder: Path, source: Path, *, replace: bool, tell: Tell) -> Backup:
    """Put a backup in the place of the database and the files. Nothing is touched before all of it has been checked.

    Raises BackupRefusedError when it is damaged, of another kind of database, or something is here already and
    `replace` is not said.
    """
    tell("Checking the backup …")
    backup = read(source)
    if backup.kind != engine.dialect.name:
        raise BackupRefusedError(f"this backup is of {backup.kind}, and the shop's database is {engine.dialect.name}")
    if not replace and not databases.is_empty(engine):
        raise BackupRefusedError("the shop's database is not empty; say --replace to lose what is in it")
    with tempfile.TemporaryDirectory(prefix="restore-") as scratch, tarfile.open(source, "r:gz") as tar:
        _unpack(tar, backup, Path(scratch))
        copy = Path(scratch) / DATABASE
        databases.check(backup.kind, copy)
        tell("Putting the database in its place …")
        databases.load(engine, copy)
        names = [name for name in backup.hashes if name.startswith(FILES)]
        tell(f"Putting {len(names)} files in their place …")
        for name in names:
            _put(Path(scratch) / name, folder / name.removeprefix(FILES))
    return backup


def _pack(part: Path, copy: Path, files: list[tuple[str, Path]], *, at: datetime, kind: str, tell: Tell) -> Backup:
    hashes: dict[str, str] = {}
    sizes: dict[str, int] = {}
    with part.open("wb") as raw:
        part.chmod(0o600)
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar:
            entries = [(DATABASE, copy), *files]
            for number, (name, path) in enumerate(entries, 1):
                if number == 1 or number % 100 == 0 or number == len(entries):
                    tell(f"Packing {number} of {len(entries)} …")
                content = _Hashed(path)
                with content:
                    info = tarfile.TarInfo(name)
                    info.size, info.mtime, info.mode = content.size, int(at.timestamp()), 0o600
                    tar.addfile(info, content)
                hashes[name], sizes[name] = content.digest(), content.size
            manifest = {"format": FORMAT, "made_at": at.isoformat(), "database": kind, "sizes": sizes, "hashes": hashes}
            _add_text(tar, MANIFEST, json.dumps(manifest, indent=1, sort_keys=True), at)
        raw.flush()
        os.fsync(raw.fileno())
    return Backup(at, kind, sizes, hashes)


class _Hashed:
    """A file that is hashed while it is read; it counts as long as it was when it was opened."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.size = os.fstat(self._file.fileno()).st_size
        self._hash = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        """Read on, as `tarfile` does."""
        content = self._file.read(size)
        self._hash.update(content)
        return content

    def digest(self) -> str:
        """Return the hash of all that was read."""
        return self._hash.hexdigest()


def _files(folder: Path, left_out: Path) -> list[tuple[str, Path]]:
    """Return what the shop keeps as files: the names inside the backup, and where they are."""
    return [
        (f"{FILES}{path.relative_to(folder).as_posix()}", path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not any(path.name.endswith(ending) for ending in _LEFT_OUT)
        and left_out not in path.parents
    ]


def _unpack(tar: tarfile.TarFile, backup: Backup, scratch: Path) -> None:
    """Unpack what the manifest names, nowhere but below `scratch`."""
    for member in _named(tar, backup):
        tar.extract(member, scratch, filter="data")
        with (scratch / member.name).open("rb") as content:
            if _hash(content) != backup.hashes[member.name]:
                raise BackupRefusedError(f"{member.name} changed while it was read")


def _named(tar: tarfile.TarFile, backup: Backup) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        is_ours = member.name == DATABASE or member.name.startswith(FILES)
        if member.name in backup.hashes and is_ours and ".." not in Path(member.name).parts:
            yield member


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = target.with_name(f"{target.name}.restoring")
    beside.write_bytes(source.read_bytes())
    beside.chmod(0o600)
    beside.replace(target)


def _add_text(tar: tarfile.TarFile, name: str, content: str, at: datetime) -> None:
    raw = content.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = len(raw), int(at.timestamp()), 0o600
    tar.addfile(info, io.BytesIO(raw))


def _hash(content: IO[bytes]) -> str:
    made: Any = hashlib.sha256()
    while chunk := content.read(_CHUNK):
        made.update(chunk)
    return str(made.hexdigest())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
