"""The shop's settings: one table of names, defaults, parsers and meanings.

Values arrive as text, from the environment, from `.env` or from the mapping given to `create_app`, and are converted
by name, never guessed. The `MOOTA_*` settings belong to the payment extension and are handed on as they are.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from .extensions import ConfigError
from .formats import normalise_phone


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name, default, the parser that converts it and what it means."""

    name: str
    default: str
    parse: Callable[[str], Any]
    help: str
    secret: bool = False


def _text(value: str) -> str:
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be a time zone such as Asia/Jakarta, Asia/Makassar or Asia/Jayapura") from error
    return value


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number, 0 or more")
    return int(value)


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise ValueError("must be an address such as https://shop.example")
    return value.rstrip("/")


def _phone(value: str) -> str:
    return normalise_phone(value) if value else ""


def _email(value: str) -> str:
    if not value:
        return value
    try:
        # Reserved domains such as .test are somebody's rehearsal, not a typing error.
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError("must be an e-mail address such as pemilik@toko.example") from error


def _database_url(value: str) -> str:
    if not value:
        return value
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError("must be a database address such as sqlite:///shop.db or postgresql+psycopg://…") from error
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def _scheme_of(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value and urlsplit(value).scheme not in schemes:
            raise ValueError(f"must begin with {', '.join(f'{scheme}:' for scheme in schemes)}")
        return value

    return parse


SETTINGS = (
    Setting("STOREFRONT_INSTANCE", "./instance", _text, "folder for everything the shop writes"),
    Setting("DATABASE_URL", "", _database_url, "database; empty: storefront.db in the instance folder", secret=True),
    Setting(
        "QUEUE_URL",
        "",
        _scheme_of("sqlite", "postgresql", "postgresql+psycopg", "redis", "rediss"),
        "storage of the worker's queue; empty: queue.db in the instance folder",
        secret=True,
    ),
    Setting("SECRET_KEY", "", _text, "signs sessions and links; empty: generated in the instance folder", secret=True),
    Setting("TRUSTED_PROXIES", "0", _count, "number of reverse proxies whose X-Forwarded-* headers are believed"),
    Setting("SHOP_NAME", "Toko Kami", _text, "name of the shop"),
    Setting("SHOP_WHATSAPP", "", _phone, "mobile number for help by WhatsApp"),
    Setting("SHOP_TIMEZONE", "Asia/Jakarta", _zone, "time zone in which dates are shown"),
    Setting("SHOP_BASE_URL", "", _base_url, "public address of the shop, for links in e-mails"),
    Setting("SHOP_OWNER_EMAIL", "", _email, "who is told when money comes wrong or is overdue; empty: nobody"),
    Setting(
        "MAIL_URL",
        "console:",
        _scheme_of("console", "smtp", "smtps"),
        "where e-mails go: console:, smtp://[user:password@]host[:port] or smtps://…",
        secret=True,
    ),
    Setting("MAIL_FROM", "", _text, "sender of e-mails; empty: no-reply at the host of SHOP_BASE_URL"),
    Setting("SHOP_BACKUPS", "", _text, "folder of your backups, for the doctor; empty: backups in the instance folder"),
    Setting("METRICS_TOKEN", "", _text, "bearer token that may read /metrics from elsewhere", secret=True),
)

# The extension's own secrets; their _FILE variants are the shop's to read.
MOOTA_SECRETS = ("MOOTA_ACCESS_TOKEN", "MOOTA_WEBHOOK_SECRET", "MOOTA_WEBHOOK_SECRET_PREVIOUS")


def read_environment() -> dict[str, str]:
    """Return the variables that concern us: the environment's first, else those of `.env` in the working folder."""
    file_values = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    known = {setting.name for setting in SETTINGS}
    known |= {f"{setting.name}_FILE" for setting in SETTINGS if setting.secret}
    merged = {**file_values, **os.environ}
    return {name: value for name, value in merged.items() if name in known or name.startswith("MOOTA_")}


def load_config(given: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the shop's settings in `given` and pass everything else on unchanged.

    Raises ConfigError naming the variable, the value seen and the remedy.
    """
    source = _with_secret_files(given)
    config = dict(source)
    for setting in SETTINGS:
        config[setting.name] = _convert(setting, source)
    if not config.get("MOOTA_PUBLIC_URL") and config["SHOP_BASE_URL"]:
        config["MOOTA_PUBLIC_URL"] = config["SHOP_BASE_URL"]
    if not config.get("MOOTA_SHOP_TAG") and config["SHOP_NAME"]:
        config["MOOTA_SHOP_TAG"] = config["SHOP_NAME"]
    if not config.get("MOOTA_TIMEZONE"):
        config["MOOTA_TIMEZONE"] = config["SHOP_TIMEZONE"]
    return config


def _convert(setting: Setting, source: Mapping[str, Any]) -> Any:
    given = source.get(setting.name)
    text = "" if given is None else str(given).strip()
    try:
        return setting.parse(text or setting.default)
    except ValueError as error:
        seen = "the value given" if setting.secret else repr(text)
        raise ConfigError(f"{setting.name}: {seen} cannot be used: {error}", name=setting.name) from error


def _with_secret_files(given: Mapping[str, Any]) -> dict[str, Any]:
    """Replace every `NAME_FILE` of a secret by `NAME` with the text of that file."""
    source = dict(given)
    for name in (*(setting.name for setting in SETTINGS if setting.secret), *MOOTA_SECRETS):
        path = source.pop(f"{name}_FILE", None)
        if not path:
            continue
        if source.get(name):
            raise ConfigError(f"{name}: set either {name} or {name}_FILE, not both", name=name)
        source[name] = _read_secret(f"{name}_FILE", Path(str(path)))
    return source


def _read_secret(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{variable}: {str(path)!r} cannot be read: {error}", name=variable) from error
