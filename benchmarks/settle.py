"""Settling one transfer, from stored webhook to paid charge, with few and with many charges waiting."""

import json
import statistics
import time

from benchmarks import books
from payments_moota import inbox, tasks
from payments_moota.context import transaction

ROUNDS = 100
SIZES = (1_000, 100_000)


def main() -> None:
    print(f"settle: one webhook with one transfer, parsed, decided, paid and closed; median of {ROUNDS}")
    base = None
    for size in SIZES:
        with books.shop() as app, app.app_context():
            books.open_charges([1_000_000 + number for number in range(size)])
            each = statistics.median(_settle(1_000_000 + number) for number in range(ROUNDS))
        base = base or each
        print(f"{f'{size:,} charges waiting':<28}{each * 1000:>9.2f} ms{each / base:>8.2f} x{1 / each:>8.0f} a second")


def _settle(amount: int) -> float:
    when = books.NOW.strftime("%Y-%m-%d %H:%M:%S")
    mutation = {"mutation_id": f"m{amount}", "bank_id": "BK1", "amount": amount, "type": "CR", "date": when}
    with transaction("bench") as work:
        inbox.receive(work, body=json.dumps([mutation]).encode(), source_ip="127.0.0.1", headers={})
    started = time.perf_counter()
    counts = tasks.process_everything()
    assert counts["deliveries"] == 1, counts
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
