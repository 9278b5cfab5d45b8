"""The extension object: wires everything in `init_app`, and offers the verbs a host calls."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from . import accounts, charges, journal, objects, outbox, sqlite, tasks, work
from .charges import Customer
from .cli import moota_cli
from .config import load_settings
from .context import KEY, Sender, State, pay_url, state, work_on_host_session
from .errors import ConfigError
from .models import Account, Charge, Event
from .models.charges import Method
from .rules.money import format_rupiah
from .web import create_blueprint

_SenderT = TypeVar("_SenderT", bound=Sender)
_PeriodicT = TypeVar("_PeriodicT", bound=Callable[[], None])


class MootaPayments:
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
        locale: Callable[[], str] | None = None,
    ) -> None:
        """Set the extension up for `app`.

        `session` is any callable that returns the current SQLAlchemy session, such as Flask-SQLAlchemy's
        `db.session`. `huey` wakes a worker at once; without it a worker or `flask moota process` finds the work.
        `order_url` gives the payment page a link back to the order; `locale` the reader's language (`id` or `en`).

        Raises ConfigError naming the variable when a setting cannot be used, or when called twice for one app.
        """
        if KEY in app.extensions:
            raise ConfigError("moota.init_app was called twice for this application; call it once.")
        here = State(
            app=app,
            settings=load_settings(app.config),
            session=session,
            order_url=order_url or (lambda _order_ref: None),
            locale=locale or _host_locale,
        )
        app.extensions[KEY] = here
        app.extensions[f"{KEY}.api"] = self
        sqlite.install()
        work.install()
        app.register_blueprint(create_blueprint())
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
    ) -> Charge:
        """Ask a payer for `amount` rupiah for an order; see `charges.create_charge` for what may be raised."""
        return charges.create_charge(
            work_on_host_session("shop"),
            order_ref,
            amount,
            method=method,
            account=account,
            customer=customer,
            ttl_minutes=ttl_minutes,
        )

    def cancel_charge(self, order_ref: str, *, reason: str, actor: str = "owner") -> Charge:
        """Stop asking for payment. Raises UnknownCharge, or InvalidTransition when it is too late for that."""
        return charges.cancel_charge(work_on_host_session(actor), order_ref, reason=reason)

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

    def begin_write(self) -> None:
        """Take the writer's place before reading what will be changed; ends with the session's commit or rollback."""
        work_on_host_session("shop").begin()

    def enqueue(self, kind: str, key: str, payload: dict[str, Any]) -> None:
        """Ask for a message in the current transaction; the worker hands it to the sender of its kind."""
        outbox.enqueue(work_on_host_session("shop"), kind, key, payload)

    def sender(self, app: Flask, kind: str) -> Callable[[_SenderT], _SenderT]:
        """Register what sends messages of `kind`: called with the key and the payload, outside any transaction.

        What it raises makes the worker try again later.
        """

        def register(send: _SenderT) -> _SenderT:
            cast("State", app.extensions[KEY]).senders[kind] = send
            return send

        return register

    def periodic(self, app: Flask) -> Callable[[_PeriodicT], _PeriodicT]:
        """Register what the worker's sweep does every few seconds beside its own work; it commits itself."""

        def register(job: _PeriodicT) -> _PeriodicT:
            cast("State", app.extensions[KEY]).periodic.append(job)
            return job

        return register


def _host_locale() -> str:
    """Return the language Flask-Babel chose, where the host uses it, else Indonesian."""
    if "babel" not in current_app.extensions:
        return "id"
    from flask_babel import get_locale

    return str(get_locale() or "id")


def _current() -> MootaPayments:
    state()
    return cast("MootaPayments", current_app.extensions[f"{KEY}.api"])


current_moota: MootaPayments = cast("MootaPayments", LocalProxy(_current))
