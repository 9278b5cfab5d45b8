"""The tables in docs/ that are made from the code; running this file writes them anew.

A page says where a table goes with `<!-- table: NAME -->` and `<!-- end -->`; what stands between is replaced.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

import payments_moota
from payments_moota import errors, signals
from payments_moota.cli import moota_cli
from payments_moota.config import SETTINGS as EXTENSION_SETTINGS
from payments_moota.models.base import Base
from payments_moota.rules import states
from storefront import cli as shop_cli
from storefront.config import MOOTA_SECRETS
from storefront.config import SETTINGS as SHOP_SETTINGS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))

SHOP_COMMANDS = (
    shop_cli.init,
    shop_cli.seed,
    shop_cli.worker,
    shop_cli.create_admin,
    shop_cli.reset_admin,
    shop_cli.privacy,
    shop_cli.regions,
    shop_cli.backup,
    shop_cli.restore,
)
EVERY_COMMAND = click.Group("flask", commands=[*SHOP_COMMANDS, moota_cli])

_PLACE = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Return a page with its tables as they should be."""
    return _PLACE.sub(lambda place: f"{place[1]}\n{TABLES[place[2]]()}\n\n{place[3]}", page)


def walk(command: click.Command, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below `command` with its full name."""
    path = (*names, command.name or "")
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from walk(command.commands[name], *path)
    else:
        yield " ".join(path), command


def commands() -> dict[str, click.Command]:
    """Return every command by its full name, the shop's first."""
    shop = [pair for command in SHOP_COMMANDS for pair in walk(command, "flask")]
    return dict([*shop, *walk(moota_cli, "flask")])


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _default(value: str | None) -> str:
    return f"`{value}`" if value else "none"


def _extension_settings() -> str:
    rows = [(f"`{setting.name}`", _default(setting.default), setting.help) for setting in EXTENSION_SETTINGS]
    return _table(("Name", "Default", "Meaning"), rows)


def _shop_settings() -> str:
    rows = [(f"`{setting.name}`", _default(setting.default), setting.help) for setting in SHOP_SETTINGS]
    return _table(("Name", "Default", "Meaning"), rows)


def _secret_files() -> str:
    names = [*(setting.name for setting in SHOP_SETTINGS if setting.secret), *MOOTA_SECRETS]
    return "\n".join(f"- `{name}_FILE`" for name in names)


def _shop_commands() -> str:
    return "\n\n".join(_command(name, command) for name, command in commands().items() if " moota " not in name)


def _extension_commands() -> str:
    return "\n\n".join(_command(name, command) for name, command in commands().items() if " moota " in name)


def _command(name: str, command: click.Command) -> str:
    arguments = "".join(
        f" {parameter.make_metavar(click.Context(command))}"
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    )
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    json = " [--json]" if any("--json" in option.opts for option in options) else ""
    lines = [_option(option) for option in options if "--json" not in option.opts]
    help_text = " ".join(cleandoc(command.help or "").split())
    return "\n".join([f"### `{name}{arguments}{json}`", "", help_text, *([""] if lines else []), *lines])


def _option(option: click.Option) -> str:
    names = ", ".join(option.opts)
    value = "" if option.is_flag else f" {_value(option)}"
    needed = " (required)" if option.required else ""
    default = f" Default: `{option.default}`." if option.show_default else ""
    return f"- `{names}{value}`{needed}" + (f": {option.help}" if option.help else "") + default


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    kinds = {"integer": "N", "integer range": "N", "path": "FILE"}
    return kinds.get(option.type.name, "TEXT")


def _signals() -> str:
    rows = []
    for name, signal in signals.ALL.items():
        facts, meaning = (signal.__doc__ or "").split(": ", 1)
        rows.append((f"`{name.replace('-', '_')}`", facts, meaning))
    return _table(("Signal", "Arguments beside the application", "Sent when"), rows)


def _errors() -> str:
    return _table(("Error", "Is a", "Says"), list(_below(payments_moota.MootaError)))


def _below(error: type[payments_moota.MootaError]) -> Iterator[tuple[str, ...]]:
    if error.__name__ in payments_moota.__all__:
        yield f"`{error.__name__}`", f"`{error.__mro__[1].__name__}`", errors.default_message(error)
    for child in error.__subclasses__():
        yield from _below(child)


def _states(table: states.Table[Any]) -> str:
    rows = [(f"`{current}`", f"`{event}`", f"`{following}`") for (current, event), following in table.moves.items()]
    return _table(("From", "Event", "To"), rows)


def _database() -> str:
    models = sorted((model.class_ for model in Base.registry.mappers), key=lambda model: model.__tablename__)
    rows = [(f"`{model.__tablename__}`", cleandoc(model.__doc__ or "").splitlines()[0]) for model in models]
    return _table(("Table", "A row is"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "extension-settings": _extension_settings,
    "shop-settings": _shop_settings,
    "secret-files": _secret_files,
    "shop-commands": _shop_commands,
    "extension-commands": _extension_commands,
    "signals": _signals,
    "errors": _errors,
    "charge-states": partial(_states, states.CHARGE),
    "delivery-states": partial(_states, states.DELIVERY),
    "mutation-states": partial(_states, states.MUTATION),
    "refund-states": partial(_states, states.REFUND),
    "database": _database,
}


def write() -> None:
    """Write the tables into the pages."""
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        if filled(page) != page:
            path.write_text(filled(page), encoding="utf-8")


if __name__ == "__main__":
    write()
