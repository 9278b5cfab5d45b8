"""A payer is forgotten when nothing about their money is open; sums and dates stay."""

from datetime import timedelta

import pytest
import time_machine
from hosts.refunding import OWNER, account, ask, paid, sent

from payments_moota import Customer, changes, charges, complaints, journal, payers, refunds
from payments_moota.errors import UnknownCharge


def why(host, ref):
    with host.work() as work:
        return payers.why_needed(work, ref)


def test_a_charge_that_waits_or_may_still_be_paid_keeps_its_payer(host):
    ref = host.buy()["order_ref"]
    assert why(host, ref) == "pending"
    with host.work() as work:
        changes.cancel(work, ref, reason="x")
    assert why(host, ref) == "late"
    with time_machine.travel(charge_end(host, ref) + timedelta(days=5)):
        host.sweep()
        assert why(host, ref) is None


def charge_end(host, ref):
    with host.work() as work:
        return charges.get_charge(work, ref).expires_at


def test_money_on_its_way_back_or_complained_about_keeps_its_payer(host):
    ref = paid(host)
    with host.work() as work:
        charges.lock_charge(work, ref).status = "paid"
    assert why(host, ref) is None
    ticket = ask(host, ref)
    assert why(host, ref) == "refund"
    with host.work(OWNER) as work:
        refunds.reject(work, ticket, note="Tidak rusak.")
    with host.work("customer") as work:
        complaints.file_complaint(work, ticket, "Rusak!")
    assert why(host, ref) == "complaint"


def test_a_refund_asks_at_the_corrected_address(host):
    ref = paid(host)
    ticket = ask(host, ref)
    siti = Customer(name="Siti", email="siti@contoh.test", phone="+6281234567890")
    with host.work(OWNER) as work:
        assert payers.correct(work, ref, siti)
        assert not payers.correct(work, ref, siti)
    with host.work() as work:
        charge = refunds.get_refund(work, ticket).charge
        assert (charge.customer_name, charge.customer_email, charge.customer_phone) == ("Siti", siti.email, siti.phone)
        assert [line.name for line in journal.timeline(work, charge)].count("charge.payer_corrected") == 1


def test_what_is_no_charge_keeps_nobody(host):
    assert why(host, "X-1") is None
    with host.work() as work:
        assert not payers.forget(work, "X-1")
        assert not payers.correct(work, "X-1", Customer(name="Siti"))
        with pytest.raises(UnknownCharge):
            charges.get_charge(work, "X-1")


def test_contact_account_and_words_go_and_the_sums_stay(host):
    ticket = sent(host, destination=account())
    with host.work(OWNER) as work:
        refunds.complete(work, ticket, note="BCA 12")
        charge = refunds.get_refund(work, ticket).charge
        ref, due = charge.order_ref, charge.amount_due
        charge.customer_name, charge.customer_email, charge.customer_phone = "Budi", "b@contoh.test", "+628"
    with host.work(OWNER) as work:
        assert payers.forget(work, ref)
    with host.work() as work:
        refund = refunds.get_refund(work, ticket)
        charge = refund.charge
        assert (charge.customer_name, charge.customer_email, charge.customer_phone) == (None, None, None)
        assert (charge.amount_due, refund.amount, refund.status) == (due, 50_000, "completed")
        assert account().number not in (refund.bank_number, refund.bank_holder)
        assert refund.bank_number.endswith(account().number[-4:])
