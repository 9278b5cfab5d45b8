"""The pretend bank: accounts, balances and statement lines, in memory and safe for threads."""

from __future__ import annotations

import secrets
import string
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["CR", "DB"]
Way = Literal["transfer", "va", "qris"]

# Moota writes times without a zone; they are Western Indonesian time.
BANK_ZONE: Final = ZoneInfo("Asia/Jakarta")

OPENING_BALANCE: Final = 10_000_000
STATEMENT_LIMIT: Final = 2_000
_ID_ALPHABET: Final = string.ascii_letters + string.digits
_ID_LENGTH: Final = 11

# How the three banks word a transfer on a statement; the payer's own note is glued in, as banks do.
_WORDING: Final = {
    "bca": "TRSF E-BANKING {kind} {at:%d%m}/FTSCY/WS95031 {amount}.00 {note} {payer}",
    "mandiri": "MCM InhouseTrf {kind} {payer} {note} {at:%Y%m%d%H%M%S}",
    "bri": "NBMB {payer} TO {holder} {note} ESB:NBMB:0001:{amount}",
}
_OTHER_WORDING: Final = "TRANSFER {kind} {payer} {note}"
_PAYER: Final = "BUDI SANTOSO"


class BankError(ValueError):
    """The bank does not do what was asked."""


class UnknownAccountError(BankError):
    """No account has this bank id."""


class InsufficientBalanceError(BankError):
    """The account holds less than the debit takes."""


@dataclass(frozen=True, kw_only=True)
class BankAccount:
    """One account of the shop, with the fields Moota reports."""

    bank_id: str
    bank_type: str
    label: str
    account_number: str
    holder: str

    @property
    def way(self) -> Way:
        """Return how it is paid to, by the rule of Moota's own plugin; the sandbox of Moota's is a special name."""
        name = self.bank_type.lower()
        if name == "qris":
            return "qris"
        return "va" if name.endswith("va") or name == "vasandbox" else "transfer"


@dataclass(kw_only=True)
class StatementLine:
    """One line of an account's statement; amount and balance in rupiah, the balance as it was right after.

    `paid_to` is the number that was typed where it is not the account's own, `payment` what Moota knows of the
    transaction behind it. Note and tags are the owner's and may change.
    """

    mutation_id: str
    account: BankAccount
    kind: Kind
    amount: int
    description: str
    occurred_at: datetime
    balance: int
    paid_to: str | None = None
    payment: dict[str, Any] | None = None
    note: str = ""
    tags: list[str] = field(default_factory=list)
    recorded_at: datetime = field(default_factory=lambda: datetime.now(UTC))


SAMPLE_ACCOUNTS: Final = (
    BankAccount(
        bank_id="Vq3LmZt8RkX",
        bank_type="bca",
        label="BCA",
        account_number="1112223334",
        holder="Toko Contoh",
    ),
    BankAccount(
        bank_id="Hn7WcPy2DsJb",
        bank_type="mandiriOnlineV2",
        label="Mandiri",
        account_number="1112223334445",
        holder="Toko Contoh",
    ),
    BankAccount(
        bank_id="Tb9KxFg4MvQ6z",
        bank_type="bri",
        label="BRI",
        account_number="111222333444555",
        holder="Toko Contoh",
    ),
    BankAccount(
        bank_id="Rk4JpNz8LwC",
        bank_type="bniVA",
        label="BNI Virtual Account",
        account_number="98810012",
        holder="Toko Contoh",
    ),
    BankAccount(
        bank_id="Yd6VbMs3QxT",
        bank_type="qris",
        label="QRIS",
        account_number="ID1020030004000",
        holder="Toko Contoh",
    ),
)


def opaque_id() -> str:
    """Return an id of the shape Moota uses: letters and digits without meaning."""
    return "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))


def describe(account: BankAccount, amount: int, *, kind: Kind, note: str, at: datetime) -> str:
    """Word a transfer the way the account's bank prints it, noise included."""
    wording = next((text for bank, text in _WORDING.items() if account.bank_type.startswith(bank)), _OTHER_WORDING)
    local = at.astimezone(BANK_ZONE)
    text = wording.format(kind=kind, amount=amount, note=note, payer=_PAYER, holder=account.holder.upper(), at=local)
    return " ".join(text.split())


class Bank:
    """Accounts with a running balance each, and the newest lines of their common statement."""

    def __init__(self, accounts: Iterable[BankAccount]) -> None:
        self.accounts = tuple(accounts)
        self._balances = {account.bank_id: OPENING_BALANCE for account in self.accounts}
        self._lines: deque[StatementLine] = deque(maxlen=STATEMENT_LIMIT)
        self._lock = Lock()

    def account(self, bank_id: str) -> BankAccount:
        """Return the account with this id; raises UnknownAccountError."""
        for account in self.accounts:
            if account.bank_id == bank_id:
                return account
        raise UnknownAccountError(f"no account has the bank id {bank_id!r}")

    def balance(self, bank_id: str) -> int:
        """Return what the account holds now, in rupiah; raises UnknownAccountError."""
        account = self.account(bank_id)
        with self._lock:
            return self._balances[account.bank_id]

    def book(
        self,
        bank_id: str,
        amount: int,
        *,
        kind: Kind,
        description: str,
        occurred_at: datetime,
        paid_to: str | None = None,
        payment: dict[str, Any] | None = None,
    ) -> StatementLine:
        """Move money and write the statement line; raises UnknownAccountError or InsufficientBalanceError."""
        account = self.account(bank_id)
        if amount <= 0:
            raise BankError(f"a transfer moves at least one rupiah, not {amount}")
        with self._lock:
            balance = self._balances[bank_id] + (amount if kind == "CR" else -amount)
            if balance < 0:
                raise InsufficientBalanceError(f"{account.label} holds less than {amount} rupiah")
            line = StatementLine(
                mutation_id=opaque_id(),
                account=account,
                kind=kind,
                amount=amount,
                description=description,
                occurred_at=occurred_at,
                balance=balance,
                paid_to=paid_to,
                payment=payment,
            )
            self._balances[bank_id] = balance
            self._lines.appendleft(line)
        return line

    def twin(self, line: StatementLine) -> StatementLine:
        """Write a line once more under a new id; no money moves."""
        with self._lock:
            twin = replace(line, mutation_id=opaque_id(), tags=[])
            self._lines.appendleft(twin)
        return twin

    @property
    def transferable(self) -> tuple[BankAccount, ...]:
        """Return the accounts one can transfer to; virtual accounts and QRIS are paid by a number or a code."""
        return tuple(account for account in self.accounts if account.way == "transfer")

    def line(self, mutation_id: str) -> StatementLine | None:
        """Return the line with this id, if it is still known."""
        return next((line for line in self.statement() if line.mutation_id == mutation_id), None)

    def remove(self, mutation_ids: Iterable[str]) -> int:
        """Forget lines, as an owner may in Moota's dashboard; return how many. The balances stay."""
        unwanted = set(mutation_ids)
        with self._lock:
            before = len(self._lines)
            kept = [line for line in self._lines if line.mutation_id not in unwanted]
            self._lines.clear()
            self._lines.extend(kept)
            return before - len(kept)

    def statement(self) -> list[StatementLine]:
        """Return the newest lines of all accounts, newest first."""
        with self._lock:
            return list(self._lines)
