"""What the worker does for the shop now and then. Commits."""

from collections.abc import Iterator
from typing import Any

from payments_moota import complaints, objects, refunds
from payments_moota.context import work_on_host_session
from payments_moota.work import Work
from storefront.database import now
from storefront.extensions import db, moota
from storefront.notifications.owner import is_called, note_alert
from storefront.orders import service


def note_overdue() -> None:
    """Note for the owner the refunds and complaints whose due date has passed, once for each date. Commits."""
    work = work_on_host_session("shop")
    facts = [*_overdue_refunds(work), *_overdue_complaints(work)] if is_called() else []
    db.session.rollback()
    for kind, key, data in facts:
        moota.begin_write()
        note_alert(db.session(), kind, key, **data)
        db.session.commit()


def _overdue_refunds(work: Work) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for refund in refunds.overdue(work):
        data = {"number": refund.charge.order_ref, "ticket": refund.ticket, "amount": refund.amount}
        yield "refund_overdue", f"overdue:{refund.ticket}:{refund.due_at:%Y-%m-%d}", data


def _overdue_complaints(work: Work) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for row in objects.complaint_objects(work, complaints.overdue_complaints(work)):
        data = {"number": row["order_ref"], "ticket": row["refund"], "complaint": row["ticket"]}
        yield "complaint_overdue", f"overdue:{row['ticket']}:{row['due_at'][:10]}", data


def release_held_stock() -> None:
    """Give back the goods of expired orders once no transfer made in time can show up any more. Commits."""
    for order_id in service.orders_holding_too_long(db.session(), now()):
        moota.begin_write()
        order = service.lock_order(db.session(), order_id)
        if order is not None and order.payment_status == "expired":
            service.release_stock(db.session(), order)
        db.session.commit()
    db.session.rollback()
