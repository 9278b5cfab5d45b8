"""Run the shop's migrations in one transaction that no second upgrade can enter.

Python's sqlite3 opens no transaction before a change of tables by itself: a migration that failed half-way would leave
tables without a version, and no later upgrade could pass. So the transaction is begun by hand there. Foreign keys are
off meanwhile, since SQLite changes a table by building a new one; they are checked before the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from storefront.database import UtcDateTime

# Any number will do, as long as every process that upgrades uses the same.
_POSTGRES_LOCK = 6_668_683


def migrate() -> None:
    """Bring the database the application uses to the version asked for."""
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection, _exclusive(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transactional_ddl=True,
            process_revision_directives=_drop_empty,
            render_item=_render_item,
            **current_app.extensions["migrate"].configure_args,
        )
        context.run_migrations()


@contextmanager
def _exclusive(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
            yield
        return
    connection.detach()
    raw: Any = connection.connection.dbapi_connection
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("BEGIN IMMEDIATE")
    try:
        yield
        _check_foreign_keys(raw)
        raw.execute("COMMIT")
    except BaseException:
        raw.execute("ROLLBACK")
        raise


def _check_foreign_keys(raw: Any) -> None:
    broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration leaves references to rows that do not exist: {broken[:5]}")


def _drop_empty(_context: object, _revision: object, directives: list[Any]) -> None:
    """Write no revision when nothing has changed."""
    options = context.config.cmd_opts
    if getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def _render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our column type as the plain one it stands for: migrations must outlive the code they were made from."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


migrate()
