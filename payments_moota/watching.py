"""Watching the feed: whether every account is heard of as usual, Moota gets into the bank, and balances continue."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import select

from . import alerts, heartbeat, incidents, reconcile
from .models import Account, Mutation
from .rules.lateness import bank_day
from .rules.rhythm import gaps_between, silence_allowed
from .work import Work

Books: TypeAlias = "dict[str, Any]"

WATCHED = "watch"
V1_ALERT = "api_v1"

_EVERY = timedelta(minutes=5)
_BALANCES_EVERY = timedelta(hours=1)
_BALANCES = "watch.balances"
# Moota adds what it finds up to a few days later; older gaps are for reconciling.
_BALANCES_DAYS = timedelta(days=3)
# A gap is reported once Moota has had the time to send what is missing.
_SETTLED_AFTER = timedelta(hours=1)
_RECENT = 20
_V1_FORGOTTEN = timedelta(days=7)


def watch(work: Work) -> None:
    """Raise and end the alerts of the feed; does nothing when that was done in the last minutes."""
    if not _is_due(work, WATCHED, _EVERY):
        return
    watched = select(Account).where(Account.is_active | Account.fault.is_not(None)).order_by(Account.id)
    for account in work.session.scalars(watched):
        _watch_login(work, account)
        _watch_silence(work, account)
    _watch_incidents(work)
    _forget_v1(work)


def is_time_for_balances(work: Work) -> bool:
    """Tell, once an hour, that the balances are to be looked at."""
    return _is_due(work, _BALANCES, _BALANCES_EVERY)


def books_of_the_last_days(work: Work) -> Books:
    """Return the books that `watch_balances` looks at; reads in a transaction of its own, and changes nothing."""
    return reconcile.reconcile(work, since=bank_day(work.now() - _BALANCES_DAYS))


def watch_balances(work: Work, books: Books) -> None:
    """Raise and end the alerts of balances that do not continue."""
    for account in books["accounts"]:
        gaps = [gap for day in account["days"] for gap in day["gaps"] if _is_settled(gap, work.now())]
        missing = gaps[0]["amount"] if gaps else None
        data = {"bank_id": account["bank_id"], "label": account["label"], "missing": missing}
        _stand(work, "balance_gap", f"balance:{account['bank_id']}", data, wanted=bool(gaps))


def heard_of(work: Work, account: Account) -> datetime | None:
    """Return when an account was last heard of: its last mutation, or Moota's last look at it."""
    moments = [moment for moment in (account.checked_at, *_recent(work, account)[:1]) if moment is not None]
    return max(moments, default=None)


def note_v1(work: Work) -> None:
    """Note that V1 pushes arrive; the alert names the steps to V2."""
    if not alerts.raise_alert(work, V1_ALERT, V1_ALERT):
        heartbeat.note(work, V1_ALERT)


def _watch_incidents(work: Work) -> None:
    """Raise an alert for each mutation that came again with another content; acknowledging it ends the alert."""
    unseen = {told.mutation for told in incidents.contradictions(work) if not told.acknowledged}
    for mutation in work.session.scalars(select(Mutation).where(Mutation.id.in_(unseen)).order_by(Mutation.id)):
        alerts.raise_alert(work, "contradicted", incidents.alert_key(mutation), mutation_id=mutation.mutation_id)


def _watch_login(work: Work, account: Account) -> None:
    data = {"bank_id": account.bank_id, "label": account.label, "fault": account.fault}
    _stand(work, "bank_login", f"login:{account.bank_id}", data, wanted=account.fault is not None)


def _watch_silence(work: Work, account: Account) -> None:
    recent = _recent(work, account)
    interval = timedelta(minutes=account.interval_minutes or 15) if account.checked_at else None
    allowed = silence_allowed(gaps_between(recent), interval=interval)
    heard = heard_of(work, account)
    is_silent = allowed is not None and heard is not None and work.now() - heard > allowed
    data = {"bank_id": account.bank_id, "label": account.label, "since": heard.isoformat() if heard else None}
    _stand(work, "feed_silent", f"feed:{account.bank_id}", data, wanted=is_silent and account.is_active)


def _is_settled(gap: Mapping[str, Any], now: datetime) -> bool:
    return now - datetime.fromisoformat(gap["before"]["occurred_at"]) > _SETTLED_AFTER


def _forget_v1(work: Work) -> None:
    alert = alerts.find_standing(work, V1_ALERT)
    if alert is None:
        return
    last = heartbeat.last_at(work, V1_ALERT) or alert.raised_at
    if work.now() - max(alert.raised_at, last) > _V1_FORGOTTEN:
        alerts.end_alert(work, V1_ALERT)


def _recent(work: Work, account: Account) -> Sequence[datetime]:
    query = select(Mutation.occurred_at).where(Mutation.account_id == account.id)
    return list(work.session.scalars(query.order_by(Mutation.occurred_at.desc()).limit(_RECENT)))


def _stand(work: Work, kind: str, key: str, data: Mapping[str, Any], *, wanted: bool) -> None:
    if wanted:
        alerts.raise_alert(work, kind, key, **data)
    else:
        alerts.end_alert(work, key)


def _is_due(work: Work, key: str, every: timedelta) -> bool:
    last = heartbeat.last_at(work, key)
    if last is not None and work.now() - last < every:
        return False
    heartbeat.note(work, key)
    return True
