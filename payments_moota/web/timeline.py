"""History in words: an order's payment and refunds for the host's order page, and one refund for its own page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from .. import links
from ..context import State
from ..models import Charge, Event, Refund
from ..rules.money import format_rupiah as rp
from ..work import Work
from .words import Translate, by_whom, moment_text

# Steps of a refund that belong on the order's page; the rest is on the refund's own.
_STEPS = frozenset(
    f"refund.{step}"
    for step in (
        *("requested", "in_review", "approved", "sent", "completed", "failed", "rejected", "withdrawn"),
        *("amount_changed", "complaint_filed", "complaint_answered"),
    )
)


class StoryLine(NamedTuple):
    """One line of an order's story: when (aware), what, a detail or None, where there is more or None.

    `name` is the event's, such as `charge.cancelled`, for a host that tells some of it in words of its own.
    """

    at: datetime
    text: str
    detail: str | None
    url: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a refund's history; `note` is what somebody wrote."""

    at_iso: str
    at_text: str
    text: str
    detail: str | None
    by: str
    note: str | None


def story(work: Work, here: State, charge: Charge, t: Translate) -> list[StoryLine]:
    """Return what happened to an order's payment and refunds, oldest first, without anybody's name or account."""
    refunds = {each.id: each for each in work.session.scalars(select(Refund).where(Refund.charge_id == charge.id))}
    query = select(Event).where(Event.charge_id == charge.id).order_by(Event.id)
    lines = (_story_line(event, refunds.get(event.refund_id or 0), here, t) for event in work.session.scalars(query))
    return [line for line in lines if line is not None]


def history(events: Iterable[Event], here: State, t: Translate) -> list[Step]:
    """Return a refund's history, oldest first."""
    texts = _refund_texts(t)
    return [_step(event, texts[event.name], here, t) for event in events if event.name in texts]


def _story_line(event: Event, refund: Refund | None, here: State, t: Translate) -> StoryLine | None:
    if event.name in _STEPS and refund is not None:
        amount = rp(event.data.get("amount", refund.amount))
        detail = t("%(ticket)s, %(amount)s", ticket=refund.ticket, amount=amount)
        return StoryLine(event.at, _refund_texts(t)[event.name], detail, links.refund_url(refund), event.name)
    texts = _charge_texts(t)
    if event.name not in texts:
        return None
    text, detail_of = texts[event.name]
    return StoryLine(event.at, text, detail_of(event, here, t), None, event.name)


_Detail = Callable[[Event, State, Translate], str | None]


def _charge_texts(t: Translate) -> dict[str, tuple[str, _Detail]]:
    return {
        "charge.created": (t("Menunggu pembayaran"), _due),
        "charge.underpaid": (t("Pembayaran masuk, masih kurang"), _part),
        "charge.paid": (t("Pembayaran diterima"), _paid),
        "charge.rest_paid": (t("Sisa pembayaran masuk"), _amount),
        "charge.paid_again": (t("Transfer masuk lagi setelah lunas"), _amount),
        "charge.paid_after_cancel": (t("Transfer masuk setelah dibatalkan"), _amount),
        "charge.expired": (t("Waktu pembayaran habis"), _nothing),
        "charge.cancelled": (t("Tagihan dibatalkan"), _who),
        "charge.extended": (t("Batas waktu pembayaran diperpanjang"), _until),
        "charge.reopened": (t("Tagihan dibuka kembali"), _until),
        "charge.moved": (t("Cara bayar diganti"), _due),
        "charge.proof_received": (t("Bukti transfer diterima, menunggu pemeriksaan"), _nothing),
        "charge.proof_seen": (t("Bukti transfer dilihat toko"), _nothing),
        "charge.reversed": (t("Uang ditarik kembali oleh bank"), _amount),
        "charge.unpaid": (t("Pembayaran diperiksa kembali oleh toko"), _nothing),
    }


def _nothing(_event: Event, _here: State, _t: Translate) -> str | None:
    return None


def _amount(event: Event, _here: State, _t: Translate) -> str | None:
    return rp(event.data["amount"])


def _due(event: Event, _here: State, _t: Translate) -> str | None:
    return rp(event.data["amount_due"])


def _part(event: Event, _here: State, t: Translate) -> str | None:
    return t("%(amount)s masuk, kurang %(open)s", amount=rp(event.data["amount"]), open=rp(event.data["open"]))


def _paid(event: Event, _here: State, t: Translate) -> str | None:
    if "paid_late" in event.data.get("exceptions", ()):
        return t("%(amount)s, setelah batas waktu", amount=rp(event.data["amount"]))
    return rp(event.data["amount"])


def _who(event: Event, _here: State, t: Translate) -> str | None:
    return by_whom(event.actor, t)


def _until(event: Event, here: State, t: Translate) -> str | None:
    return t("sampai %(moment)s", moment=moment_text(datetime.fromisoformat(event.data["until"]), here))


def _refund_texts(t: Translate) -> dict[str, str]:
    return {
        "refund.requested": t("Pengembalian dana diajukan"),
        "refund.in_review": t("Mulai diverifikasi"),
        "refund.approved": t("Disetujui"),
        "refund.sent": t("Dana dikirim"),
        "refund.completed": t("Dana dikembalikan"),
        "refund.seen_on_statement": t("Terlihat keluar di mutasi bank kami"),
        "refund.failed": t("Bank mengirim dananya kembali kepada kami"),
        "refund.rejected": t("Pengajuan ditolak"),
        "refund.withdrawn": t("Pengajuan ditarik kembali"),
        "refund.amount_changed": t("Jumlah pengembalian berubah"),
        "refund.comment": t("Pesan"),
        "refund.evidence_added": t("Berkas ditambahkan"),
        "refund.destination_asked": t("Tautan pengisian rekening dikirim"),
        "refund.destination_reminded": t("Pengingat pengisian rekening dikirim"),
        "refund.destination_entered": t("Rekening tujuan dicatat"),
        "refund.complaint_filed": t("Pengaduan diajukan"),
        "refund.complaint_answered": t("Pengaduan dijawab"),
    }


def _step(event: Event, text: str, here: State, t: Translate) -> Step:
    return Step(
        at_iso=event.at.astimezone(here.settings.zone).isoformat(timespec="seconds"),
        at_text=moment_text(event.at, here),
        text=text,
        detail=_refund_detail(event.name, event.data, t),
        by=by_whom(event.actor, t),
        note=event.data.get("note"),
    )


def _refund_detail(name: str, data: dict[str, Any], t: Translate) -> str | None:
    if name == "refund.amount_changed":
        return t("dari %(before)s menjadi %(amount)s", before=rp(data["before"]), amount=rp(data["amount"]))
    if name == "refund.destination_entered":
        return t("%(bank)s, berakhiran %(digits)s", bank=data["bank"], digits=data["number_ends_in"])
    if name == "refund.evidence_added":
        return str(data["filename"])
    return data.get("complaint")
