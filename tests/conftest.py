"""What all tests share: the servers that are there, a fresh migrated database, and a small host that is paid."""

import os
import shutil
from pathlib import Path

import pytest
from flask import Flask
from hosts import minimal
from hosts.ground import Databases, Host, _copied, close, empty_tables, make_app, need
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from payments_moota import migrate
from payments_moota.api.client import MootaClient

# More than the files of a whole run, in bytes.
ROOM = 4 * 1024**3

# How long one example takes says more about what else the machine does than about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure():
    """Keep the tests' files in memory where there is plenty: none has to outlast the machine's plug being pulled."""
    memory = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own there
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_modifyitems(items):
    """Begin with what takes long, or at the end one process works and the others wait for it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Let tests run side by side, each where there is room, but for those that share one running shop."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return "browser" if nodeid.startswith("tests/browser/") else nodeid

    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def _only_the_tests_own_settings(monkeypatch):
    """Keep a developer's environment out of the hosts of the tests."""
    for name in [name for name in os.environ if name.startswith(("MOOTA_", "HOST_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _moota_may_be_asked_quickly():
    """Spare the tests the pauses that keep a shop below Moota's limit; the pretend one has no other callers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MootaClient.__init__.__kwdefaults__, "per_second", 1_000)
        yield


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def _prepared(databases):
    """Return a function from a kind to the address of a database with all tables, made once per run."""
    addresses: dict[str, str] = {}

    def prepare(kind: str) -> str:
        if kind not in addresses:
            addresses[kind] = databases.empty(kind)
            engine = create_engine(addresses[kind], poolclass=NullPool)
            if kind == "sqlite":
                with engine.connect() as connection:
                    connection.execute(text("PRAGMA journal_mode = WAL"))
            migrate.upgrade(engine)
            minimal.Base.metadata.create_all(engine)
        return addresses[kind]

    return prepare


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kind(request):
    """Return the kind of database: each in turn, unless the test is for one of them."""
    if request.param == "postgresql":
        need("postgres")
    return request.param


@pytest.fixture
def database_url(kind, _prepared, tmp_path):
    """Return the address of a migrated database without a row."""
    address = _prepared(kind)
    if kind == "sqlite":
        return _copied(address, tmp_path)
    empty_tables(address)
    return address


@pytest.fixture
def make_host(database_url):
    """Return a function that makes a host of its own on the test's database; options are `app.config`."""
    made: list[Flask] = []

    def make(*, url=None, huey=None, **config):
        made.append(make_app(url or database_url, huey=huey, **config))
        return Host(made[-1])

    yield make
    for app in made:
        close(app)


@pytest.fixture(scope="session")
def _standing(_prepared, tmp_path_factory):
    """Return a function from a kind of database to an application that stays up for the whole run."""
    apps: dict[str, Flask] = {}

    def app_on(kind: str) -> Flask:
        if kind not in apps:
            address = _prepared(kind)
            if kind == "sqlite":
                address = _copied(address, tmp_path_factory.mktemp("standing"))
            apps[kind] = make_app(address)
        return apps[kind]

    yield app_on
    for app in apps.values():
        close(app)


@pytest.fixture
def host(kind, _standing):
    """Return a host with one account at BCA and nothing else; it is shared, so a test that alters it makes its own."""
    app = _standing(kind)
    empty_tables(app.config["SQLALCHEMY_DATABASE_URI"])
    standing = Host(app)
    standing.add_account()
    return standing


@pytest.fixture
def own_host(make_host):
    """Return a host with one account at BCA that the test may alter as it likes."""
    made = make_host()
    made.add_account()
    return made
