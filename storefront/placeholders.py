"""Holes such as {name} in a person's own text, filled with facts. Pure; no language is hidden in them.

A hole is lower-case letters and underscores in braces; other braces are ordinary characters.
"""

import re
from collections.abc import Collection, Mapping

_HOLE = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Return `text` with its holes filled; one without a fact stays as it is. Facts are not filled again."""
    return _HOLE.sub(lambda hole: facts.get(hole[1], hole[0]), text)


def renamed(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with the holes that go by another name called by ours."""
    return _HOLE.sub(lambda hole: f"{{{names.get(hole[1], hole[1])}}}", text)


def unknown(text: str, known: Collection[str]) -> list[str]:
    """Return the names of the holes that cannot be filled, each once, in their order."""
    return list(dict.fromkeys(name for name in _HOLE.findall(text) if name not in known))
