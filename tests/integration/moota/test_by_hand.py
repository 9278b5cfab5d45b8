"""What a person decides about money at the command line: match, split, move, take back, ignore, look again, wait."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank, minimal
from hosts.ground import on_sqlite
from hosts.refunding import OWNER

from payments_moota import signals
from payments_moota.extension import current_moota

NOTHING_KNOWN = "SETORAN TUNAI"


@pytest.fixture
def two(host):
    """Return two orders that wait, of 100.000 and 50.000 rupiah."""
    return host.buy(100_000), host.buy(50_000)


def money_in(host, amount, **fields):
    """Let the bank book a credit that names nobody; return its id."""
    fields.setdefault("description", NOTHING_KNOWN)
    line = bank.mutation(amount, **fields)
    host.receive(line)
    return line["mutation_id"]


def state(host, ref):
    charge = host.charge(ref)
    return charge["status"], charge["exceptions"], charge["difference"]


def refused(host, *arguments):
    result = host.run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr


def history(host, mutation_id):
    return [
        (line["event"], line["by"], line["data"].get("reason"))
        for line in host.json("mutation", "history", mutation_id)
    ]


def proposals_of(host, ref):
    return [(row["amount"], row["status"]) for row in host.json("refund", "list") if row["order_ref"] == ref]


# -- match and split -------------------------------------------------------------------------------------------------


def test_an_order_number_in_the_note_leads_to_the_order_and_decides_nothing(host, two):
    mutation_id = money_in(host, 170_000, description="TRSF E-BANKING CR RATNA BAYAR INV 2")

    told = host.mutation(mutation_id)

    assert (told["status"], told["order_ref"]) == ("unmatched", None)
    assert [(miss["order_ref"], miss["code"]) for miss in told["near_misses"]] == [("INV-2", "named")]


def test_a_near_miss_is_matched_and_the_unique_code_let_go(host, two):
    mutation_id = money_in(host, 100_000)
    assert [miss["code"] for miss in host.mutation(mutation_id)["near_misses"]] == ["code_missing"]

    row = host.json("mutation", "match", mutation_id, "INV-1", "--reason", "Kode unik tertinggal")

    assert (row["status"], row["reason"], row["order_ref"]) == ("matched", "manual", "INV-1")
    code = two[0]["unique_code"]
    assert state(host, "INV-1") == ("paid", ["settled_by_hand", "underpaid"], -code)
    assert host.order_state("INV-1") == "paid"
    assert ("mutation.matched_by_hand", "cli", "Kode unik tertinggal") in history(host, mutation_id)


def test_money_that_covers_everything_is_no_persons_word(host, two):
    mutation_id = money_in(host, two[0]["amount_due"] + 5_000)

    host.json("mutation", "match", mutation_id, "INV-1")

    assert state(host, "INV-1") == ("paid", ["overpaid"], 5_000)
    assert proposals_of(host, "INV-1") == [(5_000, "requested")]


def test_too_little_by_hand_leaves_the_rest_to_be_paid(host, two):
    host.json("mutation", "match", money_in(host, 60_000), "INV-1")

    assert state(host, "INV-1") == ("pending", ["underpaid"], 60_000 - two[0]["amount_due"])
    assert host.charge("INV-1")["amount_open"] == two[0]["amount_due"] - 60_000


def test_one_transfer_is_split_over_orders(host, two):
    mutation_id = money_in(host, 150_000)

    row = host.json("mutation", "split", mutation_id, "INV-1=100000", "INV-2=50000", "--reason", "Ditelepon")

    assert row["order_refs"] == ["INV-1", "INV-2"]
    assert [state(host, ref)[0] for ref in ("INV-1", "INV-2")] == ["paid", "paid"]
    assert ("mutation.matched_by_hand", "cli", "Ditelepon") in history(host, mutation_id)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (("INV-1=100000", "INV-2=49999"), "add up to 150000"),
        (("INV-1=100000", "INV-1=50000"), "each order once"),
        (("INV-1=150001", "INV-2=-1"), "ORDER_REF=AMOUNT"),
        (("INV-1=150000", "INV-2=0"), "at least one rupiah"),
        (("INV-1=100000", "INV-9=50000"), "INV-9"),
        (("INV-1",), "ORDER_REF=AMOUNT"),
    ],
)
def test_parts_that_are_not_all_of_it_are_refused(host, two, parts, why):
    mutation_id = money_in(host, 150_000)

    assert why in refused(host, "mutation", "split", mutation_id, *parts)
    assert host.mutation(mutation_id)["status"] == "unmatched"


# -- take back -------------------------------------------------------------------------------------------------------


def test_a_match_taken_back_returns_the_money_to_the_pool_with_its_hints(host, two):
    mutation_id = money_in(host, 100_000)
    hints = host.mutation(mutation_id)["near_misses"]
    host.json("mutation", "match", mutation_id, "INV-1")

    row = host.json("mutation", "unmatch", mutation_id, "--reason", "Salah pesanan")

    assert (row["status"], row["order_ref"], row["near_misses"]) == ("unmatched", None, hints)
    assert state(host, "INV-1") == ("pending", [], 0)
    assert history(host, mutation_id)[-2:] == [
        ("mutation.unmatched_by_hand", "cli", "Salah pesanan"),
        ("charge.unpaid", "cli", "Salah pesanan"),
    ]


def test_money_that_went_back_cannot_be_taken_from_its_order(host, two):
    mutation_id = money_in(host, two[0]["amount_due"])
    ticket = host.json("refund", "request", "INV-1", 30_000, "--reason", "goods")["ticket"]
    for step in ("approve", "mark-sent", "complete"):
        host.json("refund", step, ticket)

    assert "gone back" in refused(host, "mutation", "unmatch", mutation_id, "--reason", "x")
    assert "gone back" in refused(
        host, "mutation", "reassign", mutation_id, f"INV-2={two[0]['amount_due']}", "--reason", "x"
    )


# -- move ------------------------------------------------------------------------------------------------------------


def test_a_surplus_moves_to_another_order_and_the_first_is_never_unpaid(own_host):
    host = own_host
    first, second = host.buy(100_000), host.buy(50_000)
    due = first["amount_due"]
    mutation_id = money_in(host, due + second["amount_due"], description=f"TRSF {first['reference']}")
    assert proposals_of(host, "INV-1") == [(second["amount_due"], "requested")]
    heard = []
    for signal in (signals.charge_reversed, signals.charge_paid):
        signal.connect_via(host.app)(lambda _app, charge, name=signal.name, **_: heard.append((name, charge.order_ref)))

    row = host.json(
        *("mutation", "reassign", mutation_id, f"INV-1={due}", f"INV-2={second['amount_due']}"),
        *("--reason", "Kelebihan untuk pesanan kedua"),
    )

    assert row["order_refs"] == ["INV-1", "INV-2"]
    assert [state(host, ref) for ref in ("INV-1", "INV-2")] == [("paid", [], 0), ("paid", [], 0)]
    assert proposals_of(host, "INV-1") == [(second["amount_due"], "withdrawn")]
    assert heard == [("charge-paid", "INV-2")]
    assert ("mutation.reassigned", "cli", "Kelebihan untuk pesanan kedua") in history(host, mutation_id)


def test_all_of_it_moves_to_the_right_order(host, two):
    mutation_id = money_in(host, two[0]["amount_due"])
    assert state(host, "INV-1")[0] == "paid"

    host.json("mutation", "reassign", mutation_id, f"INV-2={two[0]['amount_due']}", "--reason", "Salah pesanan")

    assert (state(host, "INV-1"), host.charge("INV-1")["amount_open"]) == (("pending", [], 0), two[0]["amount_due"])
    assert state(host, "INV-2")[:2] == ("paid", ["overpaid"])


def test_a_late_part_stays_late_where_it_stays(host, two):
    first, second = two
    late = datetime.now(UTC) + timedelta(days=2)
    with time_machine.travel(late):
        host.sweep()
        total = first["amount_due"] + 50_000
        mutation_id = money_in(host, total, description=f"TRSF {first['reference']}", at=late)
        assert state(host, "INV-1") == ("paid", ["overpaid", "paid_late"], 50_000)
        host.json("charge", "reopen", "INV-2", "--minutes", 60)

        host.json("mutation", "reassign", mutation_id, f"INV-1={first['amount_due']}", "INV-2=50000", "--reason", "x")

    assert state(host, "INV-1") == ("paid", ["paid_late"], 0)
    assert state(host, "INV-2") == ("paid", ["settled_by_hand", "underpaid"], -second["unique_code"])


@pytest.mark.parametrize(
    ("parts", "why"), [(("INV-1=1",), "add up"), (("INV-9=100000",), "INV-9"), (("INV-1=50000", "INV-1=50000"), "once")]
)
def test_a_reassignment_that_cannot_be_changes_nothing(host, two, parts, why):
    mutation_id = money_in(host, 100_000)
    host.json("mutation", "match", mutation_id, "INV-1")
    before = host.charge("INV-1")

    assert why in refused(host, "mutation", "reassign", mutation_id, *parts, "--reason", "x")
    assert host.charge("INV-1") == before


def test_only_what_pays_an_order_can_be_reassigned(host, two):
    free = money_in(host, 1_000)
    assert "pays no order" in refused(host, "mutation", "reassign", free, "INV-1=1000", "--reason", "x")


# -- ignore ----------------------------------------------------------------------------------------------------------


def test_what_is_ignored_can_be_decided_anew(host, two):
    mutation_id = money_in(host, 77_777)
    assert host.json("mutation", "ignore", mutation_id, "--reason", "Pribadi")["status"] == "ignored"
    assert host.json("mutation", "rerun", mutation_id)["status"] == "unmatched"
    host.json("mutation", "match", mutation_id, "INV-2")
    assert "allow" in refused(host, "mutation", "ignore", mutation_id, "--reason", "Pribadi")


def test_a_rule_ignores_what_fits_no_order_and_hides_no_payment(host, two):
    rule = host.json("mutation", "rules", "add", "Biaya  ADM", "--direction", "debit", "--reason", "Biaya bulanan")
    host.json("mutation", "rules", "add", "SETORAN", "--direction", "credit", "--reason", "Setoran sendiri")
    fee = money_in(host, 2_500, kind="DB", description="BIAYA ADM NOV")
    payment = money_in(host, two[0]["amount_due"])

    assert (host.mutation(fee)["status"], host.mutation(fee)["reason"]) == ("ignored", "rule")
    assert host.mutation(payment)["order_ref"] == "INV-1"
    assert [row["text"] for row in host.json("mutation", "rules", "list")] == ["biaya adm", "setoran"]
    assert host.run("mutation", "rules", "end", rule["id"]).exit_code == 0
    assert host.mutation(money_in(host, 2_600, kind="DB", description="BIAYA ADM DES"))["status"] == "unmatched"
    assert "no active rule" in refused(host, "mutation", "rules", "end", rule["id"])
    assert "too short" in refused(host, "mutation", "rules", "add", "ADM", "--direction", "debit", "--reason", "x")


# -- look again ------------------------------------------------------------------------------------------------------


def dry_run(host, mutation_id):
    before = host.mutation(mutation_id), host.json("mutation", "history", mutation_id)
    found = host.json("mutation", "rerun", mutation_id, "--dry-run")
    assert (host.mutation(mutation_id), host.json("mutation", "history", mutation_id)) == before
    return found


def test_a_dry_run_says_for_which_order_and_a_rerun_does_it(host, two):
    mutation_id = money_in(host, two[0]["amount_due"])
    host.json("mutation", "unmatch", mutation_id, "--reason", "Salah pesanan")

    found = dry_run(host, mutation_id)

    assert (found["status"], found["reason"]) == ("matched", "exact")
    assert found["shares"] == [{"order_ref": "INV-1", "amount": two[0]["amount_due"], "exceptions": []}]
    assert host.json("mutation", "rerun", mutation_id)["order_ref"] == "INV-1"
    assert state(host, "INV-1") == ("paid", [], 0)


def test_a_dry_run_names_hints_rules_and_refunds(host, two):
    host.json(
        "mutation", "match", money_in(host, two[1]["amount_due"], description="LUNAS"), "INV-2"
    ) if False else None
    near = money_in(host, 100_000)
    assert [miss["code"] for miss in dry_run(host, near)["near_misses"]] == ["code_missing"]

    fee = money_in(host, 2_500, kind="DB", description="BIAYA ADM")
    host.json("mutation", "rules", "add", "BIAYA ADM", "--direction", "debit", "--reason", "x")
    assert (dry_run(host, fee)["status"], dry_run(host, fee)["ignored_by"]) == ("ignored", "biaya adm")

    money_in(host, two[1]["amount_due"])
    early = money_in(host, 20_000, kind="DB", description="TRSF KE BUDI")
    ticket = host.json("refund", "request", "INV-2", 20_000, "--reason", "goods")["ticket"]
    host.json("refund", "approve", ticket)
    assert (dry_run(host, early)["reason"], dry_run(host, early)["ticket"]) == ("refund_payout", ticket)
    assert host.json("mutation", "rerun", early)["ticket"] == ticket
    assert host.json("refund", "show", ticket)["status"] == "completed"


def test_what_is_matched_is_not_decided_anew(host, two):
    mutation_id = money_in(host, two[0]["amount_due"])

    for more in ((), ("--dry-run",)):
        assert "unmatch it first" in refused(host, "mutation", "rerun", mutation_id, *more)


# -- more time, another account, a person's word ---------------------------------------------------------------------


def test_more_time_is_counted_from_now_and_told_once(own_host):
    host = own_host
    heard = []
    signals.charge_extended.connect_via(host.app)(lambda _app, charge, **_: heard.append(charge.order_ref))
    charge = host.buy(100_000)

    later = host.json("charge", "extend", "INV-1", "--minutes", 4_320)

    assert datetime.fromisoformat(later["expires_at"]) > datetime.fromisoformat(charge["expires_at"])
    assert (later["amount_due"], heard) == (charge["amount_due"], ["INV-1"])
    assert "later" in refused(host, "charge", "extend", "INV-1", "--minutes", 5)
    assert heard == ["INV-1"]


def test_a_cancelled_charge_lives_again_for_the_same_amount(host, two):
    host.json("charge", "cancel", "INV-1", "--reason", "keliru")
    assert "only one that waits" in refused(host, "charge", "extend", "INV-1", "--minutes", 60)

    again = host.json("charge", "reopen", "INV-1", "--minutes", 60)

    assert (again["status"], again["amount_open"]) == ("pending", two[0]["amount_due"])
    money_in(host, two[0]["amount_due"])
    assert state(host, "INV-1") == ("paid", [], 0)
    assert "allow" in refused(host, "charge", "reopen", "INV-1", "--minutes", 60)


def test_a_charge_that_moved_is_still_paid_at_its_old_account(own_host):
    host = own_host
    charge = host.buy(100_000)
    host.add_account(bank.MANDIRI, "mandiri")

    moved = host.json("charge", "move", "INV-1", bank.MANDIRI)

    assert moved["account"]["bank_id"] == bank.MANDIRI
    money_in(host, charge["amount_due"])
    assert host.charge("INV-1")["amount_paid"] == charge["amount_due"]


def test_cash_over_the_counter_settles_a_charge_with_a_reason(host, two):
    charge = host.json("charge", "settle", "INV-1", "--reason", "Tunai di toko")

    assert (charge["status"], charge["exceptions"], charge["difference"]) == ("paid", ["settled_by_hand"], 0)
    (told,) = [line for line in host.json("charge", "history", "INV-1") if line["event"] == "charge.settled_by_hand"]
    assert (told["by"], told["data"]["reason"]) == ("cli", "Tunai di toko")
    assert "Tunai di toko" in host.run("charge", "history", "INV-1").output


# -- in the host's own transaction -----------------------------------------------------------------------------------


@on_sqlite
def test_the_same_verbs_are_the_hosts_to_call(host, two):
    mutation_id = money_in(host, 150_000)
    with host.app.app_context():
        parts = [("INV-1", 100_000), ("INV-2", 50_000)]
        current_moota.split_mutation(mutation_id, parts, actor=OWNER, reason="Ditelepon")
        current_moota.reassign_mutation(mutation_id, [("INV-1", 150_000)], actor=OWNER, reason="Keliru")
        current_moota.unmatch_mutation(mutation_id, actor=OWNER, reason="Keliru")
        current_moota.rerun_mutation(mutation_id, actor=OWNER)
        current_moota.match_mutation(mutation_id, "INV-1", actor=OWNER, reason="Benar")
        minimal.db.session.commit()

    assert state(host, "INV-1")[0] == "paid"
    assert {by for event, by, _ in history(host, mutation_id) if event.startswith("mutation.") and by != "worker"} == {
        OWNER
    }
