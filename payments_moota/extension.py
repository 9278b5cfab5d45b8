"""The extension object: wires everything in `init_app`, and offers the verbs a host calls."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from . import (
    accounts,
    by_hand,
    changes,
    charges,
    complaints,
    destinations,
    incidents,
    journal,
    links,
    mutations,
    objects,
    offers,
    preparing,
    refunds,
    sqlite,
    tagging,
    tasks,
    work,
)
from .cli import moota_cli
from .config import load_settings
from .context import KEY, Panel, Right, State, host_locale, pay_url, state, work_on_host_session
from .errors import ConfigError
from .hooks import Hooks
from .models import Account, Charge, Complaint, Event, Mutation, Refund
from .models.bank import MutationStatus
from .models.charges import Customer
from .models.refunds import RefundOrigin, RefundReason
from .offers import Offer
from .provider import Prepared
from .rules.destination import Destination
from .rules.methods import Method
from .rules.money import format_rupiah
from .web import create_blueprint
from .web.answers import translator
from .web.panel import create_panel
from .web.timeline import StoryLine, story


class MootaPayments(Hooks):
    """Payments by Moota for a Flask application.

    The object keeps nothing itself, so one can serve many applications; what belongs to an application is in
    `app.extensions["moota"]`. Verbs work on the host's session, flush and never commit.
    """

    def init_app(
        self,
        app: Flask,
        *,
        session: Callable[[], Session],
        huey: Any = None,
        order_url: Callable[[str], str | None] | None = None,
        help_url: Callable[[str], str | None] | None = None,
        locale: Callable[[], str] | None = None,
        approvers: Callable[[], int] | None = None,
        panel: Panel | Callable[[Right], str] | None = None,
    ) -> None:
        """Set the extension up for `app`.

        `session` is any callable that returns the current SQLAlchemy session, such as Flask-SQLAlchemy's
        `db.session`. `huey` wakes a worker at once; without it a worker or `flask moota process` finds the work.
        `order_url` gives the payment page a link back to the order, `help_url` one to the shop's people who already
        know then which order it is about; `locale` the reader's language (`id` or `en`).
        `approvers` returns how many people may approve refunds now, for MOOTA_REFUND_APPROVAL `auto`.

        `panel` opens the owner's panel: a callable that lets people in, or a `Panel` that says more; see there. Without
        it there are no such pages.

        Raises ConfigError naming the variable when a setting cannot be used, or when called twice for one app.
        """
        if KEY in app.extensions:
            raise ConfigError("moota.init_app was called twice for this application; call it once.")
        here = State(
            app=app,
            configured=load_settings(app.config),
            session=session,
            order_url=order_url or (lambda _order_ref: None),
            help_url=help_url or (lambda _order_ref: None),
            locale=locale or host_locale,
            approvers=approvers,
            panel=Panel(panel) if callable(panel) else panel,
        )
        app.extensions[KEY] = here
        app.extensions[f"{KEY}.api"] = self
        here.senders[tagging.KIND] = lambda _key, payload: tagging.send(here.client(), payload)
        sqlite.install()
        work.install()
        app.register_blueprint(create_blueprint())
        if here.panel is not None:
            app.register_blueprint(create_panel(here.panel.path))
        app.cli.add_command(moota_cli)
        app.jinja_env.filters["moota_rupiah"] = format_rupiah
        if huey is not None:
            tasks.bind(app, huey)

    def create_charge(
        self,
        order_ref: str,
        amount: int,
        *,
        method: Method = "bank_transfer",
        account: str | None = None,
        customer: Customer | None = None,
        ttl_minutes: int | None = None,
        prepared: Prepared | None = None,
    ) -> Charge:
        """Ask a payer for `amount` rupiah for an order; see `charges.create_charge` for what may be raised.

        For a virtual account or QRIS Moota is asked first: here and now, under the name `order_ref`, when nothing has
        been written in this transaction yet; else hand over what `prepare_payment` returned before. Raises ApiError
        when Moota does not answer or refuses; then nothing has been written.
        """
        current = work_on_host_session("shop")
        if prepared is None and method != "bank_transfer":
            preparing.refuse_while_writing(current.session)
            prepared = self.prepare_payment(
                order_ref, amount, method=method, account=account, customer=customer, ttl_minutes=ttl_minutes
            )
        return charges.create_charge(
            current,
            order_ref,
            amount,
            method=method,
            account=account,
            customer=customer,
            ttl_minutes=ttl_minutes,
            prepared=prepared,
        )

    def offers(self, amount: int) -> list[Offer]:
        """Return the ways to pay `amount` rupiah, for a checkout to choose from; see `offers.Offer`."""
        return offers.offers(work_on_host_session("shop"), amount)

    def prepare_payment(
        self,
        key: str,
        amount: int,
        *,
        method: Method,
        account: str | None = None,
        customer: Customer | None = None,
        ttl_minutes: int | None = None,
    ) -> Prepared | None:
        """Have Moota make the virtual account number or QR code for a payment of `amount` rupiah; None for a transfer.

        Call it before you write anything: it talks to Moota and holds no transaction. `key` names the attempt, such as
        the order's or the checkout's own key; the same key again is the same payment. Raises MethodUnavailable,
        RefusedError, ApiError.
        """
        return preparing.prepare_payment(
            key, amount, method=method, account=account, customer=customer, ttl_minutes=ttl_minutes
        )

    def cancel_charge(self, order_ref: str, *, reason: str, actor: str = "owner") -> Charge:
        """Stop asking for payment. Raises UnknownCharge, or InvalidTransition when it is too late for that."""
        return changes.cancel(work_on_host_session(actor), order_ref, reason=reason)

    def extend_charge(self, order_ref: str, *, until: datetime, actor: str = "owner") -> Charge:
        """Give a waiting charge more time; see `changes.extend`."""
        return changes.extend(work_on_host_session(actor), order_ref, until=until)

    def reopen_charge(self, order_ref: str, *, until: datetime, actor: str = "owner") -> Charge:
        """Let an expired or cancelled charge wait again; see `changes.reopen`."""
        return changes.reopen(work_on_host_session(actor), order_ref, until=until)

    def change_method(
        self,
        order_ref: str,
        *,
        method: Method = "bank_transfer",
        account: str | None = None,
        prepared: Prepared | None = None,
        actor: str = "customer",
    ) -> Charge:
        """Let a waiting charge be paid another way or on another account; see `changes.change_method`.

        Moota is asked first where it makes the number or code, as for `create_charge`; see `prepare_change`.
        """
        current = work_on_host_session(actor)
        if prepared is None and method != "bank_transfer":
            preparing.refuse_while_writing(current.session)
            prepared = self.prepare_change(order_ref, method=method, account=account)
        return changes.change_method(current, order_ref, method=method, account=account, prepared=prepared)

    def prepare_change(self, order_ref: str, *, method: Method, account: str | None = None) -> Prepared | None:
        """Have Moota make what a waiting charge is to be paid by from now on; call it before you write anything."""
        return preparing.prepare_change(order_ref, method=method, account=account)

    def settle_by_hand(self, order_ref: str, *, reason: str, actor: str) -> Charge:
        """Take a charge as paid on a person's word; see `by_hand.settle_by_hand`."""
        return by_hand.settle_by_hand(work_on_host_session(actor), order_ref, reason=reason)

    def list_mutations(self, *, status: MutationStatus | None = None, limit: int = 1000) -> list[Mutation]:
        """Return the newest lines of the bank statements, newest first."""
        return mutations.list_mutations(work_on_host_session("shop"), status=status, limit=limit)

    def match_mutation(self, mutation_id: str, order_ref: str, *, actor: str, reason: str | None = None) -> None:
        """Give all of a mutation to an order; see `by_hand.match`."""
        current = work_on_host_session(actor)
        by_hand.match(current, mutations.get_mutation(current, mutation_id), order_ref, reason=reason)

    def split_mutation(
        self, mutation_id: str, parts: Sequence[tuple[str, int]], *, actor: str, reason: str | None = None
    ) -> None:
        """Give parts of a credit, (order_ref, rupiah), to several orders; see `by_hand.split`."""
        current = work_on_host_session(actor)
        by_hand.split(current, mutations.get_mutation(current, mutation_id), parts, reason=reason)

    def reassign_mutation(self, mutation_id: str, parts: Sequence[tuple[str, int]], *, reason: str, actor: str) -> None:
        """Give a matched credit to other orders, or in other parts; see `by_hand.reassign`."""
        current = work_on_host_session(actor)
        by_hand.reassign(current, mutations.get_mutation(current, mutation_id), parts, reason=reason)

    def rerun_mutation(self, mutation_id: str, *, actor: str) -> None:
        """Let the rules decide anew, now that something else is known; see `by_hand.look_again`."""
        current = work_on_host_session(actor)
        by_hand.look_again(current, mutations.get_mutation(current, mutation_id))

    def unmatch_mutation(self, mutation_id: str, *, reason: str, actor: str) -> None:
        """Take a match back; see `by_hand.unmatch`."""
        current = work_on_host_session(actor)
        by_hand.unmatch(current, mutations.get_mutation(current, mutation_id), reason=reason)

    def ignore_mutation(self, mutation_id: str, *, reason: str, actor: str) -> None:
        """Say that a mutation is none of the shop's business; see `by_hand.ignore`."""
        current = work_on_host_session(actor)
        by_hand.ignore(current, mutations.get_mutation(current, mutation_id), reason=reason)

    def acknowledge_mutation(self, mutation_id: str, *, reason: str, actor: str) -> None:
        """Say that somebody has looked at a mutation that came again with another content.

        See `incidents.acknowledge`.
        """
        current = work_on_host_session(actor)
        incidents.acknowledge(current, mutations.get_mutation(current, mutation_id), reason=reason)

    def get_charge(self, order_ref: str) -> Charge | None:
        """Return the charge of an order, or None."""
        return charges.find_charge(work_on_host_session("shop"), order_ref)

    def charge_object(self, charge: Charge) -> dict[str, Any]:
        """Return the charge as the JSON object other programs rely on."""
        return objects.charge_objects(work_on_host_session("shop"), [charge], [pay_url(charge)])[0]

    def pay_url(self, charge: Charge) -> str:
        """Return the address of the shopper's payment page."""
        return pay_url(charge)

    def list_accounts(self) -> list[Account]:
        """Return the active accounts."""
        return accounts.list_accounts(work_on_host_session("shop"))

    def timeline(self, order_ref: str) -> list[Event]:
        """Return what happened to an order's charge, oldest first. Raises UnknownCharge."""
        current = work_on_host_session("shop")
        return journal.timeline(current, charges.get_charge(current, order_ref))

    def story(self, order_ref: str) -> list[StoryLine]:
        """Return an order's payment and refunds in the reader's words, for the host's order page; oldest first.

        Raises UnknownCharge.
        """
        current = work_on_host_session("shop")
        return story(current, state(), charges.get_charge(current, order_ref), translator())

    def request_refund(
        self,
        order_ref: str,
        amount: int,
        *,
        reason: RefundReason,
        note: str | None = None,
        origin: RefundOrigin = "owner",
        destination: Destination | None = None,
        actor: str = "owner",
    ) -> Refund:
        """Ask for money back; see `refunds.request_refund`. `actor` is remembered as the one who may not approve it."""
        return refunds.request_refund(
            work_on_host_session(actor),
            order_ref,
            amount,
            reason=reason,
            note=note,
            origin=origin,
            destination=destination,
        )

    def approve_refund(
        self, ticket: str, *, actor: str, note: str | None = None, fresh_password: bool = False
    ) -> Refund:
        """Let the money go back; `actor` is a person, see `refunds.approve`. Raises ApprovalRefused among others.

        Say `fresh_password` only right after checking that person's password.
        """
        return refunds.approve(work_on_host_session(actor), ticket, note=note, fresh_password=fresh_password)

    def reject_refund(self, ticket: str, *, actor: str, note: str) -> Refund:
        """Keep the money; the shopper reads `note`. Raises UnknownRefund, InvalidTransition or RefusedError."""
        return refunds.reject(work_on_host_session(actor), ticket, note=note)

    def mark_refund_sent(self, ticket: str, *, actor: str, note: str | None = None) -> Refund:
        """Say that the transfer has been made. Raises UnknownRefund or InvalidTransition."""
        return refunds.mark_sent(work_on_host_session(actor), ticket, note=note)

    def complete_refund(self, ticket: str, *, actor: str, note: str | None = None) -> Refund:
        """Vouch that the money has gone, with a proof attached or named in `note`; see `refunds.complete`."""
        return refunds.complete(work_on_host_session(actor), ticket, note=note)

    def withdraw_refund(self, ticket: str, *, note: str | None = None, actor: str = "customer") -> Refund:
        """Take a request back. Raises UnknownRefund, or InvalidTransition when the money has left."""
        return refunds.withdraw(work_on_host_session(actor), ticket, note=note)

    def file_complaint(self, ticket: str, message: str, *, actor: str = "customer") -> Complaint:
        """Complain about the refund with this ticket. Raises UnknownRefund, or RefusedError while another is open."""
        return complaints.file_complaint(work_on_host_session(actor), ticket, message)

    def answer_complaint(self, ticket: str, answer: str, *, actor: str) -> Complaint:
        """Answer a complaint and close it; the shopper reads `answer`. Raises UnknownComplaint or RefusedError."""
        return complaints.answer_complaint(work_on_host_session(actor), ticket, answer)

    def get_refund(self, ticket: str) -> Refund | None:
        """Return the refund with this ticket, or None."""
        return refunds.find_refund(work_on_host_session("shop"), ticket)

    def list_refunds(self, order_ref: str) -> list[Refund]:
        """Return an order's refunds, newest first."""
        return refunds.list_refunds(work_on_host_session("shop"), order_ref=order_ref)

    def refund_object(self, refund: Refund) -> dict[str, Any]:
        """Return the refund as the JSON object other programs rely on."""
        return objects.refund_objects(work_on_host_session("shop"), [refund])[0]

    def suggested_refund(self, order_ref: str) -> int:
        """Return what a full refund would be, in rupiah, by MOOTA_REFUND_UNIQUE_CODE. Raises UnknownCharge."""
        current = work_on_host_session("shop")
        return refunds.suggested_amount(current, charges.get_charge(current, order_ref))

    def refund_url(self, refund: Refund) -> str:
        """Return the address of the refund's status page."""
        return links.refund_url(refund)

    def destination_url(self, refund: Refund) -> str:
        """Return the address at which the shopper says, once, where the money goes; for their own mailbox only."""
        return links.destination_url(refund)

    def renew_destination_link(self, ticket: str, *, actor: str) -> Refund:
        """Ask the shopper anew where the money goes. Raises UnknownRefund, or RefusedError once it has been sent."""
        return destinations.renew_link(work_on_host_session(actor), ticket)


def _current() -> MootaPayments:
    state()
    return cast("MootaPayments", current_app.extensions[f"{KEY}.api"])


current_moota: MootaPayments = cast("MootaPayments", LocalProxy(_current))
