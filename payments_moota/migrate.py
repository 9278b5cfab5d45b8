"""The payment tables' own migrations, with their own version table, in the host's database."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib import resources
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

PREFIX = "moota_"
VERSION_TABLE = "moota_alembic_version"

# Any number will do, as long as every process that upgrades uses the same.
_POSTGRES_LOCK = 6_668_682


def upgrade(engine: Engine) -> None:
    """Bring the payment tables to the newest version: all of it or nothing, one process at a time."""
    with _exclusive(engine) as connection:
        command.upgrade(_config(connection), "head")


def current_and_head(engine: Engine) -> tuple[str | None, str | None]:
    """Return the version the database has, and the newest there is."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision(), ScriptDirectory.from_config(_config(connection)).get_current_head()


def include_name(
    name: str | None,
    type_: Literal["schema", "table", "column", "index", "unique_constraint", "foreign_key_constraint"],
    parent_names: MutableMapping[Any, Any],  # noqa: ARG001 - Alembic's signature
) -> bool:
    """Keep the host's autogenerate away from our tables: `Migrate(app, db, include_name=include_name)`.

    By prefix, not by a list: a table we retire later is ours to drop.
    """
    return not (type_ == "table" and name is not None and name.startswith(PREFIX))


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that includes the changes of tables, and that no second upgrade can enter.

    Python's sqlite3 opens no transaction before such a change by itself: a migration that failed half-way would leave
    tables without a version, and no later upgrade could pass. So it is begun by hand.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            raw: Any = connection.connection.dbapi_connection
            level, raw.isolation_level = raw.isolation_level, None
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            finally:
                raw.isolation_level = level
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
                yield connection


def _config(connection: Connection) -> Config:
    config = Config()
    folder = str(resources.files("payments_moota") / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))  # a percent sign begins a placeholder there
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
