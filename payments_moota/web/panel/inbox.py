"""The webhook inbox: every request as it came, what became of it, those refused and why, and how busy it is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args

from flask import Response, request, url_for
from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import defer

from ... import pausing, sources
from ...context import State, state, work_on_host_session
from ...models import Delivery, Mutation, Refusal
from ...models.bank import Channel, DeliveryStatus
from ...work import Work
from ..answers import answer, translator
from ..words import Translate, moment_text, short_date, short_text
from . import one_delivery, replaying, traffic
from .charts import Chart, stacked
from .filtering import Typed, row_number
from .finding import MOST_COUNTED, PAGE
from .routes import Route
from .words import (
    channel_texts,
    delivery_states,
    delivery_tone,
    effect_text,
    failure_texts,
    refusal_reasons,
    seconds_text,
)

_REFUSED_DAYS = timedelta(days=14)
_MOST_REFUSED = 200
# In the very words of the partial index, or SQLite would not use it.
_FETCHED: ColumnElement[bool] = literal_column("moota_delivery.channel <> 'webhook'")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One request in the list: when it came and how, what became of it, and how long that took."""

    url: str
    at_text: str
    source: str
    state: str
    tone: str
    repeats: int
    took: str
    effect: str
    error: str | None


def inbox() -> Response:
    """Show the requests, newest first."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    typed = Typed("status", "channel")
    before = row_number(request.args.get("after"))
    found = _find(work, typed, before)
    more = len(found) > PAGE
    return answer(
        "moota/panel/inbox.html",
        rows=_rows(work, here, found[:PAGE], t),
        typed=typed,
        states=delivery_states(t),
        channels=channel_texts(t),
        failed=_count(work, "failed"),
        waiting=_count(work, "received"),
        most=MOST_COUNTED,
        pause=pausing.paused(work),
        next_url=_next(typed, found[PAGE - 1].id) if more else None,
        is_first=before is None,
    )


def refused() -> Response:
    """Show what was refused lately, by day and source, and why."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    reasons = refusal_reasons(t)
    query = select(Refusal).where(Refusal.day >= (work.now() - _REFUSED_DAYS).date())
    rows = work.session.scalars(query.order_by(Refusal.day.desc(), Refusal.id.desc()).limit(_MOST_REFUSED))
    return answer(
        "moota/panel/refused.html",
        rows=[
            {
                "at_text": short_text(row.last_at, here),
                "source": row.source_ip,
                "count": row.count,
                "signed": row.signed,
                "reason": reasons.get(row.reason, (row.reason, "")),
            }
            for row in rows
        ],
        strangers=[(each, moment_text(each.last_at, here)) for each in sources.refused_lately(work)],
        days=_REFUSED_DAYS.days,
    )


def busy() -> Response:
    """Show how many requests came day by day, and how long they waited."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    found = traffic.days(work)
    return answer(
        "moota/panel/traffic.html",
        days=[
            {
                "day": short_date(each.day, here),
                "processed": each.counts["processed"],
                "waiting": each.counts["received"],
                "failed": each.counts["failed"],
                "refused": each.refused,
                "average": seconds_text(each.average, t) if each.counts["processed"] else "–",
                "longest": seconds_text(each.longest, t) if each.counts["processed"] else "–",
            }
            for each in found
        ],
        requests=_requests_chart(found),
        errors=stacked([[("bad", each.counts["failed"]), ("mute", each.refused)] for each in found]),
        delays=stacked([[("good", each.average), ("wait", max(0.0, each.longest - each.average))] for each in found]),
        longest=seconds_text(max(each.longest for each in found), t),
    )


def _requests_chart(found: list[traffic.Day]) -> Chart:
    return stacked([[("good", each.counts["processed"]), ("wait", each.counts["received"])] for each in found])


def _find(work: Work, typed: Typed, before: int | None) -> list[Delivery]:
    query: Select[Any] = select(Delivery).options(defer(Delivery.body), defer(Delivery.headers))
    status, channel = typed.one_of("status", get_args(DeliveryStatus)), typed.one_of("channel", get_args(Channel))
    if status:
        query = query.where(Delivery.status == status)
    if channel:
        query = query.where(Delivery.channel == channel, *([] if channel == "webhook" else [_FETCHED]))
    if before is not None:
        query = query.where(Delivery.id < before)
    return list(work.session.scalars(query.order_by(Delivery.id.desc()).limit(PAGE + 1)))


def _rows(work: Work, here: State, found: list[Delivery], t: Translate) -> list[DeliveryRow]:
    states, channels = delivery_states(t), channel_texts(t)
    effects = _effects(work, [each.id for each in found])
    return [
        DeliveryRow(
            url=url_for("moota_panel.delivery", public_id=each.public_id),
            at_text=short_text(each.received_at, here),
            source=each.source_ip if each.channel == "webhook" else channels[each.channel],
            state=states[each.status],
            tone=delivery_tone(each.status),
            repeats=each.repeats,
            took=seconds_text((each.processed_at - each.received_at).total_seconds(), t) if each.processed_at else "–",
            effect=effect_text(each.mutation_count, effects.get(each.id, {}), t),
            error=failure_texts(each.error, t)[0] if each.error else None,
        )
        for each in found
    ]


def _effects(work: Work, ids: list[int]) -> dict[int, dict[str, int]]:
    """Return how many mutations of each request have which status."""
    found: dict[int, dict[str, int]] = {}
    query = (
        select(Mutation.delivery_id, Mutation.status, func.count())
        .where(Mutation.delivery_id.in_(ids))
        .group_by(Mutation.delivery_id, Mutation.status)
    )
    for delivery_id, status, count in work.session.execute(query):
        found.setdefault(delivery_id or 0, {})[status] = count
    return found


def _count(work: Work, status: DeliveryStatus) -> int:
    some = select(Delivery.id).where(Delivery.status == status).limit(MOST_COUNTED).subquery()
    return int(work.session.execute(select(func.count()).select_from(some)).scalar_one())


def _next(typed: Typed, before: int) -> str:
    kept: dict[str, Any] = {**typed.kept, "after": before}
    return url_for("moota_panel.inbox", **kept)


ROUTES = (
    Route("/inbox", "inbox", inbox),
    Route("/inbox/refused", "inbox_refused", refused),
    Route("/inbox/traffic", "inbox_traffic", busy),
    *one_delivery.ROUTES,
    *replaying.ROUTES,
)
