"""What an order's page says of each line whose pieces are asked back or have gone back."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from storefront.texts import ngettext

from .models import Order, RefundLine
from .returning import refund_lines


class Mark(NamedTuple):
    """One thing to say, and how urgent it looks."""

    text: str
    tone: str


def marks_of(session: Session, order: Order, statuses: Mapping[str, str]) -> dict[int, list[Mark]]:
    """Return what to say of an order's lines, by their ids; `statuses` are those of its refunds, by ticket."""
    said: dict[int, list[Mark]] = {}
    for line in refund_lines(session, order):
        mark = _mark(line, statuses.get(line.ticket, "withdrawn"))
        if mark is not None:
            said.setdefault(line.order_line_id, []).append(mark)
    return said


def _mark(line: RefundLine, status: str) -> Mark | None:
    count = line.quantity
    if line.restocked_at:
        return Mark(ngettext("%(num)d kembali ke stok", "%(num)d kembali ke stok", count), "good")
    if status == "completed":
        return Mark(ngettext("%(num)d dikembalikan uangnya", "%(num)d dikembalikan uangnya", count), "mute")
    if status in {"rejected", "withdrawn"}:
        return None
    return Mark(ngettext("%(num)d diminta kembali", "%(num)d diminta kembali", count), "wait")
