"""The seam: the one place where the shop's orders meet the payment extension.

Orders ask for money through the functions here; what the payments say comes back through the receivers, inside the
transaction that records it. The charge is always locked before the order, so the two sides never wait for each other.
"""

import logging
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine

from payments_moota import Account, Charge, Customer, NoUniqueCodeAvailable, RefusedError, include_name, signals
from payments_moota import migrate as payment_tables
from payments_moota.context import work_on_host_session
from payments_moota.tasks import run_worker, worker_seen_at

from .database import now
from .extensions import db, moota
from .languages import current_locale
from .notifications.service import ask_for_email
from .orders import links, service
from .orders.models import Order, id_of_number

__all__ = ["Account", "Charge", "NoUniqueCodeAvailable", "RefusedError", "include_name", "run_worker"]

log = logging.getLogger(__name__)

begin_write = moota.begin_write
find_charge = moota.get_charge
describe = moota.charge_object
pay_url = moota.pay_url
upgrade = payment_tables.upgrade


def init_app(app: Flask, huey: Any) -> None:
    """Set the extension up for the shop and listen to what it says.

    Raises ConfigError naming the variable when a MOOTA_ setting cannot be used.
    """
    moota.init_app(app, session=db.session, huey=huey, order_url=_order_url, locale=current_locale)
    signals.charge_paid.connect_via(app)(_on_paid)
    signals.charge_expired.connect_via(app)(_on_expired)
    signals.charge_cancelled.connect_via(app)(_on_cancelled)
    moota.periodic(app)(release_held_stock)


def accounts() -> list[Account]:
    """Return the bank accounts a shopper can choose to transfer to."""
    return [account for account in moota.list_accounts() if account.kind == "bank_transfer"]


def is_number_taken(number: str) -> bool:
    """Tell whether money was already asked for under this number, by hand for example."""
    return find_charge(number) is not None


def open_charge(order: Order, bank_id: str | None) -> Charge:
    """Ask the shopper for the order's total, by transfer to one account or to any that is free.

    Raises RefusedError; NoUniqueCodeAvailable when every code for this amount is in use.
    """
    customer = Customer(name=order.name, email=order.email, phone=order.phone)
    return moota.create_charge(order.number, order.total, account=bank_id, customer=customer)


def cancel(number: str, *, reason: str, actor: str) -> None:
    """Stop asking for money. The order and its goods follow by the signal. Raises RefusedError when it is too late."""
    moota.cancel_charge(number, reason=reason, actor=actor)


def pay_path(charge: Charge) -> str:
    """Return the payment page's address on this site.

    Without host, since a form's answer may not lead to another site than the one the shopper is on.
    """
    return urlsplit(pay_url(charge)).path


def release_held_stock() -> None:
    """Give back the goods of expired orders once no transfer made in time can show up any more. Commits."""
    for order_id in service.orders_holding_too_long(db.session(), now()):
        begin_write()
        order = service.lock_order(db.session(), order_id)
        if order is not None and order.payment_status == "expired":
            service.release_stock(db.session(), order)
        db.session.commit()
    db.session.rollback()


def worker_last_seen() -> datetime | None:
    """Return when the worker last reported, or None if never."""
    return worker_seen_at(work_on_host_session("shop"))


def migrations_are_current(engine: Engine) -> bool:
    """Tell whether the payment tables are at their newest version."""
    current, head = payment_tables.current_and_head(engine)
    return current == head


def _on_paid(_app: Flask, charge: Charge, **_extra: Any) -> None:
    order = _lock_order_of(charge)
    if order is not None:
        service.mark_paid(db.session(), order, at=charge.paid_at or now(), amount=charge.amount_due)
        ask_for_email(order, "paid")


def _on_expired(_app: Flask, charge: Charge, **_extra: Any) -> None:
    order = _lock_order_of(charge)
    if order is not None:
        service.mark_expired(db.session(), order, hold_until=charge.hold_until)
        ask_for_email(order, "expired")


def _on_cancelled(_app: Flask, charge: Charge, reason: str, **_extra: Any) -> None:
    order = _lock_order_of(charge)
    if order is not None:
        service.mark_cancelled(db.session(), order, actor=_who_cancelled(charge), reason=reason)
        ask_for_email(order, "cancelled")


def _who_cancelled(charge: Charge) -> str:
    history = moota.timeline(charge.order_ref)
    return next(event.actor for event in reversed(history) if event.name == "charge.cancelled")


def _lock_order_of(charge: Charge) -> Order | None:
    """Return the order behind a charge; None for a charge made by hand for something that is no order of ours."""
    order_id = id_of_number(charge.order_ref)
    order = service.lock_order(db.session(), order_id) if order_id else None
    if order is None or order.number != charge.order_ref:
        log.info("The charge %s belongs to no order of this shop", charge.order_ref)
        return None
    return order


def _order_url(order_ref: str) -> str | None:
    order_id = id_of_number(order_ref)
    order = service.find_order(db.session(), order_id) if order_id else None
    return links.order_url(order.id) if order and order.number == order_ref else None
