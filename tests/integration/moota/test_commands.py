"""`flask moota …`: one JSON document with --json, exit status 0, 1 or 2, and what is refused in one line on stderr."""

import json
import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timedelta

import pytest
import time_machine
from hosts import bank, minimal
from hosts.ground import on_sqlite
from werkzeug.serving import make_server

CHARGE_FIELDS = {
    *("order_ref", "charge_id", "method", "status", "exceptions", "difference", "amount", "fee", "unique_code"),
    *("amount_due", "amount_paid", "amount_refunded", "amount_refundable", "account", "reference", "va_number"),
    *("qr_string", "payment_url", "created_at", "expires_at", "paid_at", "pay_url"),
}
MUTATION_FIELDS = {
    *("mutation_id", "bank_id", "direction", "amount", "occurred_at", "description", "status", "reason", "order_ref"),
    *("ticket", "near_misses"),
}
DELIVERY_FIELDS = {"id", "received_at", "source_ip", "status", "mutations", "attempts", "error"}
ACCOUNT_FIELDS = {"bank_id", "bank_type", "label", "number", "holder"}


@pytest.fixture
def full(host):
    """Return a shop in which every list has something to show."""
    host.paid, host.open = host.buy(ref="INV-1"), host.buy(ref="INV-2")
    host.delivery_id = host.receive(bank.mutation(host.paid["amount_due"], mutation_id="Mut1"), bank.mutation(5))
    return host


def refused(host, *arguments):
    """Run a command that must be refused; return its one line."""
    result = host.run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


# -- what is printed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        (("accounts", "list"), ACCOUNT_FIELDS),
        (("charge", "list"), CHARGE_FIELDS),
        (("charge", "show", "INV-1"), CHARGE_FIELDS),
        (("mutation", "list"), MUTATION_FIELDS),
        (("mutation", "show", "Mut1"), MUTATION_FIELDS),
        (("inbox", "list"), DELIVERY_FIELDS),
        (("expire",), {"expired"}),
        (("process",), {"deliveries"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_documents_have_the_contracts_fields(full, arguments, fields):
    document = full.json(*arguments)

    for row in document if isinstance(document, list) else [document]:
        assert fields <= set(row)


@pytest.mark.parametrize(
    "arguments",
    [
        ("accounts", "list"),
        ("charge", "list"),
        ("charge", "show", "INV-1"),
        ("mutation", "list"),
        ("mutation", "show", "Mut1"),
        ("inbox", "list"),
        ("expire",),
        ("process",),
        ("upgrade",),
    ],
    ids=" ".join,
)
def test_every_command_also_speaks_to_people(full, arguments):
    result = full.run(*arguments)

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.strip()
    assert "{" not in result.stdout


def test_a_charge_is_told_as_the_contract_says(host):
    charge = host.json(
        *("charge", "create", "INV-1001", "150000", "--method", "bank_transfer", "--account", bank.BCA),
        *("--email", "budi@example.id", "--phone", "+62811111111", "--name", "Budi", "--ttl", "60"),
    )

    assert (charge["order_ref"], charge["status"], charge["amount"], charge["fee"]) == (
        "INV-1001",
        "pending",
        150000,
        0,
    )
    assert charge["amount_due"] == 150_000 + charge["unique_code"]
    assert (charge["exceptions"], charge["difference"], charge["amount_paid"]) == ([], 0, 0)
    assert (charge["amount_refunded"], charge["amount_refundable"]) == (0, 0)
    assert charge["account"]["bank_id"] == bank.BCA
    assert (charge["va_number"], charge["qr_string"], charge["payment_url"], charge["paid_at"]) == (None,) * 4
    assert len(charge["reference"]) == 6
    assert "/pay/" in charge["pay_url"]
    opened, deadline = (datetime.fromisoformat(charge[name]) for name in ("created_at", "expires_at"))
    assert deadline - opened == timedelta(minutes=60)
    assert opened.utcoffset() == timedelta(hours=7)
    assert host.charge("INV-1001") == charge


def test_a_charge_may_be_due_at_once(host):
    host.json("charge", "create", "INV-1", "150000", "--ttl", "0")

    assert host.json("expire")["expired"] == ["INV-1"]
    assert host.charge("INV-1")["status"] == "expired"


def test_lists_can_be_narrowed_by_status(full):
    full.json("charge", "cancel", "INV-2", "--reason", "batal")

    def charges(status):
        return [row["order_ref"] for row in full.json("charge", "list", "--status", status)]

    assert [charges(each) for each in ("paid", "cancelled", "pending", "expired")] == [["INV-1"], ["INV-2"], [], []]
    assert [row["mutation_id"] for row in full.json("mutation", "list", "--status", "matched")] == ["Mut1"]
    assert len(full.json("mutation", "list", "--status", "unmatched")) == 1
    assert len(full.json("inbox", "list", "--status", "processed")) == 1


def test_the_newest_come_first(host):
    for _ in range(3):
        host.buy()

    assert [row["order_ref"] for row in host.json("charge", "list")] == ["INV-3", "INV-2", "INV-1"]


def test_a_mutation_is_told_with_the_order_it_paid(full):
    row = full.mutation("Mut1")

    assert (row["amount"], row["direction"], row["bank_id"]) == (full.paid["amount_due"], "credit", bank.BCA)
    assert (row["status"], row["reason"], row["order_ref"]) == ("matched", "exact", "INV-1")
    assert datetime.fromisoformat(row["occurred_at"]).utcoffset() == timedelta(hours=7)


def test_a_delivery_is_shown_with_its_body_and_its_results(full):
    shown = full.delivery(full.delivery_id)

    assert set(shown) >= DELIVERY_FIELDS
    assert (shown["status"], shown["mutations"], shown["attempts"], shown["error"]) == ("processed", 2, 1, None)
    assert json.loads(shown["body"])[0]["mutation_id"] == "Mut1"
    assert [row["order_ref"] for row in shown["results"]] == ["INV-1", None]
    assert full.run("inbox", "show", full.delivery_id).exit_code == 0


def test_adding_an_account_again_brings_it_up_to_date(host):
    fields = ("--bank-id", bank.BCA, "--bank-type", "bca", "--number", "999", "--holder", "Toko Baru")
    assert host.json("accounts", "add", *fields, "--label", "Utama")["label"] == "Utama"

    (account,) = host.json("accounts", "list")

    assert (account["number"], account["holder"], account["label"]) == ("999", "Toko Baru", "Utama")


def test_empty_lists_are_lists_in_json_and_a_sentence_for_people(make_host):
    host = make_host()

    for group in ("accounts", "charge", "mutation", "inbox"):
        assert host.json(group, "list") == []
        assert host.run(group, "list").stdout.strip().endswith(".")


def test_replaying_without_an_id_replays_what_failed(host):
    host.post_webhook(b"{}")
    host.process()
    host.receive(bank.mutation(5))

    assert [row["status"] for row in host.json("inbox", "replay")] == ["failed"]


def test_process_says_how_much_it_did(host):
    for amount in (1, 2, 3):
        host.post_webhook(bank.body(bank.mutation(amount)))

    assert host.json("process")["deliveries"] == 3
    assert host.json("process")["deliveries"] == 0


def test_reading_changes_nothing(full):
    before = full.json("charge", "list"), full.json("mutation", "list"), full.json("inbox", "list")

    for arguments in (("expire",), ("process",), ("upgrade",)):
        assert full.run(*arguments).exit_code == 0

    assert before == (full.json("charge", "list"), full.json("mutation", "list"), full.json("inbox", "list"))


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("charge", "show", "INV-404"), "INV-404"),
        (("charge", "cancel", "INV-404", "--reason", "x"), "INV-404"),
        (("charge", "create", "INV-9", "1000", "--account", "Nobody"), "Nobody"),
        (("charge", "create", "INV-9", "0"), "0"),
        (("charge", "create", "INV-9", "1" + "0" * 30), "rupiah"),
        (("charge", "create", "INV-9", "1000", "--method", "qris"), "qris"),
        (("charge", "create", "INV-9", "1000", "--ttl", "9" * 12), "999999999999"),
        (("charge", "create", "", "1000"), "order"),
        (("charge", "create", "x" * 65, "1000"), "order_ref"),
        (("charge", "create", "INV-9", "1000", "--name", "x" * 201), "name"),
        (("charge", "create", "INV-1", "1000"), "INV-1"),
        (("charge", "cancel", "INV-1", "--reason", "x"), "paid"),
        (("mutation", "show", "Mut404"), "Mut404"),
        (("inbox", "show", "d404"), "d404"),
        (("inbox", "replay", "d404"), "d404"),
        (("simulate", "INV-404"), "INV-404"),
        (("simulate", "INV-2", "--account", "Nobody"), "Nobody"),
        (("accounts", "add", "--bank-id", " ", "--bank-type", "bca", "--number", "1", "--holder", "x"), "bank_id"),
        (("accounts", "add", "--bank-id", "x" * 65, "--bank-type", "bca", "--number", "1", "--holder", "x"), "bank_id"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_a_refusal_is_one_line_that_names_what_is_meant(full, arguments, named):
    assert named in refused(full, *arguments)
    assert named in refused(full, *arguments, *(() if arguments[0] == "simulate" else ("--json",)))


@pytest.mark.parametrize(
    "arguments",
    [
        ("charge", "create", "INV-9"),
        ("charge", "create", "INV-9", "banyak"),
        ("charge", "create", "INV-9", "1.5"),
        ("charge", "create", "INV-9", "1000", "--method", "cash"),
        ("charge", "create", "INV-9", "1000", "--ttl", "-1"),
        ("charge", "create", "INV-9", "1000", "--color", "red"),
        ("charge", "cancel", "INV-1"),
        ("charge", "list", "--status", "lost"),
        ("mutation", "list", "--status", "lost"),
        ("inbox", "list", "--status", "lost"),
        ("accounts", "add", "--bank-id", "x"),
        ("simulate",),
        ("simulate", "INV-1", "--times", "0"),
        ("nonsense",),
    ],
    ids=" ".join,
)
@on_sqlite
def test_wrong_usage_is_exit_status_2(full, arguments):
    result = full.run(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_a_refused_command_writes_nothing(full):
    before = full.json("charge", "list")

    refused(full, "charge", "create", "INV-1", "99000")
    refused(full, "charge", "cancel", "INV-1", "--reason", "x")

    assert full.json("charge", "list") == before


def test_without_tables_the_remedy_is_told(make_host, databases, kind):
    host = make_host(url=databases.empty(kind))

    assert "flask moota upgrade" in refused(host, "charge", "list")
    assert host.run("upgrade").exit_code == 0
    assert host.json("charge", "list") == []


@on_sqlite
@pytest.mark.parametrize("as_json", [False, True])
def test_a_database_in_which_another_program_writes_is_said_to_be_busy(make_host, tmp_path, as_json):
    host = make_host(SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": 0.05}})
    host.add_account()
    with closing(sqlite3.connect(tmp_path / "host.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")

        told = refused(host, "charge", "create", "INV-1", "1000", *(["--json"] if as_json else []))

    assert "busy" in told
    assert host.json("charge", "list") == []


def test_upgrading_twice_is_harmless(full):
    for _ in range(2):
        assert full.run("upgrade").exit_code == 0

    assert full.charge("INV-1")["status"] == "paid"


# -- simulate --------------------------------------------------------------------------------------------------------


@pytest.fixture
def served(own_host):
    """Serve the host's shop on a real port; `simulate` posts to it."""
    server = make_server("127.0.0.1", 0, own_host.app, threaded=True)
    own_host.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield own_host
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_simulated_transfer_pays_the_order(served):
    served.buy(ref="INV-1")

    document = served.json("simulate", "INV-1", "--url", served.url)
    served.process()

    assert [answer["status"] for answer in document["answers"]] == [200]
    assert served.order_state("INV-1") == "paid"


def test_a_transfer_simulated_three_times_pays_once(served):
    charge = served.buy(ref="INV-1")

    document = served.json("simulate", "INV-1", "--url", f"{served.url}/webhook/moota", "--times", "3")
    served.process()

    answers = [json.loads(answer["body"])["status"] for answer in document["answers"]]
    assert answers == ["received", "duplicate", "duplicate"]
    assert served.charge("INV-1")["amount_paid"] == charge["amount_due"]


@on_sqlite
def test_everything_about_a_simulated_transfer_can_be_chosen(served):
    served.add_account(bank.MANDIRI, "mandiriOnlineV2")
    served.buy(ref="INV-1")

    served.json(
        *("simulate", "INV-1", "--url", served.url, "--amount", "777", "--account", bank.MANDIRI),
        *("--debit", "--description", "BIAYA ADM"),
    )
    served.process()

    (row,) = served.json("mutation", "list")
    told = (row["amount"], row["bank_id"], row["direction"], row["description"])
    assert told == (777, bank.MANDIRI, "debit", "BIAYA ADM")
    assert served.order_state("INV-1") == "unpaid"


@on_sqlite
@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "not an address"])
def test_a_shop_that_does_not_answer_is_exit_status_1(host, url):
    host.buy(ref="INV-1")

    result = host.run("simulate", "INV-1", "--url", url)

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


@on_sqlite
def test_a_shop_that_refuses_the_webhook_is_exit_status_1_with_its_answer(served):
    served.buy(ref="INV-1")
    closed = served.app.extensions["moota"].settings
    assert closed.webhook_allowed.allows("127.0.0.1")
    served.app.view_functions["moota.webhook"] = lambda: ("no", 403)

    result = served.run("simulate", "INV-1", "--url", served.url, "--json")

    assert result.exit_code == 1
    assert [answer["status"] for answer in json.loads(result.stdout)["answers"]] == [403]


@on_sqlite
def test_nothing_can_be_simulated_without_a_secret(make_host):
    host = make_host(MOOTA_WEBHOOK_SECRET=None)
    host.add_account()
    host.buy(ref="INV-1")

    assert "MOOTA_WEBHOOK_SECRET" in refused(host, "simulate", "INV-1")


@on_sqlite
def test_the_time_zone_of_the_documents_can_be_chosen(make_host):
    host = make_host(MOOTA_TIMEZONE="Asia/Jayapura")
    host.add_account()
    with time_machine.travel("2026-11-24T05:00:00+00:00", tick=False):
        charge = host.buy()

    assert charge["created_at"] == "2026-11-24T14:00:00+09:00"


@on_sqlite
def test_links_made_outside_a_request_need_the_public_address(make_host):
    host = make_host(MOOTA_PUBLIC_URL="https://toko.example/")
    host.add_account()
    with host.app.app_context():
        minimal.moota.create_charge("INV-1", 150_000)
        minimal.db.session.commit()

    assert host.charge("INV-1")["pay_url"].startswith("https://toko.example/pay/")
