"""Who did what, from where: noted in the transaction that does it. Flushes, never commits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from .models import AuditEntry

PAGE_SIZE = 50
SHELL = "cli"
# Whoever stands at the door and has not come in.
STRANGER = "-"
_EXPORT_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are looked for; None and empty stand for all. `older_than` is the id below which a page begins.

    `areas` are the first words of actions, such as `staff` of `staff.signed_in`.
    """

    text: str = ""
    areas: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    older_than: int | None = None


def note(
    session: Session,
    action: str,
    subject: object = "",
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    actor: str | None = None,
) -> AuditEntry:
    """Note that `actor`, or else whoever is signed in to the panel, or the shell, did `action` to `subject`.

    Of `before` and `after` only what differs is kept. Values must be what JSON can hold; leave secrets out.
    """
    old, new = dict(before or {}), dict(after or {})
    changed = [name for name in {*old, *new} if old.get(name) != new.get(name)]
    entry = AuditEntry(
        actor=actor or _actor(),
        address=(request.remote_addr or "")[:64] if has_request_context() else "",
        action=action,
        subject=str(subject)[:120],
        before={name: old[name] for name in sorted(changed) if name in old},
        after={name: new[name] for name in sorted(changed) if name in new},
    )
    session.add(entry)
    session.flush()
    return entry


def find(session: Session, wanted: Wanted) -> tuple[list[AuditEntry], int | None]:
    """Return one page of entries, newest first, and where the next page begins or None."""
    found = list(session.scalars(_query(wanted).limit(PAGE_SIZE + 1)))
    more = len(found) > PAGE_SIZE
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if more else None


def every(session: Session, wanted: Wanted) -> Iterator[AuditEntry]:
    """Yield all entries looked for, newest first, without holding them all at once."""
    yield from session.scalars(_query(wanted).execution_options(yield_per=_EXPORT_BATCH))


def _query(wanted: Wanted) -> Select[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if wanted.text:
        query = query.where(_begins(wanted.text))
    if wanted.areas:
        query = query.where(or_(*(AuditEntry.action.startswith(f"{area}.") for area in wanted.areas)))
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEntry.at < wanted.until)
    if wanted.older_than:
        query = query.where(AuditEntry.id < wanted.older_than)
    return query


def _begins(text: str) -> ColumnElement[bool]:
    """Match the beginning of a person, an action, a subject or an address."""
    columns = (AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditEntry.address)
    return or_(*(column.istartswith(text, autoescape=True) for column in columns))


def _actor() -> str:
    if has_request_context() and current_user and current_user.is_authenticated:
        return str(current_user.email)
    return SHELL
