"""Where e-mails go: `MAIL_URL` as the mail library wants it told."""

import ipaddress
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from .extensions import ConfigError

_TIMEOUT_SECONDS = 15
_PORTS = {"smtp": 25, "smtps": 465}


def mail_config(url: str, sender: str, base_url: str) -> dict[str, Any]:
    """Return the mail library's settings.

    Raises ConfigError naming MAIL_URL.
    """
    config: dict[str, Any] = {
        "MAIL_DEFAULT_SENDER": sender or f"no-reply@{urlsplit(base_url).hostname or 'localhost'}",
        "MAIL_TIMEOUT": _TIMEOUT_SECONDS,
    }
    if url == "console:":
        return config | {"MAIL_BACKEND": "console"}
    parts = urlsplit(url)
    return config | {
        "MAIL_BACKEND": "smtp",
        "MAIL_SERVER": parts.hostname or _refuse("the host is missing"),
        "MAIL_PORT": _port(parts),
        "MAIL_USERNAME": unquote(parts.username) if parts.username else None,
        "MAIL_PASSWORD": unquote(parts.password) if parts.password else None,
        "MAIL_USE_SSL": parts.scheme == "smtps",
        "MAIL_USE_TLS": parts.scheme == "smtp" and _must_encrypt(parts),
    }


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or _PORTS[parts.scheme]
    except ValueError:
        return _refuse("the port must be a number below 65536")


def _must_encrypt(parts: SplitResult) -> bool:
    """A password never travels in the clear, except within this machine."""
    if not parts.password:
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname != "localhost"


def _refuse(why: str) -> Any:
    raise ConfigError(f"MAIL_URL: the value given cannot be used: {why}", name="MAIL_URL")
