"""A shop on each kind of database in turn, with goods on its shelves and a visitor."""

import shutil

import pytest
from argon2 import PasswordHasher
from shopfloor import as_it_was, make_shop, stock_up
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from payments_moota.models import metadata as moota_metadata
from storefront.admin import service
from storefront.database import Base


@pytest.fixture(scope="session")
def _prepared_shops(databases, tmp_path_factory):
    """Return a function from a kind to the address of a migrated database, made once per run."""
    addresses = {}

    def prepare(kind):
        if kind not in addresses:
            address = databases.empty(kind)
            made = make_shop(tmp_path_factory.mktemp("prepared"), address)
            result = made.run("init")
            assert result.exit_code == 0, result.output
            made.close()
            addresses[kind] = address
        return addresses[kind]

    return prepare


@pytest.fixture(scope="session")
def _place(tmp_path_factory):
    """Return the SQLite file that every test finds anew without a row."""
    return tmp_path_factory.mktemp("shop") / "shop.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shop_address(request, _prepared_shops, _place):
    """Return the address of a migrated database without a row, on each kind of server in turn."""
    address = _prepared_shops(request.param)
    if request.param == "postgresql":
        _empty(address)
        return address
    for left in _place.parent.glob("shop.db*"):
        left.unlink()
    shutil.copy(make_url(address).database, _place)
    return f"sqlite:///{_place}"


def _empty(address):
    """Delete all rows, which is quicker than TRUNCATE on tables this small."""
    tables = [*reversed(moota_metadata.sorted_tables), *reversed(Base.metadata.sorted_tables)]
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text(";".join(f"DELETE FROM {table.name}" for table in tables)))  # noqa: S608 - our own tables' names


@pytest.fixture(scope="session")
def _standing_shops(tmp_path_factory):
    """Return a function from an address to a shop that stays open for the whole run: opening one takes long."""
    shops = {}

    def at(address):
        if address not in shops:
            shops[address] = make_shop(tmp_path_factory.mktemp("standing"), address)
        return shops[address]

    yield at
    for standing in shops.values():
        standing.close()


@pytest.fixture
def bare_shop(shop_address, _standing_shops):
    """Return a shop with empty shelves and an empty folder; what a test changes of the application is put back."""
    standing = _standing_shops(shop_address)
    with as_it_was(standing):
        yield standing


@pytest.fixture
def shop(bare_shop):
    """Return a shop with four products and two accounts."""
    stock_up(bare_shop)
    return bare_shop


@pytest.fixture
def visitor(shop):
    """Return somebody who just came in."""
    return shop.visitor()


@pytest.fixture(autouse=True, scope="module")
def _passwords_are_hashed_quickly():
    """Spare the tests most of Argon2's work: they sign in hundreds of times, and none of them guesses passwords."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield
