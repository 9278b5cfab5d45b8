"""Webhooks as Moota API v2 sends them: the mutations, the exact bytes, the signature, the sending.

Moota signs the bytes it sends, which come out of PHP's `json_encode`: no spaces, every slash escaped,
everything outside ASCII as an escape. Amounts and the running balance are whole numbers, while the balance
inside the nested account is a decimal string; times carry no zone and are Asia/Jakarta.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import requests

from payments_moota.sandbox.bank import BANK_ZONE, BankAccount, Kind, StatementLine, opaque_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Moota counts a slower answer as a failure and sends the same again.
TIMEOUT_SECONDS: Final = 5
_ANSWER_LIMIT: Final = 2_000
_CRAWL_MINUTES: Final = 15
USER_ID: Final = "mJ4wQe8ZnYr"
_WEBHOOK_ID: Final = "k2RbXv6TsLd"


def build_mutation(
    account: BankAccount,
    amount: int,
    *,
    kind: Kind = "CR",
    description: str = "TRSF E-BANKING",
    occurred_at: datetime | None = None,
    mutation_id: str | None = None,
    balance: int = 0,
) -> dict[str, Any]:
    """Return one element of a webhook's array, keys in Moota's order.

    `amount` and `balance` are rupiah; `occurred_at` is aware and means now when left out. Raises ValueError
    for a time without a zone, since it would be written wrongly.
    """
    now = datetime.now(UTC)
    identity = mutation_id or opaque_id()
    recorded = naive_local(now)
    return {
        "account_number": account.account_number,
        "date": naive_local(occurred_at or now),
        "description": description,
        "note": "",
        "amount": amount,
        "type": kind,
        "balance": balance,
        "updated_at": recorded,
        "created_at": recorded,
        "mutation_id": identity,
        "token": identity,
        "bank_id": account.bank_id,
        "taggings": [],
        "bank": account_row(account, balance, now),
    }


def line_mutation(line: StatementLine, tag_ids: Mapping[str, str]) -> dict[str, Any]:
    """Return a statement line of the pretend bank as a webhook's element; `tag_ids` are the ids of tags by name."""
    mutation = build_mutation(
        line.account,
        line.amount,
        kind=line.kind,
        description=line.description,
        occurred_at=line.occurred_at,
        mutation_id=line.mutation_id,
        balance=line.balance,
    )
    if line.paid_to is not None:
        mutation["account_number"] = line.paid_to
    if line.payment is not None:
        mutation["payment_detail"] = line.payment
    mutation["note"] = line.note
    mutation["created_at"] = mutation["updated_at"] = naive_local(line.recorded_at)
    mutation["taggings"] = [{"name": name, "tag_id": tag_ids[name]} for name in line.tags]
    return mutation


def build_body(mutations: Sequence[dict[str, Any]]) -> bytes:
    """Return the bytes PHP's `json_encode` would give for this array."""
    text = json.dumps(list(mutations), separators=(",", ":"), ensure_ascii=True)
    # In JSON a slash occurs only inside strings, so replacing it everywhere is safe.
    return text.replace("/", "\\/").encode("ascii")


def sign(body: bytes, secret: str) -> str:
    """Return the value of Moota's `Signature` header; raises ValueError for an empty secret."""
    if not secret:
        raise ValueError("a webhook cannot be signed with an empty secret")
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed_headers(body: bytes, secret: str, *, webhook_id: str = _WEBHOOK_ID) -> dict[str, str]:
    """Return all headers of Moota's request for these bytes; raises ValueError for an empty secret."""
    return {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "MootaBot/1.50",
        "X-MOOTA-USER": USER_ID,
        "X-MOOTA-WEBHOOK": webhook_id,
        "Signature": sign(body, secret),
    }


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the shop said to one attempt; `status` is None when it did not answer at all."""

    status: int | None
    body: str
    milliseconds: int

    @property
    def is_accepted(self) -> bool:
        """Whether Moota would regard the data as delivered."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP success


def send(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """POST the bytes as they are and report the answer; a network failure is an answer without status."""
    started = time.perf_counter()
    try:
        with requests.Session() as session:
            # A proxy set for the outside world must not stand between two local programs.
            session.trust_env = False
            reply = session.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    except requests.RequestException as problem:
        return Answer(status=None, body=str(problem)[:_ANSWER_LIMIT], milliseconds=_since(started))
    return Answer(status=reply.status_code, body=reply.text[:_ANSWER_LIMIT], milliseconds=_since(started))


def account_row(account: BankAccount, balance: int, now: datetime) -> dict[str, Any]:
    """Return the account as Moota lists it, and nests it into every mutation."""
    return {
        "corporate_id": None,
        "username": account.holder,
        "atas_nama": account.holder,
        "balance": f"{balance}.00",
        "account_number": account.account_number,
        "bank_type": account.bank_type,
        "login_retry": 0,
        "date_from": None,
        "date_to": None,
        "meta": [],
        "interval_refresh": _CRAWL_MINUTES,
        "next_queue": naive_local(now),
        "is_active": True,
        "in_queue": 0,
        "in_progress": 0,
        "recurred_at": None,
        "created_at": "2024-01-02 09:00:00",
        "token": account.bank_id,
        "bank_id": account.bank_id,
        "label": account.label,
        "last_update": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def naive_local(moment: datetime) -> str:
    """Write a moment as Moota does: Asia/Jakarta, without saying so."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(BANK_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _since(started: float) -> int:
    """Return the milliseconds since `started`."""
    return round((time.perf_counter() - started) * 1000)
