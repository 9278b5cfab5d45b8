"""Code of a host, as it must type-check in strict mode: what is written here is public and keeps its types."""

from datetime import datetime
from typing import Any, assert_type

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

from payments_moota import (
    Account,
    Charge,
    ConfigError,
    Customer,
    DuplicateOrderRef,
    Event,
    InvalidTransition,
    MootaError,
    MootaPayments,
    Mutation,
    NoUniqueCodeAvailable,
    current_moota,
    include_name,
    signals,
)

app = Flask(__name__)
session = scoped_session(sessionmaker(create_engine("sqlite://")))
moota = MootaPayments()
moota.init_app(app, session=session, order_url=lambda ref: f"/orders/{ref}", locale=lambda: "id")


@signals.charge_paid.connect_via(app)
def on_paid(_app: Flask, charge: Charge, mutation: Mutation | None = None, **_extra: Any) -> None:
    assert_type(charge.order_ref, str)
    assert_type(charge.paid_at, datetime | None)


@moota.sender(app, "email")
def send_mail(key: str, payload: dict[str, Any]) -> None:
    assert_type(key, str)
    assert_type(payload, dict[str, Any])


@moota.periodic(app)
def tidy_up() -> None:
    moota.begin_write()


def check_out(order_ref: str) -> str:
    try:
        charge = moota.create_charge(
            order_ref,
            150_000,
            method="bank_transfer",
            account="Vq3LmZt8RkX",
            customer=Customer(name="Budi", email="budi@example.id", phone="+62811111111"),
            ttl_minutes=60,
        )
    except NoUniqueCodeAvailable as error:
        return f"{error.amount} {error.account}"
    except DuplicateOrderRef as error:
        return error.order_ref
    assert_type(charge, Charge)
    assert_type(charge.amount_due, int)
    assert_type(charge.unique_code, int)
    assert_type(moota.pay_url(charge), str)
    assert_type(moota.charge_object(charge), dict[str, Any])
    moota.enqueue("email", f"instructions-{order_ref}", {"to": charge.customer_email})
    return moota.pay_url(charge)


def cancel(order_ref: str) -> None:
    try:
        assert_type(moota.cancel_charge(order_ref, reason="berubah pikiran", actor="owner@example.id"), Charge)
    except InvalidTransition as error:
        assert_type(error.current, str)
    except (ConfigError, MootaError) as error:
        raise SystemExit(str(error)) from error


def look(order_ref: str) -> None:
    assert_type(current_moota.get_charge(order_ref), Charge | None)
    assert_type(current_moota.list_accounts(), list[Account])
    assert_type(current_moota.timeline(order_ref), list[Event])
    assert_type(include_name("moota_charge", "table", {}), bool)
