"""What `flask moota doctor` looks at in the shop itself: tables, e-mail, somebody to call, backups."""

import smtplib
import ssl
from collections.abc import Iterator

from alembic.migration import MigrationContext
from flask import Flask, current_app

from payments_moota import Finding

from . import schema
from .backups.folder import backups_folder, list_kept
from .database import now
from .extensions import db, moota
from .notifications.owner import listeners
from .texts import _l

_SECONDS = 5


def connect(app: Flask) -> None:
    """Add the shop's checks to the doctor's."""
    for check in (_tables, _mail, _owner, _backups):
        moota.doctor_check(app)(check)


def _tables() -> Iterator[Finding]:
    try:
        current = MigrationContext.configure(db.session.connection()).get_current_revision()
    finally:
        db.session.rollback()
    name = "shop_migrations"
    if current == schema.head():
        told = _l("Tabel toko sudah versi %(version)s.", version=current)
        yield Finding(name=name, status="ok", message=f"The shop's tables are at version {current}.", told=told)
    else:
        message = f"The shop's tables are at version {current or 'none'}, not {schema.head()}."
        told = _l("Tabel toko masih versi %(version)s, belum %(head)s.", version=current or "–", head=schema.head())
        to_do = _l("Jalankan di server: flask init.")
        yield Finding(name=name, status="error", message=message, remedy="Run `flask init`.", told=told, to_do=to_do)


def _mail() -> Iterator[Finding]:
    config = current_app.config
    if config["MAIL_BACKEND"] != "smtp":
        yield Finding(
            name="mail",
            status="warning",
            message="E-mails are printed, not sent.",
            remedy="Set MAIL_URL to smtp://… or smtps://….",
            told=_l("Surat hanya dicetak di log, tidak dikirim."),
            to_do=_l("Isi MAIL_URL di server dengan smtp://… atau smtps://…."),
        )
        return
    host, port = config["MAIL_SERVER"], config["MAIL_PORT"]
    try:
        _log_in(host, port)
    except (OSError, smtplib.SMTPException) as error:
        why = type(error).__name__
        yield Finding(
            name="mail",
            status="error",
            message=f"The mail server at {host}:{port} does not let us in ({why}).",
            remedy="Check MAIL_URL.",
            told=_l("Server surat %(host)s:%(port)d menolak toko (%(why)s).", host=host, port=port, why=why),
            to_do=_l("Periksa MAIL_URL di server."),
        )
    else:
        told = _l("Server surat %(host)s:%(port)d menerima toko.", host=host, port=port)
        message = f"The mail server at {host}:{port} lets us in."
        yield Finding(name="mail", status="ok", message=message, told=told)


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
    is_told = any(each.trouble for each in listeners(db.session()))
    db.session.rollback()
    if is_told:
        told = _l("Ada yang diberi tahu bila uang datang tidak semestinya.")
        yield Finding(name="owner", status="ok", message="Somebody is told when money comes wrong.", told=told)
    else:
        yield Finding(
            name="owner",
            status="warning",
            message="Nobody is told when money comes wrong.",
            remedy="Tick it in the panel under Pemberitahuan saya, or set SHOP_OWNER_EMAIL.",
            told=_l("Tidak ada yang diberi tahu bila uang datang tidak semestinya."),
            to_do=_l("Centang Uang yang tidak biasa di Pemberitahuan saya."),
        )


def _backups() -> Iterator[Finding]:
    newest = next(iter(list_kept()), None)
    if newest is not None and not newest.is_old:
        told = _l("Ada cadangan dari dua hari terakhir.")
        yield Finding(name="backups", status="ok", message="There is a backup of the last two days.", told=told)
        return
    remedy = "Make one every day with `flask backup`; set SHOP_BACKUPS to the folder where they are."
    to_do = _l("Buat satu di bawah, dan jadwalkan flask backup setiap malam di server.")
    if newest is None:
        message, told = "There is no backup.", _l("Belum ada cadangan.")
    else:
        days = (now() - newest.at).days
        message = f"The newest backup in {backups_folder().name}/ is {days} days old."
        told = _l("Cadangan terbaru sudah %(days)d hari.", days=days)
    yield Finding(name="backups", status="warning", message=message, remedy=remedy, told=told, to_do=to_do)
