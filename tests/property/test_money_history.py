"""Random histories of a shop and its bank: after every step the money adds up and nothing has moved backwards.

In CI the histories are the same every time. To look for new ones for as long as you like:

    HISTORY_EXAMPLES=2000 pytest tests/property/test_money_history.py -k sqlite

What fails is printed as a short program; every rule is one thing that happens to a shop.
"""

import os
from functools import partial

import pytest
from conftest import close, make_app, need
from history import BANKS, CROWDED, LENIENT, OWNER, STAFF, World, newest, watch_statuses
from hosts import minimal
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from payments_moota import by_hand, charges, migrate, refunds, reservations

STEPS = 40
WIDER = os.environ.get("HISTORY_EXAMPLES")

PICK = st.integers(0, 5)
PRICES = st.sampled_from([50_000, 50_002, 100_000])
NOISE = st.sampled_from(["TRSF E-BANKING CR {} BUDI", "trf {} utk pesanan", "SWITCHING/{}/WS95031", "{}"])
MINUTES = st.sampled_from([1, 25, 61, 200])


def spaced(reference):
    return f"{reference[:3]} {reference[3:].lower()}"


class History(RuleBasedStateMachine):
    """One shop, from its first order on."""

    def __init__(self, world):
        super().__init__()
        self.world = world
        world.begin()

    def teardown(self):
        self.world.finish()

    @invariant()
    def everything_adds_up(self):
        self.world.check()

    def has_orders(self):
        return bool(self.world.orders)

    def has_lines(self):
        return any(line.told for line in self.world.statement)

    # -- the shop ----------------------------------------------------------------------------------------------------

    @rule(price=PRICES, bank_id=st.sampled_from([None, *BANKS]))
    def buy(self, price, bank_id):
        self.world.step("buy", self.world.buy, price, bank_id)

    @precondition(has_orders)
    @rule(pick=PICK)
    def cancel(self, pick):
        self.world.step("cancel", self.world.cancel, newest(self.world.orders, pick))

    @precondition(has_orders)
    @rule(pick=PICK, minutes=MINUTES, verb=st.sampled_from(["extend", "reopen"]))
    def give_time(self, pick, minutes, verb):
        self.world.step(verb, getattr(self.world, verb), newest(self.world.orders, pick), minutes)

    @precondition(has_orders)
    @rule(pick=PICK, bank_id=st.sampled_from(BANKS))
    def change_account(self, pick, bank_id):
        self.world.step("change account", self.world.change_account, newest(self.world.orders, pick), bank_id)

    # -- money comes in ----------------------------------------------------------------------------------------------

    def book_for(self, pick, difference, *, noise=None, day_only=False, elsewhere=False):
        world = self.world
        charge = world.charge(newest(world.orders, pick))
        amount = max(1, (charge["amount_open"] or charge["amount_due"]) + difference)
        bank_id = BANKS[BANKS.index(charge["bank_id"]) - 1] if elsewhere else charge["bank_id"]
        note = noise.format(spaced(charge["reference"])) if noise else "SETORAN"
        return world.book(amount, bank_id=bank_id, note=note, day_only=day_only)

    @precondition(has_orders)
    @rule(pick=PICK, day_only=st.booleans(), is_told=st.booleans())
    def transfer_right(self, pick, day_only, is_told):
        def deed():
            line = self.book_for(pick, 0, day_only=day_only)
            if is_told:
                self.world.tell([line])

        self.world.step("transfer right", deed)

    @precondition(has_orders)
    @rule(
        pick=PICK,
        difference=st.sampled_from([-30_000, -2, -1, 1, 20_000, 50_000]),
        noise=st.none() | NOISE,
        elsewhere=st.booleans(),
        is_told=st.booleans(),
    )
    def transfer_wrong(self, pick, difference, noise, elsewhere, is_told):
        def deed():
            line = self.book_for(pick, difference, noise=noise, elsewhere=elsewhere)
            if is_told:
                self.world.tell([line])

        self.world.step("transfer wrong", deed)

    @precondition(has_orders)
    @rule(pick=PICK, other=PICK, difference=st.sampled_from([0, 0, 7]))
    def transfer_for_two(self, pick, other, difference):
        def deed():
            known = [self.world.charge(newest(self.world.orders, each)) for each in (pick, other)]
            amount = sum(each["amount_open"] for each in known) + difference
            note = " / ".join(each["reference"] for each in known)
            self.world.tell([self.world.book(max(1, amount), bank_id=known[0]["bank_id"], note=note)])

        self.world.step("transfer for two", deed)

    @rule(amount=st.sampled_from([1, 50_001, 77_777]), bank_id=st.sampled_from(BANKS), kind=st.sampled_from(["CR", "DB"]))
    def move_unrelated(self, amount, bank_id, kind):
        def deed():
            self.world.tell([self.world.book(amount, bank_id=bank_id, kind=kind, note="BIAYA ADM")])

        self.world.step("unrelated", deed)

    # -- Moota tells, once, again, late, in another order, with another content ------------------------------------------

    @precondition(lambda self: self.world.untold())
    @rule(count=st.integers(1, 3), backwards=st.booleans(), is_worked_on=st.booleans())
    def tell(self, count, backwards, is_worked_on):
        lines = self.world.untold()[:count]
        told = lines[::-1] if backwards else lines
        self.world.step("tell", self.world.tell, told, work_on_it=is_worked_on)

    @precondition(lambda self: self.world.bodies)
    @rule(pick=PICK)
    def resend_body(self, pick):
        def deed():
            self.world.post(newest(self.world.bodies, pick))
            self.world.process()

        self.world.step("resend body", deed)

    @precondition(has_lines)
    @rule(
        pick=PICK,
        changed=st.sampled_from(
            [{"note": "sekali lagi"}, {"amount": 50_001}, {"type": "DB"}, {"type": "CR"}, {"bank_id": BANKS[1]}]
        ),
    )
    def tell_again(self, pick, changed):
        told = [line for line in self.world.statement if line.told]
        self.world.step("tell again", self.world.tell, [newest(told, pick)], **changed)

    @precondition(has_lines)
    @rule(pick=PICK)
    def tell_under_another_id(self, pick):
        """API V1 and V2 both on: the same line twice, with two ids."""
        line = newest([line for line in self.world.statement if line.told], pick)
        self.world.step("tell under another id", self.world.tell, [line], mutation_id=f"{line.id}-v1", token="")

    @precondition(lambda self: self.world.bodies)
    @rule(pick=PICK)
    def replay(self, pick):
        self.world.step("replay", self.world.replay, pick)

    # -- workers -----------------------------------------------------------------------------------------------------

    @rule()
    def process(self):
        self.world.step("process", self.world.process)

    @rule()
    def sweep(self):
        self.world.step("sweep", self.world.sweep)

    @rule()
    def release(self):
        self.world.step("release", self.world.release)

    @precondition(lambda self: self.world.untold())
    @rule(how=st.sampled_from(["crash_after_parsing", "crash_before_finishing", "two_workers"]))
    def work_half(self, how):
        def deed():
            self.world.tell(self.world.untold(), work_on_it=False)
            for delivery_id in self.world.waiting_deliveries():
                getattr(self.world, how)(delivery_id)

        self.world.step(how, deed)

    @rule(is_down=st.booleans())
    def mail(self, is_down):
        self.world.mail_is_down = is_down

    @precondition(lambda self: self.world.untold())
    @rule()
    def settle_while_the_host_is_in_trouble(self):
        def deed():
            self.world.host_is_down = True
            try:
                self.world.tell(self.world.untold())
            finally:
                self.world.host_is_down = False

        self.world.step("host in trouble", deed)

    @rule(minutes=MINUTES | st.just(1440), is_swept=st.booleans())
    def wait(self, minutes, is_swept):
        from datetime import timedelta

        self.world.now += timedelta(minutes=minutes)
        if is_swept:
            self.world.step("wait", self.world.sweep)

    # -- by hand -----------------------------------------------------------------------------------------------------

    def told_line(self, pick):
        return newest([line for line in self.world.statement if line.told], pick)

    @precondition(lambda self: self.has_lines() and self.has_orders())
    @rule(pick=PICK, order=PICK)
    def match(self, pick, order):
        ref = newest(self.world.orders, order)
        self.world.step("match", self.world.on_mutation, self.told_line(pick).id, by_hand.match, ref)

    @precondition(lambda self: self.has_lines() and self.has_orders())
    @rule(pick=PICK, order=PICK, other=PICK, first=st.sampled_from([1, 20_000, 50_001]))
    def split(self, pick, order, other, first):
        line = self.told_line(pick)
        refs = [newest(self.world.orders, each) for each in (order, other)]
        parts = [(refs[0], first), (refs[1], line.element["amount"] - first)]
        self.world.step("split", self.world.on_mutation, line.id, by_hand.split, parts)

    @precondition(has_lines)
    @rule(pick=PICK)
    def unmatch(self, pick):
        self.world.step("unmatch", self.world.on_mutation, self.told_line(pick).id, by_hand.unmatch, reason="keliru")

    @precondition(has_lines)
    @rule(pick=PICK)
    def ignore(self, pick):
        self.world.step("ignore", self.world.on_mutation, self.told_line(pick).id, by_hand.ignore, reason="pribadi")

    @precondition(has_lines)
    @rule(pick=PICK)
    def look_again(self, pick):
        self.world.step("look again", self.world.on_mutation, self.told_line(pick).id, by_hand.look_again)

    @precondition(has_orders)
    @rule(pick=PICK)
    def settle_by_hand(self, pick):
        self.world.step("settle by hand", self.world.settle_by_hand, newest(self.world.orders, pick))

    # -- money goes back ---------------------------------------------------------------------------------------------

    @precondition(has_orders)
    @rule(
        pick=PICK,
        amount=st.sampled_from([1, 20_000, 50_001, 50_002]),
        reason=st.sampled_from(["goods", "duplicate_payment", "wrong_amount"]),
    )
    def ask_back(self, pick, amount, reason):
        self.world.step("ask back", self.world.ask_back, newest(self.world.orders, pick), amount, reason)

    @precondition(lambda self: self.world.tickets("requested", "in_review", "approved", "sent", "failed", "completed"))
    @rule(
        pick=PICK,
        verb=st.sampled_from(["approve", "approve", "reject", "withdraw", "mark_sent", "complete", "retry", "start_review"]),
        actor=st.sampled_from([OWNER, OWNER, STAFF]),
    )
    def move_refund(self, pick, verb, actor):
        found = self.world.tickets("requested", "in_review", "approved", "sent", "failed", "completed")
        ticket = newest(found, pick)[0]
        self.world.step(verb, self.world.on_refund, ticket, getattr(refunds, verb), actor=actor)

    @precondition(lambda self: self.world.tickets("approved", "sent", "completed"))
    @rule(pick=PICK, is_named=st.booleans(), is_told=st.booleans())
    def pay_out(self, pick, is_named, is_told):
        ticket, amount, bank_id = newest(self.world.tickets("approved", "sent", "completed"), pick)

        def deed():
            note = f"TRSF {ticket}" if is_named else "TRSF KE BUDI"
            line = self.world.book(amount, bank_id=bank_id, kind="DB", note=note)
            if is_told:
                self.world.tell([line])

        self.world.step("pay out", deed)

    @precondition(lambda self: self.world.tickets("sent", "completed"))
    @rule(pick=PICK)
    def payout_returns(self, pick):
        _, amount, bank_id = newest(self.world.tickets("sent", "completed"), pick)
        self.world.step(
            "payout returns", lambda: self.world.tell([self.world.book(amount, bank_id=bank_id, note="RETUR TRANSFER")])
        )

    @precondition(has_lines)
    @rule(pick=PICK)
    def bank_takes_back(self, pick):
        element = self.told_line(pick).element

        def deed():
            note = f"KOREKSI {element['description']}"
            self.world.tell([self.world.book(element["amount"], bank_id=element["bank_id"], kind="DB", note=note)])

        self.world.step("bank takes back", deed)


@pytest.fixture
def make_world(databases, monkeypatch, tmp_path):
    """Return a function that makes a world on a database of its own."""
    made = []

    def make(kind, config):
        if kind == "postgresql":
            need("postgres")
        url = databases.empty(kind)
        engine = create_engine(url, poolclass=NullPool)
        migrate.upgrade(engine)
        minimal.Base.metadata.create_all(engine)
        watch_statuses(url)
        world = World(make_app(url, **config))
        made.append(world)
        monkeypatch.setattr(reservations, "_random", world.luck)
        monkeypatch.setattr(charges, "_random", world.luck)
        return world

    yield make
    for world in made:
        world.close()
        close(world.app)


def rules_of_the_game(examples):
    if WIDER:
        return settings(
            max_examples=int(WIDER),
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        )
    return settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )


@pytest.mark.parametrize(
    ("kind", "config", "examples"),
    [
        pytest.param("sqlite", CROWDED, 25, id="sqlite"),
        pytest.param("sqlite", LENIENT, 15, id="sqlite-lenient"),
        pytest.param("postgresql", CROWDED, 12, id="postgresql", marks=pytest.mark.postgres),
    ],
)
def test_whatever_happens_the_money_adds_up(make_world, kind, config, examples):
    world = make_world(kind, config)

    run_state_machine_as_test(partial(History, world), settings=rules_of_the_game(examples))

    print(f"{world.steps} steps: {dict(world.done.most_common())}")  # noqa: T201 - for those who ask with -s
    assert world.steps > examples * STEPS // 2
