"""`flask privacy …`: what the law lets people ask for, answered at a command line."""

import json

import click
from flask.cli import with_appcontext

from storefront import payments
from storefront.admin import audit
from storefront.commands import one_line
from storefront.extensions import db

from . import copying, erasing, service
from .models import Customer


@click.group()
def privacy() -> None:
    """Hand out or erase what the shop keeps of a customer."""


@privacy.command("export")
@click.argument("email")
@with_appcontext
@one_line
def export_command(email: str) -> None:
    """Print everything the shop keeps of a customer, as one JSON document."""
    payments.begin_write()
    customer = _known(email)
    document = json.dumps(copying.copy_of(db.session(), customer), ensure_ascii=False, indent=2)
    audit.note(db.session(), "customer.exported", customer.id)
    db.session.commit()
    click.echo(document)


@privacy.command("erase")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask; what is erased cannot be brought back.")
@with_appcontext
@one_line
def erase_command(email: str, *, yes: bool) -> None:
    """Erase a customer; refused while an order, a payment or a refund is not over."""
    if not yes:
        click.confirm(f"Erase {email} for good?", abort=True, err=True)
    payments.begin_write()
    customer = service.lock_customer(db.session(), _known(email).id)
    try:
        erasing.erase(db.session(), customer or _known(email), actor=audit.SHELL)
    except erasing.ErasureRefusedError as refusal:
        db.session.rollback()
        raise click.ClickException(f"not yet, these orders are not over: {refusal}") from refusal
    db.session.commit()
    click.echo(f"{email} is erased; sums and dates of the orders stay without a name.")


def _known(email: str) -> Customer:
    customer = service.find_customer(db.session(), email)
    if customer is None:
        db.session.rollback()
        raise click.ClickException(f"no customer has the address {email}")
    return customer
