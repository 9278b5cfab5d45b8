"""`flask moota accounts`: the owner's bank accounts."""

from typing import Any

import click

from .. import accounts as accounts_
from .. import pulling
from ..context import transaction
from ..models import Account
from ..objects import account_object
from ..work import Work
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
        rows = [_object(work, account) for account in accounts_.list_accounts(work)]
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
        row = _object(work, account)
    show(row, as_json=as_json, text=details(row))


@accounts.command("sync")
@as_json
@command
def sync(*, as_json: bool) -> None:
    """Fetch the accounts from Moota and bring ours up to date; what you decided about them stays."""
    report = pulling.sync_accounts()
    text = f"{len(report['added'])} added, {len(report['updated'])} brought up to date, {len(report['gone'])} gone."
    show(report, as_json=as_json, text=text)


@accounts.command("offer")
@click.argument("bank_id")
@click.option("--on/--off", "is_offered", default=True, help="Whether new orders use it; default: they do.")
@as_json
@command
def offer(*, bank_id: str, is_offered: bool, as_json: bool) -> None:
    """Let new orders use the account BANK_ID, or no longer; money that comes to it is recognised either way."""
    with transaction("cli") as work:
        row = _object(work, accounts_.set_terms(work, bank_id, is_offered=is_offered))
    show(row, as_json=as_json, text=details(row))


@accounts.command("terms")
@click.argument("bank_id")
@click.option("--minimum", type=click.IntRange(0), help="Least rupiah it is offered for; 0: no limit of your own.")
@click.option("--maximum", type=click.IntRange(0), help="Most rupiah it is offered for; 0: no limit of your own.")
@click.option("--fee-fixed", type=click.IntRange(0), help="Rupiah the buyer pays on top; never for QRIS.")
@click.option("--fee-percent", type=click.FloatRange(0, 20), help="Percent of the amount the buyer pays on top.")
@click.option("--static-qris", help="Text of your printed QRIS code, to be shown with the amount inside; '' for none.")
@click.option("--code-min", type=click.IntRange(0, 999_999), help="Smallest unique code here; 0: as in the settings.")
@click.option("--code-max", type=click.IntRange(0, 999_999), help="Largest unique code here; 0: as in the settings.")
@click.option(
    "--code-mode", type=click.Choice(["add", "subtract", "default"]), help="Added to the price or taken off it."
)
@as_json
@command
def terms(
    *,
    bank_id: str,
    minimum: int | None,
    maximum: int | None,
    fee_fixed: int | None,
    fee_percent: float | None,
    static_qris: str | None,
    code_min: int | None,
    code_max: int | None,
    code_mode: str | None,
    as_json: bool,
) -> None:
    """Decide for which amounts the account BANK_ID is offered, what it costs the buyer, and its unique codes."""
    changes: dict[str, int | str | None] = {}
    limits = {"minimum": minimum, "maximum": maximum, "code_low": code_min, "code_high": code_max}
    for name, value in {**limits, "static_qris": static_qris}.items():
        if value is not None:
            changes[name] = value or None
    if fee_fixed is not None:
        changes["fee_fixed"] = fee_fixed
    if fee_percent is not None:
        changes["fee_basis_points"] = round(fee_percent * 100)
    if code_mode is not None:
        changes["code_mode"] = None if code_mode == "default" else code_mode
    with transaction("cli") as work:
        row = _object(work, accounts_.set_terms(work, bank_id, **changes))
    show(row, as_json=as_json, text=details(row))


def _object(work: Work, account: Account) -> dict[str, Any]:
    codes = accounts_.codes_of(work, account)
    return {**account_object(account), "unique_codes": {"min": codes.low, "max": codes.high, "mode": codes.mode}}
