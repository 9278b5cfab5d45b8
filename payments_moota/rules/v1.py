"""Push notifications of Moota's API V1, told by their shape: unsigned, and superseded by the signed webhooks of V2.

They carry the same money under other ids than V2's, so taking both would count it twice.
"""

import json
from typing import Any
from urllib.parse import parse_qs

# V1 sends at most a few rows; what is larger is not looked into.
_LONGEST = 256 * 1024


def is_v1_push(body: bytes, *, authorization: str | None, query: str) -> bool:
    """Tell whether an unsigned request is a V1 push: by its rows, or by the API key that only V1 sends."""
    if "apikey" in parse_qs(query, keep_blank_values=True) or (authorization or "").startswith("Basic "):
        return True
    return len(body) <= _LONGEST and any(_is_v1_row(row) for row in _rows(body))


def _rows(body: bytes) -> list[Any]:
    """Return the rows of a body; V1 encodes the list once or twice."""
    found: Any = body
    for _ in range(2):
        try:
            found = json.loads(found)
        except (ValueError, TypeError, RecursionError):
            return []
        if isinstance(found, list):
            return found
    return []


def _is_v1_row(row: Any) -> bool:
    if not isinstance(row, dict) or row.get("mutation_id") or row.get("token"):
        return False
    is_numbered = str(row.get("id", "")).isdigit()
    return is_numbered and "bank_type" in row and "amount" in row
