"""`flask moota purge`: what need not be kept for ever."""

from collections.abc import Callable

import click

from .. import retention
from ..context import transaction
from ..work import Work
from .output import as_json, command, show


@click.command()
@as_json
@command
def purge(*, as_json: bool) -> None:
    """Empty old raw webhooks and proofs of transfer, and remove the account numbers of refunds long over."""
    total = retention.Purged()
    while (done := _purge_some()).deliveries:
        total += done
    destinations, proofs = _all_of(retention.purge_destinations), _all_of(retention.purge_proofs)
    document = {
        "deliveries": total.deliveries,
        "bytes": total.bytes,
        "destinations": destinations,
        "proofs": proofs,
    }
    text = (
        f"{total.deliveries} raw webhooks emptied, {total.bytes} bytes; {destinations} account numbers and "
        f"{proofs} proofs removed."
    )
    show(document, as_json=as_json, text=text)


def _purge_some() -> retention.Purged:
    with transaction("cli") as work:
        return retention.purge(work)


def _all_of(purge_some: Callable[[Work], int]) -> int:
    """Purge batch by batch, each in a transaction of its own; return how many."""
    total = 0
    while True:
        with transaction("cli") as work:
            done = purge_some(work)
        if not done:
            return total
        total += done
