"""A few thousand orders made a million inside the database, which is as quick as anything gets.

Each row stands for FACTOR rows: the same a moment later, with a number and an address of its own. Row `n` becomes the
rows `(n - 1) * FACTOR + 1` to `n * FACTOR`, and so does whatever refers to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, Index, Table, text

from benchmarks.plans import SMALL
from payments_moota.models import metadata as money
from storefront.database import Base
from storefront.orders.models import FIRST_NUMBER

TABLES = [*Base.metadata.sorted_tables, *money.sorted_tables]
# Seconds from one copy to the next.
APART = 50
# What says which row it is: {id} is its new number, {old} a number that stood in a text before, {k} which copy it is.
_NAMED = {
    "customer.email": "replace(email, '@', '.' || {k} || '@')",
    "customer.phone": "{phone}",
    "orders.checkout_key": "'k' || {id}",
    "orders.email": "replace(email, '@', '.' || {k} || '@')",
    "orders.phone": "{phone}",
    "orders.tracking_number": "tracking_number || {k}",
    "message.order_number": "{number:order_number}",
    "audit_entry.subject": "CASE WHEN substr(subject, 1, 4) = 'INV-' THEN {number:subject} ELSE subject || {k} END",
    "moota_charge.public_id": "'p' || {id}",
    "moota_charge.order_ref": "'INV-' || ({first} + {id})",
    "moota_charge.customer_email": "replace(customer_email, '@', '.' || {k} || '@')",
    "moota_reservation.amount": "CASE WHEN released_at IS NULL THEN 10000000 + {id} ELSE amount END",
    "moota_delivery.public_id": "'d' || {id}",
    "moota_delivery.body_sha256": "'b' || {id}",
    "moota_mutation.mutation_id": "'M' || {id}",
    "moota_mutation.content_sha256": "'c' || {id}",
    # The third bank tells no balances.
    "moota_mutation.balance_hundredths": "CASE WHEN account_id < 3 THEN 5000000000 + sum("
    "CASE direction WHEN 'credit' THEN amount_hundredths ELSE -amount_hundredths END) "
    "OVER (PARTITION BY account_id ORDER BY {occurred_at}, {id}) END",
    "moota_refund.public_id": "'r' || {id}",
    "moota_refund.ticket": "substr(ticket, 1, 9) || {id}",
    "moota_outbox.key": "'email:' || {number:ref} || "
    "CASE WHEN replace(key, ':paid', '') <> key THEN ':paid' ELSE ':instructions' END",
}
_WORDS = (
    *("lower(substr(name, 1, {find}(name, ' ') - 1))", "lower(substr(name, {find}(name, ' ') + 1))"),
    *("email", "substr(email, {find}(email, '@'))", "substr(email, {find}(email, '@') + 1)"),
    *("substr(phone, 2)", "'0' || substr(phone, 4)", "substr(phone, 11)"),
)


def multiply(engine: Engine, factor: int) -> None:
    """Make `factor` rows of each, but of what a shop has few of."""
    with engine.connect() as connection, _careless(connection), _without_indexes(connection):
        for table in TABLES:
            if table.name not in SMALL and connection.scalar(text(f'SELECT 1 FROM "{table.name}" LIMIT 1')):
                _copies(connection, table, factor)
        _terms(connection)
        connection.commit()


def _copies(connection: Connection, table: Table, factor: int) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    made = ", ".join(_expression(table, column, factor, is_sqlite=is_sqlite) for column in table.columns)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    numbers = f"WITH RECURSIVE copies(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM copies WHERE k < {factor - 1})"
    run = connection.exec_driver_sql
    run(f'CREATE TEMPORARY TABLE one_of_each AS SELECT * FROM "{table.name}"')
    run(f'DELETE FROM "{table.name}"')
    run(f'INSERT INTO "{table.name}" ({names}) {numbers} SELECT {made} FROM one_of_each CROSS JOIN copies ORDER BY 1')
    run("DROP TABLE one_of_each")
    if not is_sqlite and "id" in table.columns:
        run(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM \"{table.name}\"))")


def _expression(table: Table, column: Any, factor: int, *, is_sqlite: bool) -> str:
    name = f'"{column.name}"'
    grows = any(key.column.table.name not in SMALL for key in column.foreign_keys)
    if grows or (column.name == "id" and column.primary_key):
        return _number(name, factor)
    if isinstance(getattr(column.type, "impl_instance", column.type), DateTime):
        return _later(name, is_sqlite=is_sqlite)
    made = _NAMED.get(f"{table.name}.{column.name}")
    if made is None:
        return name
    fixed = {"{id}": _number("id", factor), "{k}": "k", "{first}": str(FIRST_NUMBER)}
    fixed["{occurred_at}"] = _later("occurred_at", is_sqlite=is_sqlite)
    fixed["{phone}"] = "'+62' || (CAST(substr(phone, 4) AS BIGINT) + k)"
    ref = "replace(replace(replace(key, 'email:', ''), ':instructions', ''), ':paid', '')"
    for text_column in ("order_number", "subject", "ref"):
        source = ref if text_column == "ref" else text_column
        old = f"(CAST(substr({source}, 5) AS BIGINT) - {FIRST_NUMBER})"
        fixed[f"{{number:{text_column}}}"] = f"'INV-' || ({FIRST_NUMBER} + {_number(old, factor)})"
    for mark, value in fixed.items():
        made = made.replace(mark, value)
    return made


def _number(old: str, factor: int) -> str:
    return f"(({old} - 1) * {factor} + k + 1)"


def _later(column: str, *, is_sqlite: bool) -> str:
    if is_sqlite:
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '+' || (k * {APART}) || ' seconds') || '000'"
    return f"({column} + k * interval '{APART} seconds')"


def _terms(connection: Connection) -> None:
    """Write the words that orders and customers are found by, see `storefront.orders.terms.terms_of`."""
    find = "instr" if connection.dialect.name == "sqlite" else "strpos"
    for table, into in (("orders", "order_term (term, order_id)"), ("customer", "customer_term (term, customer_id)")):
        each = [f"SELECT {word.replace('{find}', find)} AS term, id FROM {table}" for word in _WORDS]
        if table == "orders":
            each.append("SELECT lower(tracking_number), id FROM orders WHERE tracking_number IS NOT NULL")
        every = f"SELECT term, id FROM ({' UNION ALL '.join(each)}) AS every WHERE true ORDER BY 1, 2"
        connection.exec_driver_sql(f"INSERT INTO {into} {every} ON CONFLICT DO NOTHING")


@contextmanager
def _careless(connection: Connection) -> Iterator[None]:
    """Check no reference and wait for no disk; what is left half done is thrown away anyhow."""
    if connection.dialect.name == "sqlite":
        for pragma in ("journal_mode = OFF", "foreign_keys = OFF", "synchronous = OFF", "cache_size = -300000"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
    else:
        for setting in ("session_replication_role = replica", "work_mem = '200MB'", "maintenance_work_mem = '300MB'"):
            connection.exec_driver_sql(f"SET {setting}")
        connection.commit()
    yield
    connection.invalidate()


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Take the indexes away that are no constraints, and make them again at the end; let the planner count."""
    indexes: list[Index] = [index for table in TABLES for index in table.indexes]
    for index in indexes:
        index.drop(connection, checkfirst=True)
    yield
    for index in indexes:
        index.create(connection)
    connection.commit()
    autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
    autocommit.exec_driver_sql("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE")
