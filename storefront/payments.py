"""The seam: the one place where the shop's pages and orders reach the payment extension.

Orders ask for money through the functions here; what the payments say comes back through `storefront.receivers`.
Functions flush, the caller commits; begin with `begin_write`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, url_for
from sqlalchemy import Engine, select
from sqlalchemy.orm import contains_eager

from payments_moota import (
    ApiError,
    ApprovalRefused,
    Charge,
    Customer,
    Destination,
    NotRefundable,
    NoUniqueCodeAvailable,
    Panel,
    Prepared,
    Refund,
    RefusedError,
    changes,
    charges,
    complaints,
    evidence,
    exports,
    include_name,
    objects,
    overview,
    payers,
    refunds,
    sources,
)
from payments_moota import migrate as payment_tables
from payments_moota.context import Right, state, work_on_host_session
from payments_moota.evidence import CleanFile
from payments_moota.models import OutboxMessage
from payments_moota.models.refunds import RefundReason
from payments_moota.rules.money import read_typed
from payments_moota.sources import RefusedSource
from payments_moota.tasks import run_worker, worker_seen_at
from payments_moota.web import uploads
from payments_moota.web.answers import translator
from payments_moota.web.movements import movements
from payments_moota.web.ways import Way, read_way, way_of
from payments_moota.work import Work

from . import overrides, receivers
from .database import now
from .extensions import db, moota
from .identity import current_shop
from .languages import current_locale
from .notifications.owner import is_called, note_alert, tell_owner
from .notifications.service import EMAIL, Letter
from .orders import links, returning, service
from .orders.models import Order, id_of_number
from .orders.timeline import Story
from .receivers import GoodsGoneError
from .texts import _

__all__ = [
    "ApiError",
    "ApprovalRefused",
    "Charge",
    "CleanFile",
    "Destination",
    "GoodsGoneError",
    "NoUniqueCodeAvailable",
    "NotRefundable",
    "Prepared",
    "Refund",
    "RefundReason",
    "RefusedError",
    "Right",
    "Way",
    "include_name",
    "read_typed",
    "run_worker",
]

begin_write = moota.begin_write
find_charge = moota.get_charge
describe = moota.charge_object
pay_url = moota.pay_url
find_refund = moota.get_refund
describe_refund = moota.refund_object
refund_url = moota.refund_url
destination_url = moota.destination_url
suggested_refund = moota.suggested_refund
asked_of = receivers.asked_of
upgrade = payment_tables.upgrade

REASONS = refunds.REASONS
# Proposals of the system that are made because the goods are gone.
_FOR_WANT_OF_GOODS = frozenset({"late_payment", "goods"})
# A price can be asked very often; nobody means all of those orders.
_MOST_OF_ONE_AMOUNT = 50
_UNDECIDED = frozenset({"requested", "in_review"})
_OVER = frozenset({"completed", "rejected", "withdrawn"})


def init_app(
    app: Flask,
    huey: Any,
    *,
    approvers: Callable[[], int],
    panel: Callable[[Right], str],
    note: Callable[..., object],
    check_password: Callable[[str], str | None],
) -> None:
    """Set the extension up for the shop and listen to what it says; `approvers` counts who may approve refunds.

    `panel` lets people into the extension's pages of the panel, see `MootaPayments.init_app`; `note` keeps what they
    change there in the shop's own log: called with the session, the action and its subject.
    `check_password` says in a sentence what is wrong with a password, None when it is theirs.

    Raises ConfigError naming the variable when a MOOTA_ setting cannot be used.
    """
    moota.init_app(
        app,
        session=db.session,
        huey=huey,
        order_url=_order_url,
        help_url=_help_url,
        locale=current_locale,
        approvers=approvers,
        panel=Panel(
            panel,
            order_url=_panel_order_url,
            refund_url=_panel_goods_url,
            check_password=check_password,
        ),
    )
    moota.overrides(app)(overrides.current)
    receivers.note_changes(app, note)
    receivers.connect(app)
    for job in (release_held_stock, note_overdue, tell_owner):
        moota.periodic(app)(job)


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
    return find_charge(number) is not None


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


def cancel(number: str, *, reason: str, actor: str) -> None:
    """Stop asking for money. The order and its goods follow by the signal. Raises RefusedError when it is too late."""
    moota.cancel_charge(number, reason=reason, actor=actor)


def lock_untouched(number: str, *, actor: str) -> None:
    """Lock what is asked for an order, before the order itself, to end it. Raises RefusedError once money came."""
    charge = charges.lock_charge(work_on_host_session(actor), number)
    if describe(charge)["amount_paid"]:
        raise RefusedError(f"Money has come for {number}.")


def extend(number: str, *, by: timedelta, actor: str) -> None:
    """Give an unpaid order more time, counted from its deadline. Raises RefusedError."""
    charge = find_charge(number)
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
    charge = find_charge(number)
    if charge is not None and receivers.is_asked_back(charge):
        raise RefusedError("The money of this order is on its way back.")
    order = receivers.lock_order_of(number)
    if order is not None:
        service.release_hold(db.session(), order, actor=actor)


def story(charge: Charge) -> Story:
    """Return what happened to a charge and its refunds, in the reader's language, oldest first."""
    lines: Story = moota.story(charge.order_ref)
    return lines


def movements_of(charge: Charge) -> list[tuple[str, str, int]]:
    """Return the money that came for a charge and went back: when, what, and how much more or less the shop has."""
    lines = movements(work_on_host_session("shop"), state(), charge, translator())
    return [(line.at_text, line.text, line.amount) for line in lines]


def numbers_asking(amount: int) -> list[str]:
    """Return the newest orders, by number, of which exactly this much was asked."""
    query = select(Charge.order_ref).where(Charge.amount_due == amount).order_by(Charge.id.desc())
    return list(db.session.scalars(query.limit(_MOST_OF_ONE_AMOUNT)))


def letters_of(order: Order) -> list[tuple[datetime, str, str, str | None]]:
    """Return the letters asked for about an order, oldest first: when, which, how it stands, what went wrong.

    A letter is known by its key, which names the event it tells; the keys are looked up, never searched through.
    """
    causes = [event.id for event in order.events]
    if find_charge(order.number):
        causes += [event.id for event in moota.timeline(order.number)]
    names = [f"{EMAIL}:{order.number}:{letter}" for letter in get_args(Letter)]
    keys = [*names, *(f"{name}:{cause}" for name in names for cause in causes)]
    query = select(OutboxMessage).where(OutboxMessage.key.in_(keys)).order_by(OutboxMessage.id)
    found = db.session.scalars(query)
    return [(each.sent_at or each.created_at, each.payload["template"], each.status, each.error) for each in found]


def ask_back(number: str) -> Refund:
    """Ask for all of a paid order's money back, on behalf of the shopper. Raises RefusedError."""
    amount = moota.suggested_refund(number)
    return moota.request_refund(number, amount, reason="cancellation", origin="customer", actor=service.CUSTOMER)


def request_return(number: str, amount: int, *, reason: RefundReason, note: str, files: Iterable[CleanFile]) -> Refund:
    """Ask for money back for pieces of an order, on behalf of the shopper, with pictures. Raises RefusedError."""
    refund = moota.request_refund(number, amount, reason=reason, note=note, origin="customer", actor=service.CUSTOMER)
    work = work_on_host_session(service.CUSTOMER)
    for each in files:
        evidence.attach(work, refund.ticket or "", each, side="customer")
    return refund


def request_refund(number: str, amount: int, *, reason: RefundReason, note: str | None, actor: str) -> Refund:
    """Ask for money back on behalf of the shop. Raises RefusedError."""
    return moota.request_refund(number, amount, reason=reason, note=note, origin="owner", actor=actor)


def refunds_of(number: str) -> list[dict[str, Any]]:
    """Return an order's refunds as JSON objects with the `url` of their pages, newest first."""
    return [_shown(refund) for refund in moota.list_refunds(number)]


def refunds_of_many(numbers: Iterable[str]) -> list[Refund]:
    """Return the refunds of several orders with their charges, newest first, in one query."""
    query = select(Refund).join(Refund.charge).options(contains_eager(Refund.charge))
    return list(db.session.scalars(query.where(Charge.order_ref.in_(numbers)).order_by(Refund.id.desc())))


def read_files() -> tuple[list[CleanFile], list[str]]:
    """Return the files of the form that is being answered, checked and made anew, and what is wrong with others."""
    return uploads.read_files(translator())


def note_overdue() -> None:
    """Note for the owner the refunds and complaints whose due date has passed, once for each date. Commits."""
    work = work_on_host_session("shop")
    facts = [*_overdue_refunds(work), *_overdue_complaints(work)] if is_called() else []
    db.session.rollback()
    for kind, key, data in facts:
        begin_write()
        note_alert(db.session(), kind, key, **data)
        db.session.commit()


def pay_path(charge: Charge) -> str:
    """Return the payment page's address on this site.

    Without host, since a form's answer may not lead to another site than the one the shopper is on.
    """
    return urlsplit(pay_url(charge)).path


def refund_path(refund: Refund) -> str:
    """Return the address of a refund's page on this site."""
    return urlsplit(refund_url(refund)).path


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


def why_payer_needed(number: str) -> payers.Why | None:
    """Return why an order's payer cannot be forgotten yet, by the words of `payments_moota.payers`, or None."""
    return payers.why_needed(work_on_host_session("shop"), number)


def forget_payer(number: str, *, actor: str) -> None:
    """Take the payer's name, contact, account and papers off an order's payment and refunds; the sums stay."""
    payers.forget(work_on_host_session(actor), number, messages=f"email:{number}:")


def held_of(number: str) -> dict[str, Any]:
    """Return what is kept of an order's payment and its refunds, for the person whose data it is."""
    charge = find_charge(number)
    refunds_kept = [describe_refund(refund) for refund in moota.list_refunds(number)]
    return {"payment": describe(charge) if charge else None, "refunds": refunds_kept}


def _overdue_refunds(work: Work) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for refund in refunds.overdue(work):
        data = {"number": refund.charge.order_ref, "ticket": refund.ticket, "amount": refund.amount}
        yield "refund_overdue", f"overdue:{refund.ticket}:{refund.due_at:%Y-%m-%d}", data


def _overdue_complaints(work: Work) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for row in objects.complaint_objects(work, complaints.overdue_complaints(work)):
        data = {"number": row["order_ref"], "ticket": row["refund"], "complaint": row["ticket"]}
        yield "complaint_overdue", f"overdue:{row['ticket']}:{row['due_at'][:10]}", data


def _shown(refund: Refund) -> dict[str, Any]:
    is_overdue = refund.status not in _OVER and refund.due_at < now()
    facts = {"due_at": refund.due_at, "created_at": refund.created_at, "is_overdue": is_overdue}
    shown, url = describe_refund(refund), refund_path(refund)
    files = [{**file, "url": f"{url}/files/{file['id']}"} for file in shown["evidence"]]
    return {**shown, **facts, "evidence": files, "url": url}


def _order_url(order_ref: str) -> str | None:
    order_id = id_of_number(order_ref)
    order = service.find_order(db.session(), order_id) if order_id else None
    return links.order_url(order.id) if order and order.number == order_ref else None


def _help_url(order_ref: str) -> str | None:
    """Return a chat with the shop in which the order's number is written already."""
    chat = current_shop().whatsapp_url
    text = _("Halo, saya mau bertanya tentang pembayaran pesanan %(number)s.", number=order_ref)
    return f"{chat}?{urlencode({'text': text}, quote_via=quote)}" if chat else None


def _panel_order_url(order_ref: str) -> str | None:
    """Return the panel's page of an order; of money that was asked for by hand there is none."""
    return url_for("admin.order", number=order_ref) if id_of_number(order_ref) else None


def _panel_goods_url(ticket: str) -> str | None:
    """Return the panel's page of the goods a refund is about; of one that is about money alone there is none."""
    has_goods = returning.lines_of_refund(db.session(), ticket)
    return url_for("admin_refunds.show", ticket=ticket) if has_goods else None
