"""A statement uploaded as a file: only what is new comes in, through the inbox, and pays as if Moota had told it."""

import json

import pytest
from hosts import bank
from sqlalchemy import select

from payments_moota.models import Delivery

TITLES = "Tanggal,Keterangan,Jumlah,Saldo"


@pytest.fixture
def upload(host, tmp_path):
    """Return a function that writes a statement and imports it; lines are (day, description, amount, balance)."""

    def run(*lines, arguments=(), ok=True):
        file = tmp_path / "mutasi.csv"
        file.write_text("\n".join([TITLES, *(",".join(map(str, line)) for line in lines)]), encoding="utf-8")
        result = host.run("mutation", "import", file, "--account", bank.BCA, "--json", *arguments)
        assert (result.exit_code == 0) == ok, result.output
        return json.loads(result.stdout) if ok else result.stderr

    return run


def today():
    return bank.local(bank.datetime.now(bank.UTC))[:10]


def credit(amount, description="TRSF BUDI", balance=""):
    return (today(), description, f"{amount} CR", balance)


def debit(amount, description="BIAYA ADM", balance=""):
    return (today(), description, f"{amount} DB", balance)


def test_a_line_that_moota_never_told_pays_its_order(host, upload):
    charge = host.buy()

    document = upload(credit(charge["amount_due"], balance="1150347.00"), debit(2_500))

    assert (document["lines"], document["known"], document["new"]) == (2, 0, 2)
    assert host.charge("INV-1")["status"] == "paid"
    paid = next(row for row in host.json("mutation", "list") if row["order_ref"] == "INV-1")
    assert (paid["reason"], paid["mutation_id"][:5]) == ("exact", "file-")
    (delivery,) = host.json("inbox", "list")
    assert (delivery["channel"], delivery["status"], delivery["mutations"]) == ("file", "processed", 2)


def test_the_same_file_again_and_a_longer_one_add_only_what_is_new(host, upload):
    lines = [credit(100_000), credit(100_000), debit(2_500)]
    assert upload(*lines)["new"] == 3

    assert upload(*lines)["new"] == 0
    again = upload(*lines, credit(100_000), credit(5_000))

    assert (again["known"], again["new"], again["rows"]) == (3, 2, [5, 6])
    assert len(host.json("mutation", "list")) == 5


def test_what_moota_has_told_is_known_whatever_the_bank_calls_it(host, upload):
    charge = host.buy()
    host.receive(bank.mutation(charge["amount_due"], description="TRSF E-BANKING CR BUDI"))

    document = upload(credit(charge["amount_due"], "SETORAN BUDI SANTOSO"))

    assert (document["known"], document["new"]) == (1, 0)
    assert host.charge("INV-1")["exceptions"] == []


def test_two_equal_transfers_of_one_day_are_told_apart_by_their_balances(host, upload):
    host.receive(bank.mutation(70_000, balance=2_000_000))

    document = upload(credit(70_000, balance="1930000.00"), credit(70_000, balance="2000000.00"))

    assert (document["known"], document["rows"]) == (1, [2])


def test_a_line_that_moota_tells_after_the_file_is_a_persons_to_judge(host, upload):
    charge = host.buy()
    upload(credit(charge["amount_due"]))
    line = bank.mutation(charge["amount_due"], description="TRSF E-BANKING CR 99")

    host.receive(line)

    assert host.mutation(line["mutation_id"])["reason"] == "suspected_duplicate"
    assert host.charge("INV-1")["exceptions"] == []


def test_a_dry_run_stores_nothing(host, upload):
    assert upload(credit(1_000), arguments=["--dry-run"])["new"] == 1

    assert (host.json("inbox", "list"), host.json("mutation", "list")) == ([], [])


def test_a_file_with_one_line_that_cannot_be_read_is_refused_as_a_whole(host, upload):
    said = upload(credit(1_000), ("kemarin", "x", "5 CR", ""), ok=False)

    assert "line 3: 'kemarin' is no date" in said
    assert host.json("inbox", "list") == []


def test_an_account_that_was_never_added_is_refused(host, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text(TITLES)
    result = host.run("mutation", "import", file, "--account", "lain")

    assert (result.exit_code, "lain" in result.stderr) == (1, True)


def test_a_person_reads_how_much_was_new(host, tmp_path):
    file = tmp_path / "x.csv"
    file.write_bytes(f"{TITLES}\n{today()},Caf\xe9,5000 CR,\n".encode("cp1252"))

    words = host.run("mutation", "import", file, "--account", bank.BCA).output

    assert words.strip() == "1 lines, 0 of them known; 1 are new and were taken in."
    assert host.json("mutation", "list")[0]["description"] == "Caf\xe9"


def test_many_lines_come_in_several_deliveries_and_the_file_is_in_the_history(host, upload):
    upload(*(credit(10_000 + number) for number in range(501)))

    assert sorted(row["mutations"] for row in host.json("inbox", "list")) == [1, 500]
    with host.work() as work:
        assert {each.headers["X-File"] for each in work.session.scalars(select(Delivery))} == {"mutasi.csv"}


def test_what_came_by_a_file_ties_with_the_books(host, upload):
    charge = host.buy()
    upload(
        credit(charge["amount_due"], balance=f"{1_000_000 + charge['amount_due']}"),
        debit(2_500, balance=f"{1_000_000 + charge['amount_due'] - 2_500}"),
    )

    (account,) = host.json("reconcile")["accounts"]
    assert account["days"][0]["reported_closing"] == 1_000_000 + charge["amount_due"] - 2_500
