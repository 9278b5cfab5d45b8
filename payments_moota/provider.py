"""Virtual account numbers and QR codes: asked of Moota before anything is written, kept with the charge afterwards.

    plan      what to ask for: account, fee, total          reads the database
    ask       Moota makes the number or the code            the network, outside of any transaction
    keep      it becomes the way a charge is paid           writes, with the charge

A number that was made and never kept was never shown to anybody, so nobody pays to it.
"""

import math
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import func, select, update

from .api import images
from .api.records import TransactionIn, TransactionRequest
from .errors import ApiError, InvalidAmount, MethodUnavailable, RefusedError
from .models import Account, Charge, ProviderTransaction
from .models.charges import Customer
from .offers import Offer
from .rules.methods import Method
from .rules.money import Rupiah, format_rupiah
from .work import Work

_LONGEST_ORDER_ID = 100


class Client(Protocol):
    """The part of Moota's API that makes numbers and codes."""

    def create_transaction(self, asked: TransactionRequest) -> TransactionIn:
        """Ask for one. Raises ApiError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A number or code that Moota has made for a payment of `total` rupiah, ready to be kept with a charge.

    `amount` is what the order costs, `fee` what the payer adds for this way to pay.
    """

    method: Method
    bank_id: str
    order_id: str
    amount: Rupiah
    fee: Rupiah
    total: Rupiah
    trx_id: str | None
    va_number: str | None
    qr_string: str | None
    qr_url: str | None
    qr_image: bytes | None
    merchant_name: str | None
    payment_url: str | None
    expires_at: datetime | None


def ask(client: Client, offer: Offer, key: str, customer: Customer, *, time_to_live: timedelta) -> Prepared:
    """Have Moota make the number or code of an offer; `key` names this attempt and gives the same one when repeated.

    Raises ApiError when Moota is down or refuses, RefusedError when the payer's phone number is missing.
    """
    if offer.method == "virtual_account" and not customer.phone:
        raise RefusedError("A virtual account needs the payer's phone number.")
    request = _request(offer, key, customer, time_to_live)
    try:
        answer = client.create_transaction(request)
    except ApiError as error:
        if "order_id" not in error.errors:
            raise
        # Moota has made one under this name before and lost our ear; that one was never shown to anybody.
        request = request.model_copy(update={"order_id": f"{request.order_id}.{secrets.token_hex(3)}"})
        answer = client.create_transaction(request)
    return _prepared(offer, request.order_id, answer, expected=datetime.now(UTC) + time_to_live)


def with_image(prepared: Prepared, *, base_url: str) -> Prepared:
    """Fetch the picture of a QR code whose text Moota did not tell; without it where the picture cannot be had."""
    if prepared.qr_string or not prepared.qr_url:
        return prepared
    try:
        return replace(prepared, qr_image=images.fetch_image(prepared.qr_url, base_url=base_url))
    except ApiError:
        return prepared


def keep(work: Work, charge: Charge, account: Account, prepared: Prepared) -> None:
    """Let a charge be paid by a prepared number or code.

    Whoever had that number before is paid by it no longer. Raises InvalidAmount when it was prepared for another
    amount, RefusedError when it pays an order already.
    """
    if prepared.bank_id != account.bank_id or prepared.amount != charge.amount:
        raise InvalidAmount(
            f"It was prepared for {format_rupiah(prepared.amount)} on {prepared.bank_id}, and the charge asks for "
            f"{format_rupiah(charge.amount)} on {account.bank_id}; prepare it anew."
        )
    known = select(ProviderTransaction.id).where(ProviderTransaction.order_id == prepared.order_id)
    if work.session.scalars(known).first() is not None:
        raise RefusedError(f"What was prepared as {prepared.order_id} pays an order already; prepare another.")
    end_number(work, prepared.va_number)
    work.session.add(
        ProviderTransaction(
            charge=charge,
            account_id=account.id,
            order_id=prepared.order_id,
            trx_id=prepared.trx_id,
            va_number=prepared.va_number,
            qr_string=prepared.qr_string,
            qr_url=prepared.qr_url,
            qr_image=prepared.qr_image,
            merchant_name=prepared.merchant_name,
            payment_url=prepared.payment_url,
            total=prepared.total,
            expires_at=prepared.expires_at,
            created_at=work.now(),
        )
    )
    charge.account = account
    charge.method = prepared.method
    charge.fee = prepared.fee
    charge.unique_code = abs(prepared.total - prepared.amount - prepared.fee)
    charge.amount_due = charge.amount_open = prepared.total
    charge.va_number = prepared.va_number
    charge.qr_string = prepared.qr_string
    charge.payment_url = prepared.payment_url
    if prepared.expires_at is not None and prepared.expires_at < charge.expires_at:
        charge.expires_at = prepared.expires_at
    work.session.flush()


def end(work: Work, charge: Charge) -> None:
    """Take the number or code away from a charge: what is still paid to it is for a person to judge."""
    query = update(ProviderTransaction).where(
        ProviderTransaction.charge_id == charge.id, ProviderTransaction.ended_at.is_(None)
    )
    work.session.execute(query.values(ended_at=work.now()))
    charge.va_number = charge.qr_string = charge.payment_url = None


def end_number(work: Work, va_number: str | None) -> None:
    """Note that Moota has given a number to another payment."""
    if va_number:
        query = update(ProviderTransaction).where(
            ProviderTransaction.va_number == va_number, ProviderTransaction.ended_at.is_(None)
        )
        work.session.execute(query.values(ended_at=work.now()))


def current(work: Work, charge: Charge) -> ProviderTransaction | None:
    """Return the number or code that a charge is paid by now; None for a plain transfer."""
    query = select(ProviderTransaction).where(
        ProviderTransaction.charge_id == charge.id, ProviderTransaction.ended_at.is_(None)
    )
    return work.session.scalars(query.order_by(ProviderTransaction.id.desc())).first()


def has_run_out(work: Work, made: ProviderTransaction) -> bool:
    """Tell whether Moota takes no more money by a number or code: the charge was given more time than it has."""
    return made.expires_at is not None and made.expires_at <= work.now()


def count(work: Work, charge: Charge) -> int:
    """Return how many numbers and codes Moota has made for a charge."""
    query = select(func.count()).where(ProviderTransaction.charge_id == charge.id)
    return work.session.execute(query).scalar_one()


def _request(offer: Offer, key: str, customer: Customer, time_to_live: timedelta) -> TransactionRequest:
    items = [{"name": key, "qty": 1, "price": offer.amount}]
    if offer.fee:
        items.append({"name": "Biaya layanan", "qty": 1, "price": offer.fee})
    return TransactionRequest.model_validate(
        {
            "order_id": key[:_LONGEST_ORDER_ID],
            "bank_id": offer.bank_id,
            "customer": {"name": customer.name, "email": customer.email, "phone": customer.phone},
            "items": items,
            "total": offer.total,
            # Rounded up: a number must not end before the charge, and the charge ends on time by itself.
            "expires_in_minutes": max(1, math.ceil(time_to_live.total_seconds() / 60)),
        }
    )


def _web_address(text: str | None) -> str | None:
    """Keep an address only if a browser may be sent there."""
    return text if text and urlsplit(text).scheme in {"http", "https"} else None


def _prepared(offer: Offer, order_id: str, answer: TransactionIn, *, expected: datetime) -> Prepared:
    va_number = answer.va_number or (answer.account_number if offer.method == "virtual_account" else None)
    if offer.method == "virtual_account" and not va_number:
        raise MethodUnavailable("Moota made no virtual account number; choose another way to pay.")
    if offer.method == "qris" and not (answer.qr_string or answer.qr_url):
        raise MethodUnavailable("Moota made no QR code; choose another way to pay.")
    if answer.total < offer.total:
        raise MethodUnavailable(
            f"Moota asks for {format_rupiah(answer.total)} and the order costs {format_rupiah(offer.total)}."
        )
    return Prepared(
        method=offer.method,
        bank_id=offer.bank_id,
        order_id=order_id,
        amount=offer.amount,
        fee=offer.fee,
        total=answer.total,
        trx_id=answer.trx_id or None,
        va_number=va_number or None,
        qr_string=answer.qr_string or None,
        qr_url=_web_address(answer.qr_url),
        qr_image=None,
        merchant_name=answer.merchant_name or None,
        payment_url=_web_address(answer.payment_url),
        expires_at=answer.expires_at(expected),
    )
