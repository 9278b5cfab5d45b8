"""What the owner changed of the payment settings: values in the database, secrets in a file only the shop can read.

The environment's settings count wherever nothing is said here.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask import current_app, has_app_context

from .identity import current_shop

ACCESS_TOKEN = "MOOTA_ACCESS_TOKEN"  # noqa: S105 - the variable's name
SECRET = "MOOTA_WEBHOOK_SECRET"  # noqa: S105 - the variable's name
PREVIOUS = "MOOTA_WEBHOOK_SECRET_PREVIOUS"
_FILE = "moota_secrets.json"


def current() -> dict[str, str]:
    """Return the settings that count instead of the environment's, by their names."""
    if not has_app_context():
        return {}
    shop = current_shop()
    values: dict[str, str] = dict(shop.data.get("moota", {}))
    if shop.data.get("timezone"):
        values["MOOTA_TIMEZONE"] = shop.timezone
    return {**values, **kept_secrets()}


def kept_secrets() -> dict[str, str]:
    """Return the secrets that were replaced in the panel; an empty one says that there is none any more."""
    try:
        return dict(json.loads(_path().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def replace_secret(name: str, value: str, *, in_force: str | None) -> None:
    """Let a secret count from now on; the webhook's one before stays valid until `end_previous`."""
    changed = {**kept_secrets(), name: value}
    if name == SECRET and in_force:
        changed[PREVIOUS] = in_force
    _write(changed)


def end_previous() -> None:
    """Accept no more what is signed with the webhook's secret of before, whoever named it."""
    _write({**kept_secrets(), PREVIOUS: ""})


def _path() -> Path:
    return Path(current_app.instance_path) / _FILE


def _write(secrets: Mapping[str, str]) -> None:
    """Put a whole new file in place of the old one; mkstemp makes it for our eyes only."""
    path = _path()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{_FILE}-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(secrets), file)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
