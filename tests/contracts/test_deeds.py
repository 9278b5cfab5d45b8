"""Whatever the log of deeds may hold has words for people."""

import ast
from pathlib import Path

import payments_moota
import storefront
from payments_moota.web.panel import refunding
from storefront.admin import audit, deeds

_SHOP = Path(storefront.__file__).parent
_PANEL = Path(payments_moota.__file__).parent / "web" / "panel"
# Codes that are put together where they are noted, by what their first part is there.
_PUT_TOGETHER = {
    "backup.": {"backup.done", "backup.failed"},
    "holiday.": {"holiday.work", "holiday.forget"},
    "charge.": {f"charge.{name}" for name in ("extend", "reopen", "cancel", "settle")},
    "refund.": {f"refund.{name}" for name in refunding.STEPS},
}


def noted(folder, function):
    """Return every code that is noted in these files, by the function that notes it."""
    found = set()
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and function(call):
                found |= codes(function(call), tree, path.name)
    return found


def codes(node, tree, where):
    match node:
        case ast.Constant(value=str(code)):
            return {code}
        case ast.IfExp():
            return codes(node.body, tree, where) | codes(node.orelse, tree, where)
        case ast.Attribute(attr="CONTACT"):
            return {audit.CONTACT}
        case ast.JoinedStr(values=[ast.Constant(value=begin), *_]):
            return _PUT_TOGETHER[begin]
        case ast.Name(id=name):
            # Where it is a parameter, the callers are looked at.
            given = [each.value for each in ast.walk(tree) if isinstance(each, ast.Assign) and is_name(each, name)]
            return set().union(*(codes(value, tree, where) for value in given))
    raise AssertionError(f"{where}:{node.lineno}: this test has to learn how the code is made")


def is_name(assigned, name):
    return isinstance(assigned.targets[0], ast.Name) and assigned.targets[0].id == name


def in_the_shop(call):
    is_note = isinstance(call.func, ast.Attribute) and call.func.attr == "note" and len(call.args) > 1
    return call.args[1] if is_note and call.func.value.id == "audit" else None


def in_the_panel(call):
    return call.args[0] if isinstance(call.func, ast.Name) and call.func.id in {"acting", "_acting"} else None


def test_every_deed_has_words_and_all_words_are_of_deeds():
    """If this fails: give the new code its words in storefront/admin/deeds.py."""
    panel = {f"payments.{code}" for code in noted(_PANEL, in_the_panel)}

    assert noted(_SHOP, in_the_shop) | panel == set(deeds.WORDS)


def test_no_two_deeds_are_called_the_same():
    assert len({str(words) for words in deeds.WORDS.values()}) == len(deeds.WORDS)
