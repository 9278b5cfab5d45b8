"""The shop's own tables: bringing them to the newest version."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app

from . import throttle
from .admin import models as staff
from .backups import models as backups
from .brand import models as brand
from .catalog import models as catalog
from .customers import terms as customers
from .feedback import models as feedback
from .imports import models as imports
from .notifications import models as notifications
from .orders import models as orders
from .promotions import models as promotions
from .regions import models as regions
from .shipping import models as shipping

MIGRATIONS = Path(__file__).parent / "migrations"
# Every table there is: a table is known once its module has been imported.
MODELS = (
    backups,
    brand,
    catalog,
    customers,
    feedback,
    imports,
    notifications,
    orders,
    promotions,
    regions,
    shipping,
    staff,
    throttle,
)


def upgrade() -> None:
    """Bring the shop's tables to the newest version: all of it or nothing, one process at a time."""
    command.upgrade(current_app.extensions["migrate"].migrate.get_config(), "head")


@cache
def head() -> str | None:
    """Return the newest version there is."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
