"""The documentation is true: its code runs, its names exist, its links lead somewhere, nothing public is missing."""

import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import click
import pytest
from doc_tables import EVERY_COMMAND, PAGES, ROOT, commands, filled
from hosts import minimal

import payments_moota
from payments_moota import signals
from payments_moota.config import SETTINGS as EXTENSION_SETTINGS
from payments_moota.rules import matching, outcome, reversals, states
from payments_moota.web.present import PayPage
from storefront.config import SETTINGS as SHOP_SETTINGS

READ_FIRST = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "NOTICE")]
ALL_PAGES = [path for path in (*READ_FIRST, *PAGES) if path.suffix == ".md"]
DEPLOYED = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())

# Addresses that are ours, an example's, or a service's own; a page names no other.
KNOWN_HOSTS = {"127.0.0.1", "localhost", "app.moota.co", "keepachangelog.com", "semver.org"}

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?:\]\(|(?:src|srcset|href)=\")([^)\s\"]+)")
_URL = re.compile(r"https?://([^/\s:)`'\"<>]+)")
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|Users|work)/")
_COMMAND = re.compile(r"\bflask (?:--app \w+ )?((?:moota )?[a-z][^`\n|]*)")
_CODE_PATH = re.compile(r"`((?:payments_moota|storefront|templates|tests|docs|deploy|benchmarks)/[\w./-]*)`")


def in_repository(path):
    return str(path.relative_to(ROOT))


def every(paths):
    return pytest.mark.parametrize("path", paths, ids=in_repository)


def text_of(path):
    return path.read_text(encoding="utf-8")


def blocks(path, language):
    return [match for match in _FENCE.finditer(text_of(path)) if match[1] == language]


def as_program(path):
    """Return a page's Python as one program in which every line stands where it stands on the page."""
    page = text_of(path)
    lines = [""] * (page.count("\n") + 1)
    for block in blocks(path, "python"):
        first = page.count("\n", 0, block.start(2))
        for offset, line in enumerate(block[2].splitlines()):
            lines[first + offset] = line
    return "\n".join(lines) + "\n"


def slug(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def anchors(path):
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)}


@every([path for path in ALL_PAGES if blocks(path, "python")])
def test_the_code_on_a_page_runs(path, tmp_path):
    program = tmp_path / "shop.py"
    program.write_text(as_program(path), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-W", "error", program], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )

    assert done.returncode == 0, f"{in_repository(path)}, by line number:\n{done.stderr}"


def test_there_is_code_to_run():
    assert len(blocks(ROOT / "docs/extension.md", "python")) > 5


@every(PAGES)
def test_the_tables_are_the_codes_own(path):
    page = text_of(path)

    assert filled(page) == page, "Write the tables anew: .venv/bin/python tests/contracts/doc_tables.py"


def test_every_setting_is_documented():
    page = text_of(ROOT / "docs/configuration.md")
    example = text_of(ROOT / ".env.example")
    names = [setting.name for setting in (*EXTENSION_SETTINGS, *SHOP_SETTINGS)]

    assert not [name for name in names if f"`{name}`" not in page]
    unknown = set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.MULTILINE)) - {*names, "MOOTA_WEBHOOK_SECRET_FILE"}
    assert not unknown


@pytest.mark.parametrize(
    "name",
    [*payments_moota.__all__, *(name.replace("-", "_") for name in signals.ALL)],
)
def test_everything_public_is_on_the_page_for_developers(name):
    assert re.search(rf"\b{name}\b", text_of(ROOT / "docs/extension.md")), f"docs/extension.md does not name {name}"


def test_every_verb_is_on_the_page_for_developers():
    page = text_of(ROOT / "docs/extension.md")
    verbs = [name for name in vars(payments_moota.MootaPayments) if not name.startswith("_")]

    assert not [name for name in verbs if not re.search(rf"\b{name}\b", page)]


@pytest.mark.parametrize(
    "word",
    [
        *get_args(matching.Reason),
        *get_args(get_type_hints(reversals.DebitDecision)["reason"]),
        *get_args(get_type_hints(reversals.ReturnDecision)["reason"]),
        *get_args(outcome.Mark),
        *("underpaid", "overpaid", "reversed", "manual", "rule", "waiting"),
        *get_args(states.ChargeStatus),
        *get_args(states.MutationStatus),
    ],
)
def test_owners_are_told_what_every_outcome_means(word):
    assert f"`{word}`" in text_of(ROOT / "docs/pembayaran.md")


def test_a_host_can_rely_on_every_field_of_the_payment_page():
    page = text_of(ROOT / "docs/extension.md")

    assert not [field.name for field in fields(PayPage) if f"`page.{field.name}`" not in page]


def test_every_command_is_documented():
    page = text_of(ROOT / "docs/cli.md")

    assert not [name for name in commands() if f"### `{name}" not in page]


def test_every_route_of_the_extension_is_documented(tmp_path):
    app = minimal.create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'routes.db'}"})
    routes = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("moota.")]
    page = text_of(ROOT / "docs/extension.md")

    assert not [route for route in routes if f"`{route}`" not in page]


@every([*ALL_PAGES, *DEPLOYED])
def test_every_command_named_exists(path):
    wrong = [line for line in named_commands(text_of(path)) if not is_command(line)]

    assert not wrong


def named_commands(text):
    """Return what follows `flask` wherever a page shows a command of ours."""
    shown = (match[1].strip().rstrip(".,;:)") for match in _COMMAND.finditer(text))
    return [line for line in shown if line.split()[0] in {"moota", "init", "seed", "worker", "create-admin"}]


def is_command(line):
    """Tell whether a shown command is there with these options; a group alone, or followed by …, will do."""
    words = shlex.split(line.replace("…", ""), comments=True)
    command: click.Command = EVERY_COMMAND
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if isinstance(command, click.Group):
        return not words
    known = {name for parameter in command.params for name in parameter.opts}
    return {word.partition("=")[0] for word in words if word.startswith("--")} <= known | {"--help"}


def test_the_readme_begins_with_two_commands_that_exist():
    shown = [block[2].split("\n") for block in blocks(ROOT / "README.md", "console")]
    targets = re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.MULTILINE)

    assert shown[0] == ["$ make demo", "$ make test", ""]
    assert {"demo", "test"} <= set(targets)


@every(ALL_PAGES)
def test_every_make_target_named_exists(path):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))

    assert set(re.findall(r"(?:`|\$ )make ([a-z-]+)", text_of(path))) <= targets


@every(ALL_PAGES)
def test_no_link_is_dead(path):
    dead = [link for link in links(path) if not leads_somewhere(path, link)]

    assert not dead


def links(path):
    return [link for link in _LINK.findall(_FENCE.sub("", text_of(path))) if not link.startswith(("http", "mailto:"))]


def leads_somewhere(path, link):
    file, _, anchor = link.partition("#")
    target = (path.parent / file).resolve() if file else path
    return target.exists() and (not anchor or anchor in anchors(target))


@every(ALL_PAGES)
def test_every_file_named_exists(path):
    assert not [name for name in _CODE_PATH.findall(text_of(path)) if not (ROOT / name).exists()]


@every([*READ_FIRST, *PAGES, *DEPLOYED])
def test_no_page_names_a_strange_host_or_a_machines_path(path):
    text = text_of(path)
    hosts = {host for host in _URL.findall(text) if not host.endswith(".example") and "$" not in host}

    assert hosts <= KNOWN_HOSTS
    assert not _MACHINE_PATH.search(text)


def test_every_page_can_be_reached_from_the_readme():
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.suffix == ".md":
            seen.add(page)
            waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links(page) if link[0] != "#"]

    assert not {*ALL_PAGES} - seen
