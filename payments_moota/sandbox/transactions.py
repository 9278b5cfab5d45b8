"""Transactions that a shop asks Moota for: a transfer with Moota's code, a virtual account number, a QR code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from payments_moota.sandbox.qris import dynamic_code

if TYPE_CHECKING:
    from payments_moota.sandbox.bank import BankAccount

# What Moota's own plugin refuses before it asks.
LEAST: Final = 10_000
_DEFAULT_MINUTES: Final = 1_440
# Moota tells no upper bound; a year ends nonsense.
_MOST_MINUTES: Final = 525_600
_FIELDS: Final = frozenset({"order_id", "customers", "items", "total"})


class RefusedTransactionError(ValueError):
    """The transaction is not made; `errors` says why, field by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = errors


@dataclass(kw_only=True)
class Transaction:
    """One payment asked for. `total` in rupiah is what the payer pays, Moota's own unique code included."""

    trx_id: str
    order_id: str
    account: BankAccount
    contact: dict[str, str]
    items: list[dict[str, Any]]
    asked: int
    unique_code: int
    created_at: datetime
    expires_at: datetime
    va_number: str | None = None
    qr_text: str | None = None
    redirect_url: str | None = None
    mutation_ids: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return what the payer pays."""
        return self.asked + self.unique_code

    def payment_detail(self, amount: int) -> dict[str, Any]:
        """Return what a mutation says of the transaction it pays."""
        return {
            "trx_id": self.trx_id,
            "order_id": self.order_id,
            "contact": self.contact,
            "status": "SUCCESS",
            "total": self.total,
            "amount_captured": amount,
            "unique_code": self.unique_code,
            "unique_note": "",
            "items": [
                {"description": item.get("name", ""), "qty": item["qty"], "ratio": 1, "price": item["price"]}
                for item in self.items
            ],
        }


class Transactions:
    """All transactions, in memory and safe for threads."""

    def __init__(self) -> None:
        self._made: list[Transaction] = []
        self._lock = Lock()

    def make(self, asked: dict[str, Any], accounts: dict[str, BankAccount]) -> Transaction:
        """Make a transaction, or return the one that the same order id has already. Raises RefusedTransactionError."""
        account = _checked(asked, accounts)
        with self._lock:
            known = next((each for each in self._made if each.order_id == str(asked["order_id"])), None)
            if known is not None:
                if (known.account, known.asked) != (account, int(asked["total"])):
                    raise RefusedTransactionError({"order_id": ["The order id has already been taken."]})
                return known
            made = self._new(asked, account)
            self._made.append(made)
        return made

    def all(self) -> list[Transaction]:
        """Return every transaction, newest first."""
        with self._lock:
            return self._made[::-1]

    def by_id(self, trx_id: str) -> Transaction | None:
        """Return the transaction with this id."""
        return next((each for each in self.all() if each.trx_id == trx_id), None)

    def by_number(self, number: str) -> Transaction | None:
        """Return the transaction that a virtual account number stands for."""
        return next((each for each in self.all() if each.va_number == number), None)

    def by_code(self, text: str) -> Transaction | None:
        """Return the transaction that a QR code's text stands for."""
        return next((each for each in self.all() if each.qr_text == text.strip()), None)

    def _new(self, asked: dict[str, Any], account: BankAccount) -> Transaction:
        now = datetime.now(UTC)
        minutes = int(asked.get("expired_in_minutes") or _DEFAULT_MINUTES)
        # Left out, Moota's own unique code is on.
        has_code = asked.get("is_unique_code_active", True) not in {False, "0", "false"}
        made = Transaction(
            trx_id=f"PYM-{secrets.token_hex(4)}-{secrets.token_hex(4)}",
            order_id=str(asked["order_id"]),
            account=account,
            contact={name: str(asked["customers"].get(name) or "") for name in ("name", "email", "phone")},
            items=[{**item, "qty": int(item["qty"]), "price": int(item["price"])} for item in asked["items"]],
            asked=int(asked["total"]),
            unique_code=secrets.randbelow(999) + 1 if has_code else 0,
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
            redirect_url=asked.get("redirect_url"),
        )
        if account.way == "va":
            made.va_number = self._free_number(account)
        if account.way == "qris":
            made.qr_text = dynamic_code(
                merchant=account.holder, merchant_id=account.account_number, amount=made.total, bill=made.trx_id
            )
        return made

    def _free_number(self, account: BankAccount) -> str:
        """Return a number that nobody has; by chance, since a shop may remember those of a sandbox of yesterday."""
        taken = {made.va_number for made in self._made}
        while (number := f"{account.account_number}{secrets.randbelow(10**8):08d}") in taken:
            pass
        return number


def _checked(asked: dict[str, Any], accounts: dict[str, BankAccount]) -> BankAccount:
    """Return the receiving account of a request that can be carried out. Raises RefusedTransactionError."""
    errors = {name: [f"Kolom {name} harus diisi."] for name in sorted(_FIELDS) if not asked.get(name)}
    if asked.get("bank_account_id") and asked.get("account_id"):
        errors["account_id"] = ["Pilih salah satu dari bank_account_id dan account_id."]
    account = accounts.get(str(asked.get("bank_account_id") or asked.get("account_id") or ""))
    if account is None:
        errors["bank_account_id"] = ["The selected bank account id is invalid."]
    if not errors and account is not None:
        errors = {**_wrong_sums(asked, account), **_wrong_contact(asked, account), **_wrong_end(asked)}
    if errors or account is None:
        raise RefusedTransactionError(errors)
    return account


def _wrong_sums(asked: dict[str, Any], account: BankAccount) -> dict[str, list[str]]:
    try:
        total = int(asked["total"])
    except (TypeError, ValueError):
        return {"total": ["The total must be an integer."]}
    try:
        items = sum(int(item["qty"]) * int(item["price"]) for item in asked["items"])
    except (TypeError, ValueError, KeyError):
        return {"items": ["Every item needs qty and price, whole numbers."]}
    if items != total:
        return {"total": ["The total must be the sum of the items."]}
    if total <= 0 or (account.way != "transfer" and total < LEAST):
        return {"total": [f"The total must be at least {LEAST}."]}
    return {}


def _wrong_contact(asked: dict[str, Any], account: BankAccount) -> dict[str, list[str]]:
    customers = asked["customers"]
    if not isinstance(customers, dict):
        return {"customers": ["The customers must be an object."]}
    if account.way == "va" and not str(customers.get("phone") or "").strip():
        return {"customers.phone": ["Kolom phone harus diisi."]}
    return {}


def _wrong_end(asked: dict[str, Any]) -> dict[str, list[str]]:
    minutes = str(asked.get("expired_in_minutes") or _DEFAULT_MINUTES)
    if minutes.isascii() and minutes.isdigit() and 0 < int(minutes) <= _MOST_MINUTES:
        return {}
    return {"expired_in_minutes": [f"The expired in minutes must be between 1 and {_MOST_MINUTES}."]}
