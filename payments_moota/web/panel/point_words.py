"""What reconciling found, for people: one sentence for each code, and where to look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from ...incidents import CONTRADICTED
from ...models import Charge, Mutation
from ...work import Work
from ..words import Translate


@dataclass(frozen=True, slots=True)
class Told:
    """One point: what it is about, what is the matter, and where it is shown, or None."""

    subject: str
    text: str
    url: str | None


def tell(work: Work, points: Sequence[Mapping[str, Any]], t: Translate) -> list[Told]:
    """Return points in words. One whose code is not known here keeps the words it came with."""
    refs = {point["order_ref"] for point in points if "order_ref" in point}
    ids = {each[0] for each in map(_mutations_of, points) if len(each) == 1}
    charges = select(Charge.order_ref, Charge.public_id).where(Charge.order_ref.in_(refs))
    mutations = select(Mutation.mutation_id, Mutation.id).where(Mutation.mutation_id.in_(ids))
    pages = {
        ("order", ref): url_for("moota_panel.charge", charge_id=found) for ref, found in work.session.execute(charges)
    }
    for mutation_id, found in work.session.execute(mutations):
        pages["mutation", mutation_id] = url_for("moota_panel.mutation", number=found)
    texts = _texts(t)
    return [_told(point, texts.get(point["code"], point["text"]), pages, t) for point in points]


def _told(point: Mapping[str, Any], text: str, pages: Mapping[tuple[str, str], str], t: Translate) -> Told:
    ids, ref = _mutations_of(point), point.get("order_ref", "")
    if "ticket" in point:
        return Told(t("Pengembalian %(ticket)s", ticket=point["ticket"]), text, pages.get(("order", ref)))
    if ref:
        return Told(t("Pesanan %(number)s", number=ref), text, pages.get(("order", ref)))
    if len(ids) == 1:
        return Told(t("Mutasi %(number)s", number=ids[0]), text, pages.get(("mutation", ids[0])))
    return Told(t("%(count)d mutasi", count=len(ids)), text, url_for("moota_panel.mutations"))


def _mutations_of(point: Mapping[str, Any]) -> list[str]:
    return point.get("mutation_ids") or []


def _texts(t: Translate) -> dict[str, str]:
    return {
        CONTRADICTED: t("Datang dua kali dengan isi yang berbeda. Periksa di bank mana yang benar."),
        "mutation.spent_beyond": t("Dipakai lebih dari nilainya."),
        "mutation.wrong_direction": t("Uang masuk dipakai sebagai uang keluar, atau sebaliknya."),
        "mutation.matched_without_lines": t("Disebut cocok, tetapi tidak membayar apa pun."),
        "mutation.matched_in_part": t("Disebut cocok, tetapi hanya sebagian yang dipakai."),
        "mutation.lines_without_match": t("Disebut tidak cocok, tetapi sebagian sudah dipakai."),
        "charge.other_exceptions": t("Keadaannya berbeda dari yang dikatakan uangnya."),
        "charge.paid_without_money": t("Disebut lunas, tetapi uangnya tidak cukup."),
        "charge.waits_though_paid": t("Masih menunggu, padahal uangnya cukup."),
        "charge.asks_another_amount": t("Meminta jumlah yang berbeda dari kekurangannya."),
        "charge.refunded_beyond_payments": t("Yang dikembalikan lebih banyak daripada yang dibayar."),
        "refund.other_amount_paid_out": t("Yang keluar berbeda dari jumlah pengembaliannya."),
        "refund.not_on_statement": t("Disebut sudah dikirim, tetapi belum terlihat di rekening koran."),
        "mutation.unreadable": t("Tidak bisa dibaca, jadi tidak masuk pembukuan rekening mana pun."),
        "mutation.undecided": t("Belum diputuskan oleh pekerja latar."),
        "mutation.in_review": t("Menunggu keputusan seseorang."),
    }
