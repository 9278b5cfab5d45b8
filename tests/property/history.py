"""A shop, its bank and the people in it, for histories that nobody thought of; and what must hold after every step.

`World` is what happens: people buy, the bank books, Moota tells, workers work, crash and come back, time passes.
`Books` is what the tables hold at one moment, read by plain selects. The checks compute everything anew from the rows;
of the extension they use the table of allowed steps, the JSON object of a charge, and `reconcile` as a second opinion.
"""

import itertools
import logging
import random
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from conftest import Host, empty_tables
from hosts import bank, minimal
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.pool import NullPool

from payments_moota import (
    RefusedError,
    by_hand,
    changes,
    charges,
    inbox,
    mutations,
    objects,
    reconcile,
    refunds,
    reservations,
    settlement,
    signals,
    tasks,
)
from payments_moota.models import (
    Allocation,
    Charge,
    Delivery,
    Event,
    Mutation,
    OutboxMessage,
    Refund,
    Reservation,
)
from payments_moota.rules import states

moota, db = minimal.moota, minimal.db
JAKARTA = ZoneInfo("Asia/Jakarta")
FIRST_MOMENT = datetime(2028, 2, 28, 13, 30, tzinfo=UTC)  # 20.30 WIB, the evening before the leap day
BANKS = (bank.BCA, bank.MANDIRI)
OWNER, STAFF = "pemilik@toko.test", "staf@toko.test"
OPEN = {"requested", "in_review", "approved", "sent", "failed"}

# So few codes, so close prices and such short times that everything gets into each other's way.
CROWDED = {
    "MOOTA_UNIQUE_CODE_MAX": "4",
    "MOOTA_CHARGE_TTL_MINUTES": "60",
    "MOOTA_LATE_WINDOW_MINUTES": "180",
    "MOOTA_FEED_DELAY_MINUTES": "20",
}
LENIENT = {**CROWDED, "MOOTA_UNDERPAYMENT_TOLERANCE": "2", "MOOTA_UNIQUE_CODE_MODE": "subtract"}

# Every change of a status, and every line of the books that was touched, as the database itself saw it.
_WATCHED = {"charge": "moota_charge", "refund": "moota_refund", "mutation": "moota_mutation", "delivery": "moota_delivery"}
_APPEND_ONLY = {"allocation": "moota_allocation", "event": "moota_event"}
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


class HostTrouble(Exception):
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
                    f"BEGIN INSERT INTO proof (thing, row_id, was, became) "
                    f"VALUES ('{thing}', OLD.id, OLD.status, NEW.status); END"
                )
            for thing, table in _APPEND_ONLY.items():
                for deed in ("UPDATE", "DELETE"):
                    write(
                        f"CREATE TRIGGER proof_{thing}_{deed} AFTER {deed} ON {table} BEGIN INSERT INTO proof "
                        f"(thing, row_id, was, became) VALUES ('{thing}', OLD.id, '', '{deed}'); END"
                    )
            return
        write("CREATE TABLE proof (id SERIAL PRIMARY KEY, thing TEXT, row_id BIGINT, was TEXT, became TEXT)")
        write(
            "CREATE FUNCTION proof_status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF OLD.status <> NEW.status THEN INSERT INTO proof (thing, row_id, was, became) "
            "VALUES (TG_ARGV[0], OLD.id, OLD.status, NEW.status); END IF; RETURN NULL; END $$"
        )
        write(
            "CREATE FUNCTION proof_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "INSERT INTO proof (thing, row_id, was, became) VALUES (TG_ARGV[0], OLD.id, '', TG_OP); "
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


def newest(things, pick):
    """Choose one of several, the newest first."""
    return things[-1 - pick % len(things)]


@dataclass
class Line:
    """A line of a bank's statement, and whether Moota has told of it."""

    element: dict[str, Any]
    told: bool = False

    @property
    def id(self):
        return self.element["mutation_id"]

    @property
    def is_credit(self):
        return self.element["type"] == "CR"


class _Errors(logging.Handler):
    """Collects what the worker logs as an error: it swallows faults so that neighbours are not held up."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.seen: list[logging.LogRecord] = []

    def emit(self, record):
        self.seen.append(record)


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


class World:
    """One shop with two accounts, on a database of its own."""

    def __init__(self, app):
        self.app = app
        self.host = Host(app)
        self.tolerance = app.extensions["moota"].settings.tolerance
        self.url = app.config["SQLALCHEMY_DATABASE_URI"]
        self.steps = 0
        self.refused = 0
        self.done = Counter()
        self.luck = random.Random(0)  # noqa: S311 - a proof is repeatable
        self._errors = _Errors()
        self._log = logging.getLogger("payments_moota")
        self._log.addHandler(self._errors)
        self._log.propagate = False
        self._listen()

    def close(self):
        self._log.removeHandler(self._errors)
        self._log.propagate = True

    def begin(self):
        """Start anew: nothing in the tables, the same luck, the same moment."""
        with self.app.app_context():
            if db.engine.dialect.name == "postgresql":
                names = ", ".join(table.name for table in minimal.Base.metadata.sorted_tables)
                own = ", ".join(table for table in self._tables())
                with db.engine.begin() as connection:
                    connection.execute(text(f"TRUNCATE {own}, {names}, proof RESTART IDENTITY CASCADE"))
            else:
                empty_tables(self.url)
                with db.engine.begin() as connection:
                    connection.execute(text("DELETE FROM proof"))
        self.luck.seed(0)
        self.now = FIRST_MOMENT
        self.numbers = itertools.count(1)
        self.bought = 0
        self.statement: list[Line] = []
        self.balances = dict.fromkeys(BANKS, 10_000_000)
        self.bodies: list[bytes] = []
        self.mail: list[str] = []
        self.host_is_down = self.mail_is_down = False
        self.troubled = False
        self.is_broken = False
        self.unmatching = False
        self._errors.seen.clear()
        with self.moment():
            for bank_id in BANKS:
                self.host.add_account(bank_id)
        self.before = self.books()

    @staticmethod
    def _tables():
        return [table.name for table in Charge.metadata.sorted_tables]

    # -- the frame of every step --------------------------------------------------------------------------------------

    @contextmanager
    def moment(self):
        with time_machine.travel(self.now, tick=False):
            yield

    @contextmanager
    def work(self, actor=OWNER):
        with self.host.work(actor) as work:
            yield work

    def step(self, name, deed, *given, **options):
        """Do one thing at the present moment; being refused is fine, any other error is a fault."""
        self.steps += 1
        self.unmatching = name == "unmatch"
        try:
            with self.moment():
                deed(*given, **options)
            self.done[name] += 1
        except RefusedError:
            self.done[f"{name} refused"] += 1
        except BaseException:
            self.is_broken = True
            raise

    def check(self):
        try:
            after = self.books()
            for holds in CHECKS:
                holds(self, self.before, after)
            self._check_objects(after)
            if self.steps % 4 == 0:
                self._check_faults()
            self.before = after
        except BaseException as error:
            self.is_broken = True
            error.add_note(self._story(after))
            raise

    @staticmethod
    def _story(books):
        """Tell what led here, for whoever reads why a history failed."""
        about = {"charge": "charge_id", "mutation": "mutation_id", "refund": "refund_id"}
        story = [
            " ".join([each.name, *(f"{thing} {getattr(each, column)}" for thing, column in about.items() if getattr(each, column)), str(each.data)])
            for each in books.events
        ]
        return "\n".join(["What happened:", *story])

    # -- the shop ----------------------------------------------------------------------------------------------------

    def buy(self, price, bank_id):
        ref = f"INV-{self.bought + 1}"
        with self.app.app_context():
            try:
                moota.begin_write()
                db.session.add(minimal.Order(ref=ref, total=price))
                moota.create_charge(ref, price, account=bank_id)
                db.session.commit()
            finally:
                db.session.rollback()
        self.bought += 1

    def cancel(self, ref):
        with self.work() as work:
            changes.cancel(work, ref, reason="berubah pikiran")

    def extend(self, ref, minutes):
        with self.work() as work:
            changes.extend(work, ref, until=self.now + timedelta(minutes=minutes))

    def reopen(self, ref, minutes):
        with self.work() as work:
            changes.reopen(work, ref, until=self.now + timedelta(minutes=minutes))

    def change_account(self, ref, bank_id):
        with self.work("customer") as work:
            changes.change_account(work, ref, account=bank_id)

    # -- the bank ----------------------------------------------------------------------------------------------------

    def charge(self, ref):
        with self.work() as work:
            charge = charges.get_charge(work, ref)
            facts = {name: getattr(charge, name) for name in ("amount", "amount_due", "amount_open", "reference")}
            return facts | {"bank_id": charge.account.bank_id}

    def book(self, amount, *, bank_id, kind="CR", note="TRSF E-BANKING BUDI", day_only=False, **fields):
        """Let the bank book a line now; Moota has not seen it yet."""
        self.balances[bank_id] += amount if kind == "CR" else -amount
        self.now += timedelta(seconds=1)
        local = self.now.astimezone(JAKARTA)
        number = next(self.numbers)
        line = bank.mutation(
            amount,
            bank_id=bank_id,
            kind=kind,
            mutation_id=f"M{number:04d}",
            date=local.strftime("%Y-%m-%d" if day_only else "%Y-%m-%d %H:%M:%S"),
            # Lines of the same day and content cannot be told apart; banks number those without a time.
            description=f"{note} /{number}" if day_only else note,
            balance=self.balances[bank_id],
            **fields,
        )
        self.statement.append(Line(line))
        return self.statement[-1]

    def tell(self, lines, *, work_on_it=True, **changed):
        """Let Moota post a webhook about these lines; a line may be told again, also with other content."""
        for line in lines:
            line.told = True
        self.post(bank.body(*({**line.element, **changed} for line in lines)))
        if work_on_it:
            self.process()

    def book_and_tell(self, amount, *, is_told=True, **options):
        line = self.book(amount, **options)
        if is_told:
            self.tell([line])

    def transfer(self, ref, *, difference=0, note="SETORAN", elsewhere=False, is_told=True, day_only=False):
        """Let somebody pay what an order asks for, or something near it; `note` may hold the reference, not neatly."""
        asked = self.charge(ref)
        amount = max(1, (asked["amount_open"] or asked["amount_due"]) + difference)
        bank_id = BANKS[BANKS.index(asked["bank_id"]) - 1] if elsewhere else asked["bank_id"]
        reference = f"{asked['reference'][:3]} {asked['reference'][3:].lower()}"
        self.book_and_tell(amount, bank_id=bank_id, note=note.format(reference), day_only=day_only, is_told=is_told)

    def transfer_for_two(self, refs, difference):
        asked = [self.charge(ref) for ref in refs]
        amount = max(1, sum(each["amount_open"] for each in asked) + difference)
        note = " / ".join(each["reference"] for each in asked)
        self.book_and_tell(amount, bank_id=asked[0]["bank_id"], note=note)

    def post_again(self, pick):
        self.post(newest(self.bodies, pick))
        self.process()

    def post(self, body):
        with self.work("webhook") as work:
            inbox.receive(work, body=body, source_ip="127.0.0.1", headers={})
        self.bodies.append(body)

    def untold(self):
        return [line for line in self.statement if not line.told]

    # -- the worker --------------------------------------------------------------------------------------------------

    def process(self):
        with self.app.app_context():
            tasks.process_everything()

    def sweep(self):
        with self.app.app_context():
            tasks.sweep()

    def release(self):
        with self.work("worker") as work:
            reservations.release_ended(work)

    def waiting_deliveries(self):
        with self.work() as work:
            return list(work.session.scalars(select(Delivery.id).where(Delivery.status == "received")))

    def crash_after_parsing(self, delivery_id):
        with self.work("worker") as work:
            inbox.parse(work, delivery_id)

    def crash_before_finishing(self, delivery_id):
        self.crash_after_parsing(delivery_id)
        with self.work("worker") as work:
            due = inbox.due_mutations(work, delivery_id, until=datetime.max.replace(tzinfo=UTC))
        for mutation_id in due[:1]:
            with self.work("worker") as work:
                settlement.settle(work, mutation_id)

    def two_workers(self, delivery_id):
        with self.app.app_context():
            tasks.process_delivery(delivery_id)
            tasks.process_delivery(delivery_id)

    def work_half(self, how):
        self.tell(self.untold(), work_on_it=False)
        for delivery_id in self.waiting_deliveries():
            how(delivery_id)

    def settle_in_trouble(self):
        self.host_is_down = True
        try:
            self.tell(self.untold())
        finally:
            self.host_is_down = False

    def replay(self, pick):
        with self.work() as work:
            inbox.replay(work, newest(inbox.list_deliveries(work), pick))
        self.process()

    # -- people ------------------------------------------------------------------------------------------------------

    def on_mutation(self, mutation_id, verb, *given, **options):
        with self.work() as work:
            verb(work, mutations.get_mutation(work, mutation_id), *given, **options)

    def settle_by_hand(self, ref):
        with self.work() as work:
            by_hand.settle_by_hand(work, ref, reason="tunai")

    def ask_back(self, ref, amount, reason):
        with self.work(STAFF) as work:
            refunds.request_refund(work, ref, amount, reason=reason)

    def on_refund(self, ticket, verb, *, actor=OWNER):
        with self.work(actor) as work:
            verb(work, ticket, note="catatan")

    # -- choosing among what there is, as of the last look -------------------------------------------------------------

    def orders(self, *statuses, paid=False):
        """Return the orders in these statuses (any, when none is named), on request only those that received money."""
        return [
            charge.order_ref
            for charge in self.before.charges.values()
            if (not statuses or charge.status in statuses) and (not paid or self.before.received(charge.id) > 0)
        ]

    def told(self, *statuses):
        """Return the lines that are mutations in these statuses (any, when none is named)."""
        known = {
            mutation.mutation_id
            for mutation in self.before.mutations.values()
            if not statuses or mutation.status in statuses
        }
        return [line for line in self.statement if line.id in known]

    def refunds(self, *statuses):
        """Return the refunds in these statuses, with the account they are paid from."""
        accounts = dict(enumerate(BANKS, start=1))
        return [
            (refund.ticket, refund.amount, accounts[self.before.charges[refund.charge_id].account_id])
            for refund in self.before.refunds.values()
            if not statuses or refund.status in statuses
        ]

    # -- what the host does with what it hears -------------------------------------------------------------------------

    def _listen(self):
        for signal in signals.ALL.values():
            signal.connect_via(self.app)(self._hear)

        @moota.sender(self.app, "mail")
        def send(key, payload):
            if self.mail_is_down:
                self.troubled = True
                raise HostTrouble
            self.mail.append(key)

    def _hear(self, _app, **facts):
        """Ask for one letter for each line of history that the signal is about."""
        if self.host_is_down:
            self.troubled = True
            raise HostTrouble
        thing = facts.get("refund") or facts.get("charge") or facts["mutation"]
        column = {"Refund": Event.refund_id, "Charge": Event.charge_id, "Mutation": Event.mutation_id}
        newest_event = db.session.scalars(
            select(Event).where(column[type(thing).__name__] == thing.id).order_by(Event.id.desc())
        ).first()
        moota.enqueue("mail", f"{newest_event.id}:{newest_event.name}", {})

    # -- looking -----------------------------------------------------------------------------------------------------

    def books(self):
        with self.app.app_context():
            def rows(model):
                return db.session.execute(select(model.__table__).order_by(model.__table__.c.id)).all()

            def by_id(model):
                return {row.id: row for row in rows(model)}

            return Books(
                now=self.now,
                charges=by_id(Charge),
                mutations=by_id(Mutation),
                lines=rows(Allocation),
                reservations=[row for row in rows(Reservation) if row.released_at is None],
                refunds=by_id(Refund),
                events=rows(Event),
                outbox=rows(OutboxMessage),
                moves=db.session.execute(text("SELECT * FROM proof ORDER BY id")).all(),
            )

    def _check_objects(self, books):
        with self.work() as work:
            known = list(work.session.scalars(select(Charge)))
            said = {each["order_ref"]: each for each in objects.charge_objects(work, known, [""] * len(known))}
        for charge in books.charges.values():
            assert said[charge.order_ref]["amount_paid"] == books.received(charge.id)

    def _check_faults(self):
        with self.work() as work:
            document = reconcile.reconcile(work)
        faults = [fault for fault in document["faults"] if fault["code"] != "mutation.contradicted"]
        assert not faults, faults
        return document

    def finish(self):
        """In the end Moota tells everything, the worker is back, and the books tie with the bank's balances."""
        if self.is_broken:
            return
        self.host_is_down = self.mail_is_down = False
        with self.moment():
            if self.untold():
                self.tell(self.untold(), work_on_it=False)
        for _ in range(2):
            self.now += timedelta(days=1)
            with self.moment():
                self.sweep()
                self.process()
        self.check()
        document = self._check_faults()
        days = [day for account in document["accounts"] for day in account["days"]]
        assert all(day["ties"] for day in days), days
        after = self.books()
        assert {mutation.progress for mutation in after.mutations.values()} <= {"done"}
        assert not self.waiting_deliveries()
        sent, asked_for = Counter(self.mail), Counter(each.key for each in after.outbox if each.status != "failed")
        assert sent == asked_for, ("every letter goes out once", sent - asked_for, asked_for - sent)


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
    """What the system offers to give back undecided is never money the order needs."""
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
    """The worker swallows faults; here only those of the host and the mail are expected."""
    for record in world._errors.seen:
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not HostTrouble:
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
