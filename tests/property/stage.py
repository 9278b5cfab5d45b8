"""The stage for histories: the database, the clock, the host that listens, and the checks after every step."""

import itertools
import logging
import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from hosts import bank, minimal
from hosts.ground import Host, empty_tables
from invariants import CHECKS, HostTroubleError, read_books
from sqlalchemy import select, text

from payments_moota import RefusedError, models, objects, reconcile, signals, tasks
from payments_moota.models import Charge, Delivery, Event

moota, db = minimal.moota, minimal.db
FIRST_MOMENT = datetime(2028, 2, 28, 13, 30, tzinfo=UTC)  # 20.30 WIB, the evening before the leap day
BANKS = (bank.BCA, bank.MANDIRI)
OWNER = "pemilik@toko.test"


@dataclass
class Line:
    """A line of a bank's statement, and whether Moota has told of it."""

    element: dict[str, Any]
    told: bool = False

    @property
    def id(self):
        return self.element["mutation_id"]


class _Errors(logging.Handler):
    """Collects what the worker logs as an error: it swallows faults so that neighbours are not held up."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.seen: list[logging.LogRecord] = []

    def emit(self, record):
        self.seen.append(record)


class Stage:
    """One shop with two accounts on a database of its own, its clock, and what is checked after every step."""

    def __init__(self, app):
        self.app = app
        self.host = Host(app)
        self.tolerance = app.extensions["moota"].settings.tolerance
        self.url = app.config["SQLALCHEMY_DATABASE_URI"]
        self.steps = 0
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
                tables = [*models.metadata.sorted_tables, *minimal.Base.metadata.sorted_tables]
                names = ", ".join(table.name for table in tables)
                with db.engine.begin() as connection:
                    connection.execute(text(f"TRUNCATE {names}, proof RESTART IDENTITY CASCADE"))
            else:
                empty_tables(self.url)
                with db.engine.begin() as connection:
                    connection.execute(text("DELETE FROM proof"))
        self.luck.seed(0)
        self.now = FIRST_MOMENT
        self.numbers = itertools.count(1)
        self.statement: list[Line] = []
        self.balances = dict.fromkeys(BANKS, 10_000_000)
        self.bodies: list[bytes] = []
        self.twins: set[tuple[str, int]] = set()
        self.mail: list[str] = []
        self.host_is_down = self.mail_is_down = False
        self.is_broken = False
        self.unmatching = False
        self._errors.seen.clear()
        with self.moment():
            for bank_id in BANKS:
                self.host.add_account(bank_id)
        self.before = self.books()

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
        self.unmatching = name in {"unmatch", "reassign"}
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
        self.steps += 1
        try:
            after = self.books()
            for holds in CHECKS:
                holds(self, self.before, after)
            # Each is as dear as all the others together.
            if self.steps % 4 == 0:
                self._check_faults()
            elif self.steps % 4 == 2:
                self._check_objects(after)
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
            " ".join(
                [
                    each.name,
                    *(f"{thing} {getattr(each, column)}" for thing, column in about.items() if getattr(each, column)),
                    str(each.data),
                ]
            )
            for each in books.events
        ]
        return "\n".join(["What happened:", *story])

    # -- the worker, undisturbed ---------------------------------------------------------------------------------------

    def process(self):
        with self.app.app_context():
            tasks.process_everything()

    def sweep(self):
        with self.app.app_context():
            tasks.sweep()

    def waiting_deliveries(self):
        with self.work() as work:
            return list(work.session.scalars(select(Delivery.id).where(Delivery.status == "received")))

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

    def untold(self):
        return [line for line in self.statement if not line.told]

    # -- what the host does with what it hears -------------------------------------------------------------------------

    def _listen(self):
        for signal in {*signals.ALL.values()} - {signals.alert_raised, signals.alert_ended}:
            signal.connect_via(self.app)(self._hear)

        @moota.sender(self.app, "mail")
        def send(key, payload):
            if self.mail_is_down:
                raise HostTroubleError
            self.mail.append(key)

    def _hear(self, _app, **facts):
        """Ask for one letter for each line of history that the signal is about."""
        if self.host_is_down:
            raise HostTroubleError
        if "alert" in facts:
            moota.enqueue("mail", f"alert:{facts['alert'].id}:{facts['alert'].ended_at}", {})
            return
        thing = facts.get("refund") or facts.get("charge") or facts["mutation"]
        column = {"Refund": Event.refund_id, "Charge": Event.charge_id, "Mutation": Event.mutation_id}
        newest_event = db.session.scalars(
            select(Event).where(column[type(thing).__name__] == thing.id).order_by(Event.id.desc())
        ).first()
        moota.enqueue("mail", f"{newest_event.id}:{newest_event.name}", {})

    # -- looking -----------------------------------------------------------------------------------------------------

    def books(self):
        with self.app.app_context():
            return read_books(db.session, self.now)

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
        for day in (day for account in document["accounts"] for day in account["days"]):
            parts = sum(day["income"][name] for name in ("price", "fee", "unique_code", "not_due"))
            assert parts == day["credits"]["matched"], day
        return document

    def _has_twins(self, bank_id, day):
        """Tell whether a gap is as large as a line that came under two ids, or may follow from such a line.

        Where money of that amount went the other way too, the balances fit the line once and twice alike, and the days
        after it may begin with the wrong one of the two.
        """
        twins = {amount for where, amount in self.twins if where == bank_id}
        moved = {
            (line.element["type"], line.element["amount"])
            for line in self.statement
            if line.element["bank_id"] == bank_id
        }
        ambiguous = {amount for amount in twins if {("CR", amount), ("DB", amount)} <= moved}
        return bool(day["gaps"]) and bool(ambiguous or {gap["amount"] for gap in day["gaps"]} & twins)

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
        days = [
            day
            for account in document["accounts"]
            for day in account["days"]
            if not self._has_twins(account["bank_id"], day)
        ]
        assert all(day["ties"] for day in days), days
        after = self.books()
        assert {mutation.progress for mutation in after.mutations.values()} <= {"done"}
        assert not self.waiting_deliveries()
        sent, asked_for = Counter(self.mail), Counter(each.key for each in after.outbox if each.status != "failed")
        assert sent == asked_for, ("every letter goes out once", sent - asked_for, asked_for - sent)
