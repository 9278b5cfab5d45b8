"""`flask moota upgrade|process|expire|worker`: the tables, and what the worker does."""

import click
from flask import current_app

from .. import migrate, reservations, tasks
from ..context import transaction, work_on_host_session
from .output import as_json, command, show


@click.command()
@command
def upgrade() -> None:
    """Create or upgrade the payment tables."""
    engine = work_on_host_session("cli").session.get_bind().engine
    migrate.upgrade(engine)
    version, _ = migrate.current_and_head(engine)
    click.echo(f"Payment tables are at version {version}.")


@click.command()
@as_json
@command
def process(*, as_json: bool) -> None:
    """Process everything that waits, in this process, then exit."""
    counts = tasks.process_everything()
    show(
        counts,
        as_json=as_json,
        text=f"{counts['deliveries']} deliveries processed, {counts['messages']} messages sent.",
    )


@click.command()
@as_json
@command
def expire(*, as_json: bool) -> None:
    """Expire what is due now, and free the amounts whose late window has ended."""
    expired = tasks.expire_due()
    with transaction("cli") as work:
        released = reservations.release_ended(work)
    document = {"expired": expired, "released": released}
    show(document, as_json=as_json, text=f"{len(expired)} charges expired, {released} amounts free again.")


@click.command()
@click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True)
@command
def worker(*, threads: int) -> None:
    """Run the background worker until it is told to stop."""
    tasks.run_worker(current_app._get_current_object(), threads=threads)  # type: ignore[attr-defined]  # noqa: SLF001 - the app itself
