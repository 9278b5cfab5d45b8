"""`python -m storefront.demo_shop`: what the demo needs before it opens, prepared by the shop's own commands.

One process for all of them, since starting `flask` anew for each would take most of the time. Reads the admin's
password from standard input; prints `made` when that admin was made with it, else `known`.
"""

import json
import sys
import traceback

import click
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner

from payments_moota.sandbox import SAMPLE_ACCOUNTS

from . import create_app
from .demo import ADMIN_EMAIL


class StepError(Exception):
    """A command failed; the message is one line that names it."""


def main() -> int:
    """Prepare the shop of the environment; return the process's exit status."""
    try:
        is_made = prepare(create_app(), sys.stdin.readline().strip())
    except StepError as problem:
        click.echo(str(problem), err=True)
        return 1
    click.echo("made" if is_made else "known")
    return 0


def prepare(app: Flask, password: str) -> bool:
    """Bring database, catalogue, accounts and admin to where the demo needs them; tell whether the admin was made.

    Raises StepError.
    """
    runner = app.test_cli_runner()
    _run(runner, "init")
    _run(runner, "seed")
    _add_accounts(runner)
    options = ("--role", "owner", "--password-stdin")
    return runner.invoke(args=["create-admin", ADMIN_EMAIL, *options], input=f"{password}\n").exit_code == 0


def _add_accounts(runner: FlaskCliRunner) -> None:
    known = {row["bank_id"] for row in json.loads(_run(runner, "moota", "accounts", "list", "--json"))}
    for account in SAMPLE_ACCOUNTS:
        if account.bank_id in known:
            continue
        identity = ("--bank-id", account.bank_id, "--bank-type", account.bank_type, "--label", account.label)
        owner = ("--number", account.account_number, "--holder", account.holder)
        _run(runner, "moota", "accounts", "add", *identity, *owner)


def _run(runner: FlaskCliRunner, *arguments: str) -> str:
    done: Result = runner.invoke(args=list(arguments))
    if done.exit_code:
        if done.exc_info and not isinstance(done.exception, SystemExit):
            traceback.print_exception(*done.exc_info)
        reason = done.stderr.strip() or "see above"
        raise StepError(f"flask {' '.join(arguments[:3])} failed: {reason}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
