"""Opening a charge when most unique codes of its price are taken, against a price nobody asked for yet."""

import statistics
import time

from benchmarks import books, host

ROUNDS = 40
PRICE = 150_000


def main() -> None:
    print(f"codes: opening a charge, median of {ROUNDS}")
    with books.shop() as app, app.app_context():
        books.open_charges([PRICE + code for code in range(1, 950)])
        free = [_open(f"FREE-{number}", 1_000_000 + 2_000 * number) for number in range(ROUNDS)]
        crowded = [_open(f"FULL-{number}", PRICE) for number in range(ROUNDS)]
    base = statistics.median(free)
    print(f"{'all 999 codes free':<28}{base * 1000:>9.2f} ms{1.0:>8.2f} x")
    full = statistics.median(crowded)
    print(f"{'95 % of the codes taken':<28}{full * 1000:>9.2f} ms{full / base:>8.2f} x")


def _open(order_ref: str, amount: int) -> float:
    started = time.perf_counter()
    host.moota.create_charge(order_ref, amount)
    host.db.session.commit()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
