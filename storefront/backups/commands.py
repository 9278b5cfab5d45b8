"""`flask backup` and `flask restore`."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from storefront.database import now
from storefront.extensions import db

from . import archive
from .archive import Backup
from .databases import BackupRefusedError
from .folder import backups_folder, name_for, remove_older


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@with_appcontext
def backup(file: Path | None, *, as_json: bool) -> None:
    """Copy database, uploads and keys into FILE, beside the running shop, and check the copy.

    Without FILE it goes into SHOP_BACKUPS, named by the moment, and then the oldest ones made there are deleted, beyond
    as many as the owner keeps. The copy holds secrets and people's data.
    """
    at = now()
    name = name_for(at)
    target = (file / name if file and file.is_dir() else file or backups_folder() / name).absolute()
    made = _refusing(
        lambda: archive.write(
            db.engine, Path(current_app.instance_path), target, at=at, left_out=backups_folder(), tell=_tell
        )
    )
    removed = [] if file else remove_older(target)
    _answer(made, target, as_json=as_json, done="Backup written and checked", removed=removed)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Lose what the database holds now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@with_appcontext
def restore(file: Path, *, replace: bool, as_json: bool) -> None:
    """Put the backup in FILE in the place of database and uploads; stop web and worker before.

    A database that is not empty is left alone unless you say --replace. Run `flask init` afterwards.
    """
    folder = Path(current_app.instance_path)
    made = _refusing(lambda: archive.restore(db.engine, folder, file, replace=replace, tell=_tell))
    _answer(made, file, as_json=as_json, done="Backup restored; now run `flask init`")


def _refusing(act: Callable[[], Backup]) -> Backup:
    """Do something, and tell in one line why it was refused."""
    try:
        return act()
    except BackupRefusedError as refusal:
        raise click.ClickException(str(refusal)) from refusal


def _answer(made: Backup, path: Path, *, as_json: bool, done: str, removed: Sequence[str] = ()) -> None:
    facts = {
        "file": str(path),
        "made_at": made.made_at.isoformat(),
        "database": made.kind,
        "files": len(made.hashes) - 1,
        "bytes": made.total,
        "removed": list(removed),
    }
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo(f"{done}: {path} ({made.kind}, {facts['files']} files, {made.total / 1_000_000:.1f} MB).")
        for name in removed:
            click.echo(f"Older, deleted: {name}")


def _tell(what: str) -> None:
    """Tell how far it is; on stderr, so that --json stays one document."""
    click.echo(what, err=True)
