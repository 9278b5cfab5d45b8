"""`flask moota mutation rules`: what is ignored without asking."""

from typing import Any

import click

from .. import ignoring
from ..context import state, transaction
from ..models import IgnoreRule
from ..models.bank import Direction
from ..objects import moment
from .output import as_json, command, details, show, table


@click.group()
def rules() -> None:
    """Rules for mutations that are none of the shop's business; asked only when nothing else matched."""


@rules.command("list")
@as_json
@command
def list_(*, as_json: bool) -> None:
    """List the active rules."""
    with transaction("cli") as work:
        rows = [_object(rule) for rule in ignoring.list_rules(work)]
    columns = ("id", "direction", "text", "reason", "created_at")
    show(rows, as_json=as_json, text=table(rows, columns, empty="No rules."))


@rules.command("add")
@click.argument("text")
@click.option("--direction", type=click.Choice(["credit", "debit"]), required=True)
@click.option("--reason", required=True)
@click.option("--account", "bank_id", help="Moota's id of one account; default: any.")
@as_json
@command
def add(*, text: str, direction: Direction, reason: str, bank_id: str | None, as_json: bool) -> None:
    """Ignore mutations whose description contains TEXT and that fit no order."""
    with transaction("cli") as work:
        row = _object(ignoring.add_rule(work, text=text, direction=direction, reason=reason, bank_id=bank_id))
    show(row, as_json=as_json, text=details(row))


@rules.command("end")
@click.argument("rule_id", type=int)
@command
def end(*, rule_id: int) -> None:
    """Stop a rule; what it ignored stays ignored."""
    with transaction("cli") as work:
        ignoring.end_rule(work, rule_id)
    click.echo(f"Rule {rule_id} has ended.")


def _object(rule: IgnoreRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "direction": rule.direction,
        "text": rule.text,
        "reason": rule.reason,
        "by": rule.actor,
        "created_at": moment(rule.created_at, state().settings.zone),
    }
