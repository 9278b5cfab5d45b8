"""`flask moota purge`: what is emptied, what never is, and that an emptied webhook is still known."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from hosts.refunding import NUMBER, OWNER, account, approved, ask, paid, statement_line
from sqlalchemy import select

from payments_moota import ConfigError, destinations, inbox, payouts, refunds, retention, tasks
from payments_moota.models import Delivery, Event

THEN = datetime(2026, 8, 1, 3, tzinfo=UTC)
KEPT_FOR = timedelta(days=90)


def at(moment):
    return time_machine.travel(moment, tick=True)


def body_of(host, delivery_id):
    return host.delivery(delivery_id)["body"]


def purged(host):
    document = host.json("purge")
    assert (document.pop("destinations"), document.pop("proofs")) == (0, 0)
    return document


def receive(host, *lines):
    """Store a webhook and let the worker have it; return its id and its bytes."""
    content = bank.body(*lines)
    answer = host.post_webhook(content)
    assert answer.status_code == 200
    host.process()
    return answer.json["delivery"], content


def test_bodies_are_emptied_when_their_time_is_over_and_not_before(host):
    with at(THEN):
        old, content = receive(host, bank.mutation(1_000))
    with at(THEN + timedelta(days=1)):
        young, _ = receive(host, bank.mutation(2_000))

    with at(THEN + KEPT_FOR - timedelta(minutes=1)):
        assert purged(host) == {"deliveries": 0, "bytes": 0}
    with at(THEN + KEPT_FOR + timedelta(minutes=1)):
        assert purged(host) == {"deliveries": 1, "bytes": len(content)}
        assert purged(host) == {"deliveries": 0, "bytes": 0}

    assert body_of(host, old) == ""
    assert body_of(host, young)


def test_what_was_read_from_it_stays_and_the_history_says_what_went(host):
    line = bank.mutation(1_000)
    with at(THEN):
        old, content = receive(host, line)
    with at(THEN + KEPT_FOR + timedelta(days=1)):
        host.json("purge")

    assert host.delivery(old)["status"] == "processed"
    assert host.delivery(old)["mutations"] == 1
    assert host.mutation(line["mutation_id"])["amount"] == 1_000
    with host.work() as work:
        (purged,) = work.session.scalars(select(Event).where(Event.name == "inbox.purged"))
        assert purged.data["deliveries"] == 1
        assert purged.data["bytes"] == len(content)
        (delivery,) = work.session.scalars(select(Delivery))
        assert retention.is_purged(delivery)


def test_the_same_bytes_sent_again_are_still_known(host):
    with at(THEN):
        old, content = receive(host, bank.mutation(1_000))
    with at(THEN + KEPT_FOR + timedelta(days=1)):
        host.json("purge")
        answer = host.post_webhook(content)

    assert answer.json == {"status": "duplicate", "delivery": old}


def test_what_waits_or_failed_is_never_emptied(host):
    with at(THEN):
        failed = host.post_webhook(b'{"not": "a list"}').json["delivery"]
        host.process()
        waiting = host.post_webhook(bank.body(bank.mutation(1_000))).json["delivery"]
    with at(THEN + 10 * KEPT_FOR):
        assert host.json("purge")["deliveries"] == 0

    assert host.delivery(failed)["status"] == "failed"
    assert body_of(host, failed)
    assert body_of(host, waiting)


def test_a_check_without_a_body_is_not_taken_for_an_emptied_one(host):
    with at(THEN):
        host.post_webhook(b"")
        host.process()
    with at(THEN + 2 * KEPT_FOR):
        assert host.json("purge")["deliveries"] == 0

    with host.work() as work:
        (delivery,) = work.session.scalars(select(Delivery))
        assert not retention.is_purged(delivery)


def test_the_setting_decides_but_never_below_fourteen_days(make_host):
    host = make_host(MOOTA_INBOX_RETENTION_DAYS="14")
    host.add_account()
    with at(THEN):
        receive(host, bank.mutation(1_000))

    with at(THEN + timedelta(days=13, hours=23)), host.work() as work:
        hasty = replace(work, settings=replace(work.settings, inbox_retention=timedelta(days=1)))
        assert retention.purge(hasty).deliveries == 0
    with at(THEN + timedelta(days=14, minutes=1)):
        assert host.json("purge")["deliveries"] == 1

    with pytest.raises(ConfigError, match="MOOTA_INBOX_RETENTION_DAYS"):
        make_host(MOOTA_INBOX_RETENTION_DAYS="13")


def test_many_are_emptied_in_small_transactions(host):
    with at(THEN):
        for _ in range(5):
            host.post_webhook(bank.body(bank.mutation(1_000)))
        host.process()
    with at(THEN + 2 * KEPT_FOR):
        with host.work() as work:
            assert retention.purge(work, limit=2).deliveries == 2
        shown = host.run("purge")

    assert shown.exit_code == 0
    assert shown.stdout.startswith("3 raw webhooks emptied")


def test_a_replay_of_an_emptied_webhook_still_decides_its_mutations_anew(host):
    line = bank.mutation(1_000, bank_id="added later")
    with at(THEN):
        old, _ = receive(host, line)
    with at(THEN + 2 * KEPT_FOR):
        host.json("purge")
        host.add_account("added later", "bri")
        with host.work() as work:
            inbox.replay(work, inbox.get_delivery(work, old))
        with host.app.app_context():
            tasks.process_everything()

    with host.work() as work:
        events = [event.name for event in work.session.scalars(select(Event).order_by(Event.id))]
    assert host.delivery(old)["status"] == "processed"
    assert events.count("mutation.unmatched") == 2
    assert json.loads(host.run("inbox", "show", old, "--json").stdout)["body"] == ""


# -- account numbers -------------------------------------------------------------------------------------------------


def end(host, how, ticket):
    with host.work(OWNER) as work:
        getattr(refunds, how)(work, ticket, note="catatan")


def refund_over(host, how, **options):
    """Return the ticket of a refund with an account that ended by `complete`, `reject` or `withdraw`."""
    ref = paid(host)
    ticket = approved(host, ref, **options) if how == "complete" else ask(host, ref, **options)
    end(host, how, ticket)
    return ticket


def number_of(host, ticket):
    """Return the account number that somebody who makes the transfer would be shown."""
    with host.work(OWNER) as work:
        found = destinations.reveal(work, ticket)
        return found and found.number


@pytest.mark.parametrize("how", ["complete", "reject", "withdraw"])
def test_the_account_of_a_refund_that_is_over_keeps_its_last_four_digits(host, how):
    with at(THEN):
        ticket = refund_over(host, how, destination=account())

    with at(THEN + KEPT_FOR - timedelta(minutes=1)):
        assert host.json("purge")["destinations"] == 0
        assert number_of(host, ticket) == NUMBER
    with at(THEN + KEPT_FOR + timedelta(minutes=1)):
        shown = host.json("refund", "show", ticket)
        assert host.json("purge")["destinations"] == 1
        assert host.json("purge")["destinations"] == 0
        assert host.json("refund", "show", ticket) == shown, "nothing that anybody is shown changes"

    assert shown["destination"]["number"].endswith(NUMBER[-4:])
    assert number_of(host, ticket) is None
    with host.work() as work:
        kept = refunds.get_refund(work, ticket).bank_number
        assert NUMBER not in kept
        assert [event.data["status"] for event in events(work, "refund.account_removed")] == [shown["status"]]


def events(work, name):
    return list(work.session.scalars(select(Event).where(Event.name == name)))


def test_the_account_of_a_refund_that_is_open_is_kept_however_old(host):
    with at(THEN):
        tickets = [ask(host, paid(host), destination=account()), approved(host, destination=account())]

    with at(THEN + 10 * KEPT_FOR):
        assert host.json("purge")["destinations"] == 0
    assert [number_of(host, ticket) for ticket in tickets] == [NUMBER, NUMBER]


def test_a_payout_that_the_bank_returned_can_still_be_repeated_and_is_counted_anew(host):
    with at(THEN):
        ticket = refund_over(host, "complete", destination=account())
    with at(THEN + timedelta(days=29)):
        host.receive(bank.mutation(50_000, description=f"RETUR {ticket}"))
        assert host.json("refund", "show", ticket)["status"] == "failed"
    with at(THEN + KEPT_FOR + timedelta(days=1)):
        assert host.json("purge")["destinations"] == 0
        assert number_of(host, ticket) == NUMBER
        end(host, "retry", ticket)
        end(host, "complete", ticket)
    with at(THEN + 2 * KEPT_FOR):
        assert host.json("purge")["destinations"] == 0
    with at(THEN + 2 * KEPT_FOR + timedelta(days=2)):
        assert host.json("purge")["destinations"] == 1


def test_a_refund_returned_after_its_account_was_removed_waits_for_another_one(host):
    """Banks return within thirty days; should one take longer, the shopper is asked, and nobody pays to dots."""
    with at(THEN):
        ticket = refund_over(host, "complete", destination=account())
    with at(THEN + KEPT_FOR + timedelta(days=1)):
        host.json("purge")
        with host.work("worker") as work:
            line = statement_line(work, 50_000, "credit", "late-return")
            refunds.reopen_returned(work, refunds.get_refund(work, ticket), line)
        end(host, "retry", ticket)
        with host.work(OWNER) as work:
            assert payouts.export_payouts(work, "bca").without_destination == [ticket]


def test_the_worker_removes_them_by_itself(host):
    with at(THEN):
        ticket = refund_over(host, "reject", destination=account())
    with at(THEN + KEPT_FOR + timedelta(days=1)):
        host.sweep()

    assert number_of(host, ticket) is None


def test_an_account_is_kept_as_long_as_banks_may_return_the_money(make_host):
    with pytest.raises(ConfigError, match="MOOTA_REFUND_DESTINATION_RETENTION_DAYS"):
        make_host(MOOTA_REFUND_DESTINATION_RETENTION_DAYS="29")
