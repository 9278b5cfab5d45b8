"""How often something may be asked for: counted in the database, so that every process counts together.

For what strangers can set off, such as letters and messages. Flushes, never commits; begin with `payments.begin_write`.
What costs less to do than to count in the database, each process counts for itself with `Bursts`.
"""

import hashlib
import ipaddress
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import Base, Id, now

_KEPT = timedelta(days=1)
_IPV6_NETWORK = 64


class Attempt(Base):
    """One time that something was asked for; kept for a day. `key` is a hash: nothing personal is left behind."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"), Index("ix_attempt_at", "at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    key: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` times within `window` for the same `subject`, such as an address; `kind` names what is asked."""

    kind: str
    subject: str
    most: int
    window: timedelta

    @property
    def key(self) -> str:
        """Return what attempts are counted by."""
        return hashlib.sha256(f"{self.kind}|{self.subject}".encode()).hexdigest()


def allows(session: Session, limits: Iterable[Limit]) -> bool:
    """Tell whether this attempt is within every limit, and count it if so.

    Limits of one kind and subject look at the same attempts, each through a window of its own.
    """
    moment = now()
    limits = list(limits)
    for limit in limits:
        seen = select(func.count()).where(Attempt.key == limit.key, Attempt.at > moment - limit.window)
        if session.execute(seen).scalar_one() >= limit.most:
            return False
    session.execute(delete(Attempt).where(Attempt.at < moment - _KEPT))
    session.add_all([Attempt(at=moment, key=key) for key in sorted({limit.key for limit in limits})])
    session.flush()
    return True


class Bursts:
    """At most `most` times within a minute from one address, as this process has seen it; forgets what is over."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._minute = 0
        self._seen: Counter[str] = Counter()
        self._guard = threading.Lock()

    def allows(self, address: str, seconds: float) -> bool:
        """Tell whether one more is within the limit at this moment, told as the seconds of a clock, and count it."""
        minute = int(seconds // 60)
        with self._guard:
            if minute != self._minute:
                self._minute = minute
                self._seen.clear()
            self._seen[address] += 1
            return self._seen[address] <= self._most


def counted_address(address: str | None) -> str:
    """Return what attempts from somewhere are counted by: the address, or for IPv6 the network one household gets."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
        return str(parsed.ipv4_mapped)
    return str(parsed)
