"""What one sandbox holds: the bank, the transactions, the webhooks, and the owner's side of Moota."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

if TYPE_CHECKING:
    from payments_moota.sandbox.bank import Bank
    from payments_moota.sandbox.registry import Webhooks
    from payments_moota.sandbox.transactions import Transactions

EXTENSION: Final = "moota_sandbox"


@dataclass(kw_only=True)
class Sandbox:
    """One pretend Moota. `tokens` are the access tokens with their scopes; `points` pay for a refresh.

    `tells_qr_text`: a transaction's answer has the text of its QR code too, not only the address of its picture.
    """

    bank: Bank
    webhooks: Webhooks
    transactions: Transactions
    tokens: dict[str, set[str]]
    points: int = 100
    tells_qr_text: bool = False
    tags: dict[str, str] = field(default_factory=dict)


def sandbox() -> Sandbox:
    """Return the sandbox of the current app."""
    return cast("Sandbox", current_app.extensions[EXTENSION])
