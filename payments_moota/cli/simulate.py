"""`flask moota simulate|sandbox`: money that does not exist, signed and posted like Moota's."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import click

from .. import charges, provider
from ..accounts import get_account
from ..context import state, transaction
from ..errors import ConfigError, RefusedError
from ..models import Account, Charge, ProviderTransaction
from ..sandbox import SAMPLE_TOKEN, create_sandbox, serve
from ..sandbox.bank import BankAccount
from ..sandbox.webhook import build_body, build_mutation, send, signed_headers
from .output import as_json, command, show

_WEBHOOK_PATH = "/webhook/moota"
_LOCAL_SHOP = "http://127.0.0.1:5000"


@click.command()
@click.argument("order_ref")
@click.option("--amount", type=int, help="Rupiah; default: exactly what is due.")
@click.option("--account", "bank_id", help="Moota's id of the account that receives it; default: the charge's.")
@click.option("--debit", is_flag=True, help="Money that leaves the account.")
@click.option("--description", help="The bank's text on the statement.")
@click.option("--url", help="The running shop, or its webhook address.")
@click.option("--times", type=click.IntRange(min=1), default=1, help="Send the same webhook this often.")
@as_json
@command
def simulate(
    *,
    order_ref: str,
    amount: int | None,
    bank_id: str | None,
    debit: bool,
    description: str | None,
    url: str | None,
    times: int,
    as_json: bool,
) -> None:
    """Build, sign and POST the webhook of a transfer for ORDER_REF to a running shop."""
    secret = _secret()
    with transaction("cli") as work:
        charge = charges.get_charge(work, order_ref)
        account = _sandbox_account(get_account(work, bank_id) if bank_id else charge.account)
        amount = charge.amount_due if amount is None else amount
        made = None if bank_id or debit else provider.current(work, charge)
        payment = _payment_of(made, charge, amount) if made else {}
    mutation = build_mutation(
        account,
        amount,
        kind="DB" if debit else "CR",
        description=description or f"TRSF E-BANKING CR {order_ref}",
        occurred_at=datetime.now(UTC),
    )
    mutation.update(payment)
    body = build_body([mutation])
    address = _webhook_address(url)
    answers = [send(address, body, signed_headers(body, secret)) for _ in range(times)]
    document = {
        "url": address,
        "mutation_id": mutation["mutation_id"],
        "amount": mutation["amount"],
        "answers": [{"status": answer.status, "body": answer.body} for answer in answers],
    }
    show(document, as_json=as_json, text=_in_words(document))
    if not all(answer.is_accepted for answer in answers):
        raise RefusedError("The shop did not take the webhook; see the answers above and its log.")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5001, show_default=True)
@click.option("--url", help="The running shop, or its webhook address.")
@click.option("--token", help="Access token that opens its API; default: MOOTA_ACCESS_TOKEN, else sandbox-token.")
@command
def sandbox(*, port: int, url: str | None, token: str | None) -> None:
    """Run a pretend bank with a local Moota before it: its API, and transfers that reach the shop as webhooks."""
    known = token or state().settings.access_token or SAMPLE_TOKEN
    serve(create_sandbox(_webhook_address(url), _secret(), token=known), port=port)


def _payment_of(made: ProviderTransaction, charge: Charge, amount: int) -> dict[str, Any]:
    """Return what Moota adds to a mutation that pays a virtual account number or a QR code."""
    detail = {
        "trx_id": made.trx_id or "",
        "order_id": made.order_id,
        "contact": {"name": charge.customer_name or "", "email": "", "phone": ""},
        "status": "SUCCESS",
        "total": made.total,
        "amount_captured": amount,
        "unique_code": 0,
        "unique_note": "",
        "items": [],
    }
    number = {"account_number": made.va_number} if made.va_number else {}
    return {**number, "payment_detail": detail}


def _secret() -> str:
    secret = state().settings.webhook_secret
    if not secret:
        raise ConfigError("a webhook must be signed, so set it to the shop's secret", name="MOOTA_WEBHOOK_SECRET")
    return secret


def _webhook_address(url: str | None) -> str:
    base = url or state().settings.public_url or _LOCAL_SHOP
    return base if urlsplit(base).path.strip("/") else base.rstrip("/") + _WEBHOOK_PATH


def _sandbox_account(account: Account) -> BankAccount:
    return BankAccount(
        bank_id=account.bank_id,
        bank_type=account.bank_type,
        label=account.label,
        account_number=account.account_number,
        holder=account.holder,
    )


def _in_words(document: dict[str, Any]) -> str:
    answers = "\n".join(f"{answer['status']}  {answer['body']}" for answer in document["answers"])
    return f"Mutation {document['mutation_id']} of {document['amount']} rupiah sent to {document['url']}\n{answers}"
