"""One mutation's own page: what the bank wrote, what became of it, its whole story, and what can be decided."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, abort, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ... import ledger, settlement
from ...context import State, state, work_on_host_session
from ...models import Allocation, Charge, Delivery, Event, Mutation
from ...objects import mutation_objects
from ...rules.money import format_rupiah, read_typed, whole_rupiah
from ...work import Work
from ..answers import answer, translator
from ..words import Translate, moment_text
from . import finding
from .charge_rows import ChargeRow, charge_rows
from .finding_charges import WantedCharges, find_charges
from .routes import Route
from .showing import rows_of, signed_text
from .suggesting import Suggestion, consequences_of, rupiah_to_give, suggestions_of
from .words import actor_text, failure_texts, mutation_event

_SPLIT_ROWS = 6
_MOST_CANDIDATES = 8
_LONGEST_REF = 64


@dataclass(frozen=True, slots=True)
class Part:
    """What an order got of a mutation, or a refund: one live line of the books."""

    order_ref: str
    url: str
    ticket: str | None
    what: str
    amount: int
    at_text: str
    by: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story: when, what, by whom, which order, and what somebody wrote."""

    at_text: str
    at_iso: str
    text: str
    by: str
    order_ref: str | None
    note: str | None


def mutation(number: int) -> Response:
    """Show one mutation."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    found = get_or_404(work, number)
    shown = mutation_objects(work, [found])[0]
    parts = _parts(work, found, here, t)
    is_decided = found.status not in {"unmatched", "review"}
    return answer(
        "moota/panel/mutation.html",
        row=rows_of(work, here, [found], t)[0],
        facts=_facts(found, here, t),
        error=found.error,
        failure=failure_texts(found.error, t) if found.error else None,
        report_url=_report_url(work, found),
        parts=parts,
        suggestions=_suggestions(work, found, t),
        lines=_story(work, found, here, t),
        contradictions=[_contradiction(told, t) for told in shown["contradictions"]],
        decided=found.status,
        still_open=finding.count_open(work, found.direction) if is_decided else 0,
        direction=found.direction,
        is_whole=rupiah_to_give(found) > 0,
        rule_text=" ".join(found.description.split())[:200],
    )


def confirm(number: int) -> Response:
    """Say what would happen if the money were given to these orders, before anybody does it."""
    work, here, t = work_on_host_session("shop"), state(), translator()
    found = get_or_404(work, number)
    typed = _typed()
    parts, problems = read_parts(found, typed, t)
    told, unknown = consequences_of(work, parts, t) if not problems else ([], [])
    # Few know an order's number by heart; whatever else was typed is looked for.
    candidates = _candidates(work, here, unknown[0], t) if len(typed) == 1 and unknown else []
    if not candidates:
        problems += [t("Tidak ada tagihan untuk pesanan %(number)s.", number=ref) for ref in unknown]
    if found.direction == "debit" and told:
        told = [(parts[0][0], parts[0][1], [_of_debit(t)])]
    return answer(
        "moota/panel/confirm.html",
        row=rows_of(work, here, [found], t)[0],
        typed=[*typed, *[("", "")] * (_SPLIT_ROWS - len(typed))]
        if found.direction == "credit"
        else typed or [("", "")],
        told=told if not problems and not unknown else [],
        candidates=candidates,
        looked_for=unknown[0] if candidates else "",
        problems=problems if typed else [],
        is_matched=found.status == "matched",
        is_credit=found.direction == "credit",
        amount=whole_rupiah(found.amount_hundredths) or 0,
    )


def get_or_404(work: Work, number: int) -> Mutation:
    """Return the mutation of a page's address, or answer 404."""
    found = work.session.get(Mutation, number) if number < 2**62 else None
    return found or abort(404)


def read_parts(
    found: Mutation, typed: Sequence[tuple[str, str]], t: Translate
) -> tuple[list[tuple[str, int]], list[str]]:
    """Return the orders and their rupiah as typed, and what is wrong with it. One order alone gets everything."""
    amount = whole_rupiah(found.amount_hundredths)
    if amount is None or amount <= 0:
        return [], [t("Jumlah mutasi ini bukan rupiah bulat, jadi tidak bisa diberikan kepada pesanan.")]
    if not typed:
        return [], [t("Tulis nomor pesanannya.")]
    parts: list[tuple[str, int]] = []
    problems: list[str] = []
    for ref, text in typed:
        try:
            parts.append((ref, read_typed(text) if text else amount if len(typed) == 1 else 0))
        except ValueError:
            problems.append(t("Jumlah untuk pesanan %(number)s tidak terbaca; tulis misalnya 50.000.", number=ref))
    given = sum(each for _, each in parts)
    if not problems and (given != amount or any(each <= 0 for _, each in parts)):
        problems.append(
            t(
                "Bagian-bagiannya berjumlah %(given)s, padahal mutasinya %(amount)s; keduanya harus tepat sama.",
                given=format_rupiah(given),
                amount=format_rupiah(amount),
            )
        )
    if len({ref for ref, _ in parts}) < len(parts):
        problems.append(t("Tulis setiap pesanan satu kali saja."))
    return parts, problems


def typed_parts(values: Any) -> list[tuple[str, str]]:
    """Return the pairs of order and amount in a form or an address, empty rows left out."""
    refs, amounts = values.getlist("order"), values.getlist("amount")
    rows = zip(refs, [*amounts, *[""] * len(refs)], strict=False)
    return [(ref.strip()[:_LONGEST_REF], amount.strip()[:30]) for ref, amount in rows if ref.strip()][:_SPLIT_ROWS]


def _candidates(work: Work, here: State, text: str, t: Translate) -> list[ChargeRow]:
    """Return the newest charges that a name, a telephone number, an address, part of a number or an amount fits."""
    try:
        amount = read_typed(text)
    except ValueError:
        amount = None
    found = find_charges(work, WantedCharges(text=text)).rows
    if amount:
        found = [*find_charges(work, WantedCharges(amount=amount)).rows, *found]
    return charge_rows(work, here, list(dict.fromkeys(found))[:_MOST_CANDIDATES], t)


def _typed() -> list[tuple[str, str]]:
    return typed_parts(request.args)


def _facts(found: Mutation, here: State, t: Translate) -> list[tuple[str, str]]:
    """Return what Moota told of a mutation, as pairs."""
    balance = found.balance_hundredths
    pairs = [
        (t("Nomor mutasi"), found.mutation_id),
        (t("Berita dari bank"), found.description),
        (t("Catatan bank"), found.note),
        (t("Nomor transaksi"), found.provider_trx_id or ""),
        (t("Nomor pesanan di Moota"), found.provider_order_id or ""),
        (t("Saldo sesudahnya"), format_rupiah(balance // 100) if balance is not None else ""),
        (t("Kami terima"), moment_text(found.created_at, here)),
        (t("Diputuskan"), moment_text(found.decided_at, here) if found.decided_at else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _parts(work: Work, found: Mutation, here: State, t: Translate) -> list[Part]:
    what = {
        "payment": t("pembayaran"),
        "reversal": t("ditarik bank"),
        "refund": t("pengembalian"),
        "returned": t("pengembalian yang kembali"),
    }
    with_names = (joinedload(Allocation.charge), joinedload(Allocation.refund))
    # Kept until the lines have been read, so that the names come with one query.
    loaded = list(
        work.session.scalars(select(Allocation).options(*with_names).where(Allocation.mutation_id == found.id))
    )
    return [
        Part(
            order_ref=line.charge.order_ref,
            url=url_for("moota_panel.charge", charge_id=line.charge.public_id),
            ticket=line.refund.ticket if line.refund else None,
            what=what[line.kind],
            amount=line.amount,
            at_text=moment_text(line.created_at, here),
            by=actor_text(line.actor, t),
        )
        for line in ledger.live_lines_of(work, found)
        if line in loaded
    ]


def _suggestions(work: Work, found: Mutation, t: Translate) -> list[Suggestion]:
    """Return the orders it may be meant for as things are now, where nobody has it yet."""
    if found.direction != "credit" or found.status not in {"unmatched", "review"}:
        return []
    fresh = [asdict(hint) for hint in settlement.hints(work, found)]
    return suggestions_of(work, {found.id: (rupiah_to_give(found), fresh)}, t)[found.id]


def _report_url(work: Work, found: Mutation) -> str | None:
    """Return the page of the request that first told of it."""
    public_id = work.session.scalar(select(Delivery.public_id).where(Delivery.id == found.delivery_id))
    return url_for("moota_panel.delivery", public_id=public_id) if public_id else None


def _story(work: Work, found: Mutation, here: State, t: Translate) -> list[Line]:
    query = (
        select(Event, Charge.order_ref, Delivery.public_id)
        .outerjoin(Charge, Charge.id == Event.charge_id)
        .outerjoin(Delivery, Delivery.id == Event.delivery_id)
        .where(Event.mutation_id == found.id)
        .order_by(Event.id)
    )
    first = Line(
        at_text=moment_text(found.created_at, here),
        at_iso=found.created_at.isoformat(),
        text=t("Pertama kali dilaporkan oleh Moota"),
        by=actor_text("system", t),
        order_ref=None,
        note=None,
    )
    return [first, *(_line(event, ref, here, t) for event, ref, _ in work.session.execute(query))]


def _line(event: Event, order_ref: str | None, here: State, t: Translate) -> Line:
    written = event.data.get("note") or (event.data.get("reason") if event.name.startswith("mutation.") else None)
    is_code = event.name == "mutation.unmatched"
    return Line(
        at_text=moment_text(event.at, here),
        at_iso=event.at.isoformat(),
        text=mutation_event(event.name, event.data, t),
        by=actor_text(event.actor, t),
        order_ref=order_ref or ", ".join(event.data.get("parts", ())) or None,
        note=None if is_code else written,
    )


def _contradiction(told: dict[str, Any], t: Translate) -> dict[str, Any]:
    like = Mutation(direction=told["direction"], amount_hundredths=told["amount_hundredths"])
    return {
        "text": t("Pernah dilaporkan lagi sebagai %(amount)s.", amount=signed_text(like)),
        "is_acknowledged": told["is_acknowledged"],
        "by": told.get("acknowledged_by"),
        "reason": told.get("reason"),
    }


def _of_debit(t: Translate) -> str:
    return t(
        "Bila pesanan ini punya pengembalian sebesar itu yang sudah disetujui, pengembaliannya selesai. "
        "Bila tidak, uang ini dicatat sebagai ditarik kembali oleh bank, dan pesanannya ditahan."
    )


ROUTES = (
    Route("/mutations/<int:number>", "mutation", mutation),
    Route("/mutations/<int:number>/confirm", "confirm", confirm, right="act"),
)
