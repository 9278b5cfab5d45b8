"""A host other than the storefront takes a payment, by HTTP from beginning to end."""

from pathlib import Path

from hosts import bank, minimal


def test_a_host_is_paid_by_webhook(host):
    charge = host.buy(150_000, "INV-1001")

    answer = host.post_webhook(bank.body(bank.mutation(charge["amount_due"])))
    host.process()

    assert (answer.status_code, answer.json["status"]) == (200, "received")
    assert host.order_state("INV-1001") == "paid"
    paid = host.charge("INV-1001")
    assert ("paid", charge["amount_due"], 0) == (paid["status"], paid["amount_paid"], paid["difference"])


def test_the_host_is_under_60_lines():
    assert len(Path(minimal.__file__).read_text().splitlines()) < 60
