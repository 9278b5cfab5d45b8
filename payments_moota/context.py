"""The one glue to Flask: the state of an application, its transactions, and signals with the real app as sender.

Only this module commits.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from blinker import NamedSignal
from flask import Flask, current_app, has_request_context, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.exc import UnboundExecutionError
from sqlalchemy.orm import Session

from .api.client import MootaClient
from .config import Settings, load_settings
from .errors import ConfigError
from .models import Charge
from .work import Work

log = logging.getLogger("payments_moota")

Sender = Callable[[str, dict[str, Any]], None]
# What somebody may do in the panel: look at money, decide about it, let it go back, change the settings.
Right = Literal["look", "act", "approve", "settings"]

KEY = "moota"
# Seconds to reach Moota, and to wait for a word of its answer; a shopper waits as long at checkout.
TIMEOUT = (5.0, 15.0)
_SALT = "moota.pay"


@dataclass(frozen=True, slots=True)
class Panel:
    """The owner's panel: how a host lets people in, where it stands, and what it knows of the host's own pages.

    `let_in` is asked before every page with the right that it needs; it returns the name of whoever is signed in, or
    sends them away with `flask.abort`. `order_url` and `refund_url` (by its ticket) lead to the host's own pages for
    its people. `check_password` makes sure that it is still the same person who approves what they asked for: None
    when the password is theirs, else a sentence.
    """

    let_in: Callable[[Right], str]
    path: str = "/admin/payments"
    order_url: Callable[[str], str | None] = lambda _order_ref: None
    refund_url: Callable[[str], str | None] = lambda _ticket: None
    check_password: Callable[[str], str | None] | None = None


@dataclass(slots=True, kw_only=True)
class State:
    """What the extension keeps for one application, in `app.extensions["moota"]`."""

    app: Flask
    configured: Settings
    session: Callable[[], Session]
    order_url: Callable[[str], str | None]
    help_url: Callable[[str], str | None]
    locale: Callable[[], str]
    approvers: Callable[[], int] | None = None
    panel: Panel | None = None
    huey: Any = None
    moota: MootaClient | None = None
    moota_token: str | None = None
    tasks: dict[str, Callable[..., Any]] = field(default_factory=dict)
    senders: dict[str, Sender] = field(default_factory=dict)
    periodic: list[Callable[[], None]] = field(default_factory=list)
    doctor_checks: list[Callable[[], Iterable[Any]]] = field(default_factory=list)
    # What failed in the sweep that is under way or was last made, by the name of the part.
    faults: dict[str, str] = field(default_factory=dict)
    overrides: Callable[[], Mapping[str, str]] | None = None
    applied: tuple[dict[str, str], Settings] | None = None
    readings: dict[date, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Return the settings in force: the configured ones, and over them what the host's owner changed since."""
        given = dict(self.overrides()) if self.overrides is not None else {}
        if not given:
            return self.configured
        if self.applied is None or self.applied[0] != given:
            self.applied = (given, self._with(given))
        return self.applied[1]

    def _with(self, given: Mapping[str, str]) -> Settings:
        """Return the settings with some values changed; values that do not fit each other are left out, and told."""
        try:
            return load_settings({**self.app.config, **given})
        except ConfigError:
            log.exception("The changed settings cannot be used; the configured ones count")
            return self.configured

    def enqueue(self, task: str, *ids: int) -> None:
        """Wake a worker, if there is a queue and it can be reached; the sweep finds the rest."""
        if task not in self.tasks:
            return
        try:
            self.tasks[task](*ids)
        except Exception:
            log.warning("The queue cannot be reached; the sweep will find %s%r", task, ids, exc_info=True)

    def client(self) -> MootaClient:
        """Return the way to Moota's API. Raises ConfigError without an access token."""
        if self.settings.access_token is None:
            raise ConfigError("set it to a personal access token of Moota's", name="MOOTA_ACCESS_TOKEN")
        settings = self.settings
        if self.moota is None or self.moota_token != settings.access_token:
            self.moota = MootaClient(settings.base_url, self.settings.access_token, timeout=TIMEOUT)
            self.moota_token = settings.access_token
        return self.moota

    def send(self, signal: NamedSignal, **facts: Any) -> None:
        """Send a signal with the application object itself: receivers bound to it do not hear a proxy."""
        signal.send(self.app, **facts)


def state() -> State:
    """Return the current application's state. Raises ConfigError when the extension was not set up for it."""
    try:
        found: State = current_app.extensions[KEY]
    except KeyError:
        raise ConfigError(
            "This application has no payments yet: call moota.init_app(app, session=db.session) where it is created."
        ) from None
    return found


def work_on_host_session(actor: str) -> Work:
    """Return a Work on the transaction that the host has open; the host commits."""
    return work_on_session(state().session(), actor)


def work_on_session(session: Session, actor: str) -> Work:
    """Return a Work on any session of the host's database."""
    here = state()
    session = here.session()
    _require_database(session)
    return Work(
        session=session,
        settings=here.settings,
        clock=lambda: datetime.now(UTC),
        send=here.send,
        enqueue=here.enqueue,
        actor=actor,
        approvers=here.approvers,
    )


@contextmanager
def transaction(actor: str) -> Iterator[Work]:
    """Open a transaction of our own: committed at the end, rolled back when anything is raised."""
    work = work_on_host_session(actor)
    try:
        yield work
        work.session.commit()
    except BaseException:
        work.session.rollback()
        raise


def _require_database(session: Session) -> None:
    """Refuse a session that would not know where the payment tables are. Raises ConfigError."""
    try:
        session.get_bind()
    except UnboundExecutionError as error:
        raise ConfigError(
            "The session has no database of its own, only binds by name; the payment tables live in the default one, "
            "so set SQLALCHEMY_DATABASE_URI to the database that holds your orders.",
            name="SQLALCHEMY_DATABASE_URI",
        ) from error


def pay_url(charge: Charge) -> str:
    """Return the address of the shopper's payment page.

    Absolute by MOOTA_PUBLIC_URL, else by the request that is being answered, else a path.
    """
    token = signer(_SALT).dumps(charge.public_id)
    public_url = state().settings.public_url
    if public_url:
        return f"{public_url}/pay/{token}"
    return url_for("moota.pay", token=token, _external=True) if has_request_context() else f"/pay/{token}"


def charge_of_token(work: Work, token: str) -> Charge | None:
    """Return the charge that a payment link was made for; None when the link is forged, altered or outlived."""
    try:
        public_id = signer(_SALT).loads(token)
    except BadSignature:
        return None
    query = select(Charge).where(Charge.public_id == str(public_id))
    return work.session.scalars(query).one_or_none()


def signer(salt: str) -> URLSafeSerializer:
    """Sign links of one kind with the current key, accept the keys before it as Flask does for its sessions."""
    keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.secret_key]
    if not current_app.secret_key:
        raise ConfigError("SECRET_KEY is not set; payment links are signed with it.")
    return URLSafeSerializer(keys, salt=salt)


def host_locale() -> str:
    """Return the language Flask-Babel chose, where the host uses it, else Indonesian."""
    if "babel" not in current_app.extensions:
        return "id"
    from flask_babel import get_locale

    return str(get_locale() or "id")
