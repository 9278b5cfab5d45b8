"""The accounts that money comes to, and what is arranged at Moota, as the panel reads and changes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from payments_moota import ApiError, ConfigError, RefusedError, accounts, pulling, registering, sources
from payments_moota.context import work_on_host_session
from payments_moota.errors import UnknownAccount
from payments_moota.models import Account
from payments_moota.rules.masking import mask_number
from payments_moota.rules.qris import InvalidQrisError, read_qris
from payments_moota.web.banks import bank_name
from payments_moota.work import Work

from .extensions import db

__all__ = ["ApiError", "ConfigError", "RefusedError", "UnknownAccount"]

# What an owner decides about an account, by the names of its columns.
TERMS = (
    *("label", "is_offered", "minimum", "maximum", "fee_fixed", "fee_basis_points"),
    *("code_low", "code_high", "code_mode", "static_qris"),
)


class LastAccountError(Exception):
    """No account would be left that new orders could be paid to."""


class KnownAccountError(Exception):
    """An account with this id is there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """One account as the panel shows it: its number masked, and what the owner has decided."""

    bank_id: str
    bank: str
    kind: str
    label: str
    number: str
    holder: str
    is_active: bool
    is_offered: bool
    fault: str | None
    checked_at: datetime | None
    terms: dict[str, Any]


def every_account() -> list[Receiving]:
    """Return all accounts: by kind, within a kind in the order in which shoppers see them."""
    kinds = ("bank_transfer", "virtual_account", "qris")
    found = [_shown(account) for account in accounts.every_account(_work())]
    return sorted(found, key=lambda account: kinds.index(account.kind))


def find_account(bank_id: str) -> Receiving | None:
    """Return an account that Moota watches, or None."""
    try:
        return _shown(accounts.get_account(_work(), bank_id))
    except UnknownAccount:
        return None


def change_account(bank_id: str, terms: dict[str, Any], *, actor: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Decide about an account; return what was so before and what is now. Begin with `begin_write`.

    Raises UnknownAccount, RefusedError, or LastAccountError when new orders could not be paid any more.
    """
    work = _work(actor)
    before = _shown(accounts.get_account(work, bank_id)).terms
    after = _shown(accounts.set_terms(work, bank_id, **terms)).terms
    is_last = not any(account.is_offered for account in accounts.list_accounts(work))
    if is_last and before["is_offered"]:
        raise LastAccountError
    return before, after


def move_account(bank_id: str, *, earlier: bool, actor: str) -> None:
    """Move an account one place among those of its kind. Raises UnknownAccount."""
    accounts.move(_work(actor), bank_id, earlier=earlier)


def add_account(given: dict[str, str], *, actor: str) -> None:
    """Add an account by hand. Raises KnownAccountError, RefusedError."""
    work = _work(actor)
    if any(account.bank_id == given["bank_id"] for account in accounts.every_account(work)):
        raise KnownAccountError
    accounts.add_account(work, **given)


def is_static_qris(text: str) -> bool:
    """Tell whether a text is that of a printed QRIS code without an amount."""
    try:
        code = read_qris(text)
    except InvalidQrisError:
        return False
    return not code.is_dynamic and code.amount is None


def sync_accounts() -> dict[str, list[str]]:
    """Fetch the accounts from Moota; commits, and holds no transaction while it asks. Raises ApiError, ConfigError."""
    db.session.rollback()
    return pulling.sync_accounts()


def register_webhook() -> None:
    """Have Moota send every mutation here; holds no transaction while it asks. Raises ApiError, ConfigError."""
    db.session.rollback()
    registering.register_ours(webhook_address())


def webhook_address() -> str:
    """Return the address that Moota has to send to: by the settings, else by the request that is being answered."""
    return pulling.our_address() or url_for("moota.webhook", _external=True)


def addresses_let_in() -> list[str]:
    """Return the addresses that the owner let in beside the settings."""
    return sources.let_in_addresses(_work())


def shut_out(address: str, *, actor: str) -> None:
    """Take webhooks from an address that was let in no more."""
    sources.shut_out(_work(actor), address)


def _work(actor: str = "shop") -> Work:
    return work_on_host_session(actor)


def _shown(account: Account) -> Receiving:
    return Receiving(
        bank_id=account.bank_id,
        bank=bank_name(account.bank_type),
        kind=account.kind,
        label=account.label,
        number=mask_number(account.account_number),
        holder=account.holder,
        is_active=account.is_active,
        is_offered=account.is_offered,
        fault=account.fault,
        checked_at=account.checked_at,
        terms={name: getattr(account, name) for name in TERMS},
    )
