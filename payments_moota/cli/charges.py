"""`flask moota charge`: open, show, list and cancel charges."""

from datetime import timedelta
from typing import Any, get_args

import click

from .. import by_hand, changes, charges, journal, preparing
from ..context import pay_url, transaction
from ..models import Charge
from ..models.charges import ChargeStatus, Customer
from ..objects import charge_objects, event_objects
from ..rules.methods import Method
from ..work import Work
from .output import as_json, command, details, lines_of, show, table


@click.group()
def charge() -> None:
    """Charges: what one order asks of its payer."""


@charge.command()
@click.argument("order_ref")
@click.argument("amount", type=int)
@click.option("--method", type=click.Choice(get_args(Method)), default="bank_transfer")
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
    customer = Customer(name=name, email=email, phone=phone)
    asked: dict[str, Any] = {"method": method, "account": account, "customer": customer, "ttl_minutes": ttl}
    prepared = preparing.prepare_payment(order_ref, amount, **asked)
    with transaction("cli") as work:
        opened = charges.create_charge(work, order_ref, amount, **asked, prepared=prepared)
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


@charge.command("history")
@click.argument("order_ref")
@as_json
@command
def history(*, order_ref: str, as_json: bool) -> None:
    """Show what happened to the charge of ORDER_REF, by whom, with the figures and reasons."""
    with transaction("cli") as work:
        lines = event_objects(work, journal.timeline(work, charges.get_charge(work, order_ref)))
    show(lines, as_json=as_json, text=lines_of(lines))


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
@click.option("--method", type=click.Choice(get_args(Method)), default="bank_transfer")
@as_json
@command
def move(*, order_ref: str, bank_id: str, method: Method, as_json: bool) -> None:
    """Let the waiting charge of ORDER_REF be paid on another account, or another way."""
    prepared = preparing.prepare_change(order_ref, method=method, account=bank_id)
    with transaction("cli") as work:
        changed = changes.change_method(work, order_ref, method=method, account=bank_id, prepared=prepared)
        row = _object(work, changed)
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
