"""Commands of the shop. Exit status: 0 done, 1 refused with one line on stderr, 2 wrong usage."""

import sys
from typing import cast

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask.cli import with_appcontext

from . import payments, queue, schema
from .admin import audit, people
from .admin import service as staff
from .admin.models import ROLES, Role
from .admin.rules import password_problem
from .backups.commands import backup, restore
from .catalog import seed as catalogue
from .commands import one_line
from .customers.commands import privacy
from .extensions import db
from .regions.commands import regions
from .shipping import seed as delivery


def init_app(app: Flask) -> None:
    """Give `flask` the shop's commands."""
    for command in (init, seed, worker, create_admin, reset_admin, privacy, regions, backup, restore):
        app.cli.add_command(command)


@click.command()
@with_appcontext
@one_line
def init() -> None:
    """Create or upgrade the database, shop and payments; may be run as often as you like."""
    schema.upgrade()
    payments.upgrade(db.engine)
    queue.prepare_storage(current_app.extensions["huey"])
    click.echo("The database is ready.")


@click.command()
@with_appcontext
@one_line
def seed() -> None:
    """Load the sample catalogue; what is already there stays as it is."""
    payments.begin_write()
    added = catalogue.load_sample(db.session())
    delivery.load_sample(db.session())
    db.session.commit()
    click.echo(f"{added} products added.")


@click.command()
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Tasks done at once.")
@with_appcontext
def worker(threads: int) -> None:
    """Confirm payments, send e-mails and let deadlines pass, until told to stop."""
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    queue.prepare_storage(app.extensions["huey"])
    payments.run_worker(app, threads=threads)


@click.command("create-admin")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--role", type=click.Choice(ROLES), default="owner", show_default=True)
@with_appcontext
@one_line
def create_admin(email: str, role: str, *, password_stdin: bool) -> None:
    """Add somebody who may sign in to the panel."""
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from error
    password = _read_password(from_stdin=password_stdin)
    payments.begin_write()
    try:
        staff.create_staff(db.session(), address, password, cast("Role", role))
    except staff.StaffRefusedError as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"{address} may sign in as {role}.")


@click.command("reset-admin")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--without-totp", is_flag=True, help="Also stop asking for codes from the telephone.")
@with_appcontext
@one_line
def reset_admin(email: str, *, password_stdin: bool, without_totp: bool) -> None:
    """Give somebody who is locked out of the panel a new password; they are signed out everywhere."""
    password = _read_password(from_stdin=password_stdin)
    payments.begin_write()
    found = staff.find_staff(db.session(), email)
    problem = password_problem(password)
    if found is None or problem:
        db.session.rollback()
        raise click.ClickException(problem or f"nobody has the address {email}")
    people.set_password(db.session(), found, password)
    staff.forget_failures(db.session(), found.email)
    if without_totp:
        people.forget_second_factor(db.session(), found)
    audit.note(db.session(), "staff.password_set", found.email, after={"without_totp": without_totp})
    db.session.commit()
    click.echo(f"{found.email} has a new password.")


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
