"""What reconciling reads: a handful of queries however many lines there are, all answered from the same moment.

Of a line that is as nearly all are, the database says what it is, and only that is read. What else there is to know of
mutations, charges and refunds is read for the others, which are few: the odd ones.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, literal_column, or_, select, text
from sqlalchemy.orm import Session, aliased

from ..errors import UnknownAccount
from ..models import Account, Allocation, Charge, Mutation, Refund
from ..models.bank import Direction, MutationStatus
from ..models.charges import ChargeStatus
from ..rules.lateness import BANK_ZONE, bank_day
from ..rules.outcome import LineKind
from ..rules.states import RefundStatus

# No statement reaches further back, and a database holds no day much earlier.
_FIRST_DAY = date(1970, 1, 1)
# In the very words of the partial index, or SQLite would not use it.
_TOLD: ColumnElement[bool] = literal_column("moota_mutation.balance_hundredths <> 0")
_PAID: ColumnElement[bool] = literal_column("moota_charge.status = 'paid'")
# An empty list as the databases keep it.
_NONE = "[]"
# So many ids fit into one question.
_AT_ONCE = 5_000
_FETCHED_AT_ONCE = 500

# What a line is, where its own row, one allocation and one charge say all there is to say.
Nature = Literal["paying", "unmatched", "ignored", "odd"]


# A line of a statement, as much of it as its account's balance needs: row, account, direction, hundredths, balance,
# moment, content, nature, and of the charge that it pays the price and the fee. One that is `paying` is the whole of
# what a charge asked for; of an `unmatched` or `ignored` one nothing is spent; all others are `odd`.
Line: TypeAlias = "tuple[int, str, Direction, int, int | None, datetime, str, Nature, int | None, int | None]"


class Row(NamedTuple):
    """A mutation that there is something to say about."""

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

    @property
    def is_unreadable(self) -> bool:
        """Tell whether only its place in a webhook is known of it: it is on no account."""
        return self.reason == "invalid" and not self.bank_id


# What mutations are spent on: rupiah by mutation and kind.
Spent: TypeAlias = dict[int, dict[LineKind, int]]


class Given(NamedTuple):
    """An allocation to a charge; without a mutation a person vouched for it."""

    mutation_id: int | None
    kind: LineKind
    amount: int
    marks: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow:
    """A charge and all that was ever allocated to it, in rupiah."""

    id: int
    order_ref: str
    status: ChargeStatus
    exceptions: frozenset[str]
    price: int
    fee: int
    due: int
    open: int
    given: list[Given] = field(default_factory=list)


class RefundRow(NamedTuple):
    """A refund with what went out for it, and how much of that only a person says."""

    ticket: str | None
    order_ref: str
    status: RefundStatus
    amount: int
    paid_out: int
    vouched: int


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


def hold_still(session: Session) -> None:
    """Let all questions be answered from one moment, so that a worker who goes on working is not seen half-way.

    In a transaction that PostgreSQL has begun already nothing can be done about it any more. What is read lies close
    together and is looked up one by one; PostgreSQL, thinking of disks that turn, would read whole tables instead, and
    compile each question for longer than it takes to answer.
    """
    if session.get_bind().dialect.name == "sqlite":
        connection = session.connection()
        if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("BEGIN")
    elif not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT set_config('jit', 'off', true), set_config('random_page_cost', '1.1', true)"))


def labels(session: Session, bank_id: str | None) -> dict[str, str]:
    """Return the labels of the accounts by bank id, ended ones included."""
    query = select(Account.bank_id, Account.label).order_by(Account.id)
    if bank_id is None:
        return dict(session.execute(query).all())
    found = dict(session.execute(query.where(Account.bank_id == bank_id)).all())
    if not found:
        raise UnknownAccount(f"There is no account with the id {bank_id!r}; see `flask moota accounts list`.")
    return found


def load_lines(session: Session, conditions: Iterable[ColumnElement[bool]]) -> Iterator[Line]:
    """Yield these lines by time."""
    query = (
        select(
            Mutation.id,
            Mutation.bank_id,
            Mutation.direction,
            Mutation.amount_hundredths,
            Mutation.balance_hundredths,
            Mutation.occurred_at,
            Mutation.content_sha256,
            case((_is_unspent(), Mutation.status), (_is_paying(), "paying"), else_="odd"),
            Charge.amount,
            Charge.fee,
        )
        .outerjoin(Allocation, Allocation.mutation_id == Mutation.id)
        .outerjoin(Charge, Charge.id == Allocation.charge_id)
        .where(*conditions)
        .order_by(Mutation.occurred_at, Mutation.id)
    )
    held: Line | None = None
    # Not by the session, and some at a time: there are many, and none of them has to be kept.
    for some in session.connection().execute(query).partitions(_FETCHED_AT_ONCE):
        for line in some:
            if held is not None and line[0] == held[0]:
                # A line that is spent on several comes several times.
                held = (*held[:7], "odd", None, None)
                continue
            if held is not None:
                yield held
            held = line
    if held is not None:
        yield held


def _is_unspent() -> ColumnElement[bool]:
    is_plain = and_(Mutation.status.in_(("unmatched", "ignored")), Mutation.progress == "done", Mutation.bank_id != "")
    return and_(Allocation.id.is_(None), is_plain)


def _is_paying() -> ColumnElement[bool]:
    """Match a credit that is all that was ever given to a charge, and pays it exactly."""
    other = aliased(Allocation)
    return and_(
        *(Mutation.status == "matched", Mutation.direction == "credit", Mutation.progress == "done"),
        *(Allocation.kind == "payment", Allocation.amount * 100 == Mutation.amount_hundredths),
        *(Charge.status == "paid", Allocation.amount == Charge.amount_due),
        *(cast(Charge.exceptions, Text) == _NONE, cast(Allocation.marks, Text) == _NONE),
        ~exists().where(other.charge_id == Allocation.charge_id, other.id != Allocation.id),
        select(Refund.id).where(Refund.charge_id == Charge.id).limit(1).scalar_subquery().is_(None),
    )


def load_rows(session: Session, ids: Iterable[int]) -> list[Row]:
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
    )
    rows = (row for some in _some(ids) for row in session.execute(query.where(Mutation.id.in_(some))))
    return sorted((Row._make(row) for row in rows), key=lambda row: (row.at, row.id))


def lines_before(session: Session, period: Period, banks: Collection[str]) -> Iterator[Line]:
    """Return the lines before the period that say what the first day of each of these accounts opens with.

    They begin with the last day that has a balance.
    """
    if period.begins is None or not banks:
        return iter(())
    told = session.execute(select(*(_last_told(bank_id, period.begins) for bank_id in banks))).one()
    starts = {each: _start_of(bank_day(at)) for each, at in zip(banks, told, strict=True) if at is not None}
    if not starts:
        return iter(())
    each_since = or_(*(and_(Mutation.bank_id == each, Mutation.occurred_at >= at) for each, at in starts.items()))
    bounds = (Mutation.occurred_at >= min(starts.values()), Mutation.occurred_at < period.begins)
    return load_lines(session, [*bounds, each_since])


def _last_told(bank_id: str, before: datetime) -> Any:
    """Return when an account's balance was told last, before a moment."""
    query = select(Mutation.occurred_at).where(_TOLD, Mutation.bank_id == bank_id, Mutation.occurred_at < before)
    return query.order_by(Mutation.occurred_at.desc()).limit(1).scalar_subquery()


def load_charges(session: Session, period: Period, odd: Iterable[int]) -> list[ChargeRow]:
    """Return the charges that there may be something to say about.

    Those that money of the odd lines moved, those said to be paid that nothing moved, and where no period was asked for
    also those whose money only a person has seen.
    """
    moved = select(Allocation.charge_id)
    questions = [moved.where(Allocation.mutation_id.in_(some)) for some in _some(odd)]
    questions += [] if period.of_mutations else [moved.where(Allocation.mutation_id.is_(None))]
    ids = {charge_id for question in questions for charge_id in session.scalars(question)}
    unmoved = ~exists().where(Allocation.charge_id == Charge.id)
    said_to_be_paid = [_PAID, unmoved, *period.within(Charge.paid_at, Account.bank_id)]
    found = {row.id: row for some in _some(ids) for row in _charge_rows(session, [Charge.id.in_(some)])}
    found |= {row.id: row for row in _charge_rows(session, said_to_be_paid)}
    for some in _some(ids):
        query = select(
            Allocation.charge_id, Allocation.mutation_id, Allocation.kind, Allocation.amount, Allocation.marks
        ).where(Allocation.charge_id.in_(some))
        for charge_id, mutation_id, kind, amount, marks in session.execute(query.order_by(Allocation.id)):
            found[charge_id].given.append(Given(mutation_id, kind, amount, frozenset(marks)))
    return [found[charge_id] for charge_id in sorted(found)]


def _charge_rows(session: Session, conditions: Iterable[ColumnElement[bool]]) -> Iterator[ChargeRow]:
    query = select(
        *(Charge.id, Charge.order_ref, Charge.status, Charge.exceptions),
        *(Charge.amount, Charge.fee, Charge.amount_due, Charge.amount_open),
    ).join(Account, Account.id == Charge.account_id)
    for row_id, order_ref, status, exceptions, price, fee, due, is_open in session.execute(query.where(*conditions)):
        yield ChargeRow(
            id=row_id,
            order_ref=order_ref,
            status=status,
            exceptions=frozenset(exceptions),
            price=price,
            fee=fee,
            due=due,
            open=is_open,
        )


def spent_by(charges: Iterable[ChargeRow]) -> Spent:
    """Return what the mutations were spent on."""
    spent: Spent = {}
    for charge in charges:
        for given in charge.given:
            if given.mutation_id is not None:
                kinds = spent.setdefault(given.mutation_id, {})
                kinds[given.kind] = kinds.get(given.kind, 0) + given.amount
    return spent


def load_refunds(session: Session, period: Period, charges: Iterable[ChargeRow]) -> list[RefundRow]:
    """Return the refunds of those of these charges that money moved, all where no period was asked for."""
    query = select(Refund.id, Refund.ticket, Charge.order_ref, Refund.status, Refund.amount)
    query = query.join(Charge, Charge.id == Refund.charge_id)
    lines = select(Allocation.refund_id, Allocation.kind, Allocation.mutation_id, Allocation.amount)
    if period.of_mutations:
        moved = _some(each.id for each in charges if each.given)
        found = {row[0]: row for some in moved for row in session.execute(query.where(Refund.charge_id.in_(some)))}
        parts = [lines.where(Allocation.refund_id.in_(some)) for some in _some(found)]
    else:
        found = {row[0]: row for row in session.execute(query)}
        parts = [lines.where(Allocation.refund_id.is_not(None))]
    paid_out, vouched = dict.fromkeys(found, 0), dict.fromkeys(found, 0)
    for part in parts:
        for refund_id, kind, mutation_id, amount in session.execute(part):
            paid_out[refund_id or 0] += amount if kind == "refund" else -amount
            vouched[refund_id or 0] += amount if kind == "refund" and mutation_id is None else 0
    return [RefundRow(*found[each][1:], paid_out[each], vouched[each]) for each in sorted(found)]


def _some(ids: Iterable[int]) -> Iterator[list[int]]:
    known = sorted(ids)
    for start in range(0, len(known), _AT_ONCE):
        yield known[start : start + _AT_ONCE]


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, BANK_ZONE)
