"""The shape of the code, as tests that say what to do when they fail."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import payments_moota
from payments_moota import MootaError, errors, signals
from payments_moota.config import SETTINGS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "payments_moota"
LONGEST_FILE = 400

_MOCKING = re.compile(r"^\s*(from|import) (unittest\.mock|unittest import mock|mock)\b", re.MULTILINE)


def sources(folder=PACKAGE):
    return [path for path in sorted(folder.rglob("*.py")) if "versions" not in path.parts]


def calls(path, name):
    """Return the lines on which a method of this name is called."""
    tree = ast.parse(path.read_text())
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def test_the_import_contract_holds():
    """If this fails, the output names the import: a ring imports only rings below it; give a new module its ring."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout


def test_only_the_owner_of_a_transaction_commits():
    """If this fails: verbs flush; `context.transaction` commits for the faces, the host for itself."""
    committing = {str(path.relative_to(PACKAGE)) for path in sources() if calls(path, "commit")}

    assert committing == {"context.py"}


def test_no_test_replaces_our_own_code():
    """If this fails: use a real thing or a fake we ship; a mock of our own code proves nothing."""
    guilty = [path.name for path in sources(ROOT / "tests") if _MOCKING.search(path.read_text())]

    assert guilty == []


def test_no_file_is_longer_than_a_reader_can_hold():
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in sources()}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


IMPORTED_QUIETLY = """
import builtins, socket, sqlite3, sys, threading

def forbid(event, arguments):
    if event in ("socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.mkdir", "os.remove"):
        raise AssertionError(f"{event} {arguments} at import")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        if "__pycache__" not in str(arguments[0]):
            raise AssertionError(f"{arguments[0]} written at import")

sys.dont_write_bytecode = True
sys.addaudithook(forbid)
import payments_moota
import payments_moota.sandbox
assert threading.active_count() == 1, threading.enumerate()
unwanted = {"storefront", "flask_sqlalchemy", "flask_babel", "psycopg", "redis"} & set(sys.modules)
assert not unwanted, unwanted
"""


def test_importing_does_nothing():
    """No file, socket, database, thread or process; and none of the optional libraries."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORTED_QUIETLY], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")


def test_every_public_name_exists_and_nothing_else_is_public():
    assert sorted(payments_moota.__all__) == list(payments_moota.__all__)
    assert len(set(payments_moota.__all__)) == len(payments_moota.__all__)
    for name in payments_moota.__all__:
        assert getattr(payments_moota, name) is not None, name


def all_errors(parent=MootaError):
    found = [parent]
    for child in parent.__subclasses__():
        found += all_errors(child)
    return found


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_every_error_is_public_and_its_docstring_is_its_message(error):
    if error.__module__ == errors.__name__:
        assert error.__name__ in payments_moota.__all__
    assert errors.default_message(error).endswith(".")


def test_the_eleven_signals_of_the_contract_exist_and_tell_their_arguments():
    expected = {
        *("charge_created", "charge_paid", "charge_underpaid", "charge_overpaid", "charge_expired", "charge_cancelled"),
        *("charge_reversed", "mutation_unmatched", "refund_requested", "refund_updated", "refund_completed"),
    }

    assert expected <= set(vars(signals))
    for name in expected:
        assert "`" in getattr(signals, name).__doc__


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_says_what_it_means_and_its_default_can_be_read(setting):
    assert setting.name.startswith("MOOTA_")
    assert setting.help
    if setting.default is not None:
        setting.parse(setting.default)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no checkout")
def test_nothing_that_is_ignored_is_kept():
    """If this fails: `git rm --cached` what is named. A link `.venv` once took the place of everybody's environment."""
    ignored = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    run = subprocess.run(ignored, cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout == ""
