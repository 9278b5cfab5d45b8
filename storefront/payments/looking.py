"""What the panel reads about an order's money, and about the way of the money as a whole."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Engine, select

from payments_moota import Charge, exports, overview, sources
from payments_moota import migrate as payment_tables
from payments_moota.context import state, work_on_host_session
from payments_moota.models import OutboxMessage
from payments_moota.sources import RefusedSource
from payments_moota.tasks import worker_seen_at
from payments_moota.web.answers import translator
from payments_moota.web.movements import movements
from storefront.extensions import db, moota
from storefront.notifications.service import EMAIL, Letter
from storefront.orders.models import Order
from storefront.orders.timeline import Story


def story(charge: Charge) -> Story:
    """Return what happened to a charge and its refunds, in the reader's language, oldest first."""
    lines: Story = moota.story(charge.order_ref)
    return lines


def movements_of(charge: Charge) -> list[tuple[str, str, int]]:
    """Return the money that came for a charge and went back: when, what, and how much more or less the shop has."""
    lines = movements(work_on_host_session("shop"), state(), charge, translator())
    return [(line.at_text, line.text, line.amount) for line in lines]


def letters_of(order: Order) -> list[tuple[datetime, str, str, str | None]]:
    """Return the letters asked for about an order, oldest first: when, which, how it stands, what went wrong.

    A letter is known by its key, which names the event it tells; the keys are looked up, never searched through.
    """
    causes = [event.id for event in order.events]
    if moota.get_charge(order.number):
        causes += [event.id for event in moota.timeline(order.number)]
    names = [f"{EMAIL}:{order.number}:{letter}" for letter in get_args(Letter)]
    keys = [*names, *(f"{name}:{cause}" for name in names for cause in causes)]
    query = select(OutboxMessage).where(OutboxMessage.key.in_(keys)).order_by(OutboxMessage.id)
    found = db.session.scalars(query)
    return [(each.sent_at or each.created_at, each.payload["template"], each.status, each.error) for each in found]


def export(kind: Any, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """Yield all charges, mutations or refunds (`kind`) of a period as JSON objects, oldest first."""
    return exports.export(work_on_host_session("shop"), kind, since, until)


def look_over() -> overview.Overview:
    """Return how the way of the money stands: what waits for a person, and when something was last heard."""
    return overview.overview(work_on_host_session("shop"))


def refused_sources() -> list[RefusedSource]:
    """Return the addresses from which authentic webhooks were refused lately."""
    return sources.refused_lately(work_on_host_session("shop"))


def let_source_in(address: str, *, actor: str) -> None:
    """Take webhooks from this address from now on. Raises RefusedError for what is none, or a proxy of one's own."""
    sources.let_in(work_on_host_session(actor), address)


def worker_last_seen() -> datetime | None:
    """Return when the worker last reported, or None if never."""
    return worker_seen_at(work_on_host_session("shop"))


def migrations_are_current(engine: Engine) -> bool:
    """Tell whether the payment tables are at their newest version."""
    current, head = payment_tables.current_and_head(engine)
    return current == head
