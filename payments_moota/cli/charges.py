"""`flask moota charge`: open, show, list and cancel charges."""

from typing import Any

import click

from .. import charges
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
        row = _object(work, charges.cancel_charge(work, order_ref, reason=reason))
    show(row, as_json=as_json, text=_summary(row))


def _object(work: Work, opened: Charge) -> dict[str, Any]:
    return charge_objects(work, [opened], [pay_url(opened)])[0]


def _summary(row: dict[str, Any]) -> str:
    account = row["account"]
    return details({**row, "account": f"{account['label']} {account['number']} a.n. {account['holder']}"})
