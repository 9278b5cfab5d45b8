"""What tests of refunds share: a charge with money on it, lines of a statement, two people at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from payments_moota import charges, refunds
from payments_moota.models import Allocation, Mutation
from payments_moota.rules.destination import read_destination

OWNER = "pemilik@toko.test"
STAFF = "staf@toko.test"
NUMBER = "5210987654"


def account(number=NUMBER, bank="bca", holder="Budi Santoso"):
    return read_destination(bank, number, holder)


def give(work, ref, amount, *, kind="payment", mutation=None):
    """Put money on a charge, as if a person had vouched for it."""
    work.begin()
    charge = charges.lock_charge(work, ref)
    line = Allocation(
        charge=charge, mutation=mutation, kind=kind, amount=amount, actor="test", created_at=datetime.now(UTC)
    )
    work.session.add(line)
    work.session.flush()
    return charge


def paid(host, amount=100_000, ref=None):
    """Check out an order and pay it; return its reference."""
    ref = host.buy(amount, ref)["order_ref"]
    with host.work() as work:
        give(work, ref, amount)
    return ref


def ask(host, ref, amount=50_000, *, actor=STAFF, **options):
    """Request a refund; return its ticket."""
    options.setdefault("reason", "cancellation")
    with host.work(actor) as work:
        return refunds.request_refund(work, ref, amount, **options).ticket


def approved(host, ref=None, amount=50_000, **options):
    """Return the ticket of a refund that somebody else has approved."""
    ticket = ask(host, ref or paid(host), amount, **options)
    with host.work(OWNER) as work:
        refunds.approve(work, ticket)
    return ticket


def sent(host, **options):
    ticket = approved(host, **options)
    with host.work(OWNER) as work:
        refunds.mark_sent(work, ticket)
    return ticket


def statement_line(work, amount, direction, mutation_id):
    """Add a mutation that nobody has decided about; the caller's transaction holds it."""
    now = datetime.now(UTC)
    mutation = Mutation(
        mutation_id=mutation_id,
        bank_id="bank",
        account_number="1112223334",
        direction=direction,
        amount_hundredths=amount * 100,
        occurred_at=now,
        day_only=False,
        description="",
        note="",
        content_sha256=mutation_id,
        raw={},
        next_attempt_at=now,
        created_at=now,
    )
    work.session.add(mutation)
    work.session.flush()
    return mutation


def at_once(*functions):
    """Run functions at the same moment, each in a thread of its own; return what each returned or raised."""
    barrier = threading.Barrier(len(functions))

    def run(function):
        barrier.wait(timeout=10)
        try:
            return function()
        except Exception as error:  # noqa: BLE001 - the loser's error is what the test looks at
            return error

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))
