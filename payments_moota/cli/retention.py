"""`flask moota purge`: what need not be kept for ever."""

import click

from .. import retention
from ..context import transaction
from .output import as_json, command, show


@click.command()
@as_json
@command
def purge(*, as_json: bool) -> None:
    """Empty raw webhooks that were processed and are older than MOOTA_INBOX_RETENTION_DAYS."""
    total = retention.Purged()
    while (done := _purge_some()).deliveries:
        total += done
    document = {"deliveries": total.deliveries, "bytes": total.bytes}
    show(document, as_json=as_json, text=f"{total.deliveries} raw webhooks emptied, {total.bytes} bytes.")


def _purge_some() -> retention.Purged:
    with transaction("cli") as work:
        return retention.purge(work)
