"""Reading what a person types into the transfer form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments_moota.sandbox.bank import Bank, BankAccount, Kind

MAX_AMOUNT: Final = 1_000_000_000_000
MAX_NOTE: Final = 100
MAX_TIMES: Final = 20
_DELAYS: Final[dict[str, int]] = {"5": 5, "30": 30, "120": 120}

# Dots only where thousands are: "50.00" is neither fifty nor five thousand.
_AMOUNT: Final = re.compile(r"(?:rp\.?\s*)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,00|,-)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """A transfer as asked for; the amount in rupiah, `delay` in seconds. One that is held is told with others later."""

    account: BankAccount
    amount: int
    kind: Kind
    note: str
    times: int
    is_held: bool = False
    delay: int = 0


class InvalidFormError(ValueError):
    """Some fields cannot be understood; `errors` maps the field's name to a sentence for the person."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = errors


def parse_amount(text: str) -> int:
    """Return the rupiah meant by `150.347`, `Rp150.347` or `150347`; raises ValueError for anything else."""
    found = _AMOUNT.fullmatch(text.strip())
    amount = int(found[1].replace(".", "")) if found and len(found[1]) <= len(f"{MAX_AMOUNT:,}") else 0
    if not 0 < amount <= MAX_AMOUNT:
        raise ValueError(f"{text!r} is not an amount of rupiah")
    return amount


def read_transfer(form: Mapping[str, str], bank: Bank) -> Transfer:
    """Return the transfer the form asks for; raises InvalidFormError with every field that is wrong."""
    errors: dict[str, str] = {}
    account = next((known for known in bank.accounts if known.bank_id == form.get("account")), None)
    if account is None:
        errors["account"] = "Pilih rekening tujuan."
    amount = _amount(form.get("amount", ""), errors)
    times = _times(form.get("times", "1"), errors)
    note = " ".join(form.get("note", "").split())
    if len(note) > MAX_NOTE:
        errors["note"] = f"Berita paling panjang {MAX_NOTE} huruf."
    if account is None or errors:
        raise InvalidFormError(errors)
    return Transfer(
        account=account,
        amount=amount,
        kind="DB" if form.get("debit") else "CR",
        note=note,
        times=times,
        is_held=bool(form.get("hold")),
        delay=_DELAYS.get(form.get("delay", ""), 0),
    )


def _amount(text: str, errors: dict[str, str]) -> int:
    """Return the amount, or zero with a note in `errors`."""
    try:
        return parse_amount(text)
    except ValueError:
        errors["amount"] = "Tulis jumlah rupiah, misalnya 150.347 atau Rp150.347."
        return 0


def _times(text: str, errors: dict[str, str]) -> int:
    """Return how often to send, or one with a note in `errors`."""
    trimmed = text.strip() or "1"
    if (
        trimmed.isascii()
        and trimmed.isdigit()
        and len(trimmed) <= len(str(MAX_TIMES))
        and 1 <= int(trimmed) <= MAX_TIMES
    ):
        return int(trimmed)
    errors["times"] = f"Tulis angka 1 sampai {MAX_TIMES}."
    return 1
