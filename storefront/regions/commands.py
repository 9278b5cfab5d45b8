"""`flask regions …`: the official table of regions brought into the shop."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from storefront import payments
from storefront.commands import one_line
from storefront.extensions import db

from . import service
from .reading import Contents, read
from .service import Difference

# So few that a shopper who orders meanwhile does not wait for it.
_AT_ONCE = 1000
_TOLD = 20


@click.group()
def regions() -> None:
    """Let the shop suggest cities, districts and villages while an address is typed."""


@regions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Remove the regions that are not in the file.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@with_appcontext
@one_line
def import_command(file: Path, *, replace: bool, dry_run: bool) -> None:
    """Read regions from a CSV file with the official codes, names and perhaps postal codes; again is harmless."""
    known = set() if replace else service.known_codes(db.session())
    contents = read(file.read_bytes(), known=known)
    _require_sound(contents)
    found = service.compare(db.session(), contents.lines)
    if not replace:
        found.gone = []
    db.session.rollback()
    if not dry_run:
        _bring(found)
    click.echo(f"{'Would be' if dry_run else 'Regions'} {_told(found)}.")


def _told(found: Difference) -> str:
    return f"added: {len(found.added)}, changed: {len(found.changed)}, removed: {len(found.gone)}, same: {found.same}"


def _require_sound(contents: Contents) -> None:
    """Refuse a file in which a line is wrong, and say which. Raises ClickException."""
    for number, why in contents.problems[:_TOLD]:
        click.echo(f"line {number}: {why}", err=True)
    if contents.problems:
        more = len(contents.problems) - _TOLD
        rest = f" ({more} more are not shown)" if more > 0 else ""
        raise click.ClickException(f"{len(contents.problems)} lines are wrong{rest}; nothing was changed")
    if not contents.lines:
        raise click.ClickException("the file holds no region")


def _bring(found: Difference) -> None:
    """Do what is to be done in short transactions; broken off, the next run goes on."""
    steps: list[tuple[Callable[[Session, list[Any]], None], list[Any]]] = [
        (service.remove, found.gone),
        (service.add, found.added),
        (service.change, found.changed),
    ]
    with click.progressbar(
        length=sum(len(items) for _do, items in steps), label="Regions", file=sys.stderr
    ) as progress:
        for do, items in steps:
            for start in range(0, len(items), _AT_ONCE):
                some = items[start : start + _AT_ONCE]
                payments.begin_write()
                do(db.session(), some)
                db.session.commit()
                progress.update(len(some))
