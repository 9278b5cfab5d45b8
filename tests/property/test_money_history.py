r"""Random histories of a shop and its bank: after every step the money adds up and nothing has moved backwards.

In CI the histories are the same every time. To look for new ones for as long as you like (2,000 of 40 steps take half
an hour), add the first line; the second shows a failure as it was found, without five minutes of making it shorter:

    HISTORY_EXAMPLES=2000 \
    HISTORY_AS_FOUND=1 \
    pytest tests/property/test_money_history.py -k sqlite -s

What fails is printed as a program of rules, each one thing that happens to a shop, with the history it left.
"""

import os
import random
from datetime import timedelta
from functools import partial

import pytest
from history import CROWDED, LENIENT, STAFF, World, newest
from hosts import minimal
from hosts.ground import close, make_app, need
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from invariants import watch_statuses
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from stage import BANKS, OWNER

from payments_moota import by_hand, charges, migrate, refunds, reservations

pytestmark = pytest.mark.long

STEPS = 40
LONGER = os.environ.get("HISTORY_EXAMPLES")
AS_FOUND = os.environ.get("HISTORY_AS_FOUND")

PICK = st.integers(0, 5)
RARELY = 5
PRICES = st.sampled_from([50_000, 50_002, 100_000])
NOISE = st.sampled_from(["SETORAN", "TRSF E-BANKING CR {} BUDI", "trf {} utk pesanan", "SWITCHING/{}/WS95031", "{}"])
MINUTES = st.sampled_from([1, 25, 61, 200])
IS_TOLD = st.sampled_from([True, True, False])
# What has happened before a history begins; each a name and what is done, in words that `World.prepare` knows.
BEGINNINGS = (
    (),
    (("part paid", "buy", "pay part"),),
    (("paid", "buy", "pay"),),
    (("paid, refund approved", "buy", "pay", "ask", "approve"),),
    (("paid, refund sent", "buy", "pay", "ask", "approve", "send"),),
    (("paid, refund vouched for", "buy", "pay", "ask", "approve", "send", "complete"),),
    (("part paid, cancelled", "buy", "pay part", "cancel"),),
    (("part paid, cancelled, given back", "buy", "pay part", "cancel", "approve"),),
    (("part paid, expired, given back", "buy", "pay part", "let it run out", "approve"),),
)
# What people do with a refund, and when it makes sense.
STEPS_ON = {
    "approve": ("requested", "in_review"),
    "mark_sent": ("approved",),
    "complete": ("sent", "approved"),
    "retry": ("failed",),
    "start_review": ("requested",),
    "reject": ("requested", "in_review", "failed"),
    "withdraw": ("requested", "in_review", "approved", "failed"),
}


def mostly(likely, others, pick):
    """Choose one of the likely ones, now and then any other: what is refused must do no harm either."""
    return newest(likely if likely and pick < RARELY else others, pick)


def can_be(*statuses):
    """Tell whether there is an order in one of these statuses."""
    return lambda history: bool(history.world.orders(*statuses))


class History(RuleBasedStateMachine):
    """One shop, from its first order on."""

    def __init__(self, world):
        super().__init__()
        self.world = world
        world.begin()

    @initialize(so_far=st.sampled_from(BEGINNINGS))
    def begin(self, so_far):
        """Begin in the middle: what comes after a refund is far from the first order."""
        for name, *deeds in so_far:
            self.world.step(f"begin: {name}", self.world.prepare, deeds)

    def teardown(self):
        self.world.finish()

    @invariant()
    def everything_adds_up(self):
        self.world.check()

    def has_orders(self):
        return bool(self.world.before.charges)

    def has_lines(self):
        return bool(self.world.told())

    def has_matched(self):
        return bool(self.world.told("matched"))

    def has_unmatched(self):
        return self.has_orders() and bool(self.world.told("unmatched", "review", "ignored"))

    def has_money(self):
        return bool(self.world.orders(paid=True))

    def has_untold(self):
        return bool(self.world.untold())

    def has_bodies(self):
        return bool(self.world.bodies)

    def has_refunds(self):
        return bool(self.world.before.refunds)

    def order(self, pick, *statuses, paid=False):
        return mostly(self.world.orders(*statuses, paid=paid), self.world.orders(), pick)

    def line(self, pick, *statuses):
        return mostly(self.world.told(*statuses), self.world.told(), pick)

    # -- the shop ----------------------------------------------------------------------------------------------------

    @rule(price=PRICES, bank_id=st.sampled_from([None, *BANKS]))
    def buy(self, price, bank_id):
        self.world.step("buy", self.world.buy, price, bank_id)

    @precondition(can_be("pending", "expired"))
    @rule(pick=PICK)
    def cancel(self, pick):
        self.world.step("cancel", self.world.cancel, self.order(pick, "pending", "expired"))

    @precondition(can_be("pending"))
    @rule(pick=PICK, minutes=MINUTES)
    def extend(self, pick, minutes):
        self.world.step("extend", self.world.extend, self.order(pick, "pending"), minutes)

    @precondition(can_be("expired", "cancelled"))
    @rule(pick=PICK, minutes=MINUTES)
    def reopen(self, pick, minutes):
        self.world.step("reopen", self.world.reopen, self.order(pick, "expired", "cancelled"), minutes)

    @precondition(can_be("pending"))
    @rule(pick=PICK, bank_id=st.sampled_from(BANKS))
    def change_account(self, pick, bank_id):
        self.world.step("change account", self.world.change_account, self.order(pick, "pending"), bank_id)

    # -- money comes in ----------------------------------------------------------------------------------------------

    @precondition(can_be("pending", "expired"))
    @rule(pick=PICK, day_only=st.booleans(), is_told=IS_TOLD)
    def transfer_right(self, pick, day_only, is_told):
        ref = self.order(pick, "pending", "expired")
        self.world.step("transfer right", self.world.transfer, ref, is_told=is_told, day_only=day_only)

    @precondition(can_be("paid", "cancelled"))
    @rule(pick=PICK, is_told=IS_TOLD)
    def transfer_again(self, pick, is_told):
        ref = self.order(pick, "paid", "cancelled")
        self.world.step("transfer again", self.world.transfer, ref, is_told=is_told)

    @precondition(can_be("pending", "expired"))
    @rule(pick=PICK, difference=st.sampled_from([-30_000, -2, -1]), noise=NOISE, is_told=IS_TOLD)
    def transfer_less(self, pick, difference, noise, is_told):
        ref = self.order(pick, "pending", "expired")
        self.world.step("transfer less", self.world.transfer, ref, difference=difference, note=noise, is_told=is_told)

    @precondition(has_orders)
    @rule(
        pick=PICK,
        difference=st.sampled_from([1, 20_000, 50_000, -1]),
        noise=NOISE,
        elsewhere=st.booleans(),
        is_told=IS_TOLD,
    )
    def transfer_other_amount(self, pick, difference, noise, elsewhere, is_told):
        self.world.step(
            "transfer other amount",
            *(self.world.transfer, self.order(pick)),
            difference=difference,
            note=noise,
            elsewhere=elsewhere,
            is_told=is_told,
        )

    @precondition(can_be("pending", "expired"))
    @rule(pick=PICK, other=PICK, difference=st.sampled_from([0, 0, 7]))
    def transfer_for_two(self, pick, other, difference):
        refs = [self.order(each, "pending", "expired") for each in (pick, other)]
        self.world.step("transfer for two", self.world.transfer_for_two, refs, difference)

    @precondition(has_orders)
    @rule(
        amount=st.sampled_from([1, 50_001, 77_777]), bank_id=st.sampled_from(BANKS), kind=st.sampled_from(["CR", "DB"])
    )
    def move_unrelated(self, amount, bank_id, kind):
        self.world.step("unrelated", self.world.book_and_tell, amount, bank_id=bank_id, kind=kind, note="BIAYA ADM")

    # -- Moota tells, once, again, late, in another order, with another content --------------------------------------

    @precondition(has_untold)
    @rule(count=st.integers(1, 3), backwards=st.booleans(), is_worked_on=st.booleans())
    def tell(self, count, backwards, is_worked_on):
        lines = self.world.untold()[:count]
        told = lines[::-1] if backwards else lines
        self.world.step("tell", self.world.tell, told, work_on_it=is_worked_on)

    @precondition(has_lines)
    @rule(
        pick=PICK,
        how=st.sampled_from(["same bytes", "replay"])
        | st.sampled_from(
            [{"note": "lagi"}, {"amount": 50_001}, {"type": "DB"}, {"type": "CR"}, {"bank_id": BANKS[1]}]
        ),
    )
    def tell_again(self, pick, how):
        world = self.world
        if how == "same bytes":
            world.step("same bytes again", world.post_again, pick)
        elif how == "replay":
            world.step("replay", world.replay, pick)
        else:
            world.step("tell again", world.tell, [self.line(pick)], **how)

    @precondition(has_lines)
    @rule(pick=PICK)
    def tell_under_another_id(self, pick):
        self.world.step("other id", self.world.tell_under_another_id, newest(self.world.told(), pick))

    # -- workers and time --------------------------------------------------------------------------------------------

    @precondition(has_orders)
    @rule(what=st.sampled_from(["process", "sweep", "release"]))
    def work(self, what):
        self.world.step(what, getattr(self.world, what))

    @precondition(has_untold)
    @rule(how=st.sampled_from(["crash_after_parsing", "crash_before_finishing", "two_workers"]))
    def work_half(self, how):
        self.world.step(how, self.world.work_half, getattr(self.world, how))

    @precondition(has_untold)
    @rule()
    def settle_while_the_host_is_in_trouble(self):
        self.world.step("host in trouble", self.world.settle_in_trouble)

    @precondition(lambda self: self.world.before.outbox)
    @rule(is_down=st.booleans())
    def mail(self, is_down):
        self.world.mail_is_down = is_down

    @precondition(has_orders)
    @rule(minutes=MINUTES | st.just(1440), is_swept=st.booleans())
    def wait(self, minutes, is_swept):
        self.world.now += timedelta(minutes=minutes)
        if is_swept:
            self.world.step("wait", self.world.sweep)

    # -- by hand -----------------------------------------------------------------------------------------------------

    @precondition(has_unmatched)
    @rule(pick=PICK, order=PICK)
    def match(self, pick, order):
        line = self.line(pick, "unmatched", "review", "ignored")
        self.world.step("match", self.world.on_mutation, line.id, by_hand.match, self.order(order))

    @precondition(has_unmatched)
    @rule(pick=PICK, order=PICK, other=PICK, first=st.sampled_from([1, 20_000, 50_001]))
    def split(self, pick, order, other, first):
        line = self.line(pick, "unmatched", "review")
        parts = [(self.order(order), first), (self.order(other), line.element["amount"] - first)]
        self.world.step("split", self.world.on_mutation, line.id, by_hand.split, parts)

    @precondition(has_matched)
    @rule(pick=PICK)
    def unmatch(self, pick):
        line = self.line(pick, "matched")
        self.world.step("unmatch", self.world.on_mutation, line.id, by_hand.unmatch, reason="keliru")

    @precondition(has_matched)
    @rule(pick=PICK, order=PICK, other=PICK, first=st.sampled_from([1, 20_000, 50_001, 100_000]))
    def reassign(self, pick, order, other, first):
        line = self.line(pick, "matched")
        amount, refs = line.element["amount"], [self.order(order), self.order(other)]
        parts = [(refs[0], first), (refs[1], amount - first)] if refs[0] != refs[1] else [(refs[0], amount)]
        self.world.step("reassign", self.world.on_mutation, line.id, by_hand.reassign, parts, reason="keliru")

    @precondition(has_unmatched)
    @rule(pick=PICK)
    def ignore(self, pick):
        line = self.line(pick, "unmatched", "review")
        self.world.step("ignore", self.world.on_mutation, line.id, by_hand.ignore, reason="pribadi")

    @precondition(has_unmatched)
    @rule(pick=PICK)
    def look_again(self, pick):
        line = self.line(pick, "unmatched", "review", "ignored")
        self.world.step("look again", self.world.on_mutation, line.id, by_hand.look_again)

    @precondition(can_be("pending", "expired"))
    @rule(pick=PICK)
    def settle_by_hand(self, pick):
        self.world.step("settle by hand", self.world.settle_by_hand, self.order(pick, "pending", "expired"))

    # -- money goes back ---------------------------------------------------------------------------------------------

    @precondition(has_money)
    @rule(
        pick=PICK,
        amount=st.sampled_from([1, 20_000, 50_001, 50_002]),
        reason=st.sampled_from(["goods", "duplicate_payment", "wrong_amount"]),
    )
    def request_back(self, pick, amount, reason):
        self.world.step("ask back", self.world.ask_back, self.order(pick, paid=True), amount, reason)

    @precondition(has_refunds)
    @rule(pick=PICK, does=st.sampled_from([*STEPS_ON]), actor=st.sampled_from([OWNER, OWNER, STAFF]))
    def move_refund(self, pick, does, actor):
        ticket = mostly(self.world.refunds(*STEPS_ON[does]), self.world.refunds(), pick)[0]
        self.world.step(does, self.world.on_refund, ticket, getattr(refunds, does), actor=actor)

    @precondition(lambda self: self.world.refunds("approved", "sent", "completed"))
    @rule(pick=PICK, is_named=st.booleans(), is_told=IS_TOLD)
    def pay_out(self, pick, is_named, is_told):
        gone, going = self.world.refunds("completed"), self.world.refunds("approved", "sent")
        ticket, amount, bank_id = mostly(going, going + gone, pick)
        note = f"TRSF {ticket}" if is_named else "TRSF KE BUDI"
        self.world.step(
            "pay out",
            *(self.world.book_and_tell, amount),
            bank_id=bank_id,
            kind="DB",
            note=note,
            is_told=is_told,
        )

    @precondition(lambda self: self.world.refunds("sent", "completed"))
    @rule(pick=PICK, note=st.sampled_from(["RETUR TRANSFER", "SETORAN"]))
    def payout_returns(self, pick, note):
        _, amount, bank_id = newest(self.world.refunds("sent", "completed"), pick)
        self.world.step("payout returns", self.world.book_and_tell, amount, bank_id=bank_id, note=note)

    @precondition(has_matched)
    @rule(pick=PICK)
    def take_back_by_the_bank(self, pick):
        taken = self.line(pick, "matched").element
        note = f"KOREKSI {taken['description']}"
        self.world.step(
            "bank takes back",
            *(self.world.book_and_tell, taken["amount"]),
            bank_id=taken["bank_id"],
            kind="DB",
            note=note,
        )


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
    return settings(
        max_examples=int(LONGER or examples),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if AS_FOUND else [Phase.generate, Phase.shrink],
    )


@pytest.mark.parametrize(
    ("kind", "config", "examples", "number", "steps"),
    [
        pytest.param("sqlite", CROWDED, 76, 1, 2_000, id="sqlite"),
        pytest.param("sqlite", LENIENT, 36, 2, 800, id="sqlite-lenient"),
        pytest.param("postgresql", CROWDED, 84, 3, 2_000, id="postgresql", marks=pytest.mark.postgres),
    ],
)
def test_whatever_happens_the_money_adds_up(make_world, kind, config, examples, number, steps):
    world = make_world(kind, config)
    histories = seed(random.randrange(2**32) if LONGER else number)(partial(History, world))  # noqa: S311

    run_state_machine_as_test(histories, settings=rules_of_the_game(examples))

    print(f"{world.steps} steps: {dict(world.done.most_common())}")  # noqa: T201 - for those who ask with -s
    assert world.steps >= steps
