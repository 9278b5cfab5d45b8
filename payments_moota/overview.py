"""How the way of the money stands, in a few counts: what waits for a person, and when something was last heard."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from . import heartbeat, pausing
from .models import Alert, Complaint, Delivery, Mutation, Refund, Refusal
from .work import Work

# Nobody compares larger numbers; a count ends here.
MOST = 1000
# In the very words of the partial indexes, or SQLite would not use them.
_UNDECIDED: ColumnElement[bool] = literal_column("moota_mutation.status IN ('unmatched', 'review')")
_OPEN: ColumnElement[bool] = literal_column(
    "moota_refund.status IN ('requested', 'in_review', 'approved', 'sent', 'failed')"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of something wait, at most MOST, and since when the oldest does."""

    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What waits for a person, what waits for the worker, and when something was last heard.

    `since` of refunds and complaints is by when the first of them is due.
    `refused_requests`: webhooks that were turned away yesterday and today (UTC), for whatever reason.
    """

    unclear_money: Waiting
    unclear_debits: Waiting
    failed_deliveries: Waiting
    alerts: Waiting
    refunds: Waiting
    refunds_overdue: int
    complaints: Waiting
    backlog: int
    refused_requests: int
    is_paused: bool
    webhook_at: datetime | None
    pulled_at: datetime | None
    worker_at: datetime | None


def overview(work: Work) -> Overview:
    """Look at everything once; reads only."""
    return Overview(
        unclear_money=_waiting(work, Mutation.occurred_at, _UNDECIDED, Mutation.direction == "credit"),
        unclear_debits=_waiting(work, Mutation.occurred_at, _UNDECIDED, Mutation.direction == "debit"),
        failed_deliveries=_waiting(work, Delivery.received_at, Delivery.status == "failed"),
        alerts=_waiting(work, Alert.raised_at, Alert.ended_at.is_(None)),
        refunds=_waiting(work, Refund.due_at, _OPEN),
        refunds_overdue=_count(work, select(Refund.id).where(_OPEN, Refund.due_at < work.now())),
        complaints=_waiting(work, Complaint.due_at, Complaint.closed_at.is_(None)),
        backlog=_count(work, select(Delivery.id).where(Delivery.status == "received")),
        refused_requests=_refused(work),
        is_paused=pausing.paused(work) is not None,
        webhook_at=work.session.execute(select(func.max(Delivery.received_at))).scalar_one(),
        pulled_at=heartbeat.last_at(work, heartbeat.PULL),
        worker_at=heartbeat.last_at(work, heartbeat.WORKER),
    )


def _waiting(work: Work, moment: Any, *conditions: ColumnElement[bool]) -> Waiting:
    query: Select[datetime] = select(moment).where(*conditions).order_by(moment).limit(MOST)
    moments = list(work.session.scalars(query))
    return Waiting(len(moments), moments[0]) if moments else Waiting()


def _refused(work: Work) -> int:
    since = (work.now() - timedelta(days=1)).date()
    query = select(func.coalesce(func.sum(Refusal.count), 0)).where(Refusal.day >= since)
    return int(work.session.execute(query).scalar_one())


def _count(work: Work, query: Select[int]) -> int:
    return int(work.session.execute(select(func.count()).select_from(query.limit(MOST).subquery())).scalar_one())
