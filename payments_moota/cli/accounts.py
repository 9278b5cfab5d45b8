"""`flask moota accounts`: the owner's bank accounts."""

import click

from .. import accounts as accounts_
from ..context import transaction
from ..objects import account_object
from .output import as_json, command, details, show, table


@click.group()
def accounts() -> None:
    """Bank accounts that receive payments."""


@accounts.command("list")
@as_json
@command
def list_(*, as_json: bool) -> None:
    """List the active accounts."""
    with transaction("cli") as work:
        rows = [account_object(account) for account in accounts_.list_accounts(work)]
    columns = ("bank_id", "bank_type", "label", "number", "holder")
    show(
        rows,
        as_json=as_json,
        text=table(rows, columns, empty="No accounts yet; add one with `flask moota accounts add`."),
    )


@accounts.command("add")
@click.option("--bank-id", required=True, help="Moota's id of the account.")
@click.option("--bank-type", required=True, help="Moota's type, such as bca or mandiriMcm2V2.")
@click.option("--number", required=True, help="Account number.")
@click.option("--holder", required=True, help="Name of the account's holder.")
@click.option("--label", help="Name shown to the owner.")
@as_json
@command
def add(*, bank_id: str, bank_type: str, number: str, holder: str, label: str | None, as_json: bool) -> None:
    """Add an account, or bring the one with this id up to date."""
    with transaction("cli") as work:
        account = accounts_.add_account(
            work, bank_id=bank_id, bank_type=bank_type, account_number=number, holder=holder, label=label
        )
        row = account_object(account)
    show(row, as_json=as_json, text=details(row))
