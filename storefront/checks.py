"""What `flask moota doctor` looks at in the shop itself: tables, e-mail, somebody to call, backups."""

import smtplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from alembic.migration import MigrationContext
from flask import Flask, current_app

from payments_moota import Finding

from . import schema
from .backups.commands import backups_folder, newest
from .extensions import db, moota

_SECONDS = 5
_OLD_BACKUP = timedelta(days=2)


def connect(app: Flask) -> None:
    """Add the shop's checks to the doctor's."""
    for check in (_tables, _mail, _owner, _backups):
        moota.doctor_check(app)(check)


def _tables() -> Iterator[Finding]:
    try:
        current = MigrationContext.configure(db.session.connection()).get_current_revision()
    finally:
        db.session.rollback()
    if current == schema.head():
        yield Finding(name="shop_migrations", status="ok", message=f"The shop's tables are at version {current}.")
    else:
        message = f"The shop's tables are at version {current or 'none'}, not {schema.head()}."
        yield Finding(name="shop_migrations", status="error", message=message, remedy="Run `flask init`.")


def _mail() -> Iterator[Finding]:
    config = current_app.config
    if config["MAIL_BACKEND"] != "smtp":
        message = "E-mails are printed, not sent."
        yield Finding(name="mail", status="warning", message=message, remedy="Set MAIL_URL to smtp://… or smtps://….")
        return
    host, port = config["MAIL_SERVER"], config["MAIL_PORT"]
    try:
        _log_in(host, port)
    except (OSError, smtplib.SMTPException) as error:
        message = f"The mail server at {host}:{port} does not let us in ({type(error).__name__})."
        yield Finding(name="mail", status="error", message=message, remedy="Check MAIL_URL.")
    else:
        yield Finding(name="mail", status="ok", message=f"The mail server at {host}:{port} lets us in.")


def _log_in(host: str, port: int) -> None:
    config = current_app.config
    context = ssl.create_default_context()
    if config["MAIL_USE_SSL"]:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(host, port, timeout=_SECONDS)
    with connection as server:
        if config["MAIL_USE_TLS"]:
            server.starttls(context=context)
        if config["MAIL_USERNAME"]:
            server.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"] or "")
        server.noop()


def _owner() -> Iterator[Finding]:
    if current_app.config["SHOP_OWNER_EMAIL"]:
        yield Finding(name="owner", status="ok", message="Somebody is told when money comes wrong.")
    else:
        message = "Nobody is told when money comes wrong."
        yield Finding(name="owner", status="warning", message=message, remedy="Set SHOP_OWNER_EMAIL.")


def _backups() -> Iterator[Finding]:
    folder, found = backups_folder(), newest()
    age = datetime.now(UTC) - datetime.fromtimestamp(found[1], UTC) if found else None
    if age is not None and age <= _OLD_BACKUP:
        yield Finding(name="backups", status="ok", message="There is a backup of the last two days.")
    else:
        message = f"The newest backup in {folder.name}/ is {age.days} days old." if age else "There is no backup."
        remedy = "Make one every day with `flask backup`; set SHOP_BACKUPS to the folder where they are."
        yield Finding(name="backups", status="warning", message=message, remedy=remedy)
