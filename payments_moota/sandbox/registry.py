"""Registered webhooks, and every try to deliver one: filtered, signed, tried again, kept as history."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal

from payments_moota.sandbox.bank import opaque_id
from payments_moota.sandbox.webhook import Answer, build_body, line_mutation, send, signed_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from payments_moota.sandbox.bank import StatementLine

Kinds = Literal["credit", "debit", "both"]

DELIVERY_LIMIT: Final = 2_000
# Moota tries again "until it succeeds"; how often and when is told nowhere. Seconds.
RETRY_GAPS: Final = (10.0, 60.0, 300.0)
_KIND_OF: Final[dict[str, Kinds]] = {"CR": "credit", "DB": "debit"}
_CODES: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One webhook as registered: where to, signed with what, and which lines it is for. No bank ids: all accounts."""

    webhook_id: str
    url: str
    secret: str = field(repr=False)
    kinds: Kinds = "both"
    first_code: int = 0
    last_code: int = 999
    bank_ids: frozenset[str] = frozenset()
    created_at: datetime

    def wants(self, line: StatementLine) -> bool:
        """Tell whether this webhook is for a line: its account, its direction, the last three digits of its amount."""
        return (
            (not self.bank_ids or line.account.bank_id in self.bank_ids)
            and self.kinds in {"both", _KIND_OF[line.kind]}
            and self.first_code <= line.amount % _CODES <= self.last_code
        )


@dataclass(kw_only=True)
class Try:
    """One attempt to deliver, and what the shop answered."""

    number: int
    at: datetime
    answer: Answer


@dataclass(kw_only=True)
class Delivery:
    """One webhook with the lines it tells, and every attempt to deliver it. The bytes never change."""

    delivery_id: int
    webhook: Registered
    lines: tuple[StatementLine, ...]
    body: bytes
    headers: dict[str, str]
    tries: list[Try] = field(default_factory=list)

    @property
    def answers(self) -> list[Answer]:
        """Return what the shop answered, oldest first."""
        return [attempt.answer for attempt in self.tries]

    def mutations(self) -> Any:
        """Return what the bytes say."""
        return json.loads(self.body)

    @property
    def is_accepted(self) -> bool:
        """Tell whether the shop has taken it."""
        return any(answer.is_accepted for answer in self.answers)


class Webhooks:
    """The registered webhooks and what was sent by them. While `is_silent`, nothing is sent; the API still lists."""

    def __init__(self, tag_ids: Mapping[str, str], *, retry_gaps: Sequence[float] = RETRY_GAPS) -> None:
        self.is_silent = False
        self._tag_ids = tag_ids
        self._gaps = tuple(retry_gaps)
        self._registered: list[Registered] = []
        self._log: deque[Delivery] = deque(maxlen=DELIVERY_LIMIT)
        self._numbers = count(1)
        self._lock = threading.Lock()

    def register(
        self,
        url: str,
        secret: str,
        *,
        kinds: Kinds = "both",
        first_code: int = 0,
        last_code: int = 999,
        bank_ids: frozenset[str] = frozenset(),
    ) -> Registered:
        """Register a webhook; raises ValueError for an empty secret, with which nothing can be signed."""
        if not secret:
            raise ValueError("the sandbox needs the webhook secret of the shop it talks to")
        made = Registered(
            webhook_id=opaque_id(),
            url=url,
            secret=secret,
            kinds=kinds,
            first_code=first_code,
            last_code=last_code,
            bank_ids=bank_ids,
            created_at=datetime.now(UTC),
        )
        with self._lock:
            self._registered.append(made)
        return made

    def registered(self) -> list[Registered]:
        """Return the registered webhooks, oldest first."""
        with self._lock:
            return list(self._registered)

    def replace(self, webhook_id: str, change: Callable[[Registered], Registered | None]) -> bool:
        """Change a webhook, or take it away where the change is None; tell whether it was there."""
        with self._lock:
            found = next((each for each in self._registered if each.webhook_id == webhook_id), None)
            if found is None:
                return False
            changed = change(found)
            self._registered = [
                kept for each in self._registered if (kept := changed if each is found else each) is not None
            ]
            return True

    def announce(self, lines: Sequence[StatementLine], *, times: int = 1, after: float = 0.0) -> None:
        """Tell new lines to every webhook that wants them, `times` times with the same bytes, `after` seconds.

        Unless it is to be made later, the first try is made before this returns; a failure is tried again by itself.
        """
        if self.is_silent:
            return
        if after > 0:
            self._later(after, lambda: self.announce(lines, times=times))
            return
        for webhook in self.registered():
            wanted = tuple(line for line in lines if webhook.wants(line))
            if wanted:
                self._deliver(self.compose(webhook, wanted), times)

    def compose(self, webhook: Registered, lines: tuple[StatementLine, ...]) -> Delivery:
        """Make a delivery and note it; nothing is sent yet."""
        body = build_body([line_mutation(line, self._tag_ids) for line in lines])
        headers = signed_headers(body, webhook.secret, webhook_id=webhook.webhook_id)
        with self._lock:
            delivery = Delivery(
                delivery_id=next(self._numbers), webhook=webhook, lines=lines, body=body, headers=headers
            )
            self._log.appendleft(delivery)
        return delivery

    def resend(self, delivery: Delivery) -> Answer:
        """Send the bytes of a delivery once more."""
        at = datetime.now(UTC)
        answer = send(delivery.webhook.url, delivery.body, delivery.headers)
        with self._lock:
            delivery.tries.append(Try(number=len(delivery.tries) + 1, at=at, answer=answer))
        return answer

    def deliveries(self) -> list[Delivery]:
        """Return what was sent, newest first."""
        with self._lock:
            return list(self._log)

    def find(self, mutation_id: str) -> Delivery | None:
        """Return the newest delivery that told this mutation, if it is still in the log."""
        return next(
            (each for each in self.deliveries() if any(line.mutation_id == mutation_id for line in each.lines)), None
        )

    def _deliver(self, delivery: Delivery, times: int) -> None:
        for _ in range(times):
            if self.resend(delivery).status is None:
                break
        if not delivery.is_accepted:
            self._try_again(delivery, self._gaps)

    def _try_again(self, delivery: Delivery, gaps: tuple[float, ...]) -> None:
        if gaps:
            self._later(gaps[0], lambda: self._retry(delivery, gaps[1:]))

    def _retry(self, delivery: Delivery, gaps: tuple[float, ...]) -> None:
        if self.is_silent or not self.resend(delivery).is_accepted:
            self._try_again(delivery, gaps)

    @staticmethod
    def _later(seconds: float, then: Callable[[], object]) -> None:
        timer = threading.Timer(seconds, then)
        timer.daemon = True
        timer.start()
