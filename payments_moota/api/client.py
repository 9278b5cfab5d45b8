"""Moota's API v2, call by call. Everything raises ApiError, and nothing here knows orders or the database."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import ValidationError

from ..errors import ApiError
from .failures import refusal, unexpected
from .records import AccountIn, HistoryIn, TransactionIn, TransactionRequest, WebhookIn
from .schemas import MutationIn
from .transport import Transport

Direction = Literal["credit", "debit"]

_A_PAGE = 100
# No shop has so many; a list that never ends is a fault of the other side.
_MOST_PAGES = 10_000
_KINDS = {"credit": "CR", "debit": "DB"}


class MootaClient:
    """One Moota, seen with one access token; safe for threads, a few requests a second at most.

    `timeout` is seconds to connect and seconds between two bytes of an answer. Lists are asked for page by page, so a
    row may come twice when Moota adds one meanwhile.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        timeout: tuple[float, float] = (5.0, 20.0),
        per_second: float = 4.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = Transport(base_url, token, timeout=timeout, per_second=per_second, sleep=sleep)

    def __repr__(self) -> str:
        """Name the host; the token stays unsaid."""
        return f"MootaClient({self._transport!r})"

    @property
    def clock_skew(self) -> timedelta | None:
        """Return how far Moota's clock was ahead of ours at the last answer; None before the first."""
        return self._transport.clock_skew

    def accounts(self) -> Iterator[AccountIn]:
        """Return every account: banks, virtual account products, QRIS merchants."""
        try:
            yield from (AccountIn.read(row) for page in self._pages("accounts") for row in page)
        except ApiError as error:
            # The older list, of banks alone.
            if error.status != 404:  # noqa: PLR2004 - HTTP: not found
                raise
            yield from (AccountIn.read(row) for page in self._pages("bank") for row in page)

    def mutation_pages(
        self,
        *,
        bank_id: str | None = None,
        since: date | None = None,
        until: date | None = None,
        direction: Direction | None = None,
        amount: int | None = None,
        tag: str | None = None,
    ) -> Iterator[list[dict[str, Any]]]:
        """Return mutations page by page as Moota sends them, newest first; days are Jakarta's, both inclusive."""
        query = {
            "bank": bank_id,
            "start_date": since.isoformat() if since else None,
            "end_date": until.isoformat() if until else None,
            "type": _KINDS[direction] if direction else None,
            "amount": amount,
            "tag": tag,
        }
        return self._pages("mutation", query)

    def mutations(
        self,
        *,
        bank_id: str | None = None,
        since: date | None = None,
        until: date | None = None,
        direction: Direction | None = None,
        amount: int | None = None,
        tag: str | None = None,
    ) -> Iterator[MutationIn]:
        """Return mutations one by one, read as those of a webhook."""
        pages = self.mutation_pages(
            bank_id=bank_id, since=since, until=until, direction=direction, amount=amount, tag=tag
        )
        for page in pages:
            for row in page:
                try:
                    yield MutationIn.read(row)
                except ValidationError:
                    raise unexpected("MutationIn") from None

    def refresh(self, bank_id: str) -> None:
        """Have Moota look at an account now. Costs points of the owner's."""
        self._transport.tell("POST", f"bank/{bank_id}/refresh")

    def note(self, mutation_id: str, text: str) -> None:
        """Write a note on a mutation."""
        self._transport.tell("POST", f"mutation/{mutation_id}/note", {"note": text})

    def tag_mutation(self, mutation_id: str, names: Sequence[str]) -> None:
        """Attach tags to a mutation, made first where there are none of that name; doing it again changes nothing."""
        for name in names:
            if name not in self._tags_named(name):
                self._transport.tell("POST", "tagging", {"name": name})
        self._transport.tell("POST", f"tagging/mutation/{mutation_id}", {"name": list(names)})

    def push_webhook(self, mutation_id: str) -> None:
        """Have Moota send a mutation's webhook once more."""
        self._transport.tell("POST", f"mutation/{mutation_id}/webhook")

    def webhooks(self, *, url: str | None = None) -> list[WebhookIn]:
        """Return the registered webhooks, or those of one address."""
        found = [WebhookIn.read(row) for page in self._pages("integration/webhook", {"url": url}) for row in page]
        return [webhook for webhook in found if url is None or webhook.url == url]

    def register_webhook(
        self,
        *,
        url: str,
        secret: str,
        bank_id: str = "",
        kinds: Literal["credit", "debit", "both"] = "both",
        first_code: int = 0,
        last_code: int = 999,
    ) -> None:
        """Have Moota send mutations to `url`, of one account or of all. A narrower range of codes hides amounts."""
        body = {
            "url": url,
            "secret_token": secret,
            "bank_account_id": bank_id,
            "kinds": kinds,
            "start_unique_code": first_code,
            "end_unique_code": last_code,
        }
        self._transport.tell("POST", "integration/webhook", body)

    def remove_webhook(self, webhook_id: str) -> None:
        """Take a webhook away."""
        self._transport.tell("DELETE", f"integration/webhook/{webhook_id}")

    def webhook_history(self, webhook_id: str) -> Iterator[HistoryIn]:
        """Return Moota's tries to deliver a webhook, newest first."""
        pages = self._pages(f"integration/webhook/history/{webhook_id}")
        return (HistoryIn.read(row) for page in pages for row in page)

    def create_transaction(self, asked: TransactionRequest) -> TransactionIn:
        """Have a virtual account number or a QR code made for one payment."""
        answer = self._transport.tell("POST", "create-transaction", asked.as_sent())
        if not isinstance(answer, dict) or (answer.get("errors") and answer.get("status") != "success"):
            raise refusal(answer if isinstance(answer, dict) else {})
        found: TransactionIn = TransactionIn.read(answer.get("data", answer))
        return found

    def _tags_named(self, name: str) -> set[str]:
        answer = self._transport.ask("tagging", {"tag": name})
        rows = answer.get("tagging") if isinstance(answer, dict) else None
        return {str(row.get("name")) for row in rows or [] if isinstance(row, dict)}

    def _pages(self, path: str, query: dict[str, Any] | None = None) -> Iterator[list[dict[str, Any]]]:
        """Return the rows of each page, up to the last one that the paginator names."""
        for number in range(1, _MOST_PAGES + 1):
            answer = self._transport.ask(path, {**(query or {}), "page": number, "per_page": _A_PAGE})
            rows = answer.get("data") if isinstance(answer, dict) else answer
            if not isinstance(rows, list):
                raise unexpected(f"the list of {path}")
            yield [row for row in rows if isinstance(row, dict)]
            if not rows or not _has_more(answer, number):
                return


def _has_more(answer: Any, number: int) -> bool:
    if not isinstance(answer, dict):
        return False
    last = answer.get("last_page")
    return bool(answer.get("next_page_url")) or (isinstance(last, int) and number < last)
