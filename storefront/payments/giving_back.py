"""Money that goes back, as the shop asks for it and shows it; the extension's own pages decide about it."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from payments_moota import Charge, Refund, evidence
from payments_moota.context import work_on_host_session
from payments_moota.evidence import CleanFile
from payments_moota.models.refunds import RefundReason
from payments_moota.web import uploads
from payments_moota.web.answers import translator
from storefront.database import now
from storefront.extensions import db, moota
from storefront.orders import service

_OVER = frozenset({"completed", "rejected", "withdrawn"})


def ask_back(number: str) -> Refund:
    """Ask for all of a paid order's money back, on behalf of the shopper. Raises RefusedError."""
    amount = moota.suggested_refund(number)
    return moota.request_refund(number, amount, reason="cancellation", origin="customer", actor=service.CUSTOMER)


def request_return(number: str, amount: int, *, reason: RefundReason, note: str, files: Iterable[CleanFile]) -> Refund:
    """Ask for money back for pieces of an order, on behalf of the shopper, with pictures. Raises RefusedError."""
    refund = moota.request_refund(number, amount, reason=reason, note=note, origin="customer", actor=service.CUSTOMER)
    work = work_on_host_session(service.CUSTOMER)
    for each in files:
        evidence.attach(work, refund.ticket or "", each, side="customer")
    return refund


def request_refund(number: str, amount: int, *, reason: RefundReason, note: str | None, actor: str) -> Refund:
    """Ask for money back on behalf of the shop. Raises RefusedError."""
    return moota.request_refund(number, amount, reason=reason, note=note, origin="owner", actor=actor)


def refunds_of(number: str) -> list[dict[str, Any]]:
    """Return an order's refunds as JSON objects with the `url` of their pages, newest first."""
    return [_shown(refund) for refund in moota.list_refunds(number)]


def refunds_of_many(numbers: Iterable[str]) -> list[Refund]:
    """Return the refunds of several orders with their charges, newest first, in one query."""
    query = select(Refund).join(Refund.charge).options(contains_eager(Refund.charge))
    return list(db.session.scalars(query.where(Charge.order_ref.in_(numbers)).order_by(Refund.id.desc())))


def read_files() -> tuple[list[CleanFile], list[str]]:
    """Return the files of the form that is being answered, checked and made anew, and what is wrong with others."""
    return uploads.read_files(translator())


def refund_path(refund: Refund) -> str:
    """Return the address of a refund's page on this site."""
    return urlsplit(moota.refund_url(refund)).path


def _shown(refund: Refund) -> dict[str, Any]:
    is_overdue = refund.status not in _OVER and refund.due_at < now()
    facts = {"due_at": refund.due_at, "created_at": refund.created_at, "is_overdue": is_overdue}
    shown, url = moota.refund_object(refund), refund_path(refund)
    files = [{**file, "url": f"{url}/files/{file['id']}"} for file in shown["evidence"]]
    return {**shown, **facts, "evidence": files, "url": url}
