"""What a page asks the database, and which of its questions read a table through that grows with the shop."""

import json
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Self

from sqlalchemy import Engine, event

from payments_moota.models import metadata as money
from storefront import schema
from storefront.database import Base

assert schema.MODELS, "so that all tables are known"
# These have some rows for each product, account, setting or person; all others grow with orders and days.
SMALL = frozenset(
    {
        *("category", "product", "variant", "voucher", "page", "letter_template", "shop_settings", "region"),
        *("delivery_method", "delivery_zone", "delivery_rate", "staff_member", "staff_session", "recovery_code"),
        *("moota_account", "moota_state", "moota_holiday", "moota_ignore_rule", "moota_look"),
        *("moota_closed_month", "moota_alert", "import_job", "alembic_version", "moota_alembic_version"),
    }
)
GROWING = frozenset(table.name for part in (Base.metadata, money) for table in part.sorted_tables) - SMALL
_LONG = {
    *("ix_customer_agreed_id", "ix_customer_member_id", "ix_moota_charge_exceptional"),
    *("ix_moota_delivery_fetched", "ix_moota_mutation_told"),
}
# Indexes of what is open: however long they are, somebody has to do all of it.
PARTIAL = {
    index.name
    for part in (Base.metadata, money)
    for table in part.sorted_tables
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
} - _LONG
_SQLITE_WALK = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")


class Questions:
    """Collects the queries that are asked inside."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked: list[tuple[str, Any]] = []

    def __enter__(self) -> Self:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _on: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's signature
        if statement.lstrip().upper().startswith("SELECT") and not many:
            self.asked.append((statement, parameters))


def walks(engine: Engine, asked: list[tuple[str, Any]], *, force: bool = False) -> list[str]:
    """Return what these queries read through, each with its query.

    `force` is for tables that are short: it keeps PostgreSQL from reading them through for that, and what is left has
    no index it could use. In which order it then walks so few rows says nothing.
    """
    growing = GROWING
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            if force:
                connection.exec_driver_sql("SET enable_seqscan = off")
            else:
                # No index is better than one for a table of which there is next to nothing yet.
                long = connection.exec_driver_sql("SELECT relname FROM pg_class WHERE reltuples > 1000")
                growing = GROWING & set(long.scalars())
        found = [
            f"{walk}: {' '.join(statement.split())[:300]}"
            for statement, parameters in asked
            for walk in _walks_of(connection, statement, parameters, growing)
            if not force or not walk.startswith("Index")
        ]
        connection.rollback()
    return found


def _walks_of(connection: Any, statement: str, parameters: Any, growing: AbstractSet[str]) -> list[str]:
    if "set_config" in statement:
        # What is set holds for the questions after it.
        connection.exec_driver_sql(statement)
        return []
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        return list(_of_sqlite(statement, [row[-1] for row in rows]))
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    plans = explained if isinstance(explained, list) else json.loads(explained)
    return list(_of_postgresql(plans[0]["Plan"], growing))


def _of_sqlite(statement: str, plan: list[str]) -> Iterator[str]:
    """Name the walks that no limit ends: of two limits the inner one bounds what is read, and that little is sorted."""
    is_sorted_first = any("TEMP B-TREE FOR ORDER BY" in line for line in plan)
    if statement.count("LIMIT") > 1 or ("LIMIT" in statement and not is_sorted_first):
        return
    for line in plan:
        walk = _SQLITE_WALK.match(line)
        if walk and walk[1] in GROWING and walk[2] not in PARTIAL:
            yield line


def _of_postgresql(node: dict[str, Any], growing: AbstractSet[str], *, ends_early: bool = False) -> Iterator[str]:
    """Name the walks: of a table, or of a whole index that no limit ends."""
    kind, table = node["Node Type"], node.get("Relation Name")
    is_whole_index = kind.startswith("Index") and "Index Cond" not in node and node.get("Index Name") not in PARTIAL
    if table in growing and (kind == "Seq Scan" or (is_whole_index and not ends_early)):
        yield f"{kind} on {table} {node.get('Index Name', '')}"
    ends_early = kind == "Limit" or (ends_early and kind not in {"Sort", "Aggregate"})
    for child in node.get("Plans", ()):
        yield from _of_postgresql(child, growing, ends_early=ends_early)
