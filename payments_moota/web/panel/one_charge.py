"""One charge's own page: what it asks for, what came, what is reserved, its story, and what can be changed."""

from dataclasses import dataclass

from flask import Response, abort, url_for
from sqlalchemy import select

from ... import ledger, proofs
from ...context import State, pay_url, state, work_on_host_session
from ...errors import RefusedError
from ...models import Allocation, Charge, Event, Mutation, Refund, Reservation
from ...work import Work
from ..answers import answer, translator
from ..uploads import hand_out
from ..words import Translate, moment_text, refund_reasons
from .access import own_pages
from .routes import Route
from .words import actor_text, charge_event, charge_states, charge_tone, exception_texts, refund_states


@dataclass(frozen=True, slots=True)
class Money:
    """One line of a charge's books: what moved, how many rupiah, when, by whom, and the mutation's page."""

    what: str
    amount: int
    at_text: str
    by: str
    url: str | None


def charge(charge_id: str) -> Response:
    """Show one charge."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    found = get_or_404(work, charge_id)
    money = ledger.figures_of(work, found)
    exceptions = exception_texts(t)
    return answer(
        "moota/panel/charge.html",
        charge_id=found.public_id,
        version=version_of(found),
        order_ref=found.order_ref,
        order_url=own_pages().order_url(found.order_ref),
        pay_url=pay_url(found),
        standing=found.status,
        state=charge_states(t)[found.status],
        tone=charge_tone(found.status),
        exceptions=[exceptions.get(each, each) for each in found.exceptions],
        sums=_sums(found, money, t),
        facts=_facts(found, here, t),
        lines=_money(work, found, here, t),
        held=_held(work, found, here),
        refunds=_refunds(work, found, t),
        proofs=[(each, moment_text(each.created_at, here)) for each in proofs.of(work, found)],
        story=_story(work, found, here, t),
        missing=max(0, found.amount_due - money.received),
    )


def proof(charge_id: str, proof_id: str) -> Response:
    """Hand a payer's proof out; only those see it who may decide about money."""
    work = work_on_host_session("shop")
    try:
        return hand_out(proofs.get(work, get_or_404(work, charge_id).order_ref, proof_id))
    except RefusedError:
        abort(404)


def get_or_404(work: Work, charge_id: str) -> Charge:
    """Return the charge of a page's address, or answer 404."""
    return work.session.scalars(select(Charge).where(Charge.public_id == charge_id)).one_or_none() or abort(404)


def version_of(found: Charge) -> str:
    """Return what changes whenever a charge does, for forms to carry."""
    return f"{found.status}/{found.expires_at.isoformat()}/{found.amount_open}/{','.join(found.exceptions)}"


def _sums(found: Charge, money: ledger.Figures, t: Translate) -> list[tuple[str, int]]:
    code = found.amount_due - found.amount - found.fee
    lines = [
        (t("Harga"), found.amount),
        (t("Biaya layanan"), found.fee),
        (t("Kode unik"), code),
        (t("Ditagih"), found.amount_due),
        (t("Diterima"), money.received),
        (t("Dikembalikan"), money.refunded),
        (t("Dijanjikan kembali"), money.promised),
        (t("Diminta berikutnya"), found.amount_open),
    ]
    always = {t("Harga"), t("Ditagih"), t("Diterima")}
    return [(name, amount) for name, amount in lines if amount or name in always]


def _facts(found: Charge, here: State, t: Translate) -> list[tuple[str, str]]:
    methods = {
        "bank_transfer": t("Transfer bank"),
        "virtual_account": t("Virtual account"),
        "qris": t("QRIS"),
    }
    pairs = [
        (t("Pembeli"), found.customer_name or ""),
        (t("E-mail"), found.customer_email or ""),
        (t("Telepon"), found.customer_phone or ""),
        (t("Cara bayar"), f"{methods[found.method]}, {found.account.label}"),
        (t("Nomor virtual account"), found.va_number or ""),
        (t("Kode berita"), found.reference),
        (t("Dibuat"), moment_text(found.created_at, here)),
        (t("Batas waktu"), moment_text(found.expires_at, here)),
        (t("Dikenali bila terlambat sampai"), moment_text(found.expires_at + here.settings.late_window, here)),
        (t("Lunas"), moment_text(found.paid_at, here) if found.paid_at else ""),
        (t("Alasan batal"), found.cancel_reason or ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _money(work: Work, found: Charge, here: State, t: Translate) -> list[Money]:
    """Return every line of the books, corrections too: nothing is taken away from them."""
    what = {
        "payment": t("Uang masuk"),
        "reversal": t("Ditarik kembali oleh bank"),
        "refund": t("Dikembalikan kepada pembeli"),
        "returned": t("Pengembalian kembali ke toko"),
    }
    query = (
        select(Allocation, Mutation.id)
        .outerjoin(Mutation, Mutation.id == Allocation.mutation_id)
        .where(Allocation.charge_id == found.id)
        .order_by(Allocation.id)
    )
    return [
        Money(
            what=what[line.kind] if line.amount > 0 else t("%(what)s, dibatalkan", what=what[line.kind]),
            amount=line.amount if line.kind in {"payment", "returned"} else -line.amount,
            at_text=moment_text(line.created_at, here),
            by=actor_text(line.actor, t),
            url=url_for("moota_panel.mutation", number=mutation) if mutation else None,
        )
        for line, mutation in work.session.execute(query)
    ]


def _held(work: Work, found: Charge, here: State) -> list[tuple[int, str]]:
    """Return the amounts that nobody else can be asked for, and until when."""
    query = select(Reservation.amount, Reservation.reserved_until).where(
        Reservation.charge_id == found.id, Reservation.released_at.is_(None)
    )
    return [
        (amount, moment_text(until, here)) for amount, until in work.session.execute(query.order_by(Reservation.id))
    ]


def _refunds(work: Work, found: Charge, t: Translate) -> list[tuple[str, int, str, str]]:
    states, reasons = refund_states(t), refund_reasons(t)
    query = select(Refund).where(Refund.charge_id == found.id).order_by(Refund.id)
    found_ones = work.session.scalars(query)
    return [(each.ticket or "", each.amount, reasons[each.reason], states[each.status]) for each in found_ones]


def _story(work: Work, found: Charge, here: State, t: Translate) -> list[tuple[str, str, str, str, str | None]]:
    """Return the history: when, when for machines, what, by whom, and what somebody wrote."""
    query = select(Event).where(Event.charge_id == found.id).order_by(Event.id)
    return [
        (
            moment_text(event.at, here),
            event.at.isoformat(),
            charge_event(event.name, event.data, t),
            actor_text(event.actor, t),
            event.data.get("note") or (event.data.get("reason") if event.name.startswith("charge.") else None),
        )
        for event in work.session.scalars(query)
    ]


ROUTES = (
    Route("/charges/<charge_id>", "charge", charge),
    Route("/charges/<charge_id>/proofs/<proof_id>", "charge_proof", proof, right="act"),
)
