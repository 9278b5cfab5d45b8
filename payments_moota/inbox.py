"""The inbox: webhook requests stored as received, and read into mutations afterwards."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from pydantic import ValidationError
from sqlalchemy import select, update

from . import journal, retention
from .api.schemas import MutationIn
from .errors import UnknownDelivery, in_words
from .models import Account, Delivery, Mutation, Refusal
from .models.bank import Channel, DeliveryStatus
from .models.base import insert_new, new_public_id
from .rules import states
from .rules.retry import next_gap
from .work import Work

PROCESS_DELIVERY = "process_delivery"

# The worker that was woken goes first; the sweep comes after it.
_SWEEP_AFTER = timedelta(seconds=5)

# Far beyond anything a bank writes; the delivery's body keeps it all.
_MOST_DIGITS = 100
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Received:
    """What the endpoint answers: the delivery's public id, and whether these very bytes were known already."""

    public_id: str
    is_duplicate: bool


def receive(
    work: Work, *, body: bytes, source_ip: str, headers: dict[str, str], channel: Channel = "webhook"
) -> Received:
    """Store a request whose signature has been checked, or what the API was asked for; wish a worker awake for it."""
    work.begin()
    now = work.now()
    public_id = new_public_id()
    digest = hashlib.sha256(body).hexdigest()
    stored = insert_new(
        work.session,
        Delivery.__table__,  # type: ignore[arg-type]
        public_id=public_id,
        received_at=now,
        channel=channel,
        source_ip=source_ip,
        headers=headers,
        body=body,
        body_sha256=digest,
        repeats=0,
        status="received",
        mutation_count=0,
        attempts=0,
        next_attempt_at=now + _SWEEP_AFTER,
    )
    if stored is not None:
        work.wake(PROCESS_DELIVERY, stored)
        return Received(public_id, is_duplicate=False)
    query = update(Delivery).where(Delivery.body_sha256 == digest).values(repeats=Delivery.repeats + 1)
    first = work.session.execute(query.returning(Delivery.public_id)).scalar_one()
    return Received(first, is_duplicate=True)


def count_refusal(work: Work, *, reason: str, source_ip: str, signed: bool, times: int = 1) -> None:
    """Count refused requests by day, reason and source: metadata only, never a body."""
    work.begin()
    now = work.now()
    key = {"day": now.date(), "reason": reason, "source_ip": source_ip, "signed": signed}
    if insert_new(work.session, Refusal.__table__, **key, count=times, last_at=now) is None:  # type: ignore[arg-type]
        query = update(Refusal).filter_by(**key).values(count=Refusal.count + times, last_at=now)
        work.session.execute(query, execution_options={"synchronize_session": False})


def parse(work: Work, delivery_id: int) -> None:
    """Turn a delivery's body into mutations, each waiting for its own decision; nothing when that was done before.

    A body that is no list of JSON ends as failed with the reason. An element that cannot be read becomes a mutation
    under review with what is wrong, and does not hold up its neighbours.
    """
    work.begin()
    delivery = lock_delivery(work, delivery_id)
    if delivery.parsed_at is not None or delivery.status != "received":
        return
    delivery.attempts += 1
    delivery.parsed_at = work.now()
    if retention.is_purged(delivery):
        return  # What it held was read long ago; its mutations are decided anew without it.
    try:
        elements = _elements(delivery.body)
    except ValueError as error:
        _fail(work, delivery, str(error))
        return
    delivery.mutation_count = len(elements)
    for position, element in enumerate(elements):
        _ingest(work, delivery, position, element)


def note_failure(work: Work, delivery_id: int, error: Exception) -> None:
    """Remember that reading a delivery failed: tried again after a growing gap, then parked for a person."""
    work.begin()
    delivery = lock_delivery(work, delivery_id)
    if delivery.status != "received":
        return
    delivery.attempts += 1
    delivery.error = in_words(error)
    gap = next_gap(delivery.attempts)
    if gap is None:
        _fail(work, delivery, delivery.error)
    else:
        delivery.next_attempt_at = work.now() + gap


def finish(work: Work, delivery_id: int) -> None:
    """Close a delivery whose mutations have all been decided, or say when to look at it again."""
    work.begin()
    delivery = lock_delivery(work, delivery_id)
    if delivery.status != "received":
        return
    query = select(Mutation).where(Mutation.delivery_id == delivery.id, Mutation.progress != "done")
    open_ones = list(work.session.scalars(query))
    failed = [mutation for mutation in open_ones if mutation.progress == "failed"]
    waiting = [mutation for mutation in open_ones if mutation.progress == "waiting"]
    if waiting:
        delivery.next_attempt_at = min(mutation.next_attempt_at for mutation in waiting)
        delivery.error = waiting[0].error
    elif failed:
        _fail(work, delivery, f"{len(failed)} of {delivery.mutation_count} could not be applied: {failed[0].error}")
    else:
        delivery.status = states.next_state(states.DELIVERY, delivery.status, "processed")
        delivery.processed_at = work.now()
        delivery.error = None


def replay(work: Work, delivery: Delivery) -> None:
    """Look at a delivery again from its stored body: what failed or found no order is decided anew, the rest stays.

    An account that was added in the meantime is known then.
    """
    work.begin()
    delivery = lock_delivery(work, delivery.id)
    now = work.now()
    delivery.status = states.next_state(states.DELIVERY, delivery.status, "replay")
    delivery.parsed_at = None
    delivery.processed_at = None
    delivery.error = None
    delivery.next_attempt_at = now + _SWEEP_AFTER
    undecided = (Mutation.status.in_(("unmatched", "review")) & (Mutation.reason != "invalid")) | (
        Mutation.progress == "failed"
    )
    known = select(Account.id).where(Account.bank_id == Mutation.bank_id).scalar_subquery()
    strange = update(Mutation).where(Mutation.delivery_id == delivery.id, Mutation.account_id.is_(None))
    work.session.execute(strange.values(account_id=known))
    query = update(Mutation).where(Mutation.delivery_id == delivery.id, undecided)
    work.session.execute(query.values(progress="waiting", attempts=0, next_attempt_at=now, error=None))
    journal.record(work, "delivery.replayed", delivery=delivery)
    work.wake(PROCESS_DELIVERY, delivery.id)


def list_deliveries(work: Work, *, status: DeliveryStatus | None = None, limit: int = 1000) -> list[Delivery]:
    """Return the newest deliveries, newest first."""
    query = select(Delivery).order_by(Delivery.id.desc()).limit(limit)
    if status:
        query = query.where(Delivery.status == status)
    return list(work.session.scalars(query))


def get_delivery(work: Work, public_id: str) -> Delivery:
    """Return the delivery with this public id. Raises UnknownDelivery."""
    delivery = work.session.scalars(select(Delivery).where(Delivery.public_id == public_id)).one_or_none()
    if delivery is None:
        raise UnknownDelivery(f"There is no delivery {public_id!r}; see `flask moota inbox list`.")
    return delivery


def due_deliveries(
    work: Work, *, until: datetime, limit: int = 200, channels: Sequence[Channel] = get_args(Channel)
) -> list[int]:
    """Return the ids of deliveries that wait to be looked at by `until`, oldest first."""
    query = select(Delivery.id).where(Delivery.status == "received", Delivery.next_attempt_at <= until)
    if set(channels) != set(get_args(Channel)):
        query = query.where(Delivery.channel.in_(channels))
    return list(work.session.scalars(query.order_by(Delivery.id).limit(limit)))


def due_mutations(work: Work, delivery_id: int, *, until: datetime) -> list[int]:
    """Return the ids of a delivery's mutations that wait to be decided by `until`."""
    query = select(Mutation.id).where(
        Mutation.delivery_id == delivery_id, Mutation.progress == "waiting", Mutation.next_attempt_at <= until
    )
    return list(work.session.scalars(query.order_by(Mutation.id)))


def lock_delivery(work: Work, delivery_id: int) -> Delivery:
    """Return a delivery as it is now, locked until the transaction ends. Raises UnknownDelivery."""
    query = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    delivery = work.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if delivery is None:
        raise UnknownDelivery(f"There is no delivery number {delivery_id} any more.")
    return delivery


def _fail(work: Work, delivery: Delivery, error: str) -> None:
    delivery.status = states.next_state(states.DELIVERY, delivery.status, "failed")
    delivery.error = error
    journal.record(work, "delivery.failed", delivery=delivery, error=error)


def _elements(body: bytes) -> list[Any]:
    """Read the body's list. Raises ValueError in words for the owner."""
    if not body.strip():
        return []  # Moota's check of a webhook address may come without a body.
    try:
        content = json.loads(body, parse_int=_whole, parse_float=_exact, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError("The body is not JSON.") from error
    if not isinstance(content, list):
        raise ValueError(f"The body is not a list of mutations but {type(content).__name__}.")  # noqa: TRY004 - a fault of the body
    return content


def _whole(text: str) -> int | str:
    """Read a whole number; one that no computer counts with stays text, so that its element alone is broken."""
    return int(text) if len(text) <= _MOST_DIGITS else text


def _exact(text: str) -> Decimal | str:
    """Read a number with decimals or an exponent, on the same terms."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _ingest(work: Work, delivery: Delivery, position: int, element: Any) -> None:
    raw = _jsonable(element)
    try:
        mutation = MutationIn.read(element)
    except ValidationError as error:
        _keep_unreadable(work, delivery, position, raw, error)
        return
    account = _account_of(work, mutation)
    values = {
        "mutation_id": mutation.mutation_id,
        "account_id": account.id if account else None,
        "bank_id": account.bank_id if account else mutation.account_id,
        "account_number": mutation.account_number,
        "direction": mutation.type,
        "amount_hundredths": mutation.amount,
        "balance_hundredths": mutation.balance,
        "occurred_at": mutation.date.at,
        "day_only": mutation.date.day_only,
        "description": mutation.description,
        "note": mutation.note,
        "provider_trx_id": (mutation.payment_detail and mutation.payment_detail.trx_id) or None,
        "provider_order_id": (mutation.payment_detail and mutation.payment_detail.order_id) or None,
        "content_sha256": _content_digest(mutation),
    }
    _store(work, delivery, raw, status="unmatched", reason="waiting", progress="waiting", **values)


def _keep_unreadable(work: Work, delivery: Delivery, position: int, raw: Any, error: ValidationError) -> None:
    faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'element'}: {fault['msg']}" for fault in error.errors())
    _store(
        work,
        delivery,
        raw,
        mutation_id=f"invalid-{delivery.public_id}-{position}",
        account_id=None,
        bank_id="",
        account_number="",
        direction="credit",
        amount_hundredths=0,
        balance_hundredths=None,
        occurred_at=delivery.received_at,
        day_only=False,
        description="",
        note="",
        provider_trx_id=None,
        provider_order_id=None,
        content_sha256=hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest(),
        status="review",
        reason="invalid",
        progress="done",
        error=f"Element {position + 1} cannot be read: {faults}",
    )


def _store(work: Work, delivery: Delivery, raw: Any, **values: Any) -> None:
    now = work.now()
    stored = insert_new(
        work.session,
        Mutation.__table__,  # type: ignore[arg-type]
        delivery_id=delivery.id,
        raw=raw if isinstance(raw, dict) else {"element": raw},
        attempts=0,
        next_attempt_at=now,
        created_at=now,
        **values,
    )
    if stored is None:
        _note_repeat(work, delivery, values)


def _note_repeat(work: Work, delivery: Delivery, values: dict[str, Any]) -> None:
    """Say in the history that a known mutation came again; nothing else happens. Another content is an incident."""
    known = work.session.scalars(select(Mutation).where(Mutation.mutation_id == values["mutation_id"])).one()
    same = all(getattr(known, name) == values[name] for name in ("amount_hundredths", "direction", "bank_id"))
    if known.delivery_id == delivery.id and same:
        return
    journal.record(
        work,
        "mutation.repeated" if same else "mutation.contradicted",
        mutation=known,
        delivery=delivery,
        amount_hundredths=values["amount_hundredths"],
        direction=values["direction"],
        bank_id=values["bank_id"],
    )


def _account_of(work: Work, mutation: MutationIn) -> Account | None:
    if not mutation.account_id:
        return None
    query = select(Account).where(Account.bank_id == mutation.account_id)
    return work.session.scalars(query).one_or_none()


def _content_digest(mutation: MutationIn) -> str:
    """Two lines with the same content under different ids are suspected to be one: the bank was read twice."""
    parts = (
        mutation.account_id,
        mutation.date.at.isoformat(),
        mutation.type,
        str(mutation.amount),
        " ".join(mutation.description.split()),
        str(mutation.balance),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _jsonable(element: Any, depth: int = 0) -> Any:
    """Keep exact decimals as text; replace what no database holds (NUL, half a surrogate pair); cut what lies deep."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(element, dict):
        return {_jsonable(key): _jsonable(value, depth + 1) for key, value in element.items()}
    if isinstance(element, list):
        return [_jsonable(value, depth + 1) for value in element]
    if isinstance(element, str):
        return element.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    return str(element) if isinstance(element, Decimal) else element
