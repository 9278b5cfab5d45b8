"""Addresses that webhooks may come from beside the settings: let in by the owner after authentic ones were refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from sqlalchemy import func, select

from . import journal
from .errors import RefusedError
from .models import Refusal, StateEntry
from .rules.signature import is_private
from .work import Work

_KEY = "allowed_sources"
_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RefusedSource:
    """An address from which authentic webhooks were refused lately. `is_proxy`: it is of a network of one's own."""

    address: str
    count: int
    last_at: datetime
    is_proxy: bool


def is_let_in(work: Work, address: str) -> bool:
    """Tell whether the owner has let an address in."""
    return address in _addresses(work)


def let_in(work: Work, address: str) -> None:
    """Take webhooks from this address from now on; their signature is checked like any other's.

    Raises RefusedError for what is no address, and for one of a network of one's own: that is a proxy, and everybody
    would come through it.
    """
    try:
        found = str(ip_address(address.strip()))
    except ValueError as error:
        raise RefusedError(f"{address!r} is no IP address.") from error
    if is_private(found):
        raise RefusedError(f"{found} is a proxy of your own; set TRUSTED_PROXIES to how many stand before the shop.")
    work.begin()
    known = _addresses(work)
    if found not in known:
        entry = StateEntry(key=_KEY, value={"addresses": sorted({*known, found})}, at=work.now())
        work.session.merge(entry)
        journal.record(work, "webhook.source_let_in", address=found)


def shut_out(work: Work, address: str) -> None:
    """Take webhooks from an address no more, unless the settings allow it; nothing where it was not let in."""
    work.begin()
    known = _addresses(work)
    if address in known:
        left = [each for each in known if each != address]
        work.session.merge(StateEntry(key=_KEY, value={"addresses": left}, at=work.now()))
        journal.record(work, "webhook.source_shut_out", address=address)


def let_in_addresses(work: Work) -> list[str]:
    """Return the addresses that the owner let in."""
    return _addresses(work)


def refused_lately(work: Work) -> list[RefusedSource]:
    """Return the addresses from which authentic webhooks were refused in the last week, and are still."""
    query = (
        select(Refusal.source_ip, func.sum(Refusal.count), func.max(Refusal.last_at))
        .where(Refusal.signed, Refusal.reason == "source", Refusal.day >= (work.now() - _LATELY).date())
        .group_by(Refusal.source_ip)
        .order_by(Refusal.source_ip)
    )
    allowed, let = work.settings.webhook_allowed, _addresses(work)
    return [
        RefusedSource(address, int(count), last_at, is_private(address))
        for address, count, last_at in work.session.execute(query)
        if address not in let and not allowed.allows(address)
    ]


def _addresses(work: Work) -> list[str]:
    entry = work.session.get(StateEntry, _KEY)
    return list(entry.value["addresses"]) if entry else []
