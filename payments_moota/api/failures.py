"""What went wrong at Moota, in words for the owner: what was answered, and the one thing to do."""

from collections.abc import Mapping
from typing import Any, Final

import requests

from ..errors import ApiError

_LONGEST: Final = 300

_REMEDIES: Final[dict[int, str]] = {
    401: "Make a new access token at Moota (Integrations, Personal Access Token) and set MOOTA_ACCESS_TOKEN.",
    403: "Make an access token with the scope `api` at Moota and set MOOTA_ACCESS_TOKEN.",
    404: "Check MOOTA_BASE_URL, and fetch the accounts anew with `flask moota accounts sync`.",
    422: "Correct what Moota names.",
    429: "Wait a moment; Moota had too many requests.",
}
_LATER: Final = "Try again later; Moota is in trouble."


def failure(status: int, body: Any, *, retry_after: float | None = None) -> ApiError:
    """Return the error for an answer that is no success."""
    said, errors = _said(body)
    remedy = _REMEDIES.get(status, _LATER if status >= 500 else "See what Moota says.")  # noqa: PLR2004 - HTTP
    if 300 <= status < 400:  # noqa: PLR2004 - HTTP
        remedy = "Set MOOTA_BASE_URL to the address it really has; the token is not sent elsewhere."
    return ApiError(
        f"Moota answered {status}{said}. {remedy}",
        status=status,
        retryable=status == 429 or status >= 500,  # noqa: PLR2004 - HTTP
        errors=errors,
        remedy=remedy,
        retry_after=retry_after,
    )


def refusal(body: Mapping[str, Any]) -> ApiError:
    """Return the error for an answer that refuses under the cloak of a success."""
    said, errors = _said(body)
    remedy = _REMEDIES[422]
    return ApiError(f"Moota refused{said}. {remedy}", status=422, errors=errors, remedy=remedy)


def no_answer(error: requests.RequestException, *, is_question: bool) -> ApiError:
    """Return the error for an answer that did not come, or not whole; an order may have been carried out."""
    what = type(error).__name__
    if is_question:
        return ApiError(f"Moota did not answer ({what}). {_LATER}", retryable=True, remedy=_LATER)
    remedy = "It may have been carried out all the same; look at Moota before asking again."
    return ApiError(f"Moota did not answer ({what}). {remedy}", remedy=remedy)


def not_json(status: int) -> ApiError:
    """Return the error for a success that is no JSON: a login page, a proxy's page."""
    remedy = "Check MOOTA_BASE_URL; something else than Moota's API answers there."
    return ApiError(f"Moota's answer is not JSON. {remedy}", status=status, remedy=remedy)


def too_large(status: int) -> ApiError:
    """Return the error for a body without end."""
    return ApiError(f"Moota's answer is larger or slower than it can be. {_LATER}", status=status, remedy=_LATER)


def unexpected(what: str) -> ApiError:
    """Return the error for JSON that lacks what it must have."""
    remedy = "Moota may have changed its API; update this package."
    return ApiError(f"Moota's answer cannot be read: {what}. {remedy}", remedy=remedy)


def _said(body: Any) -> tuple[str, dict[str, list[str]]]:
    """Read `message`, then `error`, then `errors`; each is missing somewhere."""
    if not isinstance(body, dict):
        return "", {}
    errors = _by_field(body.get("errors"))
    texts = [text for text in (body.get("message"), body.get("error")) if isinstance(text, str) and text]
    texts = texts[:1] + [f"{field}: {' '.join(messages)}" for field, messages in errors.items()]
    said = "; ".join(texts)[:_LONGEST].rstrip(". ")
    return (f': "{said}"' if said else ""), errors


def _by_field(found: Any) -> dict[str, list[str]]:
    if not isinstance(found, dict):
        return {}
    return {
        str(field): [str(text) for text in (messages if isinstance(messages, list) else [messages])]
        for field, messages in found.items()
    }
