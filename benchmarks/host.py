"""The smallest host: a no-op view to compare with, and the extension beside it."""

import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event

from payments_moota import MootaPayments

SECRET = "benchmark"
db = SQLAlchemy()
moota = MootaPayments()


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="benchmark",
        SQLALCHEMY_DATABASE_URI=os.environ["BENCH_DATABASE_URL"],
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 16},
        MOOTA_WEBHOOK_SECRET=SECRET,
        MOOTA_WEBHOOK_ALLOWED_IPS="*",
    )
    db.init_app(app)
    moota.init_app(app, session=db.session)
    app.add_url_rule("/noop", "noop", lambda: ("", 204), methods=["POST"])
    return app


@event.listens_for(Engine, "connect")
def _durable_sqlite(connection, _record):
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=5000")
