"""A shop, its bank and the people in it, for histories that nobody thought of.

People buy, the bank books, Moota tells, workers work, crash and come back. Each deed here is one step on the `stage`;
what must hold after every step is in `invariants`.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hosts import bank, minimal
from stage import BANKS, OWNER, Line, Stage

from payments_moota import (
    by_hand,
    changes,
    charges,
    inbox,
    ledger,
    mutations,
    refunds,
    reservations,
    settlement,
    tasks,
)

moota, db = minimal.moota, minimal.db
JAKARTA = ZoneInfo("Asia/Jakarta")
STAFF = "staf@toko.test"

# So few codes, so close prices and such short times that everything gets into each other's way.
CROWDED = {
    "MOOTA_UNIQUE_CODE_MAX": "4",
    "MOOTA_CHARGE_TTL_MINUTES": "60",
    "MOOTA_LATE_WINDOW_MINUTES": "180",
    "MOOTA_FEED_DELAY_MINUTES": "20",
}
LENIENT = {**CROWDED, "MOOTA_UNDERPAYMENT_TOLERANCE": "2", "MOOTA_UNIQUE_CODE_MODE": "subtract"}


def newest(things, pick):
    """Choose one of several, the newest first."""
    return things[-1 - pick % len(things)]


class World(Stage):
    """What happens to the shop."""

    # -- the shop ----------------------------------------------------------------------------------------------------

    def buy(self, price, bank_id):
        ref = f"INV-{len(self.before.charges) + 1}"
        with self.app.app_context():
            try:
                moota.begin_write()
                db.session.add(minimal.Order(ref=ref, total=price))
                moota.create_charge(ref, price, account=bank_id)
                db.session.commit()
            finally:
                db.session.rollback()

    def prepare(self, deeds):
        """Do a few things to a first order, each named by one of the words below."""
        known = {
            "buy": lambda: self.buy(100_000, bank.BCA),
            "pay": lambda: self.transfer("INV-1"),
            "pay part": lambda: self.transfer("INV-1", difference=-30_000, note="{}"),
            "cancel": lambda: self.cancel("INV-1"),
            "let it run out": lambda: self.let_run_out("INV-1"),
            "ask": lambda: self.ask_back("INV-1", 20_000, "goods"),
            "approve": lambda: self.on_refund(self.last_ticket(), refunds.approve),
            "send": lambda: self.on_refund(self.last_ticket(), refunds.mark_sent),
            "complete": lambda: self.on_refund(self.last_ticket(), refunds.complete),
        }
        for deed in deeds:
            known[deed]()

    def let_run_out(self, ref):
        """End an order's time and ask back what had come; its late window goes on."""
        received = self.received(ref)
        self.now += timedelta(minutes=61)
        with self.moment():
            self.sweep()
            self.ask_back(ref, received, "other")

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
            changes.change_method(work, ref, account=bank_id)

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

    def tell_under_another_id(self, line):
        """Let Moota tell a line under a second id, as with API V1 and V2 both on: a person has to look at it."""
        second = f"{line.id}-v1"
        self.twins.add((line.element["bank_id"], line.element["amount"]))
        self.tell([line], mutation_id=second, token="")
        with self.work() as work:
            told = mutations.get_mutation(work, second)
            assert (told.status, told.reason) != ("matched", "exact")
            assert told.reason in {"suspected_duplicate", "manual", "invalid"} or told.progress == "waiting", (
                told.reason
            )

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

    # -- the worker --------------------------------------------------------------------------------------------------

    def release(self):
        with self.work("worker") as work:
            reservations.release_ended(work)

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

    def received(self, ref):
        with self.work() as work:
            return ledger.figures_of(work, charges.get_charge(work, ref)).received

    def last_ticket(self):
        with self.work() as work:
            return refunds.list_refunds(work)[0].ticket

    def settle_by_hand(self, ref):
        with self.work() as work:
            by_hand.settle_by_hand(work, ref, reason="tunai")

    def ask_back(self, ref, amount, reason):
        with self.work(STAFF) as work:
            refunds.request_refund(work, ref, amount, reason=reason)

    def on_refund(self, ticket, verb, *, actor=OWNER):
        with self.work(actor) as work:
            verb(work, ticket, note="catatan")
