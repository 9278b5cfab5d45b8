"""`flask moota mutation`: the lines of the bank statements."""

from dataclasses import asdict
from typing import Any

import click

from .. import by_hand, incidents, journal, mutations
from ..by_hand import Outlook
from ..context import transaction
from ..errors import RefusedError
from ..models.bank import MutationStatus
from ..objects import event_objects, mutation_objects
from ..work import Work
from .output import as_json, command, details, lines_of, show, table
from .rules import rules
from .statements import import_

_why = click.option("--reason", help="Kept in the history.")


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
        row = _object(work, mutation_id)
    show(row, as_json=as_json, text=details(row))


@mutation.command("history")
@click.argument("mutation_id")
@as_json
@command
def history(*, mutation_id: str, as_json: bool) -> None:
    """Show what happened to one mutation, by whom, with the figures and reasons."""
    with transaction("cli") as work:
        lines = event_objects(work, journal.timeline_of_mutation(work, mutations.get_mutation(work, mutation_id)))
    show(lines, as_json=as_json, text=lines_of(lines))


@mutation.command("match")
@click.argument("mutation_id")
@click.argument("order_ref")
@_why
@as_json
@command
def match(*, mutation_id: str, order_ref: str, reason: str | None, as_json: bool) -> None:
    """Give all of a mutation to the order ORDER_REF."""
    with transaction("cli") as work:
        by_hand.match(work, mutations.get_mutation(work, mutation_id), order_ref, reason=reason)
        row = _object(work, mutation_id)
    show(row, as_json=as_json, text=details(row))


@mutation.command("split")
@click.argument("mutation_id")
@click.argument("parts", nargs=-1, required=True, metavar="ORDER_REF=AMOUNT...")
@_why
@as_json
@command
def split(*, mutation_id: str, parts: tuple[str, ...], reason: str | None, as_json: bool) -> None:
    """Give parts of a mutation to several orders; together they must be all of it."""
    given = [_part(part) for part in parts]
    with transaction("cli") as work:
        by_hand.split(work, mutations.get_mutation(work, mutation_id), given, reason=reason)
        row = _object(work, mutation_id)
    show(row, as_json=as_json, text=details(row))


@mutation.command("reassign")
@click.argument("mutation_id")
@click.argument("parts", nargs=-1, required=True, metavar="ORDER_REF=AMOUNT...")
@click.option("--reason", required=True)
@as_json
@command
def reassign(*, mutation_id: str, parts: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Give a matched mutation to other orders, or in other parts, such as a surplus to another order."""
    given = [_part(part) for part in parts]
    with transaction("cli") as work:
        by_hand.reassign(work, mutations.get_mutation(work, mutation_id), given, reason=reason)
        row = _object(work, mutation_id)
    show(row, as_json=as_json, text=details(row))


@mutation.command("unmatch")
@click.argument("mutation_id")
@click.option("--reason", required=True)
@as_json
@command
def unmatch(*, mutation_id: str, reason: str, as_json: bool) -> None:
    """Take a match back; the money returns to the pool."""
    with transaction("cli") as work:
        by_hand.unmatch(work, mutations.get_mutation(work, mutation_id), reason=reason)
        row = _object(work, mutation_id)
    show(row, as_json=as_json, text=details(row))


@mutation.command("ignore")
@click.argument("mutation_id")
@click.option("--reason", required=True)
@as_json
@command
def ignore(*, mutation_id: str, reason: str, as_json: bool) -> None:
    """Say that a mutation is none of the shop's business."""
    with transaction("cli") as work:
        by_hand.ignore(work, mutations.get_mutation(work, mutation_id), reason=reason)
        row = _object(work, mutation_id)
    show(row, as_json=as_json, text=details(row))


@mutation.command("acknowledge")
@click.argument("mutation_id")
@click.option("--reason", required=True, help="What the bank's own statement says.")
@as_json
@command
def acknowledge(*, mutation_id: str, reason: str, as_json: bool) -> None:
    """Say that you have looked at a mutation that came again with another content."""
    with transaction("cli") as work:
        incidents.acknowledge(work, mutations.get_mutation(work, mutation_id), reason=reason)
        row = _object(work, mutation_id)
    show(row, as_json=as_json, text=details(row))


@mutation.command("rerun")
@click.argument("mutation_id")
@click.option("--dry-run", is_flag=True, help="Say what would be decided, and change nothing.")
@as_json
@command
def rerun(*, mutation_id: str, dry_run: bool, as_json: bool) -> None:
    """Let the rules decide anew, now that something else is known."""
    with transaction("cli") as work:
        chosen = mutations.get_mutation(work, mutation_id)
        if dry_run:
            row = _outlook(mutation_id, by_hand.what_would_happen(work, chosen))
        else:
            by_hand.look_again(work, chosen)
            row = _object(work, mutation_id)
    show(row, as_json=as_json, text=details(row))


def _object(work: Work, mutation_id: str) -> dict[str, Any]:
    return mutation_objects(work, [mutations.get_mutation(work, mutation_id)])[0]


def _outlook(mutation_id: str, found: Outlook) -> dict[str, Any]:
    return {
        "mutation_id": mutation_id,
        "status": found.status,
        "reason": found.reason,
        "shares": [
            {"order_ref": share.order_ref, "amount": share.amount, "exceptions": sorted(share.marks)}
            for share in found.shares
        ],
        "ticket": found.ticket,
        "ignored_by": found.ignored_by,
        "near_misses": [asdict(miss) for miss in found.near_misses],
    }


def _part(text: str) -> tuple[str, int]:
    order_ref, sign, amount = text.rpartition("=")
    if not sign or not amount.isdecimal():
        raise RefusedError(f"{text!r} is not of the form ORDER_REF=AMOUNT.")
    return order_ref, int(amount)


mutation.add_command(import_)
mutation.add_command(rules)
