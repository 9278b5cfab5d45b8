"""The instance folder: the one place the shop writes to, and the secret key that is made there."""

import os
import secrets
import tempfile
from pathlib import Path

from .extensions import ConfigError


def prepare_instance(folder: str) -> Path:
    """Return the instance folder as an absolute path, made for our eyes only when it did not exist.

    Raises ConfigError naming STOREFRONT_INSTANCE.
    """
    path = Path(folder).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"STOREFRONT_INSTANCE: {folder!r} cannot be made: {error}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigError(f"STOREFRONT_INSTANCE: {folder!r} is not writable; choose another folder")
    return path


def secret_key(instance: Path) -> str:
    """Return the key kept in the instance folder, made there the first time.

    Processes that start together agree on one key: a complete file is linked into place, and only one link can win.
    Raises ConfigError naming SECRET_KEY.
    """
    target = instance / "secret_key"
    try:
        if not target.exists():
            _create(target)
        key = target.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigError(f"SECRET_KEY: {str(target)!r} cannot be used: {error}; set SECRET_KEY") from error
    if not key:
        raise ConfigError(f"SECRET_KEY: {str(target)!r} is empty; delete it or set SECRET_KEY")
    return key


def _create(target: Path) -> None:
    # mkstemp opens with O_EXCL and mode 0600.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".secret_key-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        os.link(name, target)
    except FileExistsError:
        pass  # another process was first, its key counts
    finally:
        Path(name).unlink()
