"""Questions machines ask: does the process live, can it serve, how much is waiting."""

import hmac
import ipaddress
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

from alembic.migration import MigrationContext
from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text

from . import payments, schema
from .database import now
from .extensions import db
from .orders.models import Order

log = logging.getLogger(__name__)

bp = Blueprint("health", __name__)

# The worker reports every few seconds; this long a silence means that nobody is confirming payments.
WORKER_SILENCE = timedelta(seconds=90)


@bp.get("/healthz")
def healthz() -> Response:
    """Tell that the process answers; asks nothing else."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Tell whether the shop can serve, and which part cannot."""
    checks = {name: _passes(name, check) for name, check in CHECKS.items()}
    failed = [name for name, passed in checks.items() if not passed]
    body = {"status": "failed" if failed else "ok", "failed": failed, "checks": checks}
    return jsonify(body), 503 if failed else 200


@bp.get("/metrics")
def metrics() -> Response:
    """Return figures for Prometheus, to whoever has the token or asks from this machine."""
    if not (_has_token() or _is_local()):
        return Response("unauthorized\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_ShopFigures())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database() -> bool:
    db.session.execute(text("SELECT 1"))
    return True


def _migrations() -> bool:
    current = MigrationContext.configure(db.session.connection()).get_current_revision()
    return current == schema.head()


def _payment_migrations() -> bool:
    return payments.migrations_are_current(db.engine)


def _worker() -> bool:
    seen = payments.worker_last_seen()
    return seen is not None and now() - seen < WORKER_SILENCE


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "payment_migrations": _payment_migrations,
    "worker": _worker,
}


def _passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        log.warning("The check of %s failed", name, exc_info=True)
        return False
    finally:
        db.session.rollback()


def _has_token() -> bool:
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_local() -> bool:
    """Tell whether the request comes from this machine itself, not through a proxy that runs on it."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


class _ShopFigures(Collector):
    """Figures counted in the database, so that every process answers the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Count at the moment of asking."""
        orders = GaugeMetricFamily("storefront_orders", "Orders by payment status", labels=["payment"])
        counted = select(Order.payment_status, func.count()).group_by(Order.payment_status)
        for status, number in db.session.execute(counted):
            orders.add_metric([status], number)
        yield orders
        attention = select(func.count()).where(Order.attention.is_not(None))
        yield GaugeMetricFamily(
            "storefront_orders_needing_attention",
            "Orders the owner has to look into",
            value=db.session.execute(attention).scalar_one(),
        )
        seen = payments.worker_last_seen()
        if seen is not None:
            yield GaugeMetricFamily(
                "storefront_worker_silence_seconds",
                "Seconds since the worker last reported",
                value=(now() - seen).total_seconds(),
            )
