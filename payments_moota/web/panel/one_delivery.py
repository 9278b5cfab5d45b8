"""One webhook request's own page: who sent it, what it said, and what became of each of its mutations."""

from flask import Response, abort
from sqlalchemy import select

from ... import inbox
from ...context import state, work_on_host_session
from ...errors import UnknownDelivery
from ...models import Account, Delivery, Event, Mutation
from ...work import Work
from ..answers import answer, translator
from ..words import moment_text, short_text
from .bodies import headers, pretty
from .routes import Route
from .showing import rows_of
from .words import (
    actor_text,
    channel_texts,
    delivery_event,
    delivery_states,
    delivery_tone,
    failure_texts,
    seconds_text,
)

_MOST_MUTATIONS = 200


def delivery(public_id: str) -> Response:
    """Show one request."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    found = get_or_404(work, public_id)
    query = select(Mutation).where(Mutation.delivery_id == found.id).order_by(Mutation.id).limit(_MOST_MUTATIONS)
    text, is_cut = pretty(found.body, work.session.scalars(select(Account.account_number)))
    facts = [
        (t("Nomor"), found.public_id),
        (t("Datang"), moment_text(found.received_at, here)),
        (t("Lewat"), channel_texts(t)[found.channel]),
        (t("Dari alamat"), found.source_ip),
        (t("Datang lagi dengan isi yang sama"), t("%(count)d kali", count=found.repeats) if found.repeats else ""),
        (t("Percobaan"), str(found.attempts)),
        (t("Selesai diproses"), moment_text(found.processed_at, here) if found.processed_at else ""),
        (t("Lamanya"), _took(found)),
    ]
    return answer(
        "moota/panel/delivery.html",
        public_id=found.public_id,
        at_text=short_text(found.received_at, here),
        version=version_of(found),
        state=delivery_states(t)[found.status],
        tone=delivery_tone(found.status),
        error=found.error,
        failure=failure_texts(found.error, t) if found.error else None,
        is_unread=found.status != "processed",
        facts=[(name, value) for name, value in facts if value],
        rows=rows_of(work, here, list(work.session.scalars(query)), t),
        headers=headers(found.headers),
        body=text,
        is_cut=is_cut,
        is_purged=not found.body and found.mutation_count > 0,
        story=[
            (moment_text(event.at, here), delivery_event(event.name, t), actor_text(event.actor, t))
            for event in work.session.scalars(
                select(Event).where(Event.delivery_id == found.id).order_by(Event.id).limit(_MOST_MUTATIONS)
            )
        ],
    )


def get_or_404(work: Work, public_id: str) -> Delivery:
    """Return the request of a page's address, or answer 404."""
    try:
        return inbox.get_delivery(work, public_id)
    except UnknownDelivery:
        abort(404)


def version_of(found: Delivery) -> str:
    """Return what changes whenever something becomes of a request, for forms to carry."""
    done = found.processed_at.isoformat() if found.processed_at else ""
    return f"{found.status}/{found.attempts}/{done}"


def _took(found: Delivery) -> str:
    t = translator()
    return seconds_text((found.processed_at - found.received_at).total_seconds(), t) if found.processed_at else ""


ROUTES = (Route("/inbox/<public_id>", "delivery", delivery),)
