"""What reconciling reads: a handful of queries however many lines there are, all answered from the same moment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session

from ..errors import UnknownAccount
from ..models import Account, Allocation, Mutation
from ..models.bank import Direction, MutationStatus
from ..rules.lateness import BANK_ZONE, bank_day
from ..rules.outcome import Line, LineKind

# No statement reaches further back, and a database holds no day much earlier.
_FIRST_DAY = date(1970, 1, 1)
# In the very words of the partial index, or SQLite would not use it.
_TOLD: ColumnElement[bool] = literal_column("moota_mutation.balance_hundredths <> 0")


class Row(NamedTuple):
    """A mutation, as much of it as the books need."""

    id: int
    mutation_id: str
    bank_id: str
    direction: Direction
    hundredths: int
    balance: int | None
    at: datetime
    description: str
    status: MutationStatus
    reason: str
    progress: str
    content: str

    @property
    def change(self) -> int:
        """Return what the line does to the balance, in hundredths."""
        return self.hundredths if self.direction == "credit" else -self.hundredths

    @property
    def is_unreadable(self) -> bool:
        """Tell whether only its place in a webhook is known of it: it is on no account."""
        return self.reason == "invalid" and not self.bank_id


# What mutations are spent on: rupiah by mutation and kind.
Spent: TypeAlias = dict[int, dict[LineKind, int]]


@dataclass(frozen=True, slots=True)
class Period:
    """What was asked for: one account or all, and the banks' days from `since` until `until`, both included."""

    bank_id: str | None
    since: date | None
    until: date | None

    @property
    def begins(self) -> datetime | None:
        """Return the first moment, None when there is no beginning."""
        return _start_of(max(self.since, _FIRST_DAY)) if self.since else None

    def within(self, moment: Any, bank_id: Any) -> list[ColumnElement[bool]]:
        """Return the conditions for what happened in the period on the account."""
        found = [moment >= self.begins] if self.begins else []
        found += [moment <= datetime.combine(self.until, time.max, BANK_ZONE)] if self.until else []
        return found + ([bank_id == self.bank_id] if self.bank_id else [])

    @property
    def of_mutations(self) -> list[ColumnElement[bool]]:
        """Return the conditions for the mutations asked for; none when all are."""
        return self.within(Mutation.occurred_at, Mutation.bank_id)

    def charges(self, charge_id: Any) -> list[ColumnElement[bool]]:
        """Return the condition for charges that money of the period moved; none when everything was asked for."""
        if not self.of_mutations:
            return []
        moved = select(Allocation.charge_id).join(Mutation, Mutation.id == Allocation.mutation_id)
        return [charge_id.in_(moved.where(*self.of_mutations))]


def hold_still(session: Session) -> None:
    """Let all questions be answered from one moment, so that a worker who goes on working is not seen half-way.

    In a transaction that PostgreSQL has begun already nothing can be done about it any more.
    """
    if session.get_bind().dialect.name == "sqlite":
        connection = session.connection()
        if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN")
    elif not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def labels(session: Session, bank_id: str | None) -> dict[str, str]:
    """Return the labels of the accounts by bank id, ended ones included."""
    query = select(Account.bank_id, Account.label).order_by(Account.id)
    if bank_id is None:
        return dict(session.execute(query).all())
    found = dict(session.execute(query.where(Account.bank_id == bank_id)).all())
    if not found:
        raise UnknownAccount(f"There is no account with the id {bank_id!r}; see `flask moota accounts list`.")
    return found


def load_rows(session: Session, conditions: Iterable[ColumnElement[bool]]) -> list[Row]:
    """Return these mutations by time."""
    query = select(
        Mutation.id,
        Mutation.mutation_id,
        Mutation.bank_id,
        Mutation.direction,
        Mutation.amount_hundredths,
        Mutation.balance_hundredths,
        Mutation.occurred_at,
        Mutation.description,
        Mutation.status,
        Mutation.reason,
        Mutation.progress,
        Mutation.content_sha256,
    ).where(*conditions)
    return [Row._make(row) for row in session.execute(query.order_by(Mutation.occurred_at, Mutation.id))]


def rows_before(session: Session, period: Period, rows: Iterable[Row]) -> list[Row]:
    """Return the lines before the period that say what the first day of each account in `rows` opens with.

    They begin with the last day that has a balance.
    """
    banks = sorted({row.bank_id for row in rows})
    if period.begins is None or not banks:
        return []
    told = session.execute(select(*(_last_told(bank_id, period.begins) for bank_id in banks))).one()
    starts = {each: _start_of(bank_day(at)) for each, at in zip(banks, told, strict=True) if at is not None}
    if not starts:
        return []
    each_since = or_(*(and_(Mutation.bank_id == each, Mutation.occurred_at >= at) for each, at in starts.items()))
    bounds = (Mutation.occurred_at >= min(starts.values()), Mutation.occurred_at < period.begins)
    return load_rows(session, [*bounds, each_since])


def _last_told(bank_id: str, before: datetime) -> Any:
    """Return when an account's balance was told last, before a moment."""
    query = select(Mutation.occurred_at).where(_TOLD, Mutation.bank_id == bank_id, Mutation.occurred_at < before)
    return query.order_by(Mutation.occurred_at.desc()).limit(1).scalar_subquery()


def load_spent(session: Session, period: Period) -> Spent:
    """Return what the allocations of the period's mutations add up to."""
    query = select(Allocation.mutation_id, Allocation.kind, func.sum(Allocation.amount))
    if period.of_mutations:
        query = query.join(Mutation, Mutation.id == Allocation.mutation_id).where(*period.of_mutations)
    query = query.where(Allocation.mutation_id.is_not(None)).group_by(Allocation.mutation_id, Allocation.kind)
    spent: Spent = {}
    for mutation_id, kind, amount in session.execute(query):
        spent.setdefault(mutation_id or 0, {})[kind] = int(amount)
    return spent


def load_lines(session: Session, charges: Select[int]) -> dict[int, list[Line]]:
    """Return all lines of these charges by charge id, as the rules read them."""
    query = select(Allocation.charge_id, Allocation.kind, Allocation.amount, Allocation.marks)
    lines: dict[int, list[Line]] = defaultdict(list)
    rows = session.execute(query.where(Allocation.charge_id.in_(charges)).order_by(Allocation.id))
    for charge_id, kind, amount, marks in rows:
        lines[charge_id].append(Line(kind=kind, amount=amount, marks=frozenset(marks)))
    return lines


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, BANK_ZONE)
