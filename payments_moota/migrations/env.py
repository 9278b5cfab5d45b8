"""Alembic's environment for the payment tables; the connection, inside its transaction, comes from `migrate.py`."""

from typing import Any, Literal

from alembic import context

from payments_moota.migrate import PREFIX, VERSION_TABLE
from payments_moota.models import metadata
from payments_moota.models.base import UtcDateTime


def _only_ours(name: str | None, type_: str, _parents: Any) -> bool:
    return type_ != "table" or (name is not None and name.startswith(PREFIX))


def _plainly(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as what they are to the database: a migration must outlive the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    include_name=_only_ours,
    compare_type=True,
    render_item=_plainly,
)
context.run_migrations()
