"""A shop on each kind of database in turn, with goods on its shelves and a visitor."""

import shutil

import pytest
from shopfloor import make_shop, stock_up
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool


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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shop_address(request, _prepared_shops, tmp_path):
    """Return the address of a migrated database without a row, on each kind of server in turn."""
    address = _prepared_shops(request.param)
    if request.param == "postgresql":
        _empty(address)
        return address
    copy = tmp_path / "shop.db"
    shutil.copy(make_url(address).database, copy)
    return f"sqlite:///{copy}"


def _empty(address):
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        names = [name for name in inspect(connection).get_table_names() if "alembic" not in name]
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text(f"TRUNCATE {', '.join(names)} CASCADE"))


@pytest.fixture
def bare_shop(shop_address, tmp_path):
    """Return a shop with empty shelves."""
    made = make_shop(tmp_path / "instance", shop_address)
    yield made
    made.close()


@pytest.fixture
def shop(bare_shop):
    """Return a shop with four products and two accounts."""
    stock_up(bare_shop)
    return bare_shop


@pytest.fixture
def visitor(shop):
    """Return somebody who just came in."""
    return shop.visitor()
