"""Where e-mails go: `MAIL_URL` as the mail library wants it told."""

import ipaddress
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from storefront.extensions import ConfigError

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
        "MAIL_SERVER": _host(parts),
        "MAIL_PORT": _port(parts),
        "MAIL_USERNAME": unquote(parts.username) if parts.username else None,
        "MAIL_PASSWORD": unquote(parts.password) if parts.password else None,
        "MAIL_USE_SSL": parts.scheme == "smtps",
        "MAIL_USE_TLS": parts.scheme == "smtp" and _must_encrypt(parts),
    }


def _host(parts: SplitResult) -> str:
    if not parts.hostname:
        raise _refusal("the host is missing")
    return parts.hostname


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or _PORTS[parts.scheme]
    except ValueError:
        raise _refusal("the port must be a number below 65536") from None


def _must_encrypt(parts: SplitResult) -> bool:
    """Tell whether to insist on STARTTLS: a password never travels in the clear, except within this machine."""
    if not parts.password:
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname != "localhost"


def _refusal(why: str) -> ConfigError:
    return ConfigError(f"MAIL_URL: the value given cannot be used: {why}", name="MAIL_URL")
