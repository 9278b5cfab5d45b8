"""The JSON objects that other programs rely on: money in whole rupiah, times in ISO 8601 with offset.

Fields may be added, never renamed.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from . import charges as charges_
from .models import Account, Allocation, Charge, Delivery, Mutation
from .work import Work


def charge_objects(work: Work, charges: list[Charge], pay_urls: list[str]) -> list[dict[str, Any]]:
    """Return charges as JSON objects; `pay_urls` in the same order."""
    money = charges_.figures(work, charges)
    zone = work.settings.zone
    return [_charge(charge, money[charge.id], pay_url, zone) for charge, pay_url in zip(charges, pay_urls, strict=True)]


def account_object(account: Account) -> dict[str, Any]:
    """Return an account as a JSON object."""
    return {
        "bank_id": account.bank_id,
        "bank_type": account.bank_type,
        "label": account.label,
        "number": account.account_number,
        "holder": account.holder,
        "kind": account.kind,
        "is_active": account.is_active,
    }


def mutation_objects(work: Work, mutations: list[Mutation]) -> list[dict[str, Any]]:
    """Return mutations as JSON objects."""
    ids = [mutation.id for mutation in mutations]
    paid_for = (
        select(Allocation.mutation_id, Charge.order_ref).join(Allocation.charge).where(Allocation.mutation_id.in_(ids))
    )
    orders: dict[int | None, str] = dict(work.session.execute(paid_for).all())
    return [_mutation(mutation, orders.get(mutation.id), work.settings.zone) for mutation in mutations]


def delivery_object(delivery: Delivery, zone: ZoneInfo) -> dict[str, Any]:
    """Return a delivery as a JSON object."""
    return {
        "id": delivery.public_id,
        "received_at": moment(delivery.received_at, zone),
        "source_ip": delivery.source_ip,
        "status": delivery.status,
        "mutations": delivery.mutation_count,
        "attempts": delivery.attempts,
        "repeats": delivery.repeats,
        "processed_at": moment(delivery.processed_at, zone),
        "error": delivery.error,
    }


def moment(value: datetime | None, zone: ZoneInfo) -> str | None:
    """Return a time as ISO 8601 with the offset of `zone`."""
    return value.astimezone(zone).isoformat(timespec="seconds") if value else None


def _charge(charge: Charge, money: charges_.Figures, pay_url: str, zone: ZoneInfo) -> dict[str, Any]:
    net = money.paid - money.refunded
    return {
        "order_ref": charge.order_ref,
        "charge_id": charge.public_id,
        "method": charge.method,
        "status": charge.status,
        "exceptions": sorted(charge.exceptions),
        "difference": net - charge.amount_due if money.paid else 0,
        "amount": charge.amount,
        "fee": charge.fee,
        "unique_code": charge.unique_code,
        "amount_due": charge.amount_due,
        "amount_paid": money.paid,
        "amount_refunded": money.refunded,
        "amount_refundable": money.refundable,
        "account": account_object(charge.account),
        "reference": charge.reference,
        "va_number": charge.va_number,
        "qr_string": charge.qr_string,
        "payment_url": charge.payment_url,
        "created_at": moment(charge.created_at, zone),
        "expires_at": moment(charge.expires_at, zone),
        "paid_at": moment(charge.paid_at, zone),
        "pay_url": pay_url,
    }


def _mutation(mutation: Mutation, order_ref: str | None, zone: ZoneInfo) -> dict[str, Any]:
    whole, fraction = divmod(mutation.amount_hundredths, 100)
    return {
        "mutation_id": mutation.mutation_id,
        "bank_id": mutation.bank_id,
        "direction": mutation.direction,
        "amount": whole,
        "amount_hundredths": mutation.amount_hundredths,
        "is_whole_rupiah": not fraction,
        "occurred_at": moment(mutation.occurred_at, zone),
        "description": mutation.description,
        "status": mutation.status,
        "reason": mutation.reason,
        "progress": mutation.progress,
        "attempts": mutation.attempts,
        "error": mutation.error,
        "order_ref": order_ref,
        "ticket": None,
        "near_misses": mutation.near_misses,
    }
