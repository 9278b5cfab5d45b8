"""HTTP as Moota's API wants it: bearer token, time limits, patience, and every failure as one kind of error.

Only questions (GET) are asked again by themselves: an order that got no answer may have been carried out. The token is
in a header of the request alone, never in a log, a message or a representation.
"""

import ipaddress
import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from ..errors import ApiError
from .failures import failure, no_answer, not_json, too_large

Verb = Literal["GET", "POST", "PUT", "DELETE"]

MOST_BYTES: Final = 10 * 1024 * 1024
_CHUNK: Final = 64 * 1024
# A question is asked four times at most; gaps in seconds.
_GAPS: Final = (0.5, 1.0, 2.0)
_LONGEST_GAP: Final = 30.0
_LONGEST_ANSWER: Final = 60.0
_PASSING: Final = frozenset({429, 502, 503, 504})


class _Bearer(AuthBase):
    """Sends the token; set as `auth`, so that no .netrc file on the machine can replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Transport:
    """Speaks to one Moota with one token, a few requests a second at most; safe for threads."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        timeout: tuple[float, float],
        per_second: float,
        sleep: Callable[[float], None],
    ) -> None:
        self.clock_skew: timedelta | None = None
        self._base_url = base_url.rstrip("/")
        self._auth = _Bearer(token)
        self._timeout = timeout
        self._sleep = sleep
        self._gap = 1 / per_second
        self._next_at = 0.0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        """Name the host; the token stays unsaid."""
        return f"Transport({self._base_url!r})"

    def ask(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """GET a path below /api/v2 and return its JSON; decimals stay exact. Raises ApiError."""
        return self._until_final("GET", path, query=query, patient_with=_PASSING)

    def tell(self, verb: Verb, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send an order and return the JSON of its answer. Tried again only when it was turned away as too many."""
        return self._until_final(verb, path, body=body or {}, patient_with=frozenset({429}))

    def _until_final(
        self,
        verb: Verb,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        patient_with: frozenset[int],
    ) -> Any:
        for gap in (*_GAPS, None):
            try:
                return self._once(verb, path, query, body)
            except ApiError as error:
                is_passing = error.status in patient_with or (error.status is None and verb == "GET")
                if gap is None or not is_passing:
                    raise
                self._sleep(min(_LONGEST_GAP, max(gap, error.retry_after or 0.0)))
        raise AssertionError("unreachable")  # pragma: no cover - the last gap is None

    def _once(self, verb: Verb, path: str, query: Mapping[str, Any] | None, body: Mapping[str, Any] | None) -> Any:
        self._take_turn()
        url = f"{self._base_url}/api/v2/{path.lstrip('/')}"
        try:
            # A session of its own for each request: none is shared between threads, and no cookie is kept.
            with requests.Session() as session:
                session.trust_env = not _is_this_machine(url)
                answer = session.request(
                    verb,
                    url,
                    params=query,
                    json=body,
                    auth=self._auth,
                    headers={"Accept": "application/json"},
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                )
                content = _read(answer)
        except requests.RequestException as error:
            raise no_answer(error, is_question=verb == "GET") from error
        self._note_clock(answer)
        return self._judged(answer, content)

    def _judged(self, answer: requests.Response, content: bytes) -> Any:
        """Return the JSON of a good answer. Judged by the HTTP status: "status" in the body contradicts it at times."""
        if not 200 <= answer.status_code < 300:  # noqa: PLR2004 - HTTP success
            raise failure(answer.status_code, _json_or_none(content), retry_after=_retry_after(answer))
        if answer.status_code == HTTPStatus.NO_CONTENT or not content.strip():
            return {}
        found = _json_or_none(content)
        if found is None:
            raise not_json(answer.status_code)
        return found

    def _take_turn(self) -> None:
        with self._lock:
            now = time.monotonic()
            wait = max(0.0, self._next_at - now)
            self._next_at = max(now, self._next_at) + self._gap
        if wait:
            self._sleep(wait)

    def _note_clock(self, answer: requests.Response) -> None:
        try:
            theirs = parsedate_to_datetime(answer.headers["Date"])
        except (KeyError, ValueError):
            return
        self.clock_skew = theirs.astimezone(UTC) - datetime.now(UTC)


def _read(answer: requests.Response) -> bytes:
    """Read the body; raises ApiError for one that never ends."""
    until = time.monotonic() + _LONGEST_ANSWER
    content = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES or time.monotonic() > until:
            raise too_large(answer.status_code)
    return bytes(content)


def _json_or_none(content: bytes) -> Any:
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _retry_after(answer: requests.Response) -> float | None:
    """Read how long to wait: seconds, or a date."""
    given = answer.headers.get("Retry-After", "").strip()
    if given.isdigit():
        return float(given)
    try:
        return max(0.0, (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _is_this_machine(url: str) -> bool:
    """Tell whether no proxy may come between: one set for the outside world knows no local programs."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
