"""A host with payment tables of a given size, in a temporary SQLite database."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import create_engine, insert

from benchmarks import host
from payments_moota.migrate import upgrade
from payments_moota.models import Account, Charge, Reservation

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=1)


@contextmanager
def shop() -> Iterator[Flask]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCH_DATABASE_URL"] = f"sqlite:///{folder}/bench.db"
        engine = create_engine(os.environ["BENCH_DATABASE_URL"])
        upgrade(engine)
        engine.dispose()
        app = host.create_app()
        with app.app_context():
            account = {"bank_id": "BK1", "bank_type": "bca", "kind": "bank_transfer", "label": "BCA", "is_active": True}
            host.db.session.execute(
                insert(Account).values(id=1, account_number="123", holder="Toko", created_at=NOW, **account)
            )
            host.db.session.commit()
        yield app


def open_charges(amounts: list[int], *, first: int = 1) -> None:
    """Write a waiting charge and its reservation for each amount, without asking anybody."""
    charges = [
        {
            "id": number,
            "public_id": f"p{number}",
            "order_ref": f"OLD-{number}",
            "method": "bank_transfer",
            "status": "pending",
            "exceptions": [],
            "account_id": 1,
            "amount": amount,
            "fee": 0,
            "unique_code": 0,
            "amount_due": amount,
            "amount_open": amount,
            "reference": "K7QX2M",
            "created_at": NOW - timedelta(days=400),
            "expires_at": LATER,
            "hold_until": LATER,
        }
        for number, amount in enumerate(amounts, start=first)
    ]
    reserved = [
        {"account_id": 1, "amount": each["amount"], "charge_id": each["id"], "created_at": NOW, "reserved_until": LATER}
        for each in charges
    ]
    for start in range(0, len(charges), 10_000):
        host.db.session.execute(insert(Charge), charges[start : start + 10_000])
        host.db.session.execute(insert(Reservation), reserved[start : start + 10_000])
    host.db.session.commit()
