"""Who paid: corrected by the host, and forgotten when a person asks for that; the money's own lines stay.

The bank's statement is not touched: what it says of a transfer is the shop's book-keeping.
"""

import dataclasses
from typing import Any, Literal

from sqlalchemy import select

from . import charges, journal, ledger
from .models import Charge, Complaint, Event, Evidence, OutboxMessage, Proof, Refund, Reservation
from .models.charges import Customer
from .rules.masking import HIDDEN, mask_number
from .work import Work

# What somebody wrote, or named a file, in lines of the history and in messages.
_WORDS = ("note", "filename")

Why = Literal["pending", "late", "refund", "owed", "complaint"]


def why_needed(work: Work, order_ref: str) -> Why | None:
    """Return why a payer cannot be forgotten yet; None when they can, or when the order has no charge.

    `pending`: money is waited for. `late`: a transfer may still come for the ended charge. `refund`: money is on its
    way back. `owed`: money came for a charge that is not paid, and has not gone back. `complaint`: one is open.
    """
    charge = charges.find_charge(work, order_ref)
    if charge is None:
        return None
    if charge.status == "pending":
        return "pending"
    money = ledger.figures_of(work, charge)
    if money.promised:
        return "refund"
    if charge.status != "paid" and money.refundable:
        return "owed"
    if charge.status != "paid" and _is_reserved(work, charge):
        return "late"
    return "complaint" if _has_open_complaint(work, charge) else None


def correct(work: Work, order_ref: str, customer: Customer) -> bool:
    """Give a charge the name and contact that the order has now; return whether anything changed.

    What a refund asks of its payer goes to the new address from now on.
    """
    work.begin()
    if charges.find_charge(work, order_ref) is None:
        return False
    charge = charges.lock_charge(work, order_ref)
    if (charge.customer_name, charge.customer_email, charge.customer_phone) == tuple(dataclasses.astuple(customer)):
        return False
    charge.customer_name, charge.customer_email, charge.customer_phone = dataclasses.astuple(customer)
    journal.record(work, "charge.payer_corrected", charge=charge)
    work.session.flush()
    return True


def forget(work: Work, order_ref: str, *, messages: str = "") -> bool:
    """Take name and contact off a charge, and what its payer wrote and handed in; return whether there is a charge.

    Amounts, dates and the history stay, without the payer's own words in it. `messages` is how the keys of the host's
    messages about this order begin: they lose such words, too. Ask `why_needed` first: nobody can be told anything
    afterwards.
    """
    work.begin()
    if charges.find_charge(work, order_ref) is None:
        return False
    charge = charges.lock_charge(work, order_ref)
    charge.customer_name = charge.customer_email = charge.customer_phone = None
    for refund in work.session.scalars(select(Refund).where(Refund.charge_id == charge.id)):
        _forget_refund(work, refund)
    for proof in work.session.scalars(select(Proof).where(Proof.charge_id == charge.id)):
        proof.content, proof.filename = b"", ""
        proof.removed_at = proof.removed_at or work.now()
    _forget_words(work, charge, messages)
    journal.record(work, "charge.payer_forgotten", charge=charge)
    work.session.flush()
    return True


def _forget_refund(work: Work, refund: Refund) -> None:
    refund.note = None
    if refund.bank_number is not None:
        refund.bank_number = mask_number(refund.bank_number)
        refund.bank_holder = HIDDEN * 3
    theirs = select(Evidence).where(Evidence.refund_id == refund.id, Evidence.side == "customer")
    for each in work.session.scalars(theirs):
        work.session.delete(each)
    for complaint in work.session.scalars(select(Complaint).where(Complaint.refund_id == refund.id)):
        complaint.message = ""


def _forget_words(work: Work, charge: Charge, messages: str) -> None:
    theirs = select(Event).where(Event.charge_id == charge.id, Event.actor == "customer")
    for line in work.session.scalars(theirs):
        line.data = _without_words(line.data)
    if messages:
        sent = select(OutboxMessage).where(OutboxMessage.key.startswith(messages, autoescape=True))
        for message in work.session.scalars(sent):
            message.payload = _without_words(message.payload)


def _without_words(data: dict[str, Any]) -> dict[str, Any]:
    return {name: "" if name in _WORDS and value else value for name, value in data.items()}


def _is_reserved(work: Work, charge: Charge) -> bool:
    query = select(Reservation.id).where(Reservation.charge_id == charge.id, Reservation.released_at.is_(None))
    return work.session.scalars(query.limit(1)).first() is not None


def _has_open_complaint(work: Work, charge: Charge) -> bool:
    query = select(Complaint.id).join(Refund, Refund.id == Complaint.refund_id)
    query = query.where(Refund.charge_id == charge.id, Complaint.closed_at.is_(None))
    return work.session.scalars(query.limit(1)).first() is not None
