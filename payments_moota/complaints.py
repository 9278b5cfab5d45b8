"""Complaints about a refund ("the money has not come"), each with its own ticket and a day it is answered by."""

from sqlalchemy import select

from . import refund_steps as steps
from .errors import RefusedError, UnknownComplaint
from .models import Complaint, Refund
from .work import Work


def file_complaint(work: Work, ticket: str, message: str) -> Complaint:
    """Complain about a refund, in whatever status it is. Raises RefusedError while another complaint is open."""
    text = steps.clean_text(message)
    if text is None:
        raise RefusedError("Say what is wrong.")
    refund = steps.lock_refund(work, ticket)
    query = select(Complaint.ticket).where(Complaint.refund_id == refund.id, Complaint.closed_at.is_(None))
    pending = work.session.scalars(query).first()
    if pending is not None:
        raise RefusedError(f"The complaint {pending} has not been answered yet; add a comment to the refund instead.")
    now = work.now()
    complaint = Complaint(
        refund_id=refund.id,
        message=text,
        created_at=now,
        due_at=steps.due_after(work, work.settings.refund_review_days),
    )
    work.session.add(complaint)
    work.session.flush()
    complaint.ticket = f"ADU-{now.astimezone(work.settings.zone).year}-{complaint.id:06d}"
    steps.announce(work, refund, "refund.complaint_filed", note=text, complaint=complaint.ticket)
    return complaint


def answer_complaint(work: Work, ticket: str, answer: str) -> Complaint:
    """Answer a complaint and close it. Raises UnknownComplaint, or RefusedError: closed already, nothing said."""
    text = steps.clean_text(answer)
    if text is None:
        raise RefusedError("Say what the answer is; the shopper reads it.")
    complaint = get_complaint(work, ticket)
    refund = steps.lock_refund(work, work.session.get_one(Refund, complaint.refund_id).ticket)
    work.session.refresh(complaint)
    if complaint.closed_at is not None:
        raise RefusedError(f"The complaint {ticket} is closed already.")
    complaint.answer = text
    complaint.closed_at = work.now()
    complaint.closed_by = work.actor
    steps.announce(work, refund, "refund.complaint_answered", note=text, complaint=ticket)
    return complaint


def get_complaint(work: Work, ticket: str) -> Complaint:
    """Return the complaint with this ticket. Raises UnknownComplaint."""
    complaint = work.session.scalars(select(Complaint).where(Complaint.ticket == ticket)).one_or_none()
    if complaint is None:
        raise UnknownComplaint(f"There is no complaint {ticket!r}; see `flask moota complaint list`.")
    return complaint


def list_complaints(work: Work, *, limit: int = 1000) -> list[Complaint]:
    """Return the newest complaints, answered or not, newest first."""
    return list(work.session.scalars(select(Complaint).order_by(Complaint.id.desc()).limit(limit)))


def overdue_complaints(work: Work, *, limit: int = 1000) -> list[Complaint]:
    """Return the complaints that should have been answered by now, longest overdue first."""
    query = select(Complaint).where(Complaint.closed_at.is_(None), Complaint.due_at < work.now())
    return list(work.session.scalars(query.order_by(Complaint.due_at).limit(limit)))


def open_complaints(work: Work, *, limit: int = 1000) -> list[Complaint]:
    """Return the complaints that wait for an answer, longest due first."""
    query = select(Complaint).where(Complaint.closed_at.is_(None)).order_by(Complaint.due_at).limit(limit)
    return list(work.session.scalars(query))


def complaints_of(work: Work, refund: Refund) -> list[Complaint]:
    """Return a refund's complaints, oldest first."""
    query = select(Complaint).where(Complaint.refund_id == refund.id).order_by(Complaint.id)
    return list(work.session.scalars(query))
