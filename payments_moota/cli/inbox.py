"""`flask moota inbox`: webhook requests as received."""

from typing import Any

import click

from .. import inbox as inbox_
from .. import pausing, sources
from ..context import state, transaction
from ..objects import delivery_object, mutation_objects
from ..tasks import process_delivery
from .output import as_json, command, details, show, table


@click.group()
def inbox() -> None:
    """Webhook requests as they were received."""


@inbox.command("list")
@click.option("--status", type=click.Choice(["received", "processed", "failed"]))
@as_json
@command
def list_(*, status: Any, as_json: bool) -> None:
    """List the newest deliveries."""
    zone = state().settings.zone
    with transaction("cli") as work:
        rows = [delivery_object(delivery, zone) for delivery in inbox_.list_deliveries(work, status=status)]
    columns = ("id", "received_at", "source_ip", "status", "mutations", "attempts", "error")
    show(rows, as_json=as_json, text=table(rows, columns, empty="No webhook has come in yet."))


@inbox.command("show")
@click.argument("delivery_id")
@as_json
@command
def show_(*, delivery_id: str, as_json: bool) -> None:
    """Show one delivery with its body and what became of its mutations."""
    with transaction("cli") as work:
        row = _with_body(work, inbox_.get_delivery(work, delivery_id))
    show(row, as_json=as_json, text=details(row))


@inbox.command("allow")
@click.argument("address")
@as_json
@command
def allow(*, address: str, as_json: bool) -> None:
    """Take webhooks from ADDRESS as well, where authentic ones were refused; their signature is still checked."""
    with transaction("cli") as work:
        sources.let_in(work, address)
        left = [source.address for source in sources.refused_lately(work)]
    show({"allowed": address, "still_refused": left}, as_json=as_json, text=f"Webhooks from {address} are taken now.")


@inbox.command("pause")
@click.option("--reason", required=True, help="Shown to whoever wonders why no payment is recognised.")
@as_json
@command
def pause(*, reason: str, as_json: bool) -> None:
    """Store webhooks and process none of them, until `resume`; deadlines stand still meanwhile."""
    with transaction("cli") as work:
        pausing.pause(work, reason=reason)
    show({"paused": True}, as_json=as_json, text="Processing is paused; webhooks are stored.")


@inbox.command("resume")
@as_json
@command
def resume(*, as_json: bool) -> None:
    """Process webhooks again, what has gathered first."""
    with transaction("cli") as work:
        pausing.resume(work)
    show({"paused": False}, as_json=as_json, text="Webhooks are processed again.")


@inbox.command("replay")
@click.argument("delivery_id", required=False)
@as_json
@command
def replay(*, delivery_id: str | None, as_json: bool) -> None:
    """Process a delivery again from its stored body; without an id, all that failed."""
    zone = state().settings.zone
    with transaction("cli") as work:
        chosen = (
            [inbox_.get_delivery(work, delivery_id)] if delivery_id else inbox_.list_deliveries(work, status="failed")
        )
        for delivery in chosen:
            inbox_.replay(work, delivery)
        ids = [delivery.id for delivery in chosen]
        names = [delivery.public_id for delivery in chosen]
    for row_id in ids:
        process_delivery(row_id)
    with transaction("cli") as work:
        rows = [delivery_object(inbox_.get_delivery(work, name), zone) for name in names]
    columns = ("id", "status", "mutations", "attempts", "error")
    show(rows, as_json=as_json, text=table(rows, columns, empty="Nothing failed."))


def _with_body(work: Any, delivery: Any) -> dict[str, Any]:
    return {
        **delivery_object(delivery, state().settings.zone),
        "headers": delivery.headers,
        "body": delivery.body.decode("utf-8", "replace"),
        "results": mutation_objects(work, list(delivery.mutations)),
    }
