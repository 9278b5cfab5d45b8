"""Histories that once went wrong: found by `test_money_history`, kept short and in words."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from hosts.refunding import OWNER, STAFF
from sqlalchemy import select

from payments_moota import (
    RefusedError,
    by_hand,
    changes,
    charges,
    current_moota,
    expiry,
    ledger,
    mutations,
    reconcile,
    refunds,
    signals,
)
from payments_moota.models import Refund

SOON = datetime.now(UTC) + timedelta(days=2)


def pay(host, ref="INV-1", difference=0, *, amount=None, **fields):
    """Transfer what an order asks for, or something near it with its reference; return the mutation's id."""
    charge = host.charge(ref)
    line = bank.mutation(
        amount or charge["amount_due"] + difference, **{"description": f"TRSF {charge['reference']}", **fields}
    )
    host.receive(line)
    return line["mutation_id"]


def take_back(host, ref="INV-1"):
    """Let the bank take an order's payment back; return the mutation's id."""
    return pay(host, ref, kind="DB", description="KOREKSI")


def by(host, verb, mutation_id, *given, **options):
    with host.work(OWNER) as work:
        verb(work, mutations.get_mutation(work, mutation_id), *given, **options)


def ask(host, ref, amount, reason="goods"):
    with host.work(STAFF) as work:
        return refunds.request_refund(work, ref, amount, reason=reason).ticket


def on(host, ticket, *verbs):
    for verb in verbs:
        with host.work(OWNER) as work:
            verb(work, ticket, note="catatan")


def reopen(host, ref="INV-1"):
    with host.work(OWNER) as work:
        changes.reopen(work, ref, until=SOON)


def cancel(host, ref="INV-1"):
    with host.work(OWNER) as work:
        changes.cancel(work, ref, reason="batal")


def offered(host):
    """Return what the system proposes to give back and nobody has decided."""
    with host.work() as work:
        query = select(Refund.reason, Refund.amount).where(Refund.origin == "system", Refund.status == "requested")
        return {tuple(row) for row in work.session.execute(query)}


def received(host, ref="INV-1"):
    with host.work() as work:
        return ledger.figures_of(work, charges.get_charge(work, ref)).received


def last_event(host, ref="INV-1"):
    with host.app.app_context():
        return current_moota.timeline(ref)[-1].name


@pytest.fixture(autouse=True)
def _in_the_end_the_books_agree(host):
    yield
    with host.work() as work:
        assert reconcile.reconcile(work)["faults"] == []


def test_one_rupiah_after_a_reversal_does_not_pay_the_order_again(own_host):
    host = own_host
    said = []
    signals.charge_paid.connect_via(host.app)(listen := lambda _app, **_extra: said.append("paid"))
    host.buy()
    pay(host)
    take_back(host)
    pay(host, amount=1)

    assert (said, last_event(host)) == (["paid"], "charge.underpaid")
    del listen


def test_money_the_bank_took_back_cannot_be_given_to_another_order(host):
    host.buy()
    paid = pay(host)
    taken = take_back(host)
    with pytest.raises(RefusedError, match="gone back already"):
        by(host, by_hand.unmatch, paid, reason="keliru")
    by(host, by_hand.unmatch, taken, reason="keliru")
    by(host, by_hand.unmatch, paid, reason="keliru")

    assert (received(host), host.charge("INV-1")["status"]) == (0, "pending")


def test_money_that_was_refunded_cannot_be_given_to_another_order(host):
    host.buy()
    paid = pay(host)
    on(host, ask(host, "INV-1", 20_000), refunds.approve, refunds.complete)

    with pytest.raises(RefusedError, match="gone back already"):
        by(host, by_hand.unmatch, paid, reason="keliru")


def test_a_surplus_moved_to_another_order_is_not_offered_back_any_more(host):
    host.buy()
    pay(host)
    again = pay(host)
    assert {reason for reason, _ in offered(host)} == {"duplicate_payment"}
    by(host, by_hand.unmatch, again, reason="untuk pesanan lain")

    assert offered(host) == set()
    assert host.charge("INV-1")["status"] == "paid"


def test_of_two_payments_the_one_that_is_left_is_not_offered_back(host):
    host.buy()
    first = pay(host)
    pay(host)
    by(host, by_hand.unmatch, first, reason="untuk pesanan lain")

    assert (offered(host), host.charge("INV-1")["status"]) == (set(), "paid")


def test_taking_a_second_payment_away_leaves_an_order_paid_that_a_person_settled(host):
    due = host.buy()["amount_due"]
    part = pay(host, amount=due - 30_000, description="SETORAN")
    by(host, by_hand.match, part, "INV-1")
    with host.work(OWNER) as work:
        by_hand.settle_by_hand(work, "INV-1", reason="sisanya tunai")
    again = pay(host, description="SETORAN")
    by(host, by_hand.unmatch, again, reason="untuk pesanan lain")

    assert host.charge("INV-1")["status"] == "paid"


def test_all_that_came_for_a_cancelled_order_is_offered_back(host):
    due = host.buy()["amount_due"]
    pay(host, difference=-30_000)
    cancel(host)
    pay(host, amount=30_000)

    assert offered(host) == {("cancellation", due)}


def test_reopening_takes_the_offer_back_to_return_what_is_due_now(host):
    host.buy()
    pay(host, difference=-30_000)
    cancel(host)
    reopen(host)
    pay(host, amount=30_000)

    assert (offered(host), host.charge("INV-1")["status"]) == (set(), "paid")


def test_an_order_whose_money_goes_back_is_not_reopened(host):
    host.buy()
    pay(host, difference=-30_000)
    cancel(host)
    with host.work() as work:
        ticket = refunds.list_refunds(work)[0].ticket
    on(host, ticket, refunds.approve)

    with pytest.raises(RefusedError, match="goes back"):
        reopen(host)


def test_the_rest_does_not_revive_an_expired_order_whose_first_part_went_back(make_host):
    host = make_host(MOOTA_CHARGE_TTL_MINUTES="1")
    host.add_account()
    due = host.buy()["amount_due"]
    pay(host, difference=-30_000)
    with host.work() as work:
        charge = charges.get_charge(work, "INV-1")
        charge.expires_at -= timedelta(minutes=2)
        work.session.flush()
        expiry.expire(work, charge.id)
    on(host, ask(host, "INV-1", due - 30_000, "wrong_amount"), refunds.approve)
    pay(host, amount=30_000)

    assert host.charge("INV-1")["status"] == "expired"
    assert offered(host) == {("wrong_amount", 30_000)}


def test_a_debit_that_comes_under_two_ids_pays_out_one_refund(host):
    host.buy()
    pay(host)
    tickets = [ask(host, "INV-1", 20_000) for _ in range(2)]
    on(host, tickets[0], refunds.approve, refunds.mark_sent)
    line = bank.mutation(20_000, kind="DB", description="TRSF KE BUDI")
    host.receive(line)
    on(host, tickets[1], refunds.approve, refunds.mark_sent)
    host.receive(line | {"mutation_id": "V1-of-it", "token": "V1-of-it"})

    assert host.mutation("V1-of-it")["reason"] == "suspected_duplicate"
    with host.work() as work:
        assert [refunds.get_refund(work, ticket).status for ticket in tickets] == ["completed", "sent"]


@pytest.mark.parametrize("how", ["by itself", "by hand"])
def test_the_debit_of_a_refund_that_a_person_vouched_for_is_its_payout_and_no_reversal(host, how):
    host.buy()
    pay(host)
    ticket = ask(host, "INV-1", 20_000)
    if how == "by itself":
        on(host, ticket, refunds.approve, refunds.complete)
    line = bank.mutation(20_000, kind="DB", description="TRSF KE BUDI")
    host.receive(line)
    if how == "by hand":
        on(host, ticket, refunds.approve, refunds.complete)
        by(host, by_hand.match, line["mutation_id"], "INV-1")

    assert host.mutation(line["mutation_id"])["reason"] == "refund_payout"
    assert host.charge("INV-1")["exceptions"] == []
    with host.work() as work:
        assert reconcile.reconcile(work)["open"] == []


def test_an_order_that_asks_for_nothing_has_no_share_of_a_transfer_for_several(host):
    """The bank took back what paid the second order, and nobody has asked for it again."""
    first, second = host.buy(50_000), host.buy(70_000)
    host.add_account(bank.MANDIRI, "mandiri")
    pay(host, "INV-2")
    take_back(host, "INV-2")
    assert host.charge("INV-2")["amount_open"] == 0

    both = f"TRSF {first['reference']} {second['reference']}"
    line = pay(host, amount=first["amount_due"], bank_id=bank.MANDIRI, description=both)

    assert (host.mutation(line)["progress"], host.mutation(line)["reason"]) == ("done", "ambiguous")
    assert host.charge("INV-1")["status"] == "pending"


def test_money_is_taken_back_once_from_the_order_that_has_it_now(host):
    """It had paid another order before; that one has money of its own."""
    host.buy(50_000)
    other = host.buy(50_000)
    line = pay(host, "INV-1")
    amount = host.mutation(line)["amount"]
    by(host, by_hand.reassign, line, [("INV-2", amount)], reason="keliru")
    with host.work(OWNER) as work:
        by_hand.settle_by_hand(work, "INV-1", reason="tunai")
    first, second = (pay(host, amount=amount, kind="DB", description=f"KOREKSI {n}") for n in (1, 2))

    assert [host.mutation(each)["reason"] for each in (first, second)] == ["reversal", "no_match"]
    assert (host.charge("INV-1")["amount_paid"] > 0, host.charge("INV-2")["amount_paid"]) == (True, 0)
    assert other["order_ref"] == host.mutation(first)["order_ref"]


def test_a_credit_for_two_of_which_one_lacks_some_already_is_a_persons_to_judge(host):
    first, second = host.buy(50_000), host.buy(70_000)
    both = f"TRSF {first['reference']} {second['reference']}"
    pay(host, amount=first["amount_due"] + second["amount_due"], description=both)
    part = pay(host, amount=1, kind="DB", description="BIAYA")
    by(host, by_hand.match, part, "INV-1")

    whole = pay(host, amount=first["amount_due"] + second["amount_due"], kind="DB", description=f"KOREKSI {both}")

    assert host.mutation(whole)["reason"] == "no_match"
    assert [host.charge(ref)["amount_paid"] for ref in ("INV-1", "INV-2")] == [
        first["amount_due"] - 1,
        second["amount_due"],
    ]


def test_nothing_is_asked_for_a_given_up_order_when_the_bank_takes_some_of_its_money_back(host):
    """It ended, its money went back, and more came all the same: together more than was ever due."""
    charge = host.buy(100_000)
    with time_machine.travel(SOON):
        pay(host, difference=-30_000, at=SOON - timedelta(days=2))
        host.sweep()
        part = host.charge("INV-1")["amount_paid"]
        on(host, ask(host, "INV-1", part), refunds.approve, refunds.complete)
        pay(host, at=SOON)
        pay(host, difference=-7, at=SOON)
        debit = pay(host, amount=charge["amount_due"], kind="DB", description="KOREKSI", at=SOON)

    assert (host.mutation(debit)["reason"], host.mutation(debit)["progress"]) == ("reversal", "done")
    assert (host.charge("INV-1")["status"], host.charge("INV-1")["amount_open"]) == ("expired", 0)


def test_a_part_that_went_back_and_that_the_bank_takes_back_too_asks_for_nothing(host):
    host.buy(100_000)
    with time_machine.travel(SOON):
        pay(host, difference=-30_000, at=SOON - timedelta(days=2))
        host.sweep()
        part = host.charge("INV-1")["amount_paid"]
        on(host, ask(host, "INV-1", part), refunds.approve, refunds.mark_sent)
        pay(host, amount=part, kind="DB", description="TRSF KE BUDI", at=SOON)
        pay(host, amount=part, kind="DB", description="KOREKSI", at=SOON)

    assert (host.charge("INV-1")["amount_paid"], host.charge("INV-1")["amount_open"]) == (0, 0)


def test_an_expired_order_asks_again_when_its_refund_comes_back(host):
    """Meanwhile the bank had taken the very money back that was refunded."""
    charge = host.buy(100_000)
    with time_machine.travel(SOON):
        pay(host, difference=-30_000, at=SOON - timedelta(days=2))
        host.sweep()
        part = host.charge("INV-1")["amount_paid"]
        ticket = ask(host, "INV-1", part)
        on(host, ticket, refunds.approve, refunds.mark_sent)
        pay(host, amount=part, kind="DB", description="TRSF KE BUDI", at=SOON)
        pay(host, amount=part, kind="DB", description="KOREKSI", at=SOON)
        asked_before = host.charge("INV-1")["amount_open"]
        pay(host, amount=part, description=f"RETUR {ticket}", at=SOON)

    after = host.charge("INV-1")
    assert (asked_before, after["status"], after["amount_paid"]) == (0, "expired", 0)
    assert after["amount_open"] == charge["amount_due"]


def test_an_expired_order_asks_again_when_its_refund_is_given_up(host):
    """Meanwhile the bank had taken more back than was to be refunded."""
    charge = host.buy(100_000)
    with time_machine.travel(SOON):
        pay(host, difference=-30_000, at=SOON - timedelta(days=2))
        host.sweep()
        part = host.charge("INV-1")["amount_paid"]
        ticket = ask(host, "INV-1", part - 10_000)
        on(host, ticket, refunds.approve)
        pay(host, amount=part, kind="DB", description="KOREKSI", at=SOON)
        asked_before = host.charge("INV-1")["amount_open"]
        on(host, ticket, refunds.withdraw)

    after = host.charge("INV-1")
    assert (asked_before, after["status"], after["amount_paid"]) == (0, "expired", 0)
    assert after["amount_open"] == charge["amount_due"]


@pytest.mark.parametrize("gives_up", [refunds.withdraw, refunds.reject])
def test_an_expired_order_is_paid_late_when_all_its_money_came_and_its_refund_is_given_up(host, gives_up):
    host.buy(100_000)
    with time_machine.travel(SOON):
        pay(host, difference=-30_000, at=SOON - timedelta(days=2))
        host.sweep()
        part = host.charge("INV-1")["amount_paid"]
        decided, asked = ask(host, "INV-1", part - 10_000), ask(host, "INV-1", 10_000)
        on(host, decided, refunds.approve)
        pay(host, amount=30_000, at=SOON)
        on(host, decided, refunds.withdraw)
        meanwhile = host.charge("INV-1")["status"]
        on(host, asked, gives_up)

    after = host.charge("INV-1")
    assert (meanwhile, after["status"], after["difference"], after["amount_open"]) == ("expired", "paid", 0, 0)
    assert offered(host) == set()


@pytest.mark.parametrize("is_by_hand", [False, True])
def test_a_reversal_that_was_none_serves_the_order_again(own_host, is_by_hand):
    host = own_host
    charge = host.buy(100_000)
    heard = []
    for signal in (signals.charge_paid, signals.charge_reversed, signals.charge_underpaid):
        signal.connect_via(host.app)(lambda _app, name=signal.name, **_: heard.append(name))
    line = pay(host, amount=100_000 if is_by_hand else charge["amount_due"], description="SETORAN")
    if is_by_hand:
        by(host, by_hand.match, line, "INV-1")
    debit = pay(host, amount=host.mutation(line)["amount"], kind="DB", description="KOREKSI SETORAN")
    by(host, by_hand.unmatch, debit, reason="bukan koreksi")

    assert heard == ["charge-paid", "charge-reversed", "charge-paid"]
    assert "reversed" not in host.charge("INV-1")["exceptions"]


@pytest.mark.parametrize("how", ["by hand", "by the tolerance"])
def test_what_was_let_go_and_comes_all_the_same_is_no_second_payment(make_host, how):
    """The order was served when it counted as paid; a receiver that serves it again would refuse for ever."""
    host = make_host(MOOTA_UNDERPAYMENT_TOLERANCE="5" if how == "by the tolerance" else "0")
    host.add_account()
    charge = host.buy(100_000)
    heard = []
    for signal in (signals.charge_paid, signals.charge_underpaid, signals.charge_overpaid):
        signal.connect_via(host.app)(lambda _app, name=signal.name, **_: heard.append(name))
    if how == "by hand":
        line = pay(host, amount=100_000, description="SETORAN")
        by(host, by_hand.match, line, "INV-1")
    else:
        pay(host, difference=-5)
    missing = -host.charge("INV-1")["difference"]
    some = pay(host, amount=1)
    rest = pay(host, amount=missing - 1)

    assert [host.mutation(each)["reason"] for each in (some, rest)] == ["reference", "reference"]
    assert (host.charge("INV-1")["difference"], host.charge("INV-1")["amount_paid"]) == (0, charge["amount_due"])
    assert heard == ["charge-paid"]
    assert host.json("refund", "list") == []


def test_the_same_order_twice_in_a_split_is_refused(host):
    host.buy()
    line = pay(host, amount=77_777, description="SETORAN")

    with pytest.raises(RefusedError, match="once"):
        by(host, by_hand.split, line, [("INV-1", 20_000), ("INV-1", 57_777)])


def test_what_a_person_ignored_can_be_looked_at_again(host):
    host.buy()
    line = pay(host, amount=77_777, description="SETORAN")
    by(host, by_hand.ignore, line, reason="pribadi")
    by(host, by_hand.look_again, line)

    assert host.mutation(line)["reason"] == "no_match"
