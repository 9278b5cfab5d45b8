"""The payment extension's settings, its holidays and its secrets, as the panel reads and changes them."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from flask import current_app

from payments_moota import holidays
from payments_moota.config import SETTINGS, load_settings
from payments_moota.context import work_on_host_session
from payments_moota.holidays import KnownDay
from payments_moota.rules.signature import parse_allowed

from . import overrides

_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


class SecretsSet(NamedTuple):
    """Which secrets there are; what they are is told to nobody."""

    token: bool
    webhook: bool
    previous: bool


def configured_text(name: str) -> str:
    """Return what the environment says of a setting, or its default, as text."""
    given = current_app.config.get(name)
    return str(given).strip() if given not in {None, ""} else _DEFAULTS[name] or ""


def setting_text(name: str) -> str:
    """Return a setting in force, as text."""
    changed = overrides.current()
    return changed[name] if name in changed else configured_text(name)


def are_addresses(text: str) -> bool:
    """Tell whether a text lists addresses and networks that webhooks may come from."""
    try:
        parse_allowed(text)
    except ValueError:
        return False
    return True


def check_settings(changed: Mapping[str, str]) -> None:
    """Raise ConfigError naming the setting, when these values cannot be used over the environment's."""
    load_settings({**current_app.config, **overrides.kept_secrets(), **changed})


def secrets_set() -> SecretsSet:
    """Tell which secrets are set."""
    settings = work_on_host_session("shop").settings
    return SecretsSet(
        token=settings.access_token is not None,
        webhook=settings.webhook_secret is not None,
        previous=len(settings.webhook_secrets) > 1,
    )


def webhook_secret() -> str | None:
    """Return the secret in force, for it to stay valid beside a new one; not for showing."""
    return work_on_host_session("shop").settings.webhook_secret


def list_holidays() -> list[KnownDay]:
    """Return the coming days on which banks do not work, and those on which they do after all."""
    return holidays.list_days(work_on_host_session("shop"))


def add_holiday(day: date, name: str, *, actor: str) -> None:
    """Say that banks do not work on a day. Raises RefusedError."""
    holidays.add_holiday(work_on_host_session(actor), day, name)


def add_workday(day: date, *, actor: str) -> None:
    """Say that banks work on a known holiday. Raises RefusedError."""
    holidays.add_workday(work_on_host_session(actor), day)


def forget_holiday(day: date, *, actor: str) -> None:
    """Take back what was said of a day. Raises RefusedError."""
    holidays.forget(work_on_host_session(actor), day)
