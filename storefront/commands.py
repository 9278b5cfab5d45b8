"""What the shop's commands share."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click
from sqlalchemy.exc import DBAPIError

_P = ParamSpec("_P")


def one_line(function: Callable[_P, None]) -> Callable[_P, None]:
    """Tell in one line, not by a traceback, when the database is away or was not prepared."""

    @wraps(function)
    def told(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(
                f"the database refused: {reason}; is it there, and was `flask init` run?"
            ) from error

    return told
