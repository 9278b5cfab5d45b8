"""What the payments say, and what the shop does about it: inside the transaction that records the fact.

The charge is always locked before the order, so the two sides never wait for each other. What is raised here undoes the
fact and lets it be tried again; therefore nothing is raised but for a reopening without goods.
"""

import logging
from collections.abc import Callable
from typing import Any

from blinker import NamedSignal
from flask import Flask

from payments_moota import Alert, Charge, Event, Mutation, Refund, RefusedError, signals

from .catalog.service import OutOfStockError
from .database import now
from .extensions import db, moota
from .notifications.owner import note_alert
from .notifications.refund_words import TOLD
from .notifications.service import ask_for_email
from .orders import service
from .orders.models import Order, id_of_number
from .orders.rules import OrderRefusedError, next_state

log = logging.getLogger(__name__)

_BACK = frozenset({"sent", "completed"})


class GoodsGoneError(RefusedError):
    """The goods of this order are gone."""


def connect(app: Flask) -> None:
    """Listen to the payments of this app."""
    receivers: dict[NamedSignal, Callable[..., None]] = {
        signals.charge_paid: _on_paid,
        signals.charge_underpaid: _on_underpaid,
        signals.charge_overpaid: _on_overpaid,
        signals.charge_due_soon: _on_due_soon,
        signals.charge_expired: _on_expired,
        signals.charge_cancelled: _on_cancelled,
        signals.charge_moved: _on_moved,
        signals.charge_extended: _on_extended,
        signals.charge_reopened: _on_reopened,
        signals.charge_reversed: _on_reversed,
        signals.mutation_unmatched: _on_unmatched,
        signals.alert_raised: _on_alert,
        signals.refund_requested: _on_refund,
        signals.refund_updated: _on_refund,
        signals.refund_completed: _on_refund,
    }
    for signal, receiver in receivers.items():
        signal.connect_via(app)(receiver)


def note_changes(app: Flask, note: Callable[..., object]) -> None:
    """Keep what people change in the extension's panel in the shop's own log, in the same transaction."""

    @signals.panel_acted.connect_via(app)
    def keep(_app: Flask, action: str, subject: str, data: dict[str, Any], **_extra: Any) -> None:
        note(db.session(), f"payments.{action}", subject, after=data)


def lock_order_of(order_ref: str) -> Order | None:
    """Return the order behind a charge; None for a charge made by hand for something that is no order of ours."""
    order_id = id_of_number(order_ref)
    order = service.lock_order(db.session(), order_id) if order_id else None
    if order is None or order.number != order_ref:
        log.info("The charge %s belongs to no order of this shop", order_ref)
        return None
    return order


def last_event(order_ref: str) -> Event:
    """Return the newest line of a charge's history: what is being told right now."""
    return moota.timeline(order_ref)[-1]


def asked_of(charge: Charge) -> dict[str, Any]:
    """Return what a letter asks the shopper to pay; once that has changed, the letter is outdated."""
    return {"open": charge.amount_open, "way": f"{charge.method}:{charge.account.bank_id}"}


def is_asked_back(charge: Charge) -> bool:
    """Tell whether all that came for an order is asked back, promised or gone."""
    money = moota.charge_object(charge)
    return _takes_all(money, money["amount_paid"] - money["amount_refundable"])


def _on_paid(_app: Flask, charge: Charge, *, is_late: bool, **_extra: Any) -> None:
    order = lock_order_of(charge.order_ref)
    if order is None:
        return
    cause = last_event(charge.order_ref).id
    received = moota.charge_object(charge)["amount_paid"]
    if service.mark_paid(db.session(), order, at=charge.paid_at or now(), amount=received):
        ask_for_email(order, "paid", cause=cause)
        return
    note_alert(db.session(), "no_stock", f"event:{cause}", number=order.number)
    _propose_all_back(order, "late_payment" if is_late else "goods")


def _on_underpaid(_app: Flask, charge: Charge, **_extra: Any) -> None:
    order = lock_order_of(charge.order_ref)
    if order is not None:
        event = last_event(charge.order_ref)
        facts = {"open": charge.amount_open, "amount": event.data["amount"]}
        ask_for_email(order, "underpaid", cause=event.id, **facts)


def _on_overpaid(_app: Flask, charge: Charge, **_extra: Any) -> None:
    """Call the owner; the shopper reads of it with the refund that is proposed."""
    order = lock_order_of(charge.order_ref)
    event = last_event(charge.order_ref)
    kind = "paid_after_cancel" if charge.status == "cancelled" else "overpaid"
    if order is not None and order.payment_status == "reversed":
        kind = "paid_again"
        if _is_covered(charge):
            service.mark_paid(db.session(), order, at=now(), amount=moota.charge_object(charge)["amount_paid"])
            ask_for_email(order, "paid", cause=event.id)
    note_alert(db.session(), kind, f"event:{event.id}", number=charge.order_ref, amount=event.data.get("amount", 0))


def _on_due_soon(_app: Flask, charge: Charge, **_extra: Any) -> None:
    order = lock_order_of(charge.order_ref)
    if order is not None:
        ask_for_email(order, "reminder", cause=last_event(charge.order_ref).id)


def _on_expired(_app: Flask, charge: Charge, **_extra: Any) -> None:
    order = lock_order_of(charge.order_ref)
    if order is not None:
        service.mark_expired(db.session(), order, hold_until=charge.hold_until)
        ask_for_email(order, "expired", cause=last_event(charge.order_ref).id)


def _on_cancelled(_app: Flask, charge: Charge, reason: str, **_extra: Any) -> None:
    order = lock_order_of(charge.order_ref)
    if order is not None:
        event = last_event(charge.order_ref)
        service.mark_cancelled(db.session(), order, actor=event.actor, reason=reason)
        ask_for_email(order, "cancelled", cause=event.id)


def _on_moved(_app: Flask, charge: Charge, **_extra: Any) -> None:
    """Send the new way to pay; the letter with the old one is outdated."""
    order = lock_order_of(charge.order_ref)
    if order is not None:
        ask_for_email(order, "instructions", cause=last_event(charge.order_ref).id, **asked_of(charge))


def _on_extended(_app: Flask, charge: Charge, **_extra: Any) -> None:
    """Tell the shopper, whoever gave the order more time, in the panel or at a command line."""
    order = lock_order_of(charge.order_ref)
    if order is not None:
        event = last_event(charge.order_ref)
        service.record(db.session(), order, "order.extended", event.actor, until=charge.expires_at.isoformat())
        ask_for_email(order, "extended", cause=event.id, **asked_of(charge))


def _on_reopened(_app: Flask, charge: Charge, **_extra: Any) -> None:
    """Take the goods again. Raises GoodsGoneError, which leaves the charge closed."""
    order = lock_order_of(charge.order_ref)
    if order is None:
        return
    try:
        service.mark_reopened(db.session(), order, until=charge.expires_at)
    except OutOfStockError as shortage:
        raise GoodsGoneError(f"{order.number} cannot be reopened: variant {shortage.variant_id} is gone.") from shortage
    ask_for_email(order, "extended", cause=last_event(charge.order_ref).id)


def _on_reversed(_app: Flask, charge: Charge, mutation: Mutation, **_extra: Any) -> None:
    """Hold the order and call both sides. What the bank takes back of a surplus alone concerns only the owner."""
    event = last_event(charge.order_ref)
    amount = event.data.get("amount", mutation.amount_hundredths // 100)
    is_unpaid = charge.status == "pending" and event.name == "charge.unpaid"
    kind = "unpaid" if is_unpaid else "reversed"
    note_alert(db.session(), kind, f"event:{event.id}", number=charge.order_ref, amount=amount)
    order = lock_order_of(charge.order_ref)
    if order is None:
        return
    if is_unpaid:
        _follow(order, "unpay", service.mark_unpaid)
        ask_for_email(order, "unpaid", cause=event.id, open=charge.amount_open)
    elif not _is_covered(charge):
        _follow(order, "reverse", service.mark_reversed)
        ask_for_email(order, "reversed", cause=event.id, amount=amount)


def _on_unmatched(_app: Flask, mutation: Mutation, **_extra: Any) -> None:
    """Call the owner about money that came and about what the rules leave to a person; not about every expense."""
    if mutation.direction == "debit" and mutation.status != "review":
        return
    kind = "review" if mutation.status == "review" else "unmatched"
    key = f"mutation:{mutation.id}:{mutation.status}:{mutation.reason}"
    note_alert(db.session(), kind, key, amount=mutation.amount_hundredths // 100)


def _on_alert(_app: Flask, alert: Alert, **_extra: Any) -> None:
    """Call the owner about the way of the money itself: a silent account, a bank that Moota cannot get into."""
    facts = {"label": alert.data.get("label") or "", "mutation": alert.data.get("mutation_id") or ""}
    note_alert(db.session(), alert.kind, f"alert:{alert.id}", **facts)


def _on_refund(_app: Flask, refund: Refund, step: str, **_extra: Any) -> None:
    order = lock_order_of(refund.charge.order_ref)
    if order is None:
        return
    event = last_event(order.number)
    _follow_refund(order, refund.charge)
    _call_owner_about(refund, event)
    is_own_comment = step == "refund.comment" and event.actor == service.CUSTOMER
    if step in TOLD and not is_own_comment:
        facts = {"note": event.data.get("note"), "complaint": event.data.get("complaint")}
        ask_for_email(order, "refund", cause=event.id, ticket=refund.ticket, step=step, **facts)


def _call_owner_about(refund: Refund, event: Event) -> None:
    kinds = {"refund.failed": "refund_failed"}
    if refund.origin == "customer":
        kinds["refund.requested"] = "refund_asked"
    if refund.origin == "owner":
        kinds["refund.requested"] = "refund_to_approve"
    if event.actor == service.CUSTOMER:
        kinds |= {"refund.complaint_filed": "complaint", "refund.comment": "refund_message"}
    if event.name in kinds:
        facts = {"number": refund.charge.order_ref, "ticket": refund.ticket, "amount": refund.amount}
        facts["complaint"] = event.data.get("complaint")
        note_alert(db.session(), kinds[event.name], f"event:{event.id}", **facts)


def _propose_all_back(order: Order, reason: Any) -> None:
    """Propose to give back all that came, once the goods are gone; what is proposed already counts."""
    amount = moota.suggested_refund(order.number)
    if amount > 0:
        moota.request_refund(order.number, amount, reason=reason, origin="system", actor=service.SYSTEM)


def _follow_refund(order: Order, charge: Charge) -> None:
    """Bring an order up to date with the refunds of its charge.

    While all of its money is asked back the goods stay; once it has left the order is over; when it has arrived the
    order counts as refunded, until the bank returns it.
    """
    money = moota.charge_object(charge)
    is_back = _takes_all(money, money["amount_refunded"])
    if order.payment_status == "paid" and is_back:
        service.mark_refunded(db.session(), order)
    elif order.payment_status == "refunded" and not is_back:
        service.mark_returned(db.session(), order)
    if order.order_status == "open" and order.is_here:
        _hold_or_end(order, money)


def _hold_or_end(order: Order, money: dict[str, Any]) -> None:
    if order.payment_status not in {"paid", "refunded"}:
        return
    left = sum(refund.amount for refund in moota.list_refunds(order.number) if refund.status in _BACK)
    if _takes_all(money, left):
        service.cancel_refunded(db.session(), order)
    elif _takes_all(money, money["amount_paid"] - money["amount_refundable"]):
        if order.hold_status == "none":
            service.hold(db.session(), order, "refund")
    elif order.attention == "refund":
        service.release_hold(db.session(), order, actor=service.SYSTEM)


def _takes_all(money: dict[str, Any], going: int) -> bool:
    """Tell whether an amount going back leaves nothing for the order; a unique code may stay with the shop."""
    code = max(0, money["amount_due"] - money["amount"] - money["fee"])
    return going > 0 and money["amount_paid"] - going <= code


def _is_covered(charge: Charge) -> bool:
    """Tell whether what the shop has received pays for the order."""
    money = moota.charge_object(charge)
    price = min(money["amount_due"], money["amount"] + money["fee"])
    return money["amount_paid"] >= price or (money["amount_paid"] > 0 and "underpaid" not in money["exceptions"])


def _follow(order: Order, event: str, mark: Any) -> None:
    """Move an order where its payment allows it; one that was never paid, or is over, stays as it is."""
    try:
        next_state("payment", order.payment_status, event)
    except OrderRefusedError:
        return
    mark(db.session(), order)
