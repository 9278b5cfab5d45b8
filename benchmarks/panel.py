"""Every list of the panel with a million mutations and charges: `python -m benchmarks.panel [ROWS]`.

On SQLite in a temporary folder, and on PostgreSQL where BENCH_POSTGRES_URL names an empty database. Prints the median
of each page in milliseconds; the owner's panel promises less than 300.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import create_engine, insert, text

from payments_moota import MootaPayments, Panel
from payments_moota.migrate import upgrade
from payments_moota.models import Account, Allocation, Charge, Delivery, Event, Mutation, Refund, Reservation

NOW = datetime.now(UTC)
BATCH = 20_000
ROUNDS = 7
PROMISED_MS = 300
LISTS = (
    "mutations",
    "mutations?direction=debit",
    "mutations/all",
    "mutations/all?status=matched",
    "mutations/all?direction=debit&account=1",
    "mutations/all?text=tidak+ada",
    "mutations/all?amount=50.123",
    "mutations/all?since=2026-01-01&until=2026-02-01",
    "charges",
    "charges?exception=any",
    "charges?exception=overpaid",
    "charges?status=expired",
    "charges?text=tidak+ada",
    "codes",
    "inbox",
    "inbox?status=failed",
    "inbox/refused",
    "inbox/traffic",
    "refunds",
    "refunds/all",
)


def main() -> None:
    rows = int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{folder}/panel.db", rows)
    postgres = os.environ.get("BENCH_POSTGRES_URL")
    if postgres:
        measure(postgres, rows)


def measure(url: str, rows: int) -> None:
    engine = create_engine(url)
    upgrade(engine)
    fill(engine, rows)
    engine.dispose()
    client = make_app(url).test_client()
    print(f"{url.partition(':')[0]}, {rows:,} mutations and charges")
    for page in LISTS:
        print(f"  {median_of(client, page):7.1f} ms  {page}")


def median_of(client, page: str) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        assert client.get(f"/panel/{page}").status_code == 200, page
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def make_app(url: str) -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="benchmark", SQLALCHEMY_DATABASE_URI=url, MOOTA_WEBHOOK_SECRET="benchmark")
    db = SQLAlchemy(app)
    MootaPayments().init_app(app, session=db.session, panel=Panel(lambda _right: "owner", "/panel"))
    return app


def fill(engine, rows: int) -> None:
    """Write a shop's year: most orders paid, a few with too much, some refunds, one line in a hundred unclear."""
    with engine.begin() as connection:
        account = {"bank_type": "bca", "kind": "bank_transfer", "holder": "Toko", "is_active": True, "created_at": NOW}
        accounts = [{**account, "id": each, "bank_id": f"BK{each}", "label": f"BCA {each}"} for each in (1, 2)]
        connection.execute(insert(Account), [{**each, "account_number": "1112223334"} for each in accounts])
    for start in range(1, rows + 1, BATCH):
        numbers = range(start, min(start + BATCH, rows + 1))
        with engine.begin() as connection:
            for model, make in ((Charge, _charge), (Delivery, _delivery), (Mutation, _mutation), (Event, _event)):
                connection.execute(insert(model), [make(number, rows) for number in numbers])
            paid = [_allocation(number) for number in numbers if _is_paid(number)]
            connection.execute(insert(Allocation), paid)
            connection.execute(insert(Reservation), [_reservation(number, rows) for number in numbers])
            connection.execute(insert(Refund), [_refund(number) for number in numbers if number % 100 == 0])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _at(number: int, rows: int) -> datetime:
    return NOW - timedelta(days=365) * (1 - number / rows)


def _is_paid(number: int) -> bool:
    return number % 10 < 8


def _charge(number: int, rows: int) -> dict:
    at, amount = _at(number, rows), 50_000 + number % 400 * 500
    return {
        "id": number,
        "public_id": f"p{number}",
        "order_ref": f"INV-{number}",
        "method": "bank_transfer",
        "status": "paid" if _is_paid(number) else "expired",
        "exceptions": ["overpaid"] if number % 50 == 0 else [],
        "is_exceptional": number % 50 == 0,
        "account_id": 1 + number % 2,
        "amount": amount,
        "fee": 0,
        "unique_code": number % 999,
        "amount_due": amount + number % 999,
        "amount_open": 0 if _is_paid(number) else amount + number % 999,
        "reference": f"{number % 1_500_000:06d}",
        "customer_name": f"Pembeli {number}",
        "customer_email": f"pembeli{number}@contoh.test",
        "created_at": at,
        "expires_at": at + timedelta(days=1),
        "hold_until": at + timedelta(days=1),
    }


def _delivery(number: int, rows: int) -> dict:
    at = _at(number, rows)
    return {
        "id": number,
        "public_id": f"d{number}",
        "received_at": at,
        "source_ip": "103.236.201.178",
        "headers": {"User-Agent": "MootaBot/1.5"},
        "body": b"[]" * 100,
        "body_sha256": f"{number:064d}",
        "status": "failed" if number % 100_000 == 7 else "processed",
        "mutation_count": 1,
        "next_attempt_at": at,
        "processed_at": at + timedelta(seconds=1),
    }


def _mutation(number: int, rows: int) -> dict:
    at = _at(number, rows)
    is_open = number % 100 == 9
    return {
        "id": number,
        "mutation_id": f"M{number}",
        "delivery_id": number,
        "account_id": 1 + number % 2,
        "bank_id": f"BK{1 + number % 2}",
        "account_number": "1112223334",
        "direction": "debit" if number % 200 == 9 else "credit",
        "amount_hundredths": (50_000 + number % 400 * 500 + number % 999) * 100,
        "occurred_at": at,
        "day_only": False,
        "description": f"TRSF E-BANKING CR 2411/FTSCY/WS95031 PEMBELI {number}",
        "note": "",
        "content_sha256": f"{number:064d}",
        "raw": {},
        "near_misses": [{"order_ref": f"INV-{number}", "code": "code_missing", "difference": -5}] if is_open else [],
        "status": "unmatched" if is_open else "matched",
        "reason": "no_match" if is_open else "exact",
        "progress": "done",
        "next_attempt_at": at,
        "decided_at": at,
        "created_at": at,
    }


def _event(number: int, rows: int) -> dict:
    return {
        "at": _at(number, rows),
        "name": "charge.paid",
        "actor": "worker",
        "charge_id": number,
        "mutation_id": number,
        "data": {"amount": 50_000},
    }


def _allocation(number: int) -> dict:
    return {
        "charge_id": number,
        "mutation_id": number,
        "kind": "payment",
        "marks": [],
        "amount": 50_000 + number % 400 * 500 + number % 999,
        "actor": "worker",
        "created_at": NOW,
    }


def _reservation(number: int, rows: int) -> dict:
    is_live = rows - number < 5_000
    return {
        "account_id": 1 + number % 2,
        "amount": 1_000 + number,
        "charge_id": number,
        "created_at": NOW,
        "reserved_until": NOW + timedelta(days=3),
        "released_at": None if is_live else NOW,
    }


def _refund(number: int) -> dict:
    return {
        "public_id": f"r{number}",
        "ticket": f"RFD-2026-{number:06d}",
        "charge_id": number,
        "amount": 10_000,
        "reason": "goods",
        "origin": "customer",
        "status": "requested" if number % 5_000 == 0 else "completed",
        "requested_by": "customer",
        "created_at": NOW,
        "due_at": NOW + timedelta(days=number % 7 - 3),
    }


if __name__ == "__main__":
    main()
