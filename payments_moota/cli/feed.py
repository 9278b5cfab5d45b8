"""`flask moota pull|webhook`: what comes from Moota without being sent, and where it sends to."""

import sys
from datetime import datetime
from typing import Any

import click

from .. import pulling, registering, tasks
from ..context import state
from ..errors import RefusedError
from ..objects import moment
from .output import as_json, command, show, table

_DATE = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option(
    "--since", type=_DATE, help="First day, by the bank's date; default: the last known one, with an overlap."
)
@click.option("--until", type=_DATE, help="Last day of the bank's; default: today.")
@as_json
@command
def pull(*, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Fetch mutations from Moota and take in what no webhook brought."""
    first, last = since.date() if since else None, until.date() if until else None
    if as_json:
        report = pulling.pull_mutations(since=first, until=last)
    else:
        with click.progressbar(length=0, label="Reading mutations", file=sys.stderr) as bar:

            def grow(_name: str, rows: int) -> None:
                bar.length = (bar.length or 0) + rows
                bar.update(rows)

            report = pulling.pull_mutations(since=first, until=last, progress=grow)
    tasks.process_fetched()
    document = {
        "seen": report.total_seen,
        "new": report.total_new,
        "accounts": {name: {"seen": seen, "new": report.new[name]} for name, seen in report.seen.items()},
        "failed": report.failed,
    }
    show(document, as_json=as_json, text=f"{document['seen']} mutations read, {document['new']} of them were missing.")
    if report.failed:
        name, error = next(iter(report.failed.items()))
        raise RefusedError(f"Not everything could be read. {name}: {error}")


@click.group()
def webhook() -> None:
    """Our webhook as it is registered at Moota."""


@webhook.command()
@click.option("--url", help="Address of the webhook; default: by MOOTA_PUBLIC_URL.")
@as_json
@command
def register(*, url: str | None, as_json: bool) -> None:
    """Register our webhook at Moota for every amount and both directions, or put right what is registered."""
    address, done = registering.register_ours(url)
    document = {"url": address, "kept": done.kept, "made": done.made, "removed": done.removed}
    text = f"{address}: {len(done.kept)} right already, {done.made} made, {len(done.removed)} taken away."
    show(document, as_json=as_json, text=text)


@webhook.command("list")
@as_json
@command
def list_(*, as_json: bool) -> None:
    """List the webhooks registered at Moota, and what is wrong with ours."""
    settings, address = state().settings, pulling.our_address()
    rows: list[dict[str, Any]] = [
        {
            "webhook_id": found.webhook_id,
            "url": found.url,
            "bank_id": found.bank_id or None,
            "kinds": found.kinds,
            "codes": f"{found.first_code}-{found.last_code}",
            "is_ours": found.url == address,
            "faults": registering.faults_of(found, settings.webhook_secret) if found.url == address else [],
        }
        for found in state().client().webhooks()
    ]
    columns = ("webhook_id", "url", "bank_id", "kinds", "codes", "is_ours", "faults")
    empty = "No webhook is registered; register ours with `flask moota webhook register`."
    show(rows, as_json=as_json, text=table(rows, columns, empty=empty))


@webhook.command()
@as_json
@command
def history(*, as_json: bool) -> None:
    """List Moota's tries to deliver to our address, newest first."""
    client, zone = state().client(), state().settings.zone
    rows: list[dict[str, Any]] = [
        {
            "at": moment(tried.created_at, zone),
            "webhook_id": found.webhook_id,
            "status": tried.status,
            "attempt": tried.attempt,
            "mutations": len(tried.payload),
            "response": tried.response[:200],
        }
        for found in client.webhooks(url=registering.webhook_address())
        for tried in client.webhook_history(found.webhook_id)
    ]
    columns = ("at", "status", "attempt", "mutations", "response")
    show(rows, as_json=as_json, text=table(rows, columns, empty="Moota has not tried to deliver anything yet."))
