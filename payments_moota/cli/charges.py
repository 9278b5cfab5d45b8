"""`flask moota charge`: open, show, list and cancel charges."""

from datetime import timedelta
from typing import Any

import click

from .. import by_hand, changes, charges
from ..context import pay_url, transaction
from ..models import Charge
from ..models.charges import ChargeStatus, Method
from ..objects import charge_objects
from ..work import Work
from .output import as_json, command, details, show, table


@click.group()
def charge() -> None:
    """Charges: what one order asks of its payer."""


@charge.command()
@click.argument("order_ref")
@click.argument("amount", type=int)
@click.option("--method", type=click.Choice(["bank_transfer", "virtual_account", "qris"]), default="bank_transfer")
@click.option("--account", help="Moota's id of the receiving account; default: the first with a free code.")
@click.option("--email")
@click.option("--phone", help="International form, +62…")
@click.option("--name")
@click.option("--ttl", type=click.IntRange(min=0), help="Minutes until the charge expires.")
@as_json
@command
def create(
    *,
    order_ref: str,
    amount: int,
    method: Method,
    account: str | None,
    email: str | None,
    phone: str | None,
    name: str | None,
    ttl: int | None,
    as_json: bool,
) -> None:
    """Open a charge of AMOUNT rupiah for ORDER_REF."""
    with transaction("cli") as work:
        opened = charges.create_charge(
            work,
            order_ref,
            amount,
            method=method,
            account=account,
            customer=charges.Customer(name=name, email=email, phone=phone),
            ttl_minutes=ttl,
        )
        row = _object(work, opened)
    show(row, as_json=as_json, text=_summary(row))


@charge.command("show")
@click.argument("order_ref")
@as_json
@command
def show_(*, order_ref: str, as_json: bool) -> None:
    """Show the charge of ORDER_REF."""
    with transaction("cli") as work:
        row = _object(work, charges.get_charge(work, order_ref))
    show(row, as_json=as_json, text=_summary(row))


@charge.command("list")
@click.option("--status", type=click.Choice(["pending", "paid", "expired", "cancelled"]))
@as_json
@command
def list_(*, status: ChargeStatus | None, as_json: bool) -> None:
    """List the newest charges."""
    with transaction("cli") as work:
        found = charges.list_charges(work, status=status)
        rows = charge_objects(work, found, [pay_url(each) for each in found])
    columns = ("order_ref", "status", "method", "amount_due", "amount_paid", "expires_at")
    show(rows, as_json=as_json, text=table(rows, columns, empty="No charges."))


@charge.command()
@click.argument("order_ref")
@click.option("--reason", required=True)
@as_json
@command
def cancel(*, order_ref: str, reason: str, as_json: bool) -> None:
    """Stop asking for payment for ORDER_REF."""
    with transaction("cli") as work:
        row = _object(work, changes.cancel(work, order_ref, reason=reason))
    show(row, as_json=as_json, text=_summary(row))


@charge.command()
@click.argument("order_ref")
@click.option("--minutes", type=click.IntRange(1, 525_600), required=True, help="Counted from now.")
@as_json
@command
def extend(*, order_ref: str, minutes: int, as_json: bool) -> None:
    """Give a waiting charge more time."""
    with transaction("cli") as work:
        row = _object(work, changes.extend(work, order_ref, until=work.now() + timedelta(minutes=minutes)))
    show(row, as_json=as_json, text=_summary(row))


@charge.command()
@click.argument("order_ref")
@click.option("--minutes", type=click.IntRange(1, 525_600), required=True, help="Counted from now.")
@as_json
@command
def reopen(*, order_ref: str, minutes: int, as_json: bool) -> None:
    """Let an expired or cancelled charge wait again."""
    with transaction("cli") as work:
        row = _object(work, changes.reopen(work, order_ref, until=work.now() + timedelta(minutes=minutes)))
    show(row, as_json=as_json, text=_summary(row))


@charge.command()
@click.argument("order_ref")
@click.argument("bank_id")
@as_json
@command
def move(*, order_ref: str, bank_id: str, as_json: bool) -> None:
    """Ask for a waiting charge's money on another account."""
    with transaction("cli") as work:
        row = _object(work, changes.change_account(work, order_ref, account=bank_id))
    show(row, as_json=as_json, text=_summary(row))


@charge.command()
@click.argument("order_ref")
@click.option("--reason", required=True)
@as_json
@command
def settle(*, order_ref: str, reason: str, as_json: bool) -> None:
    """Take a charge as paid on your word, such as cash over the counter."""
    with transaction("cli") as work:
        row = _object(work, by_hand.settle_by_hand(work, order_ref, reason=reason))
    show(row, as_json=as_json, text=_summary(row))


def _object(work: Work, opened: Charge) -> dict[str, Any]:
    return charge_objects(work, [opened], [pay_url(opened)])[0]


def _summary(row: dict[str, Any]) -> str:
    account = row["account"]
    return details({**row, "account": f"{account['label']} {account['number']} a.n. {account['holder']}"})
