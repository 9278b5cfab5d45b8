"""The shop's own tables: bringing them to the newest version."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade() -> None:
    """Bring the shop's tables to the newest version: all of it or nothing, one process at a time."""
    command.upgrade(current_app.extensions["migrate"].migrate.get_config(), "head")


@cache
def head() -> str | None:
    """Return the newest version there is."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
