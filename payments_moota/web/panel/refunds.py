"""Refunds: a board by step, the overdue first; those that are over; and the payout list for the bank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from flask import Response, abort, flash, request, url_for
from sqlalchemy import ColumnElement, literal_column, select, union_all
from sqlalchemy.orm import contains_eager

from ... import complaints, payouts
from ...context import State, state, work_on_host_session
from ...models import Account, Charge, Refund
from ...models.refunds import RefundStatus
from ...objects import complaint_objects
from ...work import Work
from ..answers import answer, private, translator
from ..words import Translate, date_text, refund_reasons
from . import one_refund, refunding
from .acting import acting, back_to
from .filtering import Typed, row_number
from .finding import PAGE
from .routes import Route
from .words import refund_origins, refund_states, refund_tone_of

_MOST_OPEN = 300

# In the very words of the partial index, or SQLite would not use it.
_OPEN: ColumnElement[bool] = literal_column(
    "moota_refund.status IN ('requested', 'in_review', 'approved', 'sent', 'failed')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One refund on the board or in the list; amounts in rupiah."""

    ticket: str
    url: str
    order_ref: str
    payer: str
    amount: int
    reason: str
    origin: str
    state: str
    tone: str
    due_text: str
    is_overdue: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One step of the board: what is to be done, and the refunds that wait there, the longest due first."""

    title: str
    text: str
    cards: list[Card]


def board() -> Response:
    """Show the open refunds by what has to be done."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    query = _with_charge().where(_OPEN).order_by(Refund.due_at, Refund.id).limit(_MOST_OPEN)
    found = list(work.session.scalars(query))
    columns = _columns(work, here, found, t)
    return answer(
        "moota/panel/refunds.html",
        columns=columns,
        complaints=complaint_objects(work, complaints.open_complaints(work, limit=_MOST_OPEN)),
        overdue=sum(card.is_overdue for column in columns for card in column.cards),
        is_cut=len(found) == _MOST_OPEN,
        layouts=[(name, translator()(layout.label)) for name, layout in payouts.LAYOUTS.items()],
        sources=list(work.session.scalars(select(Account).where(Account.kind == "bank_transfer").order_by(Account.id))),
        payable=sum(refund.status == "approved" and refund.destination_at is not None for refund in found),
    )


def all_refunds() -> Response:
    """Show every refund, newest first, as far as the filters let it through."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    typed, before = Typed("status", "text"), row_number(request.args.get("after"))
    query = _with_charge().order_by(Refund.id.desc()).limit(PAGE + 1)
    status = typed.one_of("status", get_args(RefundStatus))
    if status:
        query = query.where(Refund.status == status)
    if typed["text"]:
        text = typed["text"]
        by_charge = select(Refund.id).join(Charge, Charge.id == Refund.charge_id)
        named = (
            select(Refund.id).where(Refund.ticket == text.upper()),
            by_charge.where(Charge.order_ref == text),
            by_charge.where(Charge.customer_email == text),
        )
        query = query.where(Refund.id.in_(union_all(*named)))
    if before is not None:
        query = query.where(Refund.id < before)
    found = list(work.session.scalars(query))
    kept: dict[str, Any] = {**typed.kept, "after": found[PAGE - 1].id if len(found) > PAGE else None}
    return answer(
        "moota/panel/all_refunds.html",
        cards=cards_of(work, here, found[:PAGE], t),
        typed=typed,
        states=refund_states(t),
        next_url=url_for("moota_panel.all_refunds", **kept) if kept["after"] else None,
        is_first=before is None,
    )


def payout_list() -> Response:
    """Hand out the approved refunds as a file for the bank's bulk transfer. It marks nothing as sent."""
    t = translator()
    layout, bank_id = request.form.get("layout", ""), request.form.get("account", "")
    if layout not in payouts.LAYOUTS:
        abort(400)
    reader = work_on_host_session("shop")
    source = reader.session.scalars(select(Account).where(Account.bank_id == bank_id)).one_or_none()
    if payouts.LAYOUTS[layout].needs_source and source is None:
        flash(t("Pilih rekening asal uangnya; bentuk berkas ini menyebutkannya."), "danger")
        return back_to(url_for("moota_panel.refunds"))
    with acting("refunds.payout_list", layout) as work:
        made = payouts.export_payouts(work, layout, source=source)
    response = Response(made.content, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=made.filename)
    return private(response)


def cards_of(work: Work, here: State, found: Iterable[Refund], t: Translate) -> list[Card]:
    """Return refunds as cards; their charges are loaded with them."""
    states, reasons, origins = refund_states(t), refund_reasons(t), refund_origins(t)
    return [
        Card(
            ticket=refund.ticket or "",
            url=url_for("moota_panel.refund", ticket=refund.ticket),
            order_ref=refund.charge.order_ref,
            payer=refund.charge.customer_name or refund.charge.customer_email or "",
            amount=refund.amount,
            reason=reasons[refund.reason],
            origin=origins[refund.origin],
            state=states[refund.status],
            tone=refund_tone_of(refund.status),
            due_text=date_text(refund.due_at, here),
            is_overdue=refund.status not in one_refund.OVER and refund.due_at < work.now(),
            is_over=refund.status in one_refund.OVER,
        )
        for refund in found
    ]


def _columns(work: Work, here: State, found: Sequence[Refund], t: Translate) -> list[Column]:
    def take(*statuses: str, has_account: bool | None = None) -> list[Card]:
        wanted = (
            refund
            for refund in found
            if refund.status in statuses and has_account in (None, refund.destination_at is not None)
        )
        return cards_of(work, here, wanted, t)

    return [
        Column(t("Perlu diputuskan"), t("Setujui atau tolak; pembeli menunggu."), take("requested", "in_review")),
        Column(
            t("Menunggu rekening pembeli"),
            t("Pembeli diminta memberi rekening lewat tautan di e-mailnya."),
            take("approved", has_account=False),
        ),
        Column(
            t("Siap ditransfer"),
            t("Transfer lewat bank Anda, lalu tandai. Kami tidak memindahkan uang."),
            take("approved", has_account=True),
        ),
        Column(t("Sudah ditransfer"), t("Selesai sendiri begitu mutasi keluarnya terlihat."), take("sent")),
        Column(t("Dikirim balik bank"), t("Mintakan rekening lain, lalu setujui kirim ulang."), take("failed")),
    ]


def _with_charge() -> Any:
    return select(Refund).join(Refund.charge).options(contains_eager(Refund.charge))


ROUTES = (
    Route("/refunds", "refunds", board),
    Route("/refunds/all", "all_refunds", all_refunds),
    Route("/refunds/payouts", "refunds_payouts", payout_list, "approve", "POST"),
    *one_refund.ROUTES,
    *refunding.ROUTES,
)
