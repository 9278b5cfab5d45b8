"""`flask moota reconcile`: a shop's days, with everything that can happen to money, against the bank's balances."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hosts import bank
from hosts.refunding import OWNER, STAFF, give
from sqlalchemy import event, insert, select, update

from payments_moota import by_hand, inbox, mutations, refunds
from payments_moota.models import Account, Allocation, Charge, Mutation, Refund
from payments_moota.reconcile import loading, reconcile

# Ten in the morning in Jakarta.
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
TODAY = "2026-11-24"


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel(NOON, tick=True):
        yield


NOTHING = {"price": 0, "fee": 0, "unique_code": 0, "not_due": 0}


class Bank:
    """An account's statement with its running balance; what is dropped happened at the bank and never arrived."""

    def __init__(self, host, opening=1_000_000, bank_id=bank.BCA):
        self.host, self.balance, self.bank_id = host, opening, bank_id
        self.count = 0

    def line(self, amount, **fields):
        """Book one line; negative is money going out."""
        self.count += 1
        self.balance += amount
        fields.setdefault("at", NOON - timedelta(hours=1) + timedelta(seconds=self.count))
        fields.setdefault("balance", self.balance)
        kind = "CR" if amount > 0 else "DB"
        return bank.mutation(abs(amount), kind=kind, bank_id=self.bank_id, **fields)

    def books(self, amount, **fields):
        line = self.line(amount, **fields)
        self.host.receive(line)
        return line["mutation_id"]

    drops = line


@pytest.fixture
def statement(host):
    return Bank(host)


def books(host, *arguments, ties=True):
    """Run the command, check its exit status, and return the document."""
    result = host.run("reconcile", "--json", *arguments)
    assert result.exit_code == (0 if ties else 1), result.output
    document = json.loads(result.stdout)
    assert document["ties"] is ties, document
    return document


def the_day(document, number=0):
    return document["accounts"][0]["days"][number]


def sums(day, side):
    return {name: amount for name, amount in day[side].items() if amount}


def codes(points):
    return sorted(point["code"] for point in points)


def paid_by(host, statement, amount=150_000, **fields):
    charge = host.buy(amount)
    return charge, statement.books(charge["amount_due"], **fields)


def refund_of(host, ref, amount):
    with host.work(STAFF) as work:
        ticket = refunds.request_refund(work, ref, amount, reason="cancellation").ticket
    with host.work(OWNER) as work:
        refunds.approve(work, ticket)
        refunds.mark_sent(work, ticket)
    return ticket


# -- days that tie ---------------------------------------------------------------------------------------------------


def test_nothing_at_all_ties(host):
    document = books(host)

    (account,) = document["accounts"]
    assert account.pop("income") == {**NOTHING, "booked": {"revenue": 0, "rounding": 0, "owed": 0}}
    assert account == {"bank_id": bank.BCA, "label": "BCA", "ties": True, "reports_balances": False, "days": []}
    assert (document["faults"], document["open"]) == ([], [])


def test_a_day_with_everything_ties_to_the_banks_balance(host, statement):
    charge, _ = paid_by(host, statement)
    other, _ = paid_by(host, statement, 80_000)
    unknown = statement.books(12_345)
    ignored = statement.books(5_000, description="BUNGA")
    reviewed = statement.books(7_000)
    fee = statement.books(-2_500, description="BIAYA ADM")
    ticket = refund_of(host, charge["order_ref"], 50_000)
    statement.books(-50_000, description=f"TRSF {ticket}")
    statement.books(50_000, description=f"RETUR {ticket}")
    statement.books(-other["amount_due"], description="KOREKSI TRSF CR")
    statement.books(-9_999, description="LISTRIK")
    with host.work() as work:
        for each in (ignored, fee):
            by_hand.ignore(work, mutations.get_mutation(work, each), reason="bank")
        mutations.get_mutation(work, reviewed).status = "review"

    document = books(host)

    day = the_day(document)
    assert sums(day, "credits") == {
        "matched": charge["amount_due"] + other["amount_due"],
        "unmatched": 12_345 + 7_000,
        "ignored": 5_000,
        "returned": 50_000,
    }
    assert sums(day, "debits") == {
        "payouts": 50_000,
        "reversals": other["amount_due"],
        "unmatched": 9_999,
        "ignored": 2_500,
    }
    assert (day["day"], day["opening"]) == (TODAY, 1_000_000)
    assert day["closing"] == day["reported_closing"] == statement.balance
    assert (day["ties"], day["gaps"], document["faults"]) == (True, [], [])
    assert codes(document["open"]) == ["mutation.in_review"]
    assert unknown


def test_a_list_without_times_newest_first_ties(host, statement):
    host.receive(*reversed([statement.line(amount, date=TODAY) for amount in (10_000, -4_000, 25_000, -4_000, 4_000)]))

    day = the_day(books(host))

    assert (day["opening"], day["reported_closing"]) == (1_000_000, 1_031_000)


def test_days_are_the_banks_days_and_each_opens_with_what_the_one_before_closed_with(host, statement):
    statement.books(10_000, date="2026-11-22 23:59:59")
    statement.books(20_000, date="2026-11-23 00:00:01")
    statement.books(30_000, date="2026-11-24 07:00:00")

    days = books(host)["accounts"][0]["days"]

    assert [(day["day"], day["opening"], day["closing"]) for day in days] == [
        ("2026-11-22", 1_000_000, 1_010_000),
        ("2026-11-23", 1_010_000, 1_030_000),
        ("2026-11-24", 1_030_000, 1_060_000),
    ]


def test_fractions_of_a_rupiah_are_exact(host, statement):
    host.receive(
        statement.line(1, balance="1000000.10") | {"amount": "0.10"},
        statement.line(1, balance=1000000.30) | {"amount": 0.2},
        statement.line(1, balance="1001000.00") | {"amount": "999.70"},
    )

    day = the_day(books(host))

    assert (day["credits"]["unmatched"], day["opening"], day["closing"]) == (1000, 1_000_000, 1_001_000)

    host.receive(statement.line(1, balance="1001000.05") | {"amount": "0.05"})
    assert the_day(books(host))["closing"] == "1001000.05"


@pytest.mark.parametrize("balance", [0, None, "", "0.00"])
def test_where_the_bank_reports_no_balance_the_sums_tie_and_the_answer_says_so(host, statement, balance):
    charge, _ = paid_by(host, statement, balance=balance)
    statement.books(-9_000, balance=balance)

    document = books(host)

    assert document["accounts"][0]["reports_balances"] is False
    day = the_day(document)
    assert (day["opening"], day["closing"], day["reported_closing"]) == (None, None, None)
    assert (day["credits"]["matched"], day["debits"]["unmatched"]) == (charge["amount_due"], 9_000)
    shown = host.run("reconcile").stdout
    assert "no running balance" in shown
    assert "by sums" in shown


def test_the_same_line_under_another_id_is_not_counted_where_the_balance_has_it_once(host, statement):
    charge, _ = paid_by(host, statement)
    line = statement.line(20_000)
    again = line | {"mutation_id": "another", "token": "another"}
    host.receive(line, again)
    statement.books(1_000)

    document = books(host)

    day = the_day(document)
    assert day["closing"] == day["reported_closing"] == statement.balance
    assert [each["mutation_id"] for each in day["repeated"]] == ["another"]
    assert day["credits"]["unmatched"] == 21_000
    assert codes(document["open"]) == ["mutation.in_review"]
    assert charge["amount_due"] == day["credits"]["matched"]


def test_what_waits_is_unmatched_and_an_open_point(host, statement):
    host.post_webhook(bank.body(statement.line(20_000), {"nonsense": True}))
    with host.work() as work:
        (delivery,) = inbox.list_deliveries(work)
        inbox.parse(work, delivery.id)

    document = books(host)

    assert codes(document["open"]) == ["mutation.undecided", "mutation.unreadable"]
    assert sums(the_day(document), "credits") == {"unmatched": 20_000}


def test_a_refund_that_a_person_completed_is_an_open_point_until_the_statement_shows_it(host, statement):
    charge, _ = paid_by(host, statement)
    ticket = refund_of(host, charge["order_ref"], 50_000)
    with host.work(OWNER) as work:
        refunds.complete(work, ticket, note="bukti transfer")

    (point,) = books(host)["open"]
    assert (point["code"], point["ticket"], point["order_ref"]) == (
        "refund.not_on_statement",
        ticket,
        charge["order_ref"],
    )

    statement.books(-50_000, description="TRSF")
    document = books(host)
    assert document["open"] == []
    assert the_day(document)["debits"]["payouts"] == 50_000


def test_a_match_taken_back_leaves_the_books_in_order(host, statement):
    _, paid = paid_by(host, statement)
    with host.work() as work:
        by_hand.unmatch(work, mutations.get_mutation(work, paid), reason="keliru")

    assert sums(the_day(books(host)), "credits") == {"unmatched": statement.balance - 1_000_000}


# -- gaps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "direction"), [(33_000, "credit"), (-33_000, "debit")])
def test_a_missing_mutation_is_named_with_its_neighbours(host, statement, amount, direction):
    before = statement.books(10_000)
    statement.drops(amount)
    after = statement.books(20_000)
    statement.books(5_000, date="2026-11-25 09:00:00")

    document = books(host, ties=False)

    first, second = document["accounts"][0]["days"]
    (gap,) = first["gaps"]
    assert (gap["amount"], gap["direction"]) == (33_000, direction)
    assert (gap["after"]["mutation_id"], gap["before"]["mutation_id"]) == (before, after)
    assert first["closing"] + amount == first["reported_closing"]
    assert (first["ties"], second["ties"], second["opening"]) == (False, True, first["reported_closing"])
    assert document["accounts"][0]["ties"] is False


def test_the_gap_closes_when_the_mutation_arrives(host, statement):
    statement.books(10_000)
    missing = statement.drops(33_000)
    statement.books(20_000)
    books(host, ties=False)

    host.receive(missing)

    books(host)


def test_a_gap_over_night_is_on_the_second_day(host, statement):
    before = statement.books(10_000, date="2026-11-23 09:00:00")
    statement.drops(33_000)
    statement.books(20_000, date="2026-11-24 09:00:00")

    first, second = books(host, ties=False)["accounts"][0]["days"]

    assert first["ties"]
    assert second["gaps"][0]["after"]["mutation_id"] == before


def test_a_person_reads_what_is_missing_and_the_status_says_no(host, statement):
    before = statement.books(10_000, description="SETORAN \x1b[31mMERAH")
    statement.drops(33_000)
    after = statement.books(20_000)

    result = host.run("reconcile")

    assert result.exit_code == 1
    assert "a credit of 33000 is missing between" in result.stdout
    assert before in result.stdout
    assert after in result.stdout
    assert "\x1b" not in result.stdout
    assert result.stderr.splitlines() == [
        "Error: The books do not tie: 1 of 1 days, 1 gaps, 0 things that do not agree."
    ]


# -- what came in is what --------------------------------------------------------------------------------------------


def income_of(document):
    """Return an account's income and make sure that every day's adds up to what is booked as matched."""
    (account,) = [each for each in document["accounts"] if each["days"]]
    for day in account["days"]:
        assert sum(day["income"][name] for name in NOTHING) == day["credits"]["matched"]
    return account["income"]


@pytest.mark.parametrize(
    ("setting", "is_income"),
    [(None, True), ("income", True), ("rounding", False)],
    ids=["default", "income", "rounding"],
)
def test_what_the_unique_code_is_in_the_books_is_a_setting(make_host, setting, is_income):
    host = make_host(**({"MOOTA_UNIQUE_CODE_BOOKS": setting} if setting else {}))
    host.add_account()
    charge, _ = paid_by(host, Bank(host), 150_000)
    code = charge["unique_code"]

    document = books(host)

    assert document["unique_code_books"] == ("income" if is_income else "rounding")
    assert income_of(document) == {
        **NOTHING,
        "price": 150_000,
        "unique_code": code,
        "booked": {
            "revenue": 150_000 + (code if is_income else 0),
            "rounding": 0 if is_income else code,
            "owed": 0,
        },
    }
    words = host.run("reconcile").output
    assert f"price 150000, fee 0, unique codes {code}, not due 0" in words
    assert ("the unique code is income" in words) == is_income


def test_a_code_taken_off_the_price_is_negative_income(make_host):
    host = make_host(MOOTA_UNIQUE_CODE_MODE="subtract")
    host.add_account()
    charge, _ = paid_by(host, Bank(host), 150_000)

    income = income_of(books(host))

    assert (income["price"], income["unique_code"]) == (150_000, -charge["unique_code"])
    assert income["booked"]["revenue"] == charge["amount_due"]


def test_a_surplus_a_second_payment_and_money_for_an_ended_order_are_owed(host, statement):
    charge, _ = paid_by(host, statement, 150_000)
    statement.books(charge["amount_due"])
    other = host.buy(80_000)
    host.json("charge", "cancel", other["order_ref"], "--reason", "habis")
    statement.books(other["amount_due"])

    income = income_of(books(host))

    assert (income["price"], income["unique_code"]) == (150_000, charge["unique_code"])
    assert income["not_due"] == income["booked"]["owed"] == charge["amount_due"] + other["amount_due"]


def test_money_in_two_parts_is_price_first_and_belongs_to_its_day(host, statement):
    charge = host.buy(150_000)
    statement.books(100_000, description=f"TRSF {charge['reference']}", at=NOON - timedelta(days=1))
    statement.books(host.charge(charge["order_ref"])["amount_open"])

    document = books(host)
    first, second = (day["income"] for day in document["accounts"][0]["days"])

    income_of(document)
    assert (first["price"], first["unique_code"]) == (100_000, 0)
    assert (second["price"], second["unique_code"]) == (50_000, charge["unique_code"])
    (today,) = books(host, "--since", TODAY)["accounts"][0]["days"]
    assert today["income"] == second, "also where only that day is asked for"


def test_one_transfer_for_two_orders_and_a_match_taken_back(host, statement):
    one, other = host.buy(50_000), host.buy(70_000)
    total = one["amount_due"] + other["amount_due"]
    both = statement.books(total, description=f"TRSF {one['reference']} {other['reference']}")
    income = income_of(books(host))
    assert (income["price"], income["unique_code"]) == (120_000, one["unique_code"] + other["unique_code"])

    with host.work() as work:
        by_hand.unmatch(work, mutations.get_mutation(work, both), reason="keliru")

    assert {name: income_of(books(host))[name] for name in NOTHING} == NOTHING


# -- faults ----------------------------------------------------------------------------------------------------------


def test_the_same_id_with_other_content_is_named(host, statement):
    _, paid = paid_by(host, statement)
    line = statement.line(20_000)
    host.receive(line)
    host.receive(line | {"amount": 25_000})

    (fault,) = books(host, ties=False)["faults"]

    assert (fault["code"], fault["mutation_ids"]) == ("mutation.contradicted", [line["mutation_id"]])
    assert "credit of 20000" in fault["text"]
    assert "credit of 25000" in fault["text"]
    assert paid not in fault["mutation_ids"]


def spoil(host, change):
    """Change what nothing in the extension would change."""
    with host.work() as work:
        work.session.execute(change)


def test_a_mutation_that_says_matched_and_pays_nothing_is_named(host, statement):
    odd = statement.books(20_000)
    spoil(host, update(Mutation).values(status="matched"))

    (fault,) = books(host, ties=False)["faults"]

    assert (fault["code"], fault["mutation_ids"]) == ("mutation.matched_without_lines", [odd])


def test_a_mutation_that_pays_and_says_unmatched_is_named(host, statement):
    _, paid = paid_by(host, statement)
    spoil(host, update(Mutation).values(status="unmatched"))

    (fault,) = books(host, ties=False)["faults"]

    assert (fault["code"], fault["mutation_ids"]) == ("mutation.lines_without_match", [paid])


def test_a_mutation_spent_twice_is_named_with_the_charge_that_has_too_much(host, statement):
    _, paid = paid_by(host, statement)
    second = host.buy(70_000)
    with host.work() as work:
        give(work, second["order_ref"], 70_000, mutation=mutations.get_mutation(work, paid))

    faults = books(host, ties=False)["faults"]

    assert faults[0]["code"] == "mutation.spent_beyond"
    assert faults[0]["mutation_ids"] == [paid]
    assert {fault.get("order_ref") for fault in faults[1:]} == {second["order_ref"]}


def test_a_mutation_that_pays_a_charge_in_full_and_brought_more_is_named(host, statement):
    _, paid = paid_by(host, statement)
    spoil(host, update(Mutation).values(amount_hundredths=Mutation.amount_hundredths + 100))

    named = [each for fault in books(host, ties=False)["faults"] for each in fault.get("mutation_ids", [])]

    assert named == [paid]


def test_a_charge_that_two_mutations_pay_in_full_is_named(host, statement):
    (first, _), (second, _) = (paid_by(host, statement) for _ in range(2))
    with host.work() as work:
        one = work.session.scalars(select(Charge.id).where(Charge.order_ref == first["order_ref"])).one()
    spoil(host, update(Mutation).values(amount_hundredths=first["amount_due"] * 100))
    spoil(host, update(Allocation).values(charge_id=one, amount=first["amount_due"]))
    spoil(host, update(Charge).where(Charge.order_ref == second["order_ref"]).values(status="pending", paid_at=None))

    named = [fault.get("order_ref") for fault in books(host, ties=False)["faults"]]

    assert first["order_ref"] in named


def test_a_charge_that_claims_more_than_its_lines_say_is_named(host, statement):
    charge = host.buy()
    spoil(host, update(Charge).values(status="paid", paid_at=NOON))

    (fault,) = books(host, ties=False)["faults"]

    assert (fault["code"], fault["order_ref"]) == ("charge.paid_without_money", charge["order_ref"])


def test_exceptions_that_do_not_follow_from_the_lines_are_named(host, statement):
    charge, _ = paid_by(host, statement)
    spoil(host, update(Charge).values(exceptions=["overpaid"]))

    (fault,) = books(host, ties=False)["faults"]

    assert (fault["code"], fault["order_ref"]) == ("charge.other_exceptions", charge["order_ref"])


def test_a_refund_that_claims_to_be_completed_without_a_line_is_named(host, statement):
    charge, _ = paid_by(host, statement)
    ticket = refund_of(host, charge["order_ref"], 50_000)
    spoil(host, update(Refund).values(status="completed"))

    (fault,) = books(host, ties=False)["faults"]

    assert (fault["code"], fault["ticket"]) == ("refund.other_amount_paid_out", ticket)


# -- what is asked for -----------------------------------------------------------------------------------------------


def test_days_can_be_chosen_and_the_first_still_opens_with_the_day_before(host, statement):
    statement.books(10_000, date="2026-11-20 09:00:00")
    statement.books(20_000, date="2026-11-22 09:00:00")
    statement.drops(1_000)
    statement.books(30_000, date="2026-11-23 09:00:00")
    statement.books(40_000, date="2026-11-24 09:00:00")

    days = books(host, "--since", "2026-11-23", "--until", "2026-11-23", ties=False)["accounts"][0]["days"]
    assert [(day["day"], day["opening"], day["ties"]) for day in days] == [("2026-11-23", 1_030_000, False)]

    days = books(host, "--since", TODAY)["accounts"][0]["days"]
    assert [(day["day"], day["opening"]) for day in days] == [(TODAY, 1_061_000)]
    days = books(host, "--until", "2026-11-22")["accounts"][0]["days"]
    assert [day["day"] for day in days] == ["2026-11-20", "2026-11-22"]


def test_days_before_and_after_all_time_can_be_asked_for(host, statement):
    statement.books(10_000)

    document = books(host, "--since", "0001-01-01", "--until", "9999-12-31")

    assert len(document["accounts"][0]["days"]) == 1
    assert books(host, "--since", "9999-12-31")["accounts"][0]["days"] == []


def test_one_account_can_be_chosen_and_the_others_faults_are_not_its(host, statement):
    host.add_account(bank.MANDIRI, "mandiri")
    other = Bank(host, 500, bank.MANDIRI)
    statement.books(10_000)
    other.books(7_000)
    other.drops(1_000)
    other.books(8_000)
    spoil(host, update(Mutation).where(Mutation.bank_id == bank.MANDIRI).values(status="matched"))

    document = books(host, "--account", bank.BCA)
    assert [account["bank_id"] for account in document["accounts"]] == [bank.BCA]
    document = books(host, "--account", bank.MANDIRI, ties=False)
    assert [account["bank_id"] for account in document["accounts"]] == [bank.MANDIRI]
    assert codes(document["faults"]) == ["mutation.matched_without_lines"] * 2
    document = books(host, ties=False)
    assert [account["ties"] for account in document["accounts"]] == [True, False]


def test_money_on_an_account_that_was_never_added_is_in_the_books_too(host):
    Bank(host, 0, "Unknown").books(7_000)

    document = books(host)

    assert [(account["bank_id"], account["label"]) for account in document["accounts"]] == [
        (bank.BCA, "BCA"),
        ("Unknown", None),
    ]


def test_an_unknown_account_is_refused_in_one_line(host):
    result = host.run("reconcile", "--account", "nobody")

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Error: There is no account with the id 'nobody'; see `flask moota accounts list`."
    ]


@pytest.mark.parametrize("arguments", [("--since", "yesterday"), ("--since", TODAY, "--until", "2026-11-23")])
def test_wrong_usage_is_status_2(host, arguments):
    assert host.run("reconcile", *arguments).exit_code == 2


def test_nothing_is_changed_and_what_a_worker_does_meanwhile_is_not_seen_half_way(own_host, monkeypatch):
    """The questions are asked one by one; all are answered from the moment of the first."""
    host = own_host
    statement = Bank(host)
    paid_by(host, statement)
    labels = loading.labels

    def then_the_worker_comes(session, bank_id):
        known = labels(session, bank_id)
        monkeypatch.setattr(loading, "labels", labels)
        with ThreadPoolExecutor(1) as another:
            another.submit(paid_by, host, statement, 99_000).result()
        return known

    monkeypatch.setattr(loading, "labels", then_the_worker_comes)

    assert (
        the_day(books(host))["credits"]["matched"]
        == statement.balance - 1_000_000 - host.charge("INV-2")["amount_paid"]
    )
    assert the_day(books(host))["credits"]["matched"] == statement.balance - 1_000_000


def test_what_is_looked_at_one_by_one_is_asked_for_in_parts(host, statement, monkeypatch):
    orders = [paid_by(host, statement, amount) for amount in (150_000, 80_000, 90_000)]
    for charge, mutation_id in orders:
        refund_of(host, charge["order_ref"], 10_000)
        spoil(host, update(Mutation).where(Mutation.mutation_id == mutation_id).values(status="review"))
    statement.drops(70_000)
    statement.books(1_000)
    whole = books(host, ties=False)

    monkeypatch.setattr(loading, "_AT_ONCE", 2)
    monkeypatch.setattr(loading, "_FETCHED_AT_ONCE", 2)

    assert books(host, ties=False) == whole
    assert len(whole["faults"]) > 2
    assert the_day(whole)["gaps"]


def test_many_mutations_take_no_time_and_no_more_queries(own_host):
    """Days of 400 lines without times, in no order, nine of ten matched; a hundred thousand take five times as long."""
    host = own_host
    with host.work() as work:
        _fill(work, days=50, a_day=400)

    queries = []
    begun = time.perf_counter()
    with host.work() as work:
        event.listen(work.session.get_bind(), "before_cursor_execute", lambda *sent: queries.append(sent[2]))
        document = reconcile(work)
    took = time.perf_counter() - begun

    assert document["ties"], document["faults"][:3]
    assert len(document["accounts"][0]["days"]) == 50
    assert len(queries) < 15
    assert took < 10, f"{took:.1f} s"


def _fill(work, *, days, a_day):
    account_id = work.session.execute(select(Account.id)).scalar_one()
    charges, lines, allocations, balance = [], [], [], 5_000_000_00
    for number in range(days * a_day):
        at = datetime(2025, 11, 23, 17, tzinfo=UTC) + timedelta(days=number // a_day)
        amount = 50_000 + (number * 7919) % 400_000
        balance += amount * 100
        matched = number % 10 != 0
        lines.append(_mutation(number, account_id, at, amount, balance, matched=matched))
        if matched:
            charges.append(_charge(number, account_id, at, amount))
            allocations.append(_allocation(number, at, amount))
    for table, rows in ((Charge, charges), (Mutation, lines), (Allocation, allocations)):
        work.session.execute(insert(table), rows)


def _row_id(number):
    """Return numbers that run backwards for every second line, so that the order of a day has to be found."""
    return 20_000_000 - number if number % 2 else 10_000_000 + number


def _allocation(number, at, amount):
    return {
        "mutation_id": _row_id(number),
        "charge_id": _row_id(number),
        "kind": "payment",
        "marks": [],
        "amount": amount,
        "actor": "test",
        "created_at": at,
    }


def _mutation(number, account_id, at, amount, balance, *, matched):
    return {
        "id": _row_id(number),
        "mutation_id": f"M{number}",
        "account_id": account_id,
        "bank_id": bank.BCA,
        "account_number": "1",
        "direction": "credit",
        "amount_hundredths": amount * 100,
        "balance_hundredths": balance,
        "occurred_at": at,
        "day_only": True,
        "description": "TRSF",
        "note": "",
        "content_sha256": str(number),
        "raw": {},
        "near_misses": [],
        "status": "matched" if matched else "unmatched",
        "reason": "exact" if matched else "no_match",
        "progress": "done",
        "attempts": 0,
        "next_attempt_at": at,
        "created_at": at,
    }


def _charge(number, account_id, at, amount):
    return {
        "id": _row_id(number),
        "public_id": f"c{number}",
        "order_ref": f"O{number}",
        "method": "bank_transfer",
        "status": "paid",
        "exceptions": [],
        "account_id": account_id,
        "amount": amount,
        "fee": 0,
        "unique_code": 0,
        "amount_due": amount,
        "amount_open": 0,
        "reference": "AAAAAA",
        "created_at": at,
        "expires_at": at,
        "hold_until": at,
        "paid_at": at,
    }
