"""The payment tables' own migrations: complete, all or nothing, and out of the host's way."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata, produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask_migrate import Migrate
from flask_migrate import migrate as flask_db_migrate
from flask_migrate import upgrade as flask_db_upgrade
from hosts import minimal
from hosts.ground import on_sqlite
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from payments_moota import include_name, migrate
from payments_moota.models import metadata

ROOT = Path(__file__).parents[3]


@pytest.fixture
def empty_url(databases, kind):
    return databases.empty(kind)


@pytest.fixture
def empty(empty_url):
    return create_engine(empty_url, poolclass=NullPool)


def tables(engine):
    return set(inspect(engine).get_table_names())


def only_ours(name, type_, _parents):
    return type_ != "table" or (name.startswith(migrate.PREFIX) and name != migrate.VERSION_TABLE)


def described(engine):
    """Describe every payment table as the database itself tells it."""
    seen = inspect(engine)
    return {
        table: {
            "columns": {each["name"]: (str(each["type"]), each["nullable"]) for each in seen.get_columns(table)},
            "primary key": seen.get_pk_constraint(table),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "indexes": sorted(map(_index, seen.get_indexes(table))),
            "checks": sorted(map(str, seen.get_check_constraints(table))),
            "foreign keys": sorted(map(str, seen.get_foreign_keys(table))),
        }
        for table in tables(engine)
        if table.startswith(migrate.PREFIX) and table != migrate.VERSION_TABLE
    }


def _index(index):
    conditions = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str({**index, "unique": bool(index["unique"]), "dialect_options": conditions})


def test_the_migrated_tables_are_the_models(empty):
    """If this fails, a model changed without a migration: write one in payments_moota/migrations/versions."""
    migrate.upgrade(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": only_ours, "compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_fresh_tables_and_migrated_tables_are_alike_to_the_last_constraint(empty, databases, kind):
    """Autogenerate does not look at checks, partial indexes and names; the database knows them."""
    fresh = create_engine(databases.empty(kind), poolclass=NullPool)
    metadata.create_all(fresh)
    migrate.upgrade(empty)

    assert described(empty) == described(fresh)


def test_every_table_carries_the_prefix_in_models_and_database(empty):
    migrate.upgrade(empty)

    assert all(name.startswith("moota_") for name in metadata.tables)
    assert tables(empty) == {*metadata.tables, "moota_alembic_version"}


def test_no_table_refers_to_a_table_of_the_host():
    targets = {key.column.table.name for table in metadata.tables.values() for key in table.foreign_keys}

    assert targets <= set(metadata.tables)


def test_an_upgrade_leaves_the_hosts_tables_and_rows_alone(empty):
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('hosts-own')"))

    migrate.upgrade(empty)

    with empty.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "hosts-own"


def test_current_and_head_tell_whether_an_upgrade_is_due(empty):
    before, head = migrate.current_and_head(empty)
    migrate.upgrade(empty)

    assert before is None
    assert migrate.current_and_head(empty) == (head, head)


def fail_half_way(monkeypatch):
    """Let the third new table of a migration fail, as a full disk or a bad statement would."""
    real, made = Operations.create_table, []

    def create_table(self, name, *columns, **options):
        made.append(name)
        if len(made) == 3:
            self.execute("CREATE TABLE this is no SQL")
        return real(self, name, *columns, **options)

    monkeypatch.setattr(Operations, "create_table", create_table)
    return made


def test_a_migration_that_fails_half_way_leaves_nothing_and_the_next_one_passes(empty, monkeypatch):
    """SQLite would keep the tables without the version, and no later upgrade could pass."""
    with monkeypatch.context() as patched:
        made = fail_half_way(patched)
        with pytest.raises(DBAPIError):
            migrate.upgrade(empty)

    assert len(made) == 3
    assert tables(empty) == set()
    migrate.upgrade(empty)
    current, head = migrate.current_and_head(empty)
    assert current == head


def test_the_connection_is_usable_after_a_failed_upgrade(empty_url, monkeypatch):
    """Pooled connections go back as they came: sqlite3's own transaction handling is on again."""
    engine = create_engine(empty_url)
    with monkeypatch.context() as patched:
        fail_half_way(patched)
        with pytest.raises(DBAPIError):
            migrate.upgrade(engine)

    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE shop (name VARCHAR(10))"))
        connection.commit()
        connection.execute(text("INSERT INTO shop VALUES ('a')"))
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM shop")).scalar_one() == 0
    engine.dispose()


UPGRADER = """
import sys, time
from pathlib import Path
from sqlalchemy import create_engine
from payments_moota import migrate

engine = create_engine(sys.argv[1])
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    time.sleep(0.005)
migrate.upgrade(engine)
engine.dispose()
"""


def test_processes_that_upgrade_at_once_all_succeed(empty_url, empty, tmp_path):
    """Several web servers and a worker may start after one deployment."""
    shot = tmp_path / "shot"
    command = [sys.executable, "-W", "error", "-c", UPGRADER, empty_url, str(shot)]
    upgraders = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for upgrader in upgraders:
        upgrader.stdout.readline()
    shot.touch()

    ends = [(upgrader.communicate(timeout=60)[1], upgrader.returncode) for upgrader in upgraders]

    assert ends == [("", 0)] * 3
    current, head = migrate.current_and_head(empty)
    assert current == head


AT_ONCE = """
import sys
from sqlalchemy import create_engine
from payments_moota import migrate

migrate.upgrade(create_engine(sys.argv[1]))
"""


def host_with_flask_migrate(url, **options):
    app = Flask("host")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    minimal.db.init_app(app)
    Migrate(app, minimal.db, **options)
    return app


@pytest.mark.parametrize("options", [{"include_name": include_name}, {}], ids=["with the keyword", "without it"])
def test_the_hosts_autogenerate_keeps_away_from_our_tables(empty_url, empty, options):
    """With the one keyword nothing is proposed; without it the host would drop what is not its own."""
    migrate.upgrade(empty)
    minimal.Base.metadata.create_all(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, **options})
        script = produce_migrations(context, minimal.Base.metadata)

    proposed = {operation.table_name for operation in script.upgrade_ops.ops if hasattr(operation, "table_name")}
    assert ("moota_charge" in proposed) == (not options)
    if options:
        assert script.upgrade_ops.is_empty()


@pytest.fixture
def _loggers_stay_on():
    """Flask-Migrate's env.py configures logging anew and switches off every logger that exists."""
    before = {logger for logger in logging.Logger.manager.loggerDict.values() if not getattr(logger, "disabled", True)}
    yield
    for logger in before:
        logger.disabled = False


@pytest.mark.usefixtures("_loggers_stay_on")
@pytest.mark.filterwarnings("ignore:'get_engine' is deprecated:DeprecationWarning")  # in Flask-Migrate's own env.py
def test_flask_db_migrate_works_beside_our_tables(empty_url, empty, tmp_path, monkeypatch):
    """The whole way a host goes: init, migrate, upgrade; then nothing is left to propose."""
    import flask_migrate

    monkeypatch.chdir(tmp_path)
    migrate.upgrade(empty)
    app = host_with_flask_migrate(empty_url, include_name=include_name)
    with app.app_context():
        flask_migrate.init()
        flask_db_migrate(message="first")
        flask_db_upgrade()
        flask_db_migrate(message="second")
        minimal.db.engine.dispose()

    (only,) = (tmp_path / "migrations" / "versions").glob("*.py")
    assert "shop_order" in only.read_text()
    assert "moota" not in only.read_text()
    assert "moota_charge" in tables(empty)


def test_a_table_we_retire_is_ours_to_drop():
    """By prefix, not by a list: a host must not be offered a table that a later version of ours no longer has."""
    assert not include_name("moota_retired_long_ago", "table", {})
    assert include_name("shop_order", "table", {})
    assert include_name("moota_looks_like_a_column", "column", {})


@on_sqlite
def test_the_migrations_run_from_a_folder_with_an_odd_name(tmp_path, kind, databases):
    """Installed where a path has a percent sign or a space, as some build systems do."""
    folder = tmp_path / "100% kopi"
    folder.mkdir()
    (folder / "payments_moota").symlink_to(ROOT / "payments_moota")
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}

    run = subprocess.run(
        [sys.executable, "-c", AT_ONCE, databases.empty(kind)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stderr) == (0, "")
