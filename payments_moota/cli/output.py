"""How commands answer: a table for people or one JSON document, and refusals in one line with exit status 1."""

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError, ProgrammingError

from ..errors import MootaError

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")

_MISSING_TABLES = ("no such table", "does not exist")
# How SQLite says that somebody else is writing.
_BUSY = ("database is locked", "database table is locked", "database schema is locked")


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Run inside the application's context; what is refused becomes one line on stderr and exit status 1."""

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except MootaError as error:
            raise click.ClickException(" ".join(str(error).split())) from error
        except (OperationalError, ProgrammingError) as error:
            if any(sign in str(error.orig) for sign in _MISSING_TABLES):
                raise click.ClickException(
                    "The payment tables are missing or old; run `flask moota upgrade`."
                ) from error
            if any(sign in str(error.orig) for sign in _BUSY):
                raise click.ClickException(
                    "The database is busy: another process has been writing to it for long; try again."
                ) from error
            raise

    return with_appcontext(run)


def show(document: Any, *, as_json: bool, text: str) -> None:
    """Print `document` as JSON, or `text` for a person."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2) if as_json else text)


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str], *, empty: str) -> str:
    """Lay rows out in columns under their names; `empty` when there are none."""
    if not rows:
        return empty
    cells = [[str(row[column]) if row[column] is not None else "-" for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    lines = [columns, *cells]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def details(row: dict[str, Any]) -> str:
    """Lay one object out as a name and a value a line."""
    width = max(map(len, row))
    return "\n".join(f"{name.ljust(width)}  {'-' if value is None else value}" for name, value in row.items())


def lines_of(history: Sequence[dict[str, Any]]) -> str:
    """Lay lines of a history out, one each: when, what, by whom, and the figures."""
    return "\n".join(
        "  ".join((line["at"], line["event"], line["by"], *(f"{name}={value}" for name, value in line["data"].items())))
        for line in history
    )
