"""The panel's lists stay quick however much there is: few queries, and an index for each.

On SQLite a plan may walk a table only in the order of its key, which a page ends after some rows. PostgreSQL is told to
avoid sequential scans: one that is left has no index it could use instead.
"""

import re

import pytest
from hosts import bank
from hosts.ground import on_sqlite
from hosts.panelled import standing
from hosts.refunding import ask
from sqlalchemy import select

from benchmarks.plans import Questions, walks
from payments_moota import refunds
from payments_moota.models import Charge, Mutation, Refund

PAGES = {
    "mutations": 10,
    "mutations?direction=debit": 10,
    "mutations/{mutation}": 14,
    "mutations?after=1900000000000000.5": 10,
    "mutations/all": 6,
    "mutations/all?status=matched": 6,
    "mutations/all?status=unmatched&direction=credit&account=1": 7,
    "mutations/all?account=1": 6,
    "mutations/all?amount=50.000": 6,
    "mutations/all?text=budi": 9,
    "mutations/all?since=2026-01-01&until=2030-01-01": 6,
    "charges": 7,
    "charges/{charge}": 12,
    "charges?exception=any": 7,
    "charges?exception=underpaid&status=pending": 8,
    "charges?status=paid&account=1": 8,
    "charges?amount=50.000": 7,
    "charges?text=budi": 8,
    "codes": 4,
    "inbox": 6,
    "inbox?status=failed": 6,
    "inbox?channel=pull": 6,
    "inbox/refused": 5,
    "inbox/traffic": 4,
    "books": 24,
    "books/days.csv": 18,
    "books/ledger.csv": 18,
    "refunds": 6,
    "refunds/{ticket}": 16,
    "refunds/all": 4,
    "refunds/all?status=requested": 4,
}


# What answers the question that a list begins with.
LEADING = {
    "mutations": "ix_moota_mutation_open",
    "mutations/all": "ix_moota_mutation_occurred_at",
    "mutations/all?status=matched": "ix_moota_mutation_status",
    "mutations/all?account=1": "ix_moota_mutation_account_id_occurred_at",
    "mutations/all?amount=50.000": "ix_moota_mutation_amount_occurred_at",
    "charges?exception=any": "ix_moota_charge_exceptional",
    "charges?status=paid": "ix_moota_charge_status_id",
    "inbox?status=failed": "ix_moota_delivery_status",
    "inbox/traffic": "ix_moota_delivery_received_at",
    "refunds/all?status=requested": "ix_moota_refund_status_id",
}


@pytest.fixture
def host(database_url):
    with standing(database_url) as made:
        with made.app.app_context():
            made.engine = made.app.extensions["sqlalchemy"].engine
        yield made


@pytest.fixture
def busy(host):
    """Let everything happen once, and the lists be of some length."""
    first, second = host.buy(100_000), host.buy(50_000)
    host.receive(bank.mutation(first["amount_due"]), bank.mutation(60_000, description=f"X {second['reference']}"))
    for amount in range(12):
        host.receive(bank.mutation(50_000 + amount, description="BUDI"), bank.mutation(9_000 + amount, kind="DB"))
    host.post_webhook(b"[]", signature="ab" * 32)
    host.post_webhook(b"{}")
    host.process()
    for _ in range(3):
        ask(host, first["order_ref"], 1_000)
    with host.work("lain@toko.test") as work:
        refunds.approve(work, ask(host, first["order_ref"], 500))
    return host


def test_every_page_asks_little_and_each_question_has_an_index(busy):
    owner = busy.visitor()
    with busy.work() as work:
        facts = {
            "mutation": work.session.scalars(select(Mutation.id).order_by(Mutation.id)).first(),
            "charge": work.session.scalars(select(Charge.public_id).order_by(Charge.id)).first(),
            "ticket": work.session.scalars(select(Refund.ticket).order_by(Refund.id)).first(),
        }
    wrong = []
    for address, most in PAGES.items():
        page = address.format(**facts)
        owner.get(f"/panel/{page}")
        with Questions(busy.engine) as questions:
            assert owner.get(f"/panel/{page}").status_code == 200
        if len(questions.asked) > most:
            wrong.append((page, len(questions.asked), [statement[:80] for statement, _ in questions.asked]))
        wrong += [(page, walk) for walk in walks(busy.engine, questions.asked, force=True)]

    assert wrong == []


@on_sqlite
@pytest.mark.parametrize("page", LEADING)
def test_each_list_begins_with_its_own_index(busy, page):
    owner = busy.visitor()
    with Questions(busy.engine) as questions:
        owner.get(f"/panel/{page}")
    with busy.engine.connect() as connection:
        plans = [
            " ".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
            for statement, parameters in questions.asked
        ]

    assert any(re.search(rf"\b{LEADING[page]}\b", plan) for plan in plans), plans


def test_a_longer_list_asks_no_more(busy):
    owner = busy.visitor()

    def count(page):
        with Questions(busy.engine) as questions:
            owner.get(f"/panel/{page}")
        return len(questions.asked)

    pages = ("mutations", "mutations/all", "charges", "inbox", "refunds", "refunds/all")
    before = {page: count(page) for page in pages}
    for number in range(8):
        charge = busy.buy(200_000 + number)
        busy.receive(bank.mutation(charge["amount_due"]), bank.mutation(charge["amount"], description="BUDI"))
        ask(busy, charge["order_ref"], 1_000)

    assert {page: count(page) for page in pages} == before
