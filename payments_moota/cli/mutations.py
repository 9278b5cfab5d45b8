"""`flask moota mutation`: the lines of the bank statements."""

import click

from .. import mutations
from ..context import transaction
from ..models.bank import MutationStatus
from ..objects import mutation_objects
from .output import as_json, command, details, show, table


@click.group()
def mutation() -> None:
    """Mutations: the lines of bank statements that Moota reported."""


@mutation.command("list")
@click.option("--status", type=click.Choice(["matched", "unmatched", "review", "ignored"]))
@as_json
@command
def list_(*, status: MutationStatus | None, as_json: bool) -> None:
    """List the newest mutations."""
    with transaction("cli") as work:
        rows = mutation_objects(work, mutations.list_mutations(work, status=status))
    columns = ("mutation_id", "direction", "amount", "status", "reason", "order_ref", "occurred_at")
    show(rows, as_json=as_json, text=table(rows, columns, empty="No mutations."))


@mutation.command("show")
@click.argument("mutation_id")
@as_json
@command
def show_(*, mutation_id: str, as_json: bool) -> None:
    """Show one mutation by Moota's id."""
    with transaction("cli") as work:
        row = mutation_objects(work, [mutations.get_mutation(work, mutation_id)])[0]
    show(row, as_json=as_json, text=details(row))
