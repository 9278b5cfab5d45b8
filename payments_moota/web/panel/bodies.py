"""A webhook's body and headers for people to read: laid out, without secrets and without whole account numbers."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ...rules.masking import HIDDEN, mask_number

# More than this nobody reads on a page.
_LONGEST = 60_000
_DEEPEST = 30
_SECRET = re.compile(r"token|secret|signature|password|api[-_]?key|authorization|cookie", re.IGNORECASE)
_NUMBER = re.compile(r"(?:account|rekening|va|card|phone)_?(?:number|no)?$|^(?:number|nomor)$", re.IGNORECASE)
_LONG_DIGITS = re.compile(r"(?<!\d)\d{10,19}(?!\d)")
_HIDDEN = HIDDEN * 8


def pretty(body: bytes, numbers: Iterable[str] = ()) -> tuple[str, bool]:
    """Return a body as text to read, and whether it was cut short.

    Secrets are hidden by the names of their fields. Of account numbers the last four digits stay: by the names of their
    fields, the known `numbers` wherever they stand, and whatever else is as long as an account number in a text.
    """
    text = body.decode("utf-8", "replace")
    try:
        text = json.dumps(_masked(json.loads(text)), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        text = _LONG_DIGITS.sub(_hide_digits, text)
    for number in sorted(filter(None, numbers), key=len, reverse=True):
        text = text.replace(number, mask_number(number))
    return text[:_LONGEST], len(text) > _LONGEST


def headers(kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a request's headers by name, without what opens doors."""
    return [(name, _HIDDEN if _SECRET.search(name) else str(value)) for name, value in sorted(kept.items())]


def _masked(value: Any, name: str = "", depth: int = 0) -> Any:
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {key: _masked(each, str(key), depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, name, depth + 1) for each in value]
    if value is not None and _SECRET.search(name):
        return _HIDDEN
    if isinstance(value, int | str) and not isinstance(value, bool) and _NUMBER.search(name):
        return mask_number(str(value))
    return _LONG_DIGITS.sub(_hide_digits, value) if isinstance(value, str) else value


def _hide_digits(found: re.Match[str]) -> str:
    return mask_number(found[0])
