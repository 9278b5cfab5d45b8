"""The doctor: every precondition of taking money, each as ok, warning or error with the one thing to do.

Checks are functions in a table. Those of the database come first; then Moota is asked, with no transaction held. A host
adds its own with `moota.doctor_check`. No secret and no account number is ever told.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from . import accounts, alerts, doctor_words, heartbeat, migrate, pausing, pulling, registering, reservations, sources
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
_TOLD_ALERTS: Final = frozenset({"feed_silent", "bank_login", "contradicted", "balance_gap"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found: its name, how bad it is, what is so, and the one thing to do (None when it is ok).

    `message` and `remedy` are English, for the command line. A host's own checks may give the same for a page as `told`
    and `to_do`, in the reader's language; texts that are translated when they are shown are welcome. Ours have a `code`
    and `facts` instead; see `for_a_page`.
    """

    name: str
    status: Status
    message: str
    remedy: str | None = None
    told: object = None
    to_do: object = None
    code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)


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


def for_a_page(finding: Finding) -> tuple[str, str | None]:
    """Return what a page says of a finding and its remedy, in the reader's language."""
    here = state()
    if finding.code:
        return doctor_words.on_a_page(finding.code, finding.facts, locale=here.locale(), zone=here.settings.zone)
    to_do = finding.to_do or finding.remedy
    return str(finding.told or finding.message), str(to_do) if to_do else None


def worst(findings: list[Finding]) -> Status:
    """Return the worst status among findings."""
    return max((finding.status for finding in findings), key=_WORST.index, default="ok")


def _run(check: Check) -> list[Finding]:
    try:
        with transaction("doctor") as work:
            return list(check(work))
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or type(error).__name__).partition("\n")[0]
        return [_error("database.refuses", cause=cause)]


def _found(status: Status, code: str, facts: Mapping[str, Any]) -> Finding:
    """Return a finding in the words of `doctor_words`; a code begins with the check's name."""
    message, remedy = doctor_words.in_english(code, facts)
    name = code.partition(".")[0]
    return Finding(name=name, status=status, message=message, remedy=remedy, code=code, facts=facts)


def _ok(code: str, **facts: Any) -> Finding:
    return _found("ok", code, facts)


def _warning(code: str, **facts: Any) -> Finding:
    return _found("warning", code, facts)


def _error(code: str, **facts: Any) -> Finding:
    return _found("error", code, facts)


def _migrations(work: Work) -> Iterator[Finding]:
    current, head = migrate.current_and_head(work.session.get_bind().engine)
    if current == head:
        yield _ok("migrations.current", head=head)
    else:
        yield _error("migrations.behind", current=current or "none", head=head)


def _secrets(work: Work) -> Iterator[Finding]:
    secret = work.settings.webhook_secret
    if not secret:
        yield _error("webhook_secret.missing")
    elif len(secret) < _SHORT_SECRET or len(set(secret)) < _SHORT_SECRET // 3:
        yield _warning("webhook_secret.short")
    else:
        yield _ok("webhook_secret.good")
    key = current_app.secret_key
    if not key or len(key) < _SHORT_SECRET:
        yield _error("secret_key.short")
    else:
        yield _ok("secret_key.good")


def _addresses(work: Work) -> Iterator[Finding]:
    url = work.settings.public_url
    if url is None:
        yield _warning("public_url.missing")
    elif not url.startswith("https://"):
        yield _warning("public_url.plain", url=url)
    else:
        yield _ok("public_url.good", url=url)
    if work.settings.webhook_allowed.anywhere:
        yield _warning("allowed_ips.anywhere")
    else:
        yield _ok("allowed_ips.listed")


def _refused(work: Work) -> Iterator[Finding]:
    since = (work.now() - _QUIET).date()
    yield from _refused_by_address(sources.refused_lately(work))
    query = select(func.coalesce(func.sum(Refusal.count), 0)).where(Refusal.day >= since, Refusal.reason == "signature")
    wrong = work.session.execute(query).scalar_one()
    yield _warning("signatures.wrong", count=wrong) if wrong else _ok("signatures.good")


def _refused_by_address(refused: list[RefusedSource]) -> Iterator[Finding]:
    if not refused:
        yield _ok("refused.none")
    for source in refused:
        code = "refused.proxy" if source.is_proxy else "refused.address"
        yield _error(code, count=source.count, address=source.address)


def _worker(work: Work) -> Iterator[Finding]:
    seen = heartbeat.last_at(work, heartbeat.WORKER)
    if seen is None:
        yield _error("worker.never")
    elif work.now() - seen < WORKER_SILENCE:
        yield _ok("worker.running")
    else:
        yield _error("worker.silent", since=seen)


def _queue(_work: Work) -> Iterator[Finding]:
    huey = state().huey
    if huey is None:
        yield _ok("queue.none")
        return
    try:
        waiting = huey.storage.queue_size()
    except Exception as error:  # noqa: BLE001 - every storage has errors of its own
        yield _warning("queue.away", error=type(error).__name__)
    else:
        yield _ok("queue.answers", waiting=waiting)


def _inbox(work: Work) -> Iterator[Finding]:
    long_ago = work.now() - _WAITS_TOO_LONG
    received = select(func.count()).select_from(Delivery).where(Delivery.status == "received")
    stuck = work.session.execute(received.where(Delivery.received_at < long_ago)).scalar_one()
    yield _error("backlog.stuck", count=stuck) if stuck else _ok("backlog.none")
    query = select(func.count()).select_from(Delivery).where(Delivery.status == "failed")
    failed = work.session.execute(query).scalar_one()
    yield _warning("failed_deliveries.some", count=failed) if failed else _ok("failed_deliveries.none")
    letters = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == "failed")
    parked = work.session.execute(letters).scalar_one()
    yield _warning("outbox.given_up", count=parked) if parked else _ok("outbox.good")


def _last_delivery(work: Work) -> Iterator[Finding]:
    query = select(func.max(Delivery.received_at)).where(Delivery.channel == "webhook")
    last = work.session.execute(query).scalar_one_or_none()
    if last is None:
        yield _warning("last_delivery.never")
    elif work.now() - last > _QUIET:
        yield _warning("last_delivery.old", days=(work.now() - last).days)
    else:
        yield _ok("last_delivery.recent", span=work.now() - last)


def _paused(work: Work) -> Iterator[Finding]:
    pause = pausing.paused(work)
    if pause is None:
        yield _ok("processing.runs")
    else:
        yield _error("processing.paused", by=pause.by, span=work.now() - pause.at, reason=pause.reason)


def _accounts(work: Work) -> Iterator[Finding]:
    found = accounts.list_accounts(work)
    if not found:
        yield _error("accounts.none")
    elif not any(account.is_offered for account in found):
        yield _error("accounts.none_offered")
    else:
        yield _ok("accounts.active", count=len(found), kinds=tuple(sorted({account.kind for account in found})))


def _codes(work: Work) -> Iterator[Finding]:
    fullest = next(iter(reservations.pools(work, limit=1)), None)
    share = fullest.taken / fullest.size if fullest else 0.0
    if fullest is None or share < _POOL_WARNING:
        yield _ok("codes.free", share=f"{share:.0%}")
        return
    facts = {"taken": fullest.taken, "size": fullest.size, "price": format_rupiah(fullest.price)}
    yield _error("codes.full", **facts) if share >= 1 else _warning("codes.full", **facts)


def _alerts(work: Work) -> Iterator[Finding]:
    standing = alerts.standing(work)
    kinds = {alert.kind for alert in standing}
    yield _warning("api_version.old") if "api_v1" in kinds else _ok("api_version.good")
    for alert in standing:
        if alert.kind in _TOLD_ALERTS:
            yield _warning(f"{alert.kind}.standing", label=alert.data.get("label") or "Moota")


def _pulls(work: Work) -> Iterator[Finding]:
    settings = work.settings
    if settings.access_token is None:
        return
    if not settings.pull_every:
        yield _warning("pull.off")
        return
    last = heartbeat.last_at(work, heartbeat.PULL)
    if last is None:
        yield _warning("pull.never")
    elif work.now() - last > 4 * settings.pull_every:
        yield _warning("pull.old", span=work.now() - last)
    else:
        yield _ok("pull.recent", span=work.now() - last)


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
        yield _warning("token.missing")
        return
    client = MootaClient(settings.base_url, settings.access_token, timeout=_TIMEOUT)
    try:
        listed = {row.bank_id: row for row in client.accounts()}
    except ApiError as error:
        remedy = error.remedy or "Check MOOTA_ACCESS_TOKEN and MOOTA_BASE_URL."
        yield _error("token.refused", error=str(error), remedy=remedy)
        return
    yield _ok("token.known", count=len(listed))
    yield _clock(client)
    yield from _synced(set(listed))
    yield from _registration(client, settings.webhook_secret)


def _clock(client: MootaClient) -> Finding:
    skew = client.clock_skew
    if skew is None:
        return _warning("clock.unknown")
    off = abs(skew)
    if off < _CLOCK_WARNING:
        return _ok("clock.agrees")
    code = "clock.behind" if skew > timedelta() else "clock.ahead"
    return _error(code, span=off) if off >= _CLOCK_ERROR else _warning(code, span=off)


def _synced(listed: set[str]) -> Iterator[Finding]:
    with transaction("doctor") as work:
        ours = {account.bank_id for account in accounts.list_accounts(work)}
    missing, strange = listed - ours, ours - listed
    if missing or strange:
        yield _warning("accounts_synced.differ", missing=len(missing), strange=len(strange))
    else:
        yield _ok("accounts_synced.same")


def _registration(client: MootaClient, secret: str | None) -> Iterator[Finding]:
    address = pulling.our_address()
    if address is None:
        yield _warning("webhook.no_address")
        return
    try:
        found = client.webhooks(url=address)
    except ApiError as error:
        yield _error("webhook.unknown", error=str(error), remedy=error.remedy or "Try again later.")
        return
    wrong = tuple(sorted({fault for webhook in found for fault in registering.faults_of(webhook, secret)}))
    if not found:
        yield _error("webhook.missing", address=address)
    elif wrong:
        yield _error("webhook.wrong", address=address, faults=wrong)
    else:
        yield _ok("webhook.right", address=address)
