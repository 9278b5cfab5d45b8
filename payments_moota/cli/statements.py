"""`flask moota mutation import`: a statement's lines from a file, for what Moota cannot tell any more."""

from pathlib import Path
from typing import Any

import click

from .. import statements
from ..context import transaction
from ..tasks import process_now
from .output import as_json, command, show

_LARGEST = 5 * 1024 * 1024


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--account", "bank_id", required=True, help="Moota's id of the account that the statement is of.")
@click.option("--dry-run", is_flag=True, help="Say what is new in the file, and store nothing.")
@as_json
@command
def import_(*, file: Path, bank_id: str, dry_run: bool, as_json: bool) -> None:
    """Take in the lines of a bank's CSV statement that are not known yet; the same file again adds nothing.

    For days on which Moota could not read the bank. What Moota tells later all the same is held for a person.
    """
    text = _text(file)
    ids: list[str] = []
    with transaction("cli") as work:
        if dry_run:
            upload = statements.read_upload(work, text, bank_id=bank_id)
        else:
            upload, ids = statements.store_upload(work, text, bank_id=bank_id, filename=file.name)
    process_now(ids)
    document: dict[str, Any] = {
        "lines": upload.lines,
        "known": upload.known,
        "new": len(upload.new),
        "deliveries": ids,
        "rows": [line.row for line, _ in upload.new],
    }
    done = "would be new" if dry_run else "are new and were taken in"
    show(
        document,
        as_json=as_json,
        text=f"{upload.lines} lines, {upload.known} of them known; {len(upload.new)} {done}.",
    )


def _text(file: Path) -> str:
    if file.stat().st_size > _LARGEST:
        raise click.ClickException(f"The file is larger than {_LARGEST // 1024 // 1024} MiB.")
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
