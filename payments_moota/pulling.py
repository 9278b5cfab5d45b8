"""Asking Moota for what its webhooks did not bring: network first, then a short transaction for every page.

A fault of one account, or of the webhooks' history, does not stop the others; what was taken in stays.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from . import accounts, alerts, heartbeat, looks, pull
from .api.client import MootaClient
from .context import state, transaction
from .errors import ApiError
from .models import StateEntry
from .models.bank import Channel
from .rules.lateness import bank_day

log = logging.getLogger("payments_moota")

API_ALERT = "api_refused"
_HISTORY = "history"

Progress = Callable[[str, int], None]


@dataclass(slots=True)
class Report:
    """What a pull found: rows `seen` and `new` by account and for the history, and what `failed` with its words."""

    seen: dict[str, int] = field(default_factory=dict)
    new: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def count(self, name: str, seen: int, new: int) -> None:
        """Add a page."""
        self.seen[name] = self.seen.get(name, 0) + seen
        self.new[name] = self.new.get(name, 0) + new

    @property
    def total_seen(self) -> int:
        """Return how many rows Moota's lists have; its history repeats them."""
        return sum(seen for name, seen in self.seen.items() if name != _HISTORY)

    @property
    def total_new(self) -> int:
        """Return how many rows were not known."""
        return sum(self.new.values())


@dataclass(frozen=True, slots=True)
class _Task:
    account_id: int
    bank_id: str
    since: date
    until: date | None


def sync_accounts() -> dict[str, list[str]]:
    """Fetch the accounts from Moota and bring ours up to date; see `accounts.sync`. Raises ApiError, ConfigError."""
    rows = list(state().client().accounts())
    with transaction("moota") as work:
        return accounts.sync(work, rows)


def pull_mutations(*, since: date | None = None, until: date | None = None, progress: Progress | None = None) -> Report:
    """Take in every mutation that is missing, of the banks' days from `since` to `until`.

    Without `since` each account is read from its last known day, with an overlap of three. `progress` is told the name
    of what is being read and how many rows came. Raises ConfigError without an access token.
    """
    client = state().client()
    report = Report()
    for task in _tasks(since, until):
        began = _now()
        pages = client.mutation_pages(bank_id=task.bank_id, since=task.since, until=task.until)
        if _read(report, task.bank_id, pages, "pull", progress) and until is None:
            with transaction("moota") as work:
                looks.note_looked(work, task.account_id, began)
    if until is None:
        _read(report, _HISTORY, _missed(client, since), "history", progress)
    return report


def pull_when_due(interval: timedelta) -> Report | None:
    """Pull if the last pull is `interval` ago, for one worker alone; accounts are brought up to date with it.

    Whether Moota answers becomes an alert, and ends it.
    """
    if not _claim(interval):
        return None
    try:
        sync_accounts()
        report = pull_mutations()
    except ApiError as error:
        report = Report(failed={"accounts": str(error)})
    with transaction("worker") as work:
        if report.failed:
            alerts.raise_alert(work, API_ALERT, API_ALERT, error=next(iter(report.failed.values())))
        else:
            alerts.end_alert(work, API_ALERT)
        heartbeat.note_result(work, heartbeat.PULL, seen=report.total_seen, new=report.total_new, failed=report.failed)
    return report


def look_where_wanted() -> int:
    """Read Moota's list for the accounts that payers asked to have looked at; return how many were looked at.

    What Moota knows comes in at once. Where the settings allow it, Moota is made to look into the bank as well, and
    its list is read again a moment later.
    """
    with transaction("worker") as work:
        wanted = looks.due(work)
    if not wanted:
        return 0
    claims = []
    for look_id in wanted:
        with transaction("worker") as work:
            claims.append(looks.claim(work, look_id))
    mine = [claimed for claimed in claims if claimed is not None]
    for claimed in mine:
        _look(claimed)
    if mine:
        _ask_when_moota_looked()
    return len(mine)


def _look(claimed: looks.Claimed) -> None:
    """Make one look; whatever hinders it ends the wish, so that the payer is told."""
    report = Report()
    try:
        client = state().client()
        with transaction("worker") as work:
            since = pull.first_day(work, accounts.get_account(work, claimed.bank_id))
        _read(report, claimed.bank_id, client.mutation_pages(bank_id=claimed.bank_id, since=since), "pull", None)
    except BaseException:
        with transaction("worker") as work:
            looks.finish(work, claimed.id, succeeded=False)
        raise
    refreshed = not report.failed and claimed.may_refresh and _refresh(client, claimed)
    with transaction("worker") as work:
        if refreshed:
            looks.note_refresh(work, claimed.id)
        else:
            looks.finish(work, claimed.id, succeeded=not report.failed)


def _refresh(client: MootaClient, claimed: looks.Claimed) -> bool:
    """Have Moota look into the bank; without points it does not, and says so."""
    try:
        client.refresh(claimed.bank_id)
    except ApiError as error:
        log.warning("Moota did not look into %s: %s", claimed.bank_id, error)
        return False
    return True


def _ask_when_moota_looked() -> None:
    """Bring up to date when Moota itself last looked into each bank; the payer is told."""
    try:
        sync_accounts()
    except ApiError as error:
        log.warning("The accounts could not be read: %s", error)


def _read(
    report: Report, name: str, pages: Iterator[list[dict[str, Any]]], channel: Channel, progress: Progress | None
) -> bool:
    """Take in what the pages hold and is not known; tell whether all of them could be read."""
    report.count(name, 0, 0)
    try:
        for rows in pages:
            with transaction("moota") as work:
                new = pull.take(work, rows, channel=channel)
            report.count(name, len(rows), new)
            if progress is not None:
                progress(name, len(rows))
    except ApiError as error:
        log.warning("Mutations of %s could not be read: %s", name, error)
        report.failed[name] = str(error)
    return name not in report.failed


def _tasks(since: date | None, until: date | None) -> list[_Task]:
    with transaction("moota") as work:
        return [
            _Task(account.id, account.bank_id, since or pull.first_day(work, account), until)
            for account in accounts.list_accounts(work)
        ]


def _missed(client: MootaClient, since: date | None) -> Iterator[list[dict[str, Any]]]:
    """Read what Moota tried to deliver to our address lately, page by page of tries."""
    address = our_address()
    oldest = since or bank_day(_now() - pull.OVERLAP)
    for webhook in client.webhooks(url=address) if address else ():
        for tried in client.webhook_history(webhook.webhook_id):
            if tried.created_at is not None and bank_day(tried.created_at) < oldest:
                break
            yield [row for row in tried.payload if isinstance(row, dict)]


def our_address() -> str | None:
    """Return the address at which webhooks reach this shop; None while MOOTA_PUBLIC_URL is not set."""
    public_url = state().settings.public_url
    return f"{public_url}/webhook/moota" if public_url else None


def _claim(interval: timedelta) -> bool:
    """Take the turn to pull, unless somebody pulled within the interval."""
    with transaction("worker") as work:
        last = heartbeat.last_at(work, heartbeat.PULL)
        if last is not None and work.now() - last < interval:
            return False
        work.begin()
        work.session.expire_all()
        entry = work.session.get(StateEntry, heartbeat.PULL, with_for_update=True)
        if entry is not None and work.now() - entry.at < interval:
            return False
        heartbeat.note(work, heartbeat.PULL)
        return True


def _now() -> datetime:
    with transaction("moota") as work:
        return work.now()
