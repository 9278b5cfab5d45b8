"""What goes wrong between a bank, Moota and a shop, played on purpose: repeats, reversals, batches, tests, API V1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from payments_moota.sandbox.bank import BANK_ZONE, describe
from payments_moota.sandbox.state import Sandbox
from payments_moota.sandbox.webhook import Answer, build_body, build_mutation, send, signed_headers

if TYPE_CHECKING:
    from payments_moota.sandbox.bank import StatementLine
    from payments_moota.sandbox.registry import Registered

# Words with which banks take a transfer back.
_REVERSAL: Final = "KOREKSI DEBET REVERSAL {description}"
_V1_KEY: Final = "sandbox-v1-key"
_TEST_AMOUNT: Final = 50_000
_TEST_DAY: Final = datetime(2019, 11, 10, 14, 33, 1, tzinfo=BANK_ZONE)
_TEST_TEXT: Final = "Testing webhook moota"


def tell_waiting(here: Sandbox) -> int:
    """Tell every line that no webhook has told yet, all in one, as after a longer pause of Moota's; return how many."""
    told = {line.mutation_id for delivery in here.webhooks.deliveries() for line in delivery.lines}
    waiting = [line for line in reversed(here.bank.statement()) if line.mutation_id not in told]
    if waiting:
        here.webhooks.announce(waiting)
    return len(waiting)


def tell_under_another_id(here: Sandbox, line: StatementLine) -> StatementLine:
    """Tell the same line once more under a new id, as when Moota has read the bank twice. The balance stays."""
    twin = here.bank.twin(line)
    here.webhooks.announce([twin])
    return twin


def take_back(here: Sandbox, line: StatementLine) -> StatementLine:
    """Let the bank take a credit back. Raises InsufficientBalanceError."""
    made = here.bank.book(
        line.account.bank_id,
        line.amount,
        kind="DB",
        description=_REVERSAL.format(description=line.description)[:250],
        occurred_at=datetime.now(UTC),
    )
    here.webhooks.announce([made])
    return made


def give_back(here: Sandbox, line: StatementLine, note: str) -> StatementLine:
    """Let a transfer that went out come back (retur), as banks do with a wrong account number."""
    text = describe(line.account, line.amount, kind="CR", note=f"RETUR {note}", at=datetime.now(UTC))
    made = here.bank.book(line.account.bank_id, line.amount, kind="CR", description=text, occurred_at=datetime.now(UTC))
    here.webhooks.announce([made])
    return made


def push_v1(webhook: Registered, line: StatementLine, *, encoded_twice: bool = False) -> Answer:
    """Tell a line the way of API V1: unsigned, under a number of its own, the list encoded once or twice."""
    row = {
        "id": abs(hash(line.mutation_id)) % 10**8,
        "bank_id": line.account.bank_id,
        "account_number": line.account.account_number,
        "bank_type": line.account.bank_type,
        "date": line.occurred_at.astimezone(BANK_ZONE).strftime("%d-%m-%Y"),
        "amount": line.amount,
        "description": line.description,
        "type": line.kind,
        "balance": line.balance,
    }
    text = json.dumps([row])
    body = json.dumps(text) if encoded_twice else text
    return send(webhook.url, body.encode(), {"Content-Type": "application/json", "Authorization": f"Basic {_V1_KEY}:"})


def check_address(here: Sandbox, webhook: Registered) -> Answer:
    """Send what Moota's dashboard sends to try an address: signed, with money that never was, years ago."""
    account = here.bank.accounts[0]
    rows: list[dict[str, Any]] = [
        build_mutation(account, _TEST_AMOUNT, description=_TEST_TEXT, occurred_at=_TEST_DAY) for _ in range(2)
    ]
    body = build_body([{**row, "note": _TEST_TEXT, "bank_id": "testing_bank_id"} for row in rows])
    return send(webhook.url, body, signed_headers(body, webhook.secret, webhook_id=webhook.webhook_id))
