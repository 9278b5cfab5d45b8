"""The doctor: every precondition of taking money, each as ok, warning or error with the one thing to do.

Checks are functions in a table. Those of the database come first; then Moota is asked, with no transaction held. A host
adds its own with `moota.doctor_check`. No secret and no account number is ever told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from . import accounts, alerts, heartbeat, migrate, pausing, pulling, registering, reservations, sources
from .api.client import MootaClient
from .context import State, state, transaction
from .errors import ApiError
from .models import Delivery, OutboxMessage, Refusal
from .rules.money import format_rupiah
from .sources import RefusedSource
from .work import Work

Status = Literal["ok", "warning", "error"]

WORKER_SILENCE: Final = timedelta(seconds=90)
_WORST: Final[tuple[Status, ...]] = ("ok", "warning", "error")
_SHORT_SECRET: Final = 16
_WAITS_TOO_LONG: Final = timedelta(minutes=5)
_QUIET: Final = timedelta(days=7)
_CLOCK_WARNING, _CLOCK_ERROR = timedelta(seconds=30), timedelta(minutes=5)
_POOL_WARNING: Final = 0.8
_TIMEOUT: Final = (3.0, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found: its name, how bad it is, what is so, and the one thing to do (None when it is ok)."""

    name: str
    status: Status
    message: str
    remedy: str | None = None


Check = Callable[[Work], Iterator[Finding]]


def examine() -> list[Finding]:
    """Run every check; one that breaks is an error of its own and stops no other."""
    here = state()
    found: list[Finding] = []
    for check in DATABASE_CHECKS:
        found.extend(_run(check))
        if any(finding.name in {"database", "migrations"} and finding.status == "error" for finding in found):
            return found
    found.extend(_ask_moota(here))
    for host_check in here.doctor_checks:
        found.extend(host_check())
    return found


def worst(findings: list[Finding]) -> Status:
    """Return the worst status among findings."""
    return max((finding.status for finding in findings), key=_WORST.index, default="ok")


def _run(check: Check) -> list[Finding]:
    try:
        with transaction("doctor") as work:
            return list(check(work))
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or type(error).__name__).partition("\n")[0]
        return [_error("database", f"The database refuses: {cause}", "Check DATABASE_URL, and that its server runs.")]


def _ok(name: str, message: str) -> Finding:
    return Finding(name=name, status="ok", message=message)


def _warning(name: str, message: str, remedy: str) -> Finding:
    return Finding(name=name, status="warning", message=message, remedy=remedy)


def _error(name: str, message: str, remedy: str) -> Finding:
    return Finding(name=name, status="error", message=message, remedy=remedy)


def _migrations(work: Work) -> Iterator[Finding]:
    current, head = migrate.current_and_head(work.session.get_bind().engine)
    if current == head:
        yield _ok("migrations", f"The payment tables are at version {head}.")
    else:
        message = f"The payment tables are at version {current or 'none'}, not {head}."
        yield _error("migrations", message, "Run `flask moota upgrade`.")


def _secrets(work: Work) -> Iterator[Finding]:
    secret = work.settings.webhook_secret
    if not secret:
        remedy = "Choose a long random text, set MOOTA_WEBHOOK_SECRET, and run `flask moota webhook register`."
        yield _error("webhook_secret", "MOOTA_WEBHOOK_SECRET is not set: every webhook is refused.", remedy)
    elif len(secret) < _SHORT_SECRET or len(set(secret)) < _SHORT_SECRET // 3:
        message = "MOOTA_WEBHOOK_SECRET is short enough to be guessed."
        yield _warning("webhook_secret", message, "Set one of 32 random characters, here and at Moota.")
    else:
        yield _ok("webhook_secret", "The webhook's secret is set and long.")
    key = current_app.secret_key
    if not key or len(key) < _SHORT_SECRET:
        message = "SECRET_KEY is missing or short: payment links could be forged."
        yield _error("secret_key", message, "Set SECRET_KEY to 32 random characters.")
    else:
        yield _ok("secret_key", "The key that signs payment links is set and long.")


def _addresses(work: Work) -> Iterator[Finding]:
    url = work.settings.public_url
    if url is None:
        message = "MOOTA_PUBLIC_URL is not set: links in e-mails lead nowhere."
        yield _warning("public_url", message, "Set it to the shop's https address.")
    elif not url.startswith("https://"):
        yield _warning("public_url", f"{url} is not encrypted.", "Put the shop behind https.")
    else:
        yield _ok("public_url", f"Links lead to {url}.")
    if work.settings.webhook_allowed.anywhere:
        message = "Webhooks are taken from any address; only their signature protects them."
        yield _warning("allowed_ips", message, "Set MOOTA_WEBHOOK_ALLOWED_IPS to Moota's addresses.")
    else:
        yield _ok("allowed_ips", "Webhooks are taken from listed addresses only.")


def _refused(work: Work) -> Iterator[Finding]:
    since = (work.now() - _QUIET).date()
    yield from _refused_by_address(sources.refused_lately(work))
    query = select(func.coalesce(func.sum(Refusal.count), 0)).where(Refusal.day >= since, Refusal.reason == "signature")
    wrong = work.session.execute(query).scalar_one()
    if wrong:
        message = f"{wrong} webhooks of the last week had a wrong signature."
        yield _warning("signatures", message, "If they are Moota's, run `flask moota webhook register`.")
    else:
        yield _ok("signatures", "No webhook of the last week had a wrong signature.")


def _refused_by_address(refused: list[RefusedSource]) -> Iterator[Finding]:
    if not refused:
        yield _ok("refused", "No authentic webhook was refused for its address in the last week.")
    for source in refused:
        message = f"{source.count} authentic webhooks from {source.address} were refused for their address lately."
        remedy = f"Let it in with `flask moota inbox allow {source.address}`, or add it to MOOTA_WEBHOOK_ALLOWED_IPS."
        if source.is_proxy:
            remedy = "That is a proxy of your own: set TRUSTED_PROXIES to how many stand before the shop."
        yield _error("refused", message, remedy)


def _worker(work: Work) -> Iterator[Finding]:
    seen = heartbeat.last_at(work, heartbeat.WORKER)
    if seen is not None and work.now() - seen < WORKER_SILENCE:
        yield _ok("worker", "A worker is running.")
    else:
        since = f"since {seen:%Y-%m-%d %H:%M} UTC" if seen else "at all"
        message = f"No worker has been seen {since}: nothing is confirmed."
        yield _error("worker", message, "Start `flask worker`, or `flask moota worker` in a shop of your own.")


def _queue(_work: Work) -> Iterator[Finding]:
    huey = state().huey
    if huey is None:
        yield _ok("queue", "There is no queue; the worker looks every half second.")
        return
    try:
        waiting = huey.storage.queue_size()
    except Exception as error:  # noqa: BLE001 - every storage has errors of its own
        message = f"The queue cannot be reached ({type(error).__name__}); payments wait for the sweep."
        yield _warning("queue", message, "Check QUEUE_URL, and that its server runs.")
    else:
        yield _ok("queue", f"The queue answers; {waiting} tasks wait.")


def _inbox(work: Work) -> Iterator[Finding]:
    long_ago = work.now() - _WAITS_TOO_LONG
    received = select(func.count()).select_from(Delivery).where(Delivery.status == "received")
    stuck = work.session.execute(received.where(Delivery.received_at < long_ago)).scalar_one()
    if stuck:
        message = f"{stuck} webhooks have waited for more than five minutes."
        yield _error("backlog", message, "Look at the worker, and run `flask moota process`.")
    else:
        yield _ok("backlog", "No webhook waits.")
    failed = select(func.count()).select_from(Delivery).where(Delivery.status == "failed")
    yield _none_failed(work.session.execute(failed).scalar_one(), "failed_deliveries", "webhooks", "inbox replay")
    letters = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == "failed")
    parked = work.session.execute(letters).scalar_one()
    if parked:
        message = f"{parked} outgoing messages were given up."
        yield _warning("outbox", message, "Look at the log for why; e-mail is the usual reason.")
    else:
        yield _ok("outbox", "No outgoing message was given up.")


def _none_failed(count: int, name: str, what: str, command: str) -> Finding:
    if not count:
        return _ok(name, f"No {what} failed.")
    remedy = f"See `flask moota inbox list`, mend what it names, and run `flask moota {command}`."
    return _warning(name, f"{count} {what} failed.", remedy)


def _last_delivery(work: Work) -> Iterator[Finding]:
    query = select(func.max(Delivery.received_at)).where(Delivery.channel == "webhook")
    last = work.session.execute(query).scalar_one_or_none()
    if last is None:
        message = "No webhook has ever come in."
        yield _warning("last_delivery", message, "Run `flask moota webhook register`, and transfer a little to try.")
    elif work.now() - last > _QUIET:
        message = f"The last webhook came in {(work.now() - last).days} days ago."
        yield _warning("last_delivery", message, "See `flask moota webhook history` for what Moota tried.")
    else:
        yield _ok("last_delivery", f"The last webhook came in {_ago(work.now() - last)} ago.")


def _paused(work: Work) -> Iterator[Finding]:
    pause = pausing.paused(work)
    if pause is None:
        yield _ok("processing", "Webhooks are processed as they come.")
        return
    message = f"{pause.by} paused processing {_ago(work.now() - pause.at)} ago: {pause.reason}"
    yield _error("processing", message, "Resume it in the panel, or run `flask moota inbox resume`.")


def _accounts(work: Work) -> Iterator[Finding]:
    found = accounts.list_accounts(work)
    if not found:
        remedy = "Run `flask moota accounts sync`, or `flask moota accounts add`."
        yield _error("accounts", "There is no account that money could come to.", remedy)
    else:
        kinds = ", ".join(sorted({account.kind for account in found}))
        yield _ok("accounts", f"{len(found)} accounts are active: {kinds}.")


def _codes(work: Work) -> Iterator[Finding]:
    fullest = next(iter(reservations.pools(work, limit=1)), None)
    share = fullest.taken / fullest.size if fullest else 0.0
    if fullest is None or share < _POOL_WARNING:
        yield _ok("codes", f"At most {share:.0%} of the unique codes of a price are taken.")
        return
    price = format_rupiah(fullest.price)
    message = f"{fullest.taken} of {fullest.size} unique codes for {price} are taken on one account."
    remedy = "Raise MOOTA_UNIQUE_CODE_MAX, set MOOTA_UNIQUE_CODE_WIDER_MAX, or add an account."
    yield _error("codes", message, remedy) if share >= 1 else _warning("codes", message, remedy)


def _alerts(work: Work) -> Iterator[Finding]:
    standing = alerts.standing(work)
    kinds = {alert.kind for alert in standing}
    if "api_v1" in kinds:
        remedy = "Follow the steps in docs/migrasi-v2.md: V2 first, then clear API Push Notif at Moota."
        yield _warning("api_version", "Moota still sends notifications of API V1, which are refused.", remedy)
    else:
        yield _ok("api_version", "Webhooks come by API V2.")
    for alert in standing:
        if alert.kind in _ALERT_WORDS:
            what, remedy = _ALERT_WORDS[alert.kind]
            yield _warning(alert.kind, f"{alert.data.get('label') or 'Moota'}: {what}", remedy)


_ALERT_WORDS: Final = {
    "feed_silent": ("nothing has been heard of this account for long.", "See at Moota whether it still looks."),
    "bank_login": ("Moota cannot get into the bank.", "Renew the bank's password at Moota."),
    "contradicted": (
        "a mutation was told twice, and not the same.",
        "Compare it with the bank's statement, then `flask moota mutation acknowledge ID --reason …`.",
    ),
    "balance_gap": ("the balances do not continue.", "Run `flask moota pull`, then `flask moota reconcile`."),
}


def _pulls(work: Work) -> Iterator[Finding]:
    settings = work.settings
    if settings.access_token is None:
        return
    if not settings.pull_every:
        yield _warning("pull", "Mutations are never fetched by themselves.", "Set MOOTA_PULL_MINUTES to 15.")
        return
    last = heartbeat.last_at(work, heartbeat.PULL)
    if last is None or work.now() - last > 4 * settings.pull_every:
        when = f"last fetched {_ago(work.now() - last)} ago" if last else "never fetched"
        yield _warning("pull", f"Mutations were {when}.", "Look at the worker, and run `flask moota pull`.")
    else:
        yield _ok("pull", f"Mutations were last fetched {_ago(work.now() - last)} ago.")


DATABASE_CHECKS: Final[tuple[Check, ...]] = (
    _migrations,
    _secrets,
    _addresses,
    _refused,
    _worker,
    _queue,
    _inbox,
    _last_delivery,
    _accounts,
    _paused,
    _codes,
    _alerts,
    _pulls,
)


def _ask_moota(here: State) -> Iterator[Finding]:
    settings = here.settings
    if settings.access_token is None:
        message = "MOOTA_ACCESS_TOKEN is not set: no virtual accounts, no QRIS, and nothing is fetched that was missed."
        yield _warning("token", message, "Make a personal access token with the scope `api` at Moota and set it.")
        return
    client = MootaClient(settings.base_url, settings.access_token, timeout=_TIMEOUT)
    try:
        listed = {row.bank_id: row for row in client.accounts()}
    except ApiError as error:
        yield _error("token", str(error), error.remedy or "Check MOOTA_ACCESS_TOKEN and MOOTA_BASE_URL.")
        return
    yield _ok("token", f"Moota knows the access token and lists {len(listed)} accounts.")
    yield _clock(client)
    yield from _synced(set(listed))
    yield from _registration(client, settings.webhook_secret)


def _clock(client: MootaClient) -> Finding:
    skew = client.clock_skew
    if skew is None:
        return _warning("clock", "Moota does not tell the time.", "Compare this machine's clock with another.")
    off = abs(skew)
    if off < _CLOCK_WARNING:
        return _ok("clock", "The clock agrees with Moota's.")
    message = f"The clock is {_ago(off)} {'behind' if skew > timedelta() else 'ahead of'} Moota's."
    remedy = "Let the system keep the time by itself (NTP)."
    return _error("clock", message, remedy) if off >= _CLOCK_ERROR else _warning("clock", message, remedy)


def _synced(listed: set[str]) -> Iterator[Finding]:
    with transaction("doctor") as work:
        ours = {account.bank_id for account in accounts.list_accounts(work)}
    missing, strange = listed - ours, ours - listed
    if missing or strange:
        message = f"{len(missing)} accounts at Moota are not known here, {len(strange)} of ours are not at Moota."
        yield _warning("accounts_synced", message, "Run `flask moota accounts sync`.")
    else:
        yield _ok("accounts_synced", "The accounts are those at Moota.")


def _registration(client: MootaClient, secret: str | None) -> Iterator[Finding]:
    address = pulling.our_address()
    if address is None:
        message = "Without MOOTA_PUBLIC_URL nobody can tell whether the webhook is registered."
        yield _warning("webhook", message, "Set MOOTA_PUBLIC_URL.")
        return
    try:
        found = client.webhooks(url=address)
    except ApiError as error:
        yield _error("webhook", str(error), error.remedy or "Try again later.")
        return
    wrong = sorted({fault for webhook in found for fault in registering.faults_of(webhook, secret)})
    remedy = "Run `flask moota webhook register`."
    if not found:
        yield _error("webhook", f"No webhook to {address} is registered at Moota.", remedy)
    elif wrong:
        yield _error("webhook", f"The webhook to {address} is registered wrongly: {', '.join(wrong)}.", remedy)
    else:
        yield _ok("webhook", f"The webhook to {address} is registered for everything.")


def _ago(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
