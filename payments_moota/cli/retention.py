"""`flask moota purge`: what need not be kept for ever."""

import click

from .. import retention
from ..context import transaction
from .output import as_json, command, show


@click.command()
@as_json
@command
def purge(*, as_json: bool) -> None:
    """Empty old raw webhooks, and remove the account numbers of refunds that have been over for long."""
    total = retention.Purged()
    while (done := _purge_some()).deliveries:
        total += done
    destinations = 0
    while hidden := _hide_some():
        destinations += hidden
    document = {"deliveries": total.deliveries, "bytes": total.bytes, "destinations": destinations}
    text = f"{total.deliveries} raw webhooks emptied, {total.bytes} bytes; {destinations} account numbers removed."
    show(document, as_json=as_json, text=text)


def _purge_some() -> retention.Purged:
    with transaction("cli") as work:
        return retention.purge(work)


def _hide_some() -> int:
    with transaction("cli") as work:
        return retention.purge_destinations(work)
