"""The same mutation told twice with another content: kept, shown, and acknowledged by a person with a reason."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from hosts.refunding import OWNER

from payments_moota import RefusedError, alerts, incidents, mutations
from payments_moota.context import work_on_host_session
from payments_moota.extension import current_moota

REASON = "Di rekening koran Rp20.000"


@pytest.fixture
def contradicted(host):
    """Return the element of a mutation that came again with another amount."""
    line = bank.mutation(20_000)
    host.receive(line)
    host.receive(line | {"amount": 25_000})
    return line


def reconciled(host):
    result = host.run("reconcile", "--json")
    return result.exit_code, json.loads(result.stdout)


def acknowledge(host, line, *more):
    return host.json("mutation", "acknowledge", line["mutation_id"], "--reason", REASON, *more)


def test_an_alert_stands_until_somebody_has_looked(host, contradicted):
    def standing():
        with host.work() as work:
            return [alert.key for alert in alerts.standing(work)]

    host.sweep()
    assert standing() == [f"contradicted:{contradicted['mutation_id']}"]
    acknowledge(host, contradicted)
    assert standing() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10)):
        host.sweep()
        assert standing() == []
        host.receive(contradicted | {"amount": 26_000})
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        host.sweep()
    assert standing() == [f"contradicted:{contradicted['mutation_id']}"]


def test_until_somebody_has_looked_the_books_do_not_tie(host, contradicted):
    status, document = reconciled(host)

    assert (status, document["ties"], document["acknowledged"]) == (1, False, [])
    assert [fault["code"] for fault in document["faults"]] == ["mutation.contradicted"]
    (told,) = host.mutation(contradicted["mutation_id"])["contradictions"]
    assert (told["direction"], told["amount_hundredths"], told["is_acknowledged"]) == ("credit", 2_500_000, False)


def test_what_was_acknowledged_is_named_with_the_reason_and_is_no_fault(host, contradicted):
    row = acknowledge(host, contradicted)

    status, document = reconciled(host)
    (point,) = document["acknowledged"]
    assert (status, document["ties"], document["faults"]) == (0, True, [])
    assert (point["code"], point["acknowledged_by"], point["reason"]) == ("mutation.contradicted", "cli", REASON)
    assert f"cli says: {REASON}" in point["text"]
    assert "Acknowledged:" in host.run("reconcile").output
    assert [told["is_acknowledged"] for told in row["contradictions"]] == [True]
    assert (row["amount"], row["status"]) == (20_000, "unmatched"), "the first content stands"


def test_the_same_content_told_once_more_is_nothing_new_and_another_one_is(host, contradicted):
    acknowledge(host, contradicted)
    host.receive(contradicted | {"amount": 25_000, "note": "lagi"})
    assert reconciled(host)[0] == 0

    host.receive(contradicted | {"amount": 26_000})

    status, document = reconciled(host)
    assert (status, len(document["faults"]), len(document["acknowledged"])) == (1, 1, 1)
    assert "credit of 26000" in document["faults"][0]["text"]
    acknowledge(host, contradicted)
    assert reconciled(host)[0] == 0


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"type": "DB"}, "debit of 20000"), ({"bank_id": bank.MANDIRI}, f"on the account {bank.MANDIRI}")],
    ids=["direction", "account"],
)
def test_money_that_turned_round_or_moved_is_another_content_too(host, changed, named):
    line = bank.mutation(20_000)
    host.receive(line)
    host.receive(line | changed)

    assert named in reconciled(host)[1]["faults"][0]["text"]


def test_words_that_a_bank_adds_later_are_no_incident(host):
    line = bank.mutation(20_000)
    host.receive(line)
    host.receive(line | {"description": "TRSF E-BANKING CR BUDI SANTOSO", "balance": 9_000_000})

    assert host.mutation(line["mutation_id"])["contradictions"] == []


def test_only_what_was_contradicted_can_be_acknowledged_and_only_once(host, contradicted):
    plain = bank.mutation(30_000)
    host.receive(plain)
    acknowledge(host, contradicted)

    for line, why in ((plain, "one content only"), (contradicted, "already")):
        refused = host.run("mutation", "acknowledge", line["mutation_id"], "--reason", REASON)
        assert (refused.exit_code, why in refused.stderr) == (1, True)
    assert host.run("mutation", "acknowledge", contradicted["mutation_id"]).exit_code == 2, "a reason is needed"


def test_the_host_can_acknowledge_in_its_own_transaction(host, contradicted):
    with host.app.app_context():
        current_moota.acknowledge_mutation(contradicted["mutation_id"], reason=REASON, actor=OWNER)
        work = work_on_host_session("shop")
        (told,) = incidents.contradictions(work)
        assert (told.acknowledged.by, told.acknowledged.reason) == (OWNER, REASON)
        work.session.rollback()

    with host.work() as work, pytest.raises(RefusedError):
        incidents.acknowledge(work, mutations.get_mutation(work, "Mut"), reason=REASON)
    assert reconciled(host)[0] == 1


def test_the_history_of_a_mutation_says_who_did_what_and_why(host, contradicted):
    acknowledge(host, contradicted)

    told = host.json("mutation", "history", contradicted["mutation_id"])

    assert [line["event"] for line in told] == [
        "mutation.unmatched",
        "mutation.contradicted",
        "mutation.acknowledged",
    ]
    assert (told[-1]["by"], told[-1]["data"]["reason"]) == ("cli", REASON)
    assert REASON in host.run("mutation", "history", contradicted["mutation_id"]).output
