"""`flask moota refund`: money that goes back, from the request to the end.

The shell has no login: whoever runs these commands has the operator's full rights, so `approve` is accepted for every
refund, also one that was requested by a command, and `complete` without a proof. The history names the actor `cli`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .. import accounts, destinations, evidence, payouts, refunds
from ..context import transaction
from ..models import Refund
from ..models.refunds import RefundReason, RefundStatus
from ..objects import refund_objects
from ..rules.destination import Destination, read_destination
from ..rules.states import REFUND
from .output import as_json, command, details, show, table

_STATUSES = sorted({status for status, _ in REFUND.moves} | set(REFUND.moves.values()))
_SUMMARY = ("ticket", "order_ref", "amount", "reason", "origin", "status", "requested_by", "decided_by", "due_at")

_ticket = click.argument("ticket")
_note = click.option("--note", help="Kept in the history; the shopper reads it.")


@click.group()
def refund() -> None:
    """Refunds: money the shop owes back."""


@refund.command()
@click.argument("order_ref")
@click.argument("amount", type=int)
@click.option("--reason", required=True, type=click.Choice(refunds.REASONS))
@_note
@click.option("--bank", help="Where the money goes: the bank's code (014) or name (bca).")
@click.option("--number", help="The account number.")
@click.option("--holder", help="The name on the account.")
@as_json
@command
def request(
    *,
    order_ref: str,
    amount: int,
    reason: RefundReason,
    note: str | None,
    bank: str | None,
    number: str | None,
    holder: str | None,
    as_json: bool,
) -> None:
    """Ask for AMOUNT rupiah of ORDER_REF's money back."""
    destination = _destination(bank, number, holder)
    with transaction("cli") as work:
        asked = refunds.request_refund(work, order_ref, amount, reason=reason, note=note, destination=destination)
        row = refund_objects(work, [asked])[0]
    show(row, as_json=as_json, text=_in_words(row))


@refund.command("show")
@_ticket
@as_json
@command
def show_(*, ticket: str, as_json: bool) -> None:
    """Show the refund TICKET and its history."""
    with transaction("cli") as work:
        row = refund_objects(work, [refunds.get_refund(work, ticket)])[0]
    show(row, as_json=as_json, text=_in_words(row))


@refund.command("list")
@click.option("--status", type=click.Choice(_STATUSES))
@click.option("--overdue", is_flag=True, help="Only open ones whose due date has passed.")
@as_json
@command
def list_(*, status: RefundStatus | None, overdue: bool, as_json: bool) -> None:
    """List the newest refunds."""
    with transaction("cli") as work:
        found = refunds.overdue(work) if overdue else refunds.list_refunds(work, status=status)
        rows = refund_objects(work, [each for each in found if status in {None, each.status}])
    columns = ("ticket", "order_ref", "amount", "reason", "status", "due_at")
    show(rows, as_json=as_json, text=table(rows, columns, empty="No refunds."))


@refund.command("review")
@_ticket
@_note
@as_json
@command
def review(*, ticket: str, note: str | None, as_json: bool) -> None:
    """Show the shopper that somebody looks into it."""
    _step(refunds.start_review, ticket, note, as_json=as_json)


@refund.command()
@_ticket
@_note
@as_json
@command
def approve(*, ticket: str, note: str | None, as_json: bool) -> None:
    """Decide that the money goes back."""
    _step(refunds.approve, ticket, note, as_json=as_json)


@refund.command()
@_ticket
@_note
@as_json
@command
def reject(*, ticket: str, note: str | None, as_json: bool) -> None:
    """Decide that the money stays; --note says why."""
    _step(refunds.reject, ticket, note, as_json=as_json)


@refund.command("mark-sent")
@_ticket
@_note
@as_json
@command
def mark_sent(*, ticket: str, note: str | None, as_json: bool) -> None:
    """Say that the transfer has been made."""
    _step(refunds.mark_sent, ticket, note, as_json=as_json)


@refund.command()
@_ticket
@_note
@as_json
@command
def complete(*, ticket: str, note: str | None, as_json: bool) -> None:
    """Vouch that the money has gone; --note says what proves it. Normally the outgoing mutation does this by itself."""
    _step(refunds.complete, ticket, note, as_json=as_json)


@refund.command()
@_ticket
@_note
@as_json
@command
def withdraw(*, ticket: str, note: str | None, as_json: bool) -> None:
    """Take a request back before the money has left."""
    _step(refunds.withdraw, ticket, note, as_json=as_json)


@refund.command()
@_ticket
@_note
@as_json
@command
def retry(*, ticket: str, note: str | None, as_json: bool) -> None:
    """Let a refund that the bank returned be sent again."""
    _step(refunds.retry, ticket, note, as_json=as_json)


@refund.command("comment")
@_ticket
@click.argument("text")
@as_json
@command
def comment(*, ticket: str, text: str, as_json: bool) -> None:
    """Write to the shopper on the refund's page."""
    with transaction("cli") as work:
        row = refund_objects(work, [refunds.comment(work, ticket, text)])[0]
    show(row, as_json=as_json, text=_in_words(row))


@refund.command("attach")
@_ticket
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--proof", is_flag=True, help="It proves the transfer, so that the refund can be completed.")
@as_json
@command
def attach(*, ticket: str, file: Path, proof: bool, as_json: bool) -> None:
    """Add a picture or PDF to a refund; the shopper sees it."""
    clean = evidence.clean_file(file.name, file.read_bytes())
    with transaction("cli") as work:
        evidence.attach(work, ticket, clean, side="owner", kind="proof" if proof else "evidence")
        row = refund_objects(work, [refunds.get_refund(work, ticket)])[0]
    show(row, as_json=as_json, text=_in_words(row))


@refund.command("ask-account")
@_ticket
@as_json
@command
def ask_account(*, ticket: str, as_json: bool) -> None:
    """Ask the shopper (again) where the money goes: a new link, a new deadline."""
    with transaction("cli") as work:
        row = refund_objects(work, [destinations.renew_link(work, ticket)])[0]
    show(row, as_json=as_json, text=_in_words(row))


@refund.command("set-account")
@_ticket
@click.option("--bank", required=True, help="The bank's code (014) or name (bca).")
@click.option("--number", required=True, help="The account number.")
@click.option("--holder", required=True, help="The name on the account.")
@as_json
@command
def set_account(*, ticket: str, bank: str, number: str, holder: str, as_json: bool) -> None:
    """Enter the account that the shopper told you in another way; only before the refund is approved."""
    destination = read_destination(bank, number, holder)
    with transaction("cli") as work:
        row = refund_objects(work, [destinations.enter_by_shop(work, ticket, destination)])[0]
    show(row, as_json=as_json, text=_in_words(row))


@refund.command("payouts")
@click.option("--layout", type=click.Choice(list(payouts.LAYOUTS)), required=True)
@click.option("--account", help="Moota's id of the account the money is taken from.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; default: its own name.")
@command
def payouts_(*, layout: str, account: str | None, output: Path | None) -> None:
    """Write the approved refunds for a bank's bulk transfer. It has full account numbers and marks nothing as sent."""
    with transaction("cli") as work:
        source = accounts.get_account(work, account) if account else None
        made = payouts.export_payouts(work, layout, source=source)
    file = output or Path(made.filename)
    file.touch(mode=0o600)
    file.write_bytes(made.content)
    click.echo(f"{len(made.tickets)} refunds written to {file}.")
    if made.without_destination:
        click.echo(f"Without an account to send to: {', '.join(made.without_destination)}", err=True)


def _step(verb: Callable[..., Refund], ticket: str, note: str | None, *, as_json: bool) -> None:
    with transaction("cli") as work:
        row = refund_objects(work, [verb(work, ticket, note=note)])[0]
    show(row, as_json=as_json, text=_in_words(row))


def _destination(bank: str | None, number: str | None, holder: str | None) -> Destination | None:
    if bank and number and holder:
        return read_destination(bank, number, holder)
    if bank or number or holder:
        raise click.UsageError("--bank, --number and --holder go together.")
    return None


def _in_words(row: dict[str, Any]) -> str:
    where = row["destination"]
    account = f"{where['bank']} {where['number']} {where['holder']}" if where else None
    history = "\n".join(
        "  ".join(filter(None, (line["at"], line["event"], line["by"], line["note"]))) for line in row["timeline"]
    )
    return f"{details({**{name: row[name] for name in _SUMMARY}, 'destination': account})}\n\n{history}"
