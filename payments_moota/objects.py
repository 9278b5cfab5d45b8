"""The JSON objects that other programs rely on: money in whole rupiah, times in ISO 8601 with offset.

Fields may be added, never renamed.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from . import incidents, ledger
from .incidents import Acknowledgement
from .models import Account, Allocation, Charge, Complaint, Delivery, Event, Evidence, Mutation, Refund
from .rules.bank_codes import BANKS
from .rules.destination import names_differ
from .rules.masking import mask_name, mask_number
from .work import Work

# Who looked at an account number, and when it was removed, is for the shop's own history.
_UNSEEN = ("refund.destination_viewed", "refund.account_removed")


def charge_objects(work: Work, charges: list[Charge], pay_urls: list[str]) -> list[dict[str, Any]]:
    """Return charges as JSON objects; `pay_urls` in the same order."""
    money = ledger.figures(work, charges)
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
        "is_offered": account.is_offered,
        "minimum": account.minimum,
        "maximum": account.maximum,
        "fee_fixed": account.fee_fixed,
        "fee_percent": account.fee_basis_points / 100,
        "has_static_qris": account.static_qris is not None,
    }


def mutation_objects(work: Work, mutations: list[Mutation]) -> list[dict[str, Any]]:
    """Return mutations as JSON objects."""
    zone = work.settings.zone
    ids = [mutation.id for mutation in mutations]
    spent_on, told = _spent_on(work, ids), _contradictions(work, ids, zone)
    return [
        {**_mutation(mutation, spent_on[mutation.id], zone), "contradictions": told[mutation.id]}
        for mutation in mutations
    ]


def event_objects(work: Work, events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return lines of the history as JSON objects, for the shop's own eyes."""
    return [
        {"at": moment(event.at, work.settings.zone), "event": event.name, "by": event.actor, "data": event.data}
        for event in events
    ]


def acknowledgement_object(seen: Acknowledgement, zone: ZoneInfo) -> dict[str, Any]:
    """Return who has looked at an incident, when, and what they say."""
    return {"acknowledged_by": seen.by, "acknowledged_at": moment(seen.at, zone), "reason": seen.reason}


def refund_objects(work: Work, refunds: list[Refund]) -> list[dict[str, Any]]:
    """Return refunds as JSON objects with timeline, files and complaints; account numbers by their last four digits."""
    zone = work.settings.zone
    ids = [refund.id for refund in refunds]
    lines, files, complaints = _timelines(work, ids, zone), _files(work, ids, zone), _complaints(work, ids, zone)
    return [
        {
            **_refund(refund, zone),
            "timeline": lines[refund.id],
            "evidence": files[refund.id],
            "complaints": complaints[refund.id],
        }
        for refund in refunds
    ]


def complaint_objects(work: Work, complaints: Iterable[Complaint]) -> list[dict[str, Any]]:
    """Return complaints as JSON objects with the refund and the order they are about."""
    known = {complaint.id: complaint for complaint in complaints}
    query = (
        select(Complaint.id, Refund.ticket, Charge.order_ref)
        .join(Refund, Refund.id == Complaint.refund_id)
        .join(Charge, Charge.id == Refund.charge_id)
        .where(Complaint.id.in_(known))
    )
    about = {number: {"refund": ticket, "order_ref": ref} for number, ticket, ref in work.session.execute(query)}
    return [
        {
            **_complaint(complaint, work.settings.zone),
            **about[number],
            "closed_by": complaint.closed_by,
            "is_overdue": complaint.closed_at is None and complaint.due_at < work.now(),
        }
        for number, complaint in known.items()
    ]


def delivery_object(delivery: Delivery, zone: ZoneInfo) -> dict[str, Any]:
    """Return a delivery as a JSON object."""
    return {
        "id": delivery.public_id,
        "received_at": moment(delivery.received_at, zone),
        "channel": delivery.channel,
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


def _charge(charge: Charge, money: ledger.Figures, pay_url: str, zone: ZoneInfo) -> dict[str, Any]:
    net = money.received - money.refunded
    return {
        "order_ref": charge.order_ref,
        "charge_id": charge.public_id,
        "method": charge.method,
        "status": charge.status,
        "exceptions": sorted(charge.exceptions),
        "difference": net - charge.amount_due if "reversed" in charge.exceptions or money.received else 0,
        "amount": charge.amount,
        "fee": charge.fee,
        "unique_code": charge.unique_code,
        "amount_due": charge.amount_due,
        "amount_open": charge.amount_open,
        "amount_paid": money.received,
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


def _spent_on(work: Work, ids: list[int]) -> dict[int | None, list[tuple[str, str | None]]]:
    """Return the order and ticket of every live line, by mutation."""
    found: dict[int | None, list[tuple[str, str | None]]] = defaultdict(list)
    query = (
        select(Allocation.mutation_id, Charge.order_ref, Refund.ticket)
        .join(Charge, Charge.id == Allocation.charge_id)
        .outerjoin(Refund, Refund.id == Allocation.refund_id)
        .where(Allocation.mutation_id.in_(ids))
        .group_by(Allocation.mutation_id, Charge.order_ref, Refund.ticket)
        .having(func.sum(Allocation.amount) > 0)
        .order_by(func.min(Allocation.id))
    )
    for mutation_id, order_ref, ticket in work.session.execute(query):
        found[mutation_id].append((order_ref, ticket))
    return found


def _contradictions(work: Work, ids: list[int], zone: ZoneInfo) -> dict[int, list[dict[str, Any]]]:
    """Return what mutations came again as, where the content was another one."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for told in incidents.contradictions(work, [Event.mutation_id.in_(ids)]):
        entry = {
            "at": moment(told.at, zone),
            "direction": told.direction,
            "amount_hundredths": told.hundredths,
            "bank_id": told.bank_id,
        }
        seen = acknowledgement_object(told.acknowledged, zone) if told.acknowledged else {}
        found[told.mutation].append({**entry, "is_acknowledged": bool(seen), **seen})
    return found


def _mutation(mutation: Mutation, spent_on: list[tuple[str, str | None]], zone: ZoneInfo) -> dict[str, Any]:
    order_ref, ticket = spent_on[0] if spent_on else (None, None)
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
        "order_refs": [each for each, _ in spent_on],
        "ticket": ticket,
        "near_misses": mutation.near_misses,
    }


def _refund(refund: Refund, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "ticket": refund.ticket,
        "order_ref": refund.charge.order_ref,
        "amount": refund.amount,
        "reason": refund.reason,
        "note": refund.note,
        "status": refund.status,
        "origin": refund.origin,
        "requested_by": refund.requested_by,
        "decided_by": refund.decided_by,
        "created_at": moment(refund.created_at, zone),
        "decided_at": moment(refund.decided_at, zone),
        "sent_at": moment(refund.sent_at, zone),
        "completed_at": moment(refund.completed_at, zone),
        "due_at": moment(refund.due_at, zone),
        "destination": _destination(refund, zone),
        "destination_until": moment(refund.destination_until, zone),
    }


def _destination(refund: Refund, zone: ZoneInfo) -> dict[str, Any] | None:
    """Return where a refund goes, masked; `entered_at` is None after the bank sent the money back from there."""
    if not (refund.bank_code and refund.bank_number and refund.bank_holder):
        return None
    return {
        "bank_code": refund.bank_code,
        "bank": BANKS[refund.bank_code].name if refund.bank_code in BANKS else refund.bank_code,
        "number": mask_number(refund.bank_number),
        "holder": mask_name(refund.bank_holder),
        "holder_differs": names_differ(refund.bank_holder, refund.charge.customer_name),
        "entered_at": moment(refund.destination_at, zone),
    }


def _timelines(work: Work, ids: list[int], zone: ZoneInfo) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    query = select(Event).where(Event.refund_id.in_(ids), Event.name.not_in(_UNSEEN)).order_by(Event.id)
    for event in work.session.scalars(query):
        entry = {
            "at": moment(event.at, zone),
            "status": event.data.get("status"),
            "by": event.actor,
            "note": event.data.get("note"),
            "event": event.name,
            "amount": event.data.get("amount"),
        }
        found[event.refund_id or 0].append(entry)
    return found


def _files(work: Work, ids: list[int], zone: ZoneInfo) -> dict[int, list[dict[str, Any]]]:
    """List the files without reading their content."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    columns = (
        *(Evidence.refund_id, Evidence.public_id, Evidence.side, Evidence.kind),
        *(Evidence.filename, Evidence.media_type, Evidence.created_at),
    )
    query = select(*columns).where(Evidence.refund_id.in_(ids)).order_by(Evidence.id)
    for refund_id, public_id, side, kind, filename, media_type, at in work.session.execute(query):
        entry = {"id": public_id, "side": side, "kind": kind, "filename": filename, "media_type": media_type}
        found[refund_id].append({**entry, "at": moment(at, zone)})
    return found


def _complaints(work: Work, ids: list[int], zone: ZoneInfo) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    query = select(Complaint).where(Complaint.refund_id.in_(ids)).order_by(Complaint.id)
    for complaint in work.session.scalars(query):
        found[complaint.refund_id].append(_complaint(complaint, zone))
    return found


def _complaint(complaint: Complaint, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "ticket": complaint.ticket,
        "message": complaint.message,
        "answer": complaint.answer,
        "created_at": moment(complaint.created_at, zone),
        "due_at": moment(complaint.due_at, zone),
        "closed_at": moment(complaint.closed_at, zone),
    }
