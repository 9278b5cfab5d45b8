"""Asking for an order's money: how it can be paid, until when, and when that ends."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import select

from payments_moota import (
    Charge,
    Customer,
    Prepared,
    RefusedError,
    changes,
    charges,
)
from payments_moota.context import work_on_host_session
from payments_moota.web.answers import translator
from payments_moota.web.ways import Way, read_way, way_of
from storefront import receivers
from storefront.database import now
from storefront.extensions import db, moota
from storefront.orders import service
from storefront.orders.models import Order

# Proposals of the system that are made because the goods are gone.
_FOR_WANT_OF_GOODS = frozenset({"late_payment", "goods"})
# A price can be asked very often; nobody means all of those orders.
_MOST_OF_ONE_AMOUNT = 50
_UNDECIDED = frozenset({"requested", "in_review"})


def ways(total: int) -> list[Way]:
    """Return the ways to pay `total` rupiah, in the reader's words."""
    return [way_of(offer, translator()) for offer in moota.offers(total)]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the shop promises about payments and refunds: minutes to pay, workdays to answer, days things are kept."""

    minutes: int
    review_days: int
    transfer_days: int
    account_retention_days: int
    proof_retention_days: int
    inbox_retention_days: int


def terms() -> Terms:
    """Return the terms that are in force."""
    settings = work_on_host_session("shop").settings
    return Terms(
        minutes=int(settings.charge_ttl.total_seconds() // 60),
        review_days=settings.refund_review_days,
        transfer_days=settings.refund_transfer_days,
        account_retention_days=settings.destination_retention.days,
        proof_retention_days=settings.proof_retention.days,
        inbox_retention_days=settings.inbox_retention.days,
    )


def is_number_taken(number: str) -> bool:
    """Tell whether money was already asked for under this number, by hand for example."""
    return moota.get_charge(number) is not None


def prepare(key: str, total: int, way: str, *, name: str, email: str | None, phone: str) -> Prepared | None:
    """Have Moota make what an order of `total` rupiah is to be paid by; None where nothing has to be made.

    Call it before anything is written; `key` names the checkout, so that sending it twice makes one. Raises ApiError
    when Moota does not answer or refuses, RefusedError.
    """
    method, bank_id = read_way(way)
    if method == "bank_transfer":
        return None
    # Another total or another way is another payment.
    attempt = hashlib.sha256(f"{key}|{total}|{way}".encode()).hexdigest()[:20]
    customer = Customer(name=name, email=email, phone=phone)
    return moota.prepare_payment(f"SF-{attempt}", total, method=method, account=bank_id, customer=customer)


def open_charge(order: Order, way: str, prepared: Prepared | None) -> Charge:
    """Ask the shopper for the order's total, to be paid the chosen way, as it was prepared.

    Raises RefusedError; NoUniqueCodeAvailable when every code for this amount is in use.
    """
    method, bank_id = read_way(way)
    customer = Customer(name=order.name, email=order.email or None, phone=order.phone)
    return moota.create_charge(
        order.number, order.total, method=method, account=bank_id, customer=customer, prepared=prepared
    )


def lock_untouched(number: str, *, actor: str) -> None:
    """Lock what is asked for an order, before the order itself, to end it. Raises RefusedError once money came."""
    charge = charges.lock_charge(work_on_host_session(actor), number)
    if moota.charge_object(charge)["amount_paid"]:
        raise RefusedError(f"Money has come for {number}.")


def cancel(number: str, *, reason: str, actor: str) -> None:
    """Stop asking for money. The order and its goods follow by the signal. Raises RefusedError when it is too late."""
    moota.cancel_charge(number, reason=reason, actor=actor)


def extend(number: str, *, by: timedelta, actor: str) -> None:
    """Give an unpaid order more time, counted from its deadline. Raises RefusedError."""
    charge = moota.get_charge(number)
    until = max(charge.expires_at if charge else now(), now()) + by
    changes.extend(work_on_host_session(actor), number, until=until)


def reopen(number: str, *, by: timedelta, actor: str) -> None:
    """Let an expired or cancelled order wait for its money again. Raises RefusedError, GoodsGoneError."""
    changes.reopen(work_on_host_session(actor), number, until=now() + by)


def release(number: str, *, actor: str) -> None:
    """Let a held order go on; what was proposed to go back for want of goods is withdrawn.

    Raises RefusedError while its money is promised back, OrderRefusedError, or OutOfStockError.
    """
    for refund in moota.list_refunds(number):
        is_proposal = refund.origin == "system" and refund.reason in _FOR_WANT_OF_GOODS
        if is_proposal and refund.status in _UNDECIDED and refund.ticket:
            moota.withdraw_refund(refund.ticket, actor=actor)
    charge = moota.get_charge(number)
    if charge is not None and receivers.is_asked_back(charge):
        raise RefusedError("The money of this order is on its way back.")
    order = receivers.lock_order_of(number)
    if order is not None:
        service.release_hold(db.session(), order, actor=actor)


def numbers_asking(amount: int) -> list[str]:
    """Return the newest orders, by number, of which exactly this much was asked."""
    query = select(Charge.order_ref).where(Charge.amount_due == amount).order_by(Charge.id.desc())
    return list(db.session.scalars(query.limit(_MOST_OF_ONE_AMOUNT)))


def pay_path(charge: Charge) -> str:
    """Return the payment page's address on this site.

    Without host, since a form's answer may not lead to another site than the one the shopper is on.
    """
    return urlsplit(moota.pay_url(charge)).path
