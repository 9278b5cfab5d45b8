"""One refund's own page: the request with its evidence beside the payment, where it goes, and the next step."""

from datetime import date, datetime
from typing import Any

from flask import Response, abort, url_for
from sqlalchemy import select, union
from sqlalchemy.orm import contains_eager

from ... import evidence, ledger, links, refunds
from ...context import State, state, work_on_host_session
from ...errors import RefusedError
from ...models import Charge, Refund
from ...objects import refund_objects
from ...rules.destination import Destination
from ...work import Work
from ..answers import answer, translator
from ..movements import movements
from ..uploads import MAX_FILES, MAX_MEGABYTES, hand_out
from ..words import Translate, date_text, moment_text, refund_reasons, short_date, short_text
from .access import may, own_pages, person
from .routes import Route
from .words import actor_text, charge_event, charge_states, charge_tone, refund_origins, refund_states, refund_tone_of

OVER = frozenset({"completed", "rejected", "withdrawn"})
# The steps each status offers, the usual one first.
STEPS = {
    "requested": ("approve", "review", "reject", "ask"),
    "in_review": ("approve", "reject", "ask"),
    "approved": ("send", "ask"),
    "sent": ("complete",),
    "failed": ("retry", "reject", "ask"),
}
APPROVALS = frozenset({"approve", "retry"})
_MOST_OTHERS = 20


def refund(ticket: str) -> Response:
    """Show one refund."""
    return page(get_or_404(work_on_host_session("shop"), ticket))


def file(ticket: str, file_id: str) -> Response:
    """Hand one of its files out."""
    work = work_on_host_session("shop")
    try:
        return hand_out(evidence.get_evidence(work, get_or_404(work, ticket), file_id))
    except RefusedError:
        abort(404)


def page(
    found: Refund,
    *,
    status: int = 200,
    destination: Destination | None = None,
    problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """Show a refund: with its full account where somebody asked for that, with what is wrong where a form came back."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    shown = refund_objects(work, [found])[0]
    offered = STEPS.get(found.status, ()) if may("approve") else ()
    is_own = found.requested_by.casefold() == person().casefold() and bool(APPROVALS & set(offered))
    charge = found.charge
    return answer(
        "moota/panel/refund.html",
        status=status,
        ticket=found.ticket,
        version=version_of(found),
        standing=found.status,
        state=refund_states(t)[found.status],
        tone=refund_tone_of(found.status),
        is_over=found.status in OVER,
        is_overdue=found.status not in OVER and found.due_at < work.now(),
        amount=found.amount,
        facts=_facts(found, here, t),
        note=found.note,
        shown=shown,
        destination=destination,
        files=[_file(each, found, t) for each in shown["evidence"]],
        complaints=[_complaint(each, work, t) for each in shown["complaints"]],
        story=[_line(each, here, t) for each in shown["timeline"]],
        offered=offered,
        step_texts=step_texts(t),
        is_own=is_own,
        needs_second_person=refunds.approval_needs(work) == "second_person",
        asks_password=is_own and own_pages().check_password is not None,
        payment={
            "order_ref": charge.order_ref,
            "url": url_for("moota_panel.charge", charge_id=charge.public_id),
            "state": charge_states(t)[charge.status],
            "tone": charge_tone(charge.status),
            "due": charge.amount_due,
            "money": ledger.figures_of(work, charge),
            "lines": movements(work, here, charge, t),
            "payer": charge.customer_name,
            "email": charge.customer_email,
            "contact": " · ".join(filter(None, (charge.customer_email, charge.customer_phone))),
        },
        others=_others(work, found, t),
        own_url=own_pages().refund_url(found.ticket or ""),
        buyer_url=links.refund_url(found),
        problems=problems or {},
        typed=typed or {},
        max_files=MAX_FILES,
        max_megabytes=MAX_MEGABYTES,
    )


def get_or_404(work: Work, ticket: str) -> Refund:
    """Return the refund of a page's address, or answer 404."""
    return refunds.find_refund(work, ticket) or abort(404)


def version_of(found: Refund) -> str:
    """Return what changes whenever a refund takes a step, for forms to carry."""
    return f"{found.status}/{found.amount}/{found.due_at.isoformat()}"


def step_texts(t: Translate) -> dict[str, tuple[str, str]]:
    """Return what each step is called, and what it does."""
    return {
        "approve": (t("Setujui"), t("Pembeli diberi tahu, dan uangnya boleh ditransfer.")),
        "review": (t("Mulai periksa"), t("Pembeli melihat bahwa permintaannya sedang diperiksa.")),
        "reject": (t("Tolak"), t("Uangnya tetap di toko; pembeli membaca alasan Anda.")),
        "send": (t("Tandai sudah ditransfer"), t("Sesudah ini rekening tujuannya tidak dapat diubah.")),
        "complete": (t("Selesaikan"), t("Anda menyatakan uangnya sudah sampai, dengan bukti atau catatan.")),
        "retry": (t("Setujui kirim ulang"), t("Uangnya boleh ditransfer sekali lagi.")),
        "ask": (t("Tanyakan rekening lagi"), t("Pembeli mendapat tautan baru lewat e-mail.")),
    }


def _facts(found: Refund, here: State, t: Translate) -> list[tuple[str, str]]:
    by = actor_text(found.requested_by, t)
    pairs = [
        (t("Alasan"), refund_reasons(t)[found.reason]),
        (t("Diminta oleh"), f"{refund_origins(t)[found.origin]}{f', {by}' if found.origin == 'owner' else ''}"),
        (t("Diminta"), moment_text(found.created_at, here)),
        (t("Batas waktu"), date_text(found.due_at, here) if found.status not in OVER else ""),
        (t("Diputuskan oleh"), actor_text(found.decided_by, t) if found.decided_by else ""),
        (t("Ditransfer"), moment_text(found.sent_at, here) if found.sent_at else ""),
        (t("Selesai"), moment_text(found.completed_at, here) if found.completed_at else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _file(each: dict[str, Any], found: Refund, t: Translate) -> dict[str, Any]:
    side = t("dari pembeli") if each["side"] == "customer" else t("dari toko")
    return {
        "url": url_for("moota_panel.refund_file", ticket=found.ticket, file_id=each["id"]),
        "filename": each["filename"],
        "what": t("bukti transfer") if each["kind"] == "proof" else side,
        "is_picture": each["media_type"].startswith("image/"),
        "at": each["at"],
    }


def _complaint(each: dict[str, Any], work: Work, t: Translate) -> dict[str, Any]:
    due = date.fromisoformat(each["due_at"][:10])
    is_late = each["closed_at"] is None and due < work.now().astimezone(work.settings.zone).date()
    return {**each, "due": t("Jawab paling lambat %(day)s.", day=short_date(due, state())), "is_late": is_late}


def _line(each: dict[str, Any], here: State, t: Translate) -> dict[str, Any]:
    amount = {"amount": each["amount"]} if each["event"] == "refund.amount_changed" else {}
    text = charge_event(each["event"], amount, t)
    at_text = short_text(datetime.fromisoformat(each["at"]), here)
    return {"at": each["at"], "at_text": at_text, "text": text, "note": each["note"], "by": actor_text(each["by"], t)}


def _others(work: Work, found: Refund, t: Translate) -> list[dict[str, Any]]:
    """Return the other refunds of the same customer, known by e-mail or phone, newest first."""
    charge = found.charge
    # The orders first, each way by its own index: in one question PostgreSQL would go through all charges.
    known = [
        select(Charge.id).where(column == value)
        for column, value in (
            (Charge.id, charge.id),
            (Charge.customer_email, charge.customer_email),
            (Charge.customer_phone, charge.customer_phone),
        )
        if value
    ]
    query = (
        select(Refund)
        .join(Refund.charge)
        .options(contains_eager(Refund.charge))
        .where(Refund.charge_id.in_(work.session.scalars(union(*known)).all()), Refund.id != found.id)
        .order_by(Refund.id.desc())
        .limit(_MOST_OTHERS)
    )
    states = refund_states(t)
    return [
        {
            "ticket": each.ticket,
            "url": url_for("moota_panel.refund", ticket=each.ticket),
            "order_ref": each.charge.order_ref,
            "amount": each.amount,
            "state": states[each.status],
            "tone": refund_tone_of(each.status),
        }
        for each in work.session.scalars(query)
    ]


ROUTES = (
    Route("/refunds/<ticket>", "refund", refund),
    Route("/refunds/<ticket>/files/<file_id>", "refund_file", file),
)
