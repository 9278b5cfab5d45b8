"""What must hold of the money after every step, whatever happened.

`Books` is what the tables hold at one moment, read by plain selects; the database itself writes down every change of a
status. Each check computes what it needs anew from the rows; of the extension it knows the table of allowed steps.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from payments_moota.models import Allocation, Charge, Event, Mutation, OutboxMessage, Refund, Reservation
from payments_moota.rules import states

OPEN = {"requested", "in_review", "approved", "sent", "failed"}

# Every change of a status, and every line of the books that was touched, as the database itself saw it.
_WATCHED = {
    "charge": "moota_charge",
    "refund": "moota_refund",
    "mutation": "moota_mutation",
    "delivery": "moota_delivery",
}
_APPEND_ONLY = {"allocation": "moota_allocation", "event": "moota_event"}
_NOTE = "INSERT INTO proof (thing, row_id, was, became)"
_TABLES = {
    "charge": states.CHARGE,
    "refund": states.REFUND,
    "mutation": states.MUTATION,
    "delivery": states.DELIVERY,
}
# What is said each time a status is reached.
_SAID_ON = {
    ("charge", "paid"): "charge.paid",
    ("charge", "expired"): "charge.expired",
    ("charge", "cancelled"): "charge.cancelled",
    ("refund", "in_review"): "refund.in_review",
    ("refund", "approved"): "refund.approved",
    ("refund", "sent"): "refund.sent",
    ("refund", "completed"): "refund.completed",
    ("refund", "rejected"): "refund.rejected",
    ("refund", "withdrawn"): "refund.withdrawn",
    ("refund", "failed"): "refund.failed",
}


class HostTroubleError(Exception):
    """What the host's receiver raises while it is in trouble."""


def watch_statuses(url):
    """Let the database itself write down every change of a status and every change of what is append-only."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        write = connection.exec_driver_sql
        if engine.dialect.name == "sqlite":
            write("CREATE TABLE proof (id INTEGER PRIMARY KEY, thing TEXT, row_id INTEGER, was TEXT, became TEXT)")
            for thing, table in _WATCHED.items():
                write(
                    f"CREATE TRIGGER proof_{thing} AFTER UPDATE OF status ON {table} WHEN OLD.status <> NEW.status "
                    f"BEGIN {_NOTE} VALUES ('{thing}', OLD.id, OLD.status, NEW.status); END"
                )
            for thing, table in _APPEND_ONLY.items():
                for deed in ("UPDATE", "DELETE"):
                    write(
                        f"CREATE TRIGGER proof_{thing}_{deed} AFTER {deed} ON {table} "
                        f"BEGIN {_NOTE} VALUES ('{thing}', OLD.id, '', '{deed}'); END"
                    )
            return
        write("CREATE TABLE proof (id SERIAL PRIMARY KEY, thing TEXT, row_id BIGINT, was TEXT, became TEXT)")
        write(
            "CREATE FUNCTION proof_status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF OLD.status <> NEW.status THEN {_NOTE} "
            "VALUES (TG_ARGV[0], OLD.id, OLD.status, NEW.status); END IF; RETURN NULL; END $$"
        )
        write(
            "CREATE FUNCTION proof_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{_NOTE} VALUES (TG_ARGV[0], OLD.id, '', TG_OP); "
            "RETURN NULL; END $$"
        )
        for thing, table in _WATCHED.items():
            write(
                f"CREATE TRIGGER proof_{thing} AFTER UPDATE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION proof_status('{thing}')"
            )
        for thing, table in _APPEND_ONLY.items():
            write(
                f"CREATE TRIGGER proof_{thing} AFTER UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION proof_kept('{thing}')"
            )


@dataclass
class Books:
    """All rows that matter at one moment."""

    now: datetime
    charges: dict[int, Any]
    mutations: dict[int, Any]
    lines: list[Any]
    reservations: list[Any]
    refunds: dict[int, Any]
    events: list[Any]
    outbox: list[Any]
    moves: list[Any]
    by_mutation: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    by_charge: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self):
        for line in self.lines:
            self.by_charge[line.charge_id].append(line)
            if line.mutation_id is not None:
                self.by_mutation[line.mutation_id].append(line)

    def sum(self, charge_id, kind, mark=None):
        lines = (each for each in self.by_charge[charge_id] if each.kind == kind)
        return sum(each.amount for each in lines if mark is None or mark in each.marks)

    def received(self, charge_id):
        return self.sum(charge_id, "payment") - self.sum(charge_id, "reversal")

    def refunded(self, charge_id):
        return self.sum(charge_id, "refund") - self.sum(charge_id, "returned")

    def refunds_of(self, charge_id):
        return [refund for refund in self.refunds.values() if refund.charge_id == charge_id]

    def promised(self, charge_id):
        return sum(refund.amount for refund in self.refunds_of(charge_id) if refund.status in OPEN)


def read_books(session, now):
    """Return what the tables hold."""

    def rows(model):
        return session.execute(select(model.__table__).order_by(model.__table__.c.id)).all()

    def by_id(model):
        return {row.id: row for row in rows(model)}

    return Books(
        now=now,
        charges=by_id(Charge),
        mutations=by_id(Mutation),
        lines=rows(Allocation),
        reservations=[row for row in rows(Reservation) if row.released_at is None],
        refunds=by_id(Refund),
        events=rows(Event),
        outbox=rows(OutboxMessage),
        moves=session.execute(text("SELECT * FROM proof ORDER BY id")).all(),
    )


# -- what must hold --------------------------------------------------------------------------------------------------


def no_mutation_is_spent_beyond_its_amount(_world, _before, books):
    for mutation in books.mutations.values():
        lines = books.by_mutation[mutation.id]
        spent = Counter()
        for line in lines:
            spent[line.kind] += line.amount
        mine = {"credit": {"payment", "returned"}, "debit": {"refund", "reversal"}}[mutation.direction]
        assert {line.kind for line in lines} <= mine, (mutation.mutation_id, spent)
        assert all(amount >= 0 for amount in spent.values()), (mutation.mutation_id, spent)
        whole = mutation.amount_hundredths if mutation.status == "matched" else 0
        assert sum(spent.values()) * 100 == whole, (mutation.mutation_id, mutation.status, spent)


def every_mutation_is_in_one_class(_world, _before, books):
    for mutation in books.mutations.values():
        assert mutation.status in {"matched", "unmatched", "review", "ignored"}
        assert mutation.progress in {"waiting", "done"}, (mutation.mutation_id, mutation.error)
        if mutation.progress == "waiting":
            assert mutation.status != "matched"


def charges_say_what_their_lines_say(world, _before, books):
    for charge in books.charges.values():
        received, due = books.received(charge.id), charge.amount_due
        where = (charge.order_ref, charge.status, received, due, charge.amount_open, charge.exceptions)
        assert received >= 0, where
        assert set(charge.exceptions) == _exceptions(world, books, charge), (where, _exceptions(world, books, charge))
        is_given_up = charge.status == "expired" and charge.amount_open == 0 and _has_gone(books, charge.id)
        if charge.status in {"paid", "cancelled"}:
            assert charge.amount_open == 0, where
        elif is_given_up:
            pass
        else:
            assert charge.amount_open == due - received > 0, where
        if charge.status == "paid":
            is_excused = {"settled_by_hand", "reversed"} & set(charge.exceptions)
            assert received >= due - world.tolerance or is_excused, where


def _exceptions(world, books, charge):
    received, due = books.received(charge.id), charge.amount_due
    marks = ("paid_late", "duplicate_payment", "paid_after_cancel", "settled_by_hand")
    marked = {mark: books.sum(charge.id, "payment", mark) for mark in marks}
    apart = marked["duplicate_payment"] + marked["paid_after_cancel"]
    found = {mark for mark in marks if marked[mark] > 0}
    found |= {"underpaid"} if 0 < received < due - world.tolerance else set()
    found |= {"overpaid"} if received - apart > due else set()
    return found | ({"reversed"} if books.sum(charge.id, "reversal") > 0 else set())


def an_amount_belongs_to_one_charge(_world, _before, books):
    live = Counter((each.account_id, each.amount) for each in books.reservations)
    assert max(live.values(), default=0) <= 1, live
    held = {(each.account_id, each.amount): each.charge_id for each in books.reservations}
    for charge in books.charges.values():
        if charge.status == "pending" and books.now < charge.expires_at:
            asked = (charge.account_id, charge.amount_open)
            assert held.get(asked) == charge.id, (charge.order_ref, asked, held)


def statuses_follow_their_tables(_world, before, books):
    for move in books.moves[len(before.moves) :]:
        assert move.thing in _TABLES, f"{move.thing} {move.row_id}: {move.became} of what is append-only"
        allowed = {(was, became) for (was, _), became in _TABLES[move.thing].moves.items()}
        assert (move.was, move.became) in allowed, tuple(move)


def paid_goes_back_only_by_unmatching(world, before, books):
    for move in books.moves[len(before.moves) :]:
        if (move.thing, move.was) == ("charge", "paid"):
            assert world.unmatching, tuple(move)


def what_ended_and_went_back_is_not_revived(world, before, books):
    for charge in books.charges.values():
        has_ended = charge.id in before.charges and before.charges[charge.id].status in {"expired", "cancelled"}
        if has_ended and charge.status == "paid" and "settled_by_hand" not in charge.exceptions:
            held = books.received(charge.id) - _has_gone(books, charge.id)
            assert held >= charge.amount_due - world.tolerance, (charge.order_ref, held, charge.amount_due)


def _has_gone(books, charge_id):
    decided = (each.amount for each in books.refunds_of(charge_id) if each.status in {"approved", "sent"})
    return books.refunded(charge_id) + sum(decided)


def refunds_promise_no_more_than_there_is(_world, before, books):
    for charge_id, charge in books.charges.items():
        going = books.refunded(charge_id) + books.promised(charge_id)
        earlier = before.refunded(charge_id) + before.promised(charge_id) if charge_id in before.charges else 0
        if going > earlier:
            assert going <= books.received(charge_id), (charge.order_ref, earlier, going, books.received(charge_id))


def refunds_say_what_their_lines_say(_world, _before, books):
    for refund in books.refunds.values():
        lines = [line for line in books.lines if line.refund_id == refund.id]
        gone = sum(line.amount if line.kind == "refund" else -line.amount for line in lines)
        assert gone == (refund.amount if refund.status == "completed" else 0), (refund.ticket, refund.status, gone)


def nothing_is_proposed_that_is_due(_world, _before, books):
    """Never offer to give back, undecided, what the order needs."""
    for charge in books.charges.values():
        offered = sum(
            refund.amount
            for refund in books.refunds_of(charge.id)
            if refund.origin == "system" and refund.status in {"requested", "in_review"}
        )
        needed = charge.amount_due if charge.status in {"paid", "pending"} else 0
        spare = max(0, books.received(charge.id) - needed)
        assert offered <= spare, (charge.order_ref, charge.status, offered, spare)


def money_of_the_cancelled_is_offered_back(_world, _before, books):
    for charge in books.charges.values():
        own = books.refunds_of(charge.id)
        if charge.status == "cancelled" and not any(refund.status in {"rejected", "withdrawn"} for refund in own):
            going = books.refunded(charge.id) + books.promised(charge.id)
            assert going >= books.received(charge.id), (charge.order_ref, going, books.received(charge.id))


def every_step_is_said_once(_world, _before, books):
    said: Counter[tuple[str, int, str]] = Counter()
    said_when_money_came_back: Counter[tuple[str, int, str]] = Counter()
    for line in books.events:
        thing, row_id = ("refund", line.refund_id) if line.refund_id else ("charge", line.charge_id)
        if row_id and line.name in _SAID_ON.values():
            said[thing, row_id, line.name] += 1
        if line.name == "charge.paid":
            found = line.data.get("exceptions", ())
            is_restored = line.mutation_id and books.mutations[line.mutation_id].direction == "debit"
            assert "underpaid" not in found or "settled_by_hand" in found, (line.charge_id, line.data)
            said_when_money_came_back[thing, row_id, line.name] += bool(is_restored or "reversed" in found)
    reached = Counter(
        (move.thing, move.row_id, _SAID_ON[move.thing, move.became])
        for move in books.moves
        if (move.thing, move.became) in _SAID_ON
    )
    assert not reached - said, ("never said", reached - said)
    assert not said - reached - said_when_money_came_back, ("said too often", said - reached)
    created = Counter(each.charge_id for each in books.events if each.name == "charge.created")
    assert created == Counter(list(books.charges)), created


def each_letter_is_asked_for_once(_world, _before, books):
    keys = Counter(message.key for message in books.outbox)
    assert max(keys.values(), default=0) <= 1
    wanted = {f"{each.id}:{each.name}" for each in books.events if each.name in set(_SAID_ON.values())}
    assert wanted <= set(keys), wanted - set(keys)


def nothing_failed_unseen(world, _before, _books):
    """Look at what the worker swallowed: only the troubles of the host and of the mail are expected."""
    for record in world._errors.seen:
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not HostTroubleError:
            raise AssertionError(record.getMessage()) from (record.exc_info[1] if record.exc_info else None)
    world._errors.seen.clear()


CHECKS = (
    nothing_failed_unseen,
    no_mutation_is_spent_beyond_its_amount,
    every_mutation_is_in_one_class,
    charges_say_what_their_lines_say,
    an_amount_belongs_to_one_charge,
    statuses_follow_their_tables,
    paid_goes_back_only_by_unmatching,
    what_ended_and_went_back_is_not_revived,
    refunds_promise_no_more_than_there_is,
    refunds_say_what_their_lines_say,
    nothing_is_proposed_that_is_due,
    money_of_the_cancelled_is_offered_back,
    every_step_is_said_once,
    each_letter_is_asked_for_once,
)
