"""The money of one charge, line by line and in words: what came, what the bank took back, what was sent back."""

from dataclasses import dataclass

from .. import ledger
from ..context import State
from ..models import Allocation, Charge
from ..work import Work
from .words import Translate, date_text, moment_text


@dataclass(frozen=True, slots=True)
class Movement:
    """One line: when, what, and how many rupiah the shop has more (or less) by it."""

    at_text: str
    text: str
    amount: int


def movements(work: Work, here: State, charge: Charge, t: Translate) -> list[Movement]:
    """Return what moved for a charge, oldest first, by the bank's date where there is one."""
    lines = ledger.live_lines_of_charge(work, charge)
    return [Movement(_when(line, here), _what(line, t), _signed(line)) for line in lines]


def _when(line: Allocation, here: State) -> str:
    if line.mutation is None:
        return moment_text(line.created_at, here)
    if line.mutation.day_only:
        return date_text(line.mutation.occurred_at, here)
    return moment_text(line.mutation.occurred_at, here)


def _what(line: Allocation, t: Translate) -> str:
    if line.kind == "payment":
        came = t("Transfer masuk") if line.charge.method == "bank_transfer" else t("Pembayaran masuk")
        return came if line.mutation else t("Diterima dan dicatat oleh toko")
    if line.kind == "reversal":
        return t("Ditarik kembali oleh bank")
    ticket = line.refund.ticket if line.refund else None
    if line.kind == "returned":
        return t("Pengembalian %(ticket)s kembali ke toko", ticket=ticket)
    return t("Dana dikembalikan, %(ticket)s", ticket=ticket)


def _signed(line: Allocation) -> int:
    return line.amount if line.kind in {"payment", "returned"} else -line.amount
