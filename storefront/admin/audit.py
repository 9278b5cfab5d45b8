"""Who did what, from where: noted in the transaction that does it. Flushes, never commits."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, func, or_, select, union_all, update
from sqlalchemy.orm import Session

from storefront.searching import FEW, REACH, begins, how_many

from .models import AuditEntry

PAGE_SIZE = 50
SHELL = "cli"
# Whoever stands at the door and has not come in.
STRANGER = "-"
# The one action whose figures tell who a buyer is: see `forget_contact`.
CONTACT = "order.contact"
# What stands where such a figure was.
GONE = "–"
_EXPORT_BATCH = 500
# Entries are numbered in the order of their moments but for those written at the same time.
_AT_ONCE = 50
_BEHIND_ALL = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are looked for; None and empty stand for all. `older_than` is the id below which a page begins.

    `actions` are any of these.
    """

    text: str = ""
    actions: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    older_than: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of entries, newest first; `older` is where the next one begins, or None.

    `broke_off`: so many entries match the text that not all were looked at, and the page is not full yet.
    """

    entries: list[AuditEntry]
    older: int | None
    broke_off: bool = False


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


def forget_contact(session: Session, orders: Iterable[str], email: str) -> None:
    """Take out what corrected contacts and addresses say of a buyer; who corrected which parts, and when, stays.

    `orders` are the numbers of the buyer's orders. An order that went to another address by mistake is found by
    `email`, too.
    """
    told = or_(AuditEntry.before["email"].as_string() == email, AuditEntry.after["email"].as_string() == email)
    theirs = or_(AuditEntry.subject.in_(list(orders)), told)
    for entry in session.scalars(select(AuditEntry).where(AuditEntry.action == CONTACT, theirs)):
        emptied = {part: dict.fromkeys(getattr(entry, part), GONE) for part in ("before", "after")}
        session.execute(update(AuditEntry).where(AuditEntry.id == entry.id).values(**emptied))


def find(session: Session, wanted: Wanted) -> Page:
    """Return one page of entries, newest first."""
    query, is_broad = _query(session, wanted)
    newest = session.execute(select(func.max(AuditEntry.id))).scalar_one() or 0 if is_broad else 0
    begin = wanted.older_than or newest + 1
    end = begin - REACH if is_broad and begin - REACH > 1 else None
    bounds = [AuditEntry.id >= end] if end else []
    found = list(session.scalars(query.where(*bounds).limit(PAGE_SIZE + 1)))
    entries, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    return Page(entries, entries[-1].id if more else end, broke_off=bool(end) and not more)


def every(session: Session, wanted: Wanted) -> Iterator[AuditEntry]:
    """Yield all entries looked for, newest first, without holding them all at once."""
    query, _is_broad = _query(session, wanted)
    yield from session.scalars(query.execution_options(yield_per=_EXPORT_BATCH))


def _query(session: Session, wanted: Wanted) -> tuple[Select[AuditEntry], bool]:
    """Return what is looked for, and whether very many entries have it, so that no index leads to them."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since, AuditEntry.id >= _first_since(session, wanted.since))
    if wanted.until:
        query = query.where(AuditEntry.at < wanted.until, AuditEntry.id <= _last_until(session, wanted.until))
    if wanted.older_than:
        query = query.where(AuditEntry.id < wanted.older_than)
    texts = list(_beginnings(wanted.text)) if wanted.text else []
    actions: list[ColumnElement[bool]] = [AuditEntry.action.in_(wanted.actions)] if wanted.actions else []
    found = [_one_of(session, each) for each in (texts, actions) if each]
    return query.where(*(each for each, _is_broad in found)), bool(found) and all(is_broad for _, is_broad in found)


def _one_of(session: Session, begun: list[ColumnElement[bool]]) -> tuple[ColumnElement[bool], bool]:
    """Match entries of which one of these is true, by their ids unless there are very many of them."""
    ids = [select(AuditEntry.id).where(each) for each in begun]
    is_broad = max(how_many(session, ids)) > FEW
    return (or_(*begun), True) if is_broad else (AuditEntry.id.in_(union_all(*ids)), False)


def _beginnings(text: str) -> Iterator[ColumnElement[bool]]:
    """Match the beginning of a person, an action, an address, or a subject, in small letters or in capitals."""
    for column in (AuditEntry.actor, AuditEntry.action, AuditEntry.address):
        yield begins(column, text.lower())
    for spelt in dict.fromkeys((text, text.lower(), text.upper())):
        yield begins(AuditEntry.subject, spelt)


def _first_since(session: Session, moment: datetime) -> int:
    """Return an id below which no entry is as young as this, so that no older ones are read through."""
    some = select(AuditEntry.id).where(AuditEntry.at >= moment).order_by(AuditEntry.at).limit(_AT_ONCE).subquery()
    return session.execute(select(func.min(some.c.id))).scalar_one() or _BEHIND_ALL


def _last_until(session: Session, moment: datetime) -> int:
    """Return an id above which no entry is older than this."""
    newest_first = AuditEntry.at.desc()
    some = select(AuditEntry.id).where(AuditEntry.at < moment).order_by(newest_first).limit(_AT_ONCE).subquery()
    return session.execute(select(func.max(some.c.id))).scalar_one() or 0


def _actor() -> str:
    if has_request_context() and current_user and current_user.is_authenticated:
        return str(current_user.email)
    return SHELL
