"""What the worker does: thin functions that open a transaction, call one verb and commit.

The functions know no queue. `bind` registers them on an application's huey; everything they need to remember (what
waits, how often it was tried, when to try again) is in the database, so that losing the queue loses nothing.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from . import (
    destinations,
    expiry,
    heartbeat,
    inbox,
    outbox,
    pausing,
    pulling,
    reservations,
    retention,
    settlement,
    watching,
)
from .context import KEY, Sender, State, state, transaction
from .errors import ConfigError, RefusedError, UnknownDelivery
from .work import Work

log = logging.getLogger("payments_moota")

_PURGE_EVERY = timedelta(hours=1)
_SWEEP_EVERY_SECONDS = 5.0
_POLL_SECONDS = 0.5
_LOOK_EVERY_SECONDS = 2.0
_LONGEST_FAULT = 300
_FOREVER = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


def process_delivery(delivery_id: int, *, until: datetime | None = None) -> None:
    """Read one delivery and settle its mutations that are due by `until` (default: now), each on its own.

    Nothing while processing is paused; the sweep finds it once it is resumed.
    """
    if _is_paused():
        return
    try:
        with transaction("worker") as work:
            inbox.parse(work, delivery_id)
    except UnknownDelivery as error:
        log.info("%s It was purged, or the database was restored, while it waited in the queue.", error)
        return
    except Exception as error:
        log.exception("Delivery %s could not be read", delivery_id)
        with transaction("worker") as work:
            inbox.note_failure(work, delivery_id, error)
        return
    with transaction("worker") as work:
        due = inbox.due_mutations(work, delivery_id, until=until or work.now())
    for mutation_id in due:
        _settle(mutation_id)
    with transaction("worker") as work:
        inbox.finish(work, delivery_id)


def process_now(public_ids: Iterable[str]) -> None:
    """Read and settle deliveries by their public ids, in this process."""
    for public_id in public_ids:
        with transaction("worker") as work:
            delivery_id = inbox.get_delivery(work, public_id).id
        process_delivery(delivery_id)


def send_outbox() -> int:
    """Send the messages that are due; return how many left."""
    sent = 0
    while True:
        with transaction("worker") as work:
            claimed = outbox.claim(work)
        if not claimed:
            return sent
        sent += sum(_send(message) for message in claimed)


def sweep() -> None:
    """Do what is due and was never woken for; a fault in one part does not stop the others, and is told."""
    state().faults.clear()
    for part in (_sweep_money, send_outbox, _purge, _watch, *state().periodic, _heartbeat):
        _try(part)


def process_everything() -> dict[str, int]:
    """Process all that waits, whenever it was to be tried again; return counts. Raises RefusedError while paused."""
    if _is_paused():
        raise RefusedError("Processing is paused; resume it in the panel, or with `flask moota inbox resume`.")
    with transaction("worker") as work:
        deliveries = inbox.due_deliveries(work, until=_FOREVER, limit=1_000_000)
    for delivery_id in deliveries:
        process_delivery(delivery_id, until=_FOREVER)
    return {"deliveries": len(deliveries), "messages": send_outbox()}


def process_fetched() -> None:
    """Process what was fetched from Moota rather than delivered, here and now."""
    with transaction("worker") as work:
        fetched = inbox.due_deliveries(work, until=_FOREVER, channels=("pull", "history"))
    for delivery_id in fetched:
        process_delivery(delivery_id)


def expire_due() -> list[str]:
    """Expire the charges whose deadline has passed; return their order references.

    One that the host refuses is left for the next time and does not hold up the others.
    """
    with transaction("worker") as work:
        due = expiry.due_charges(work)
    return [order_ref for charge_id in due if (order_ref := _expire(charge_id))]


def worker_seen_at(work: Work) -> datetime | None:
    """Return when a worker last reported, or None if never."""
    return heartbeat.last_at(work, heartbeat.WORKER)


QUEUED: dict[str, Callable[..., Any]] = {
    inbox.PROCESS_DELIVERY: process_delivery,
    outbox.SEND_OUTBOX: send_outbox,
}


def bind(app: Flask, huey: Any) -> None:
    """Register the tasks on the application's huey, each run in its own application context.

    The registered name is `payments_moota.<task>` and survives moving the functions; arguments are ids only.
    Raises ConfigError when the queue already serves another application.
    """
    here: State = app.extensions[KEY]
    here.huey = huey
    for name, function in QUEUED.items():
        try:
            here.tasks[name] = huey.task(name=name)(_in_context(app, name, function))
        except ValueError as error:
            raise ConfigError("This huey already serves another application; give each its own queue.") from error


def run_worker(app: Flask, *, threads: int = 2) -> None:
    """Serve the queue and sweep until the process is told to stop.

    The sweep runs beside the queue, not through it: with the queue gone, money is still recognised.
    """
    stop = threading.Event()
    here: State = app.extensions[KEY]
    threading.Thread(target=_pull_until, args=(app, stop), name="moota-pull", daemon=True).start()
    if here.huey is None:
        _sweep_until(app, stop, every=_POLL_SECONDS)
        return
    consumer = make_consumer(here.huey, threads=threads)
    sweeper = threading.Thread(
        target=_sweep_until, args=(app, stop), kwargs={"every": _SWEEP_EVERY_SECONDS}, name="moota-sweep", daemon=True
    )
    sweeper.start()
    try:
        consumer.run()
    finally:
        stop.set()
        sweeper.join(timeout=10)


def make_consumer(huey: Any, *, threads: int) -> Any:
    """Return what serves a queue. A task waits 0.05 s at most: its own polling would back off to seconds when idle."""
    return huey.create_consumer(
        workers=threads, periodic=False, initial_delay=0.01, backoff=1.2, max_delay=0.05, scheduler_interval=1
    )


def _sweep_until(app: Flask, stop: threading.Event, *, every: float) -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                sweep()
        except Exception:
            log.exception("The sweep broke off; the next one begins anew")
        stop.wait(every)


def _pull_until(app: Flask, stop: threading.Event) -> None:
    """Look at Moota's list now and then, and when a payer asks, in a thread of its own.

    A Moota that hangs must hold up no payment.
    """
    while not stop.wait(_LOOK_EVERY_SECONDS):
        try:
            with app.app_context():
                settings = app.extensions[KEY].settings
                if settings.access_token is None:
                    continue
                pulling.look_where_wanted()
                if settings.pull_every:
                    pulling.pull_when_due(settings.pull_every)
        except Exception:
            log.exception("The pull broke off; it begins anew at its next time")


def _undo() -> None:
    """Undo what a failed part left in the session; where its connection has died, let go of that instead."""
    session = state().session()
    try:
        session.rollback()
    except SQLAlchemyError:
        session.invalidate()


def _in_context(app: Flask, name: str, function: Callable[..., Any]) -> Callable[..., None]:
    def run(*ids: int) -> None:
        with app.app_context():
            function(*ids)

    run.__module__ = "payments_moota"
    run.__name__ = run.__qualname__ = name
    return run


def _settle(mutation_id: int) -> None:
    try:
        with transaction("worker") as work:
            settlement.settle(work, mutation_id)
    except Exception as error:
        log.exception("Mutation %s could not be settled", mutation_id)
        with transaction("worker") as work:
            settlement.note_failure(work, mutation_id, error)


def _expire(charge_id: int) -> str | None:
    try:
        with transaction("worker") as work:
            charge = expiry.expire(work, charge_id)
            return charge.order_ref if charge else None
    except Exception:
        log.exception("Charge %s could not be expired", charge_id)
        return None


def _send(message: outbox.Claimed) -> bool:
    here = state()
    try:
        with here.app.app_context():
            _sender_of(here, message.kind)(message.key, message.payload)
    except Exception as error:
        log.exception("Message %s could not be sent", message.key)
        with transaction("worker") as work:
            outbox.mark_failed(work, message.id, error)
        return False
    with transaction("worker") as work:
        outbox.mark_sent(work, message.id)
    return True


def _sender_of(here: State, kind: str) -> Sender:
    try:
        return here.senders[kind]
    except KeyError:
        raise ConfigError(
            f"Nothing sends messages of kind {kind!r}; register it with moota.sender(app, kind)."
        ) from None


def _sweep_money() -> None:
    """Look at the money that came, then at deadlines; who does not look holds no deadline against anybody."""
    if not _is_paused():
        for part in (_sweep_deliveries, _remind, expire_due, _release, _end_late_windows):
            _try(part)


def _try(part: Callable[[], object]) -> None:
    try:
        part()
    except Exception as error:
        name = getattr(part, "__name__", str(part))
        log.exception("The sweep could not finish %s", name)
        _undo()
        first_line = str(error).partition("\n")[0]
        state().faults[name] = f"{type(error).__name__}: {first_line}"[:_LONGEST_FAULT]


def _sweep_deliveries() -> None:
    seen: set[int] = set()
    while True:
        with transaction("worker") as work:
            due = set(inbox.due_deliveries(work, until=work.now())) - seen
        if not due:
            return
        # All that has gathered comes before deadlines are looked at.
        for delivery_id in sorted(due):
            process_delivery(delivery_id)
        seen |= due


def _is_paused() -> bool:
    with transaction("worker") as work:
        return pausing.paused(work) is not None


def _release() -> None:
    with transaction("worker") as work:
        reservations.release_ended(work)


def _remind() -> None:
    """Remind payers of their deadline, and shoppers of the account that a refund waits for."""
    with transaction("worker") as work:
        charges_due = expiry.due_reminders(work)
        refunds_due = destinations.due_reminders(work)
    for charge_id in charges_due:
        with transaction("worker") as work:
            expiry.remind(work, charge_id)
    for refund_id in refunds_due:
        with transaction("worker") as work:
            destinations.remind(work, refund_id)


def _end_late_windows() -> None:
    with transaction("worker") as work:
        ended = expiry.ended_late_windows(work)
    for charge_id in ended:
        with transaction("worker") as work:
            expiry.end_late_window(work, charge_id)


def _purge() -> None:
    """Apply the retention of raw webhooks, account numbers and proofs, a batch an hour at most."""
    with transaction("worker") as work:
        last = heartbeat.last_at(work, heartbeat.PURGE)
        if last is None or work.now() - last >= _PURGE_EVERY:
            emptied = retention.purge(work).deliveries
            numbers, proofs = retention.purge_destinations(work), retention.purge_proofs(work)
            heartbeat.note(work, heartbeat.PURGE, webhooks=emptied, account_numbers=numbers, proofs=proofs)


def _watch() -> None:
    with transaction("worker") as work:
        watching.watch(work)
        is_time = watching.is_time_for_balances(work)
    if is_time:
        with transaction("worker") as work:
            books = watching.books_of_the_last_days(work)
        with transaction("worker") as work:
            watching.watch_balances(work, books)


def _heartbeat() -> None:
    """Tell that the worker lives, and what its last sweep could not finish, since when."""
    with transaction("worker") as work:
        before = heartbeat.result_of(work, heartbeat.WORKER).get("faults", {})
        faults = {
            name: {"error": error, "since": before.get(name, {}).get("since") or work.now().isoformat()}
            for name, error in state().faults.items()
        }
        heartbeat.note(work, heartbeat.WORKER, faults=faults)
