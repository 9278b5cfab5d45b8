"""The payout list: approved refunds as a file for the bank's bulk transfer.

Making the list marks nothing: a transfer that was listed has not been made. Each refund keeps a line of its own, with
its ticket as the remark, since it is completed by the outgoing mutation of exactly its amount.

The layouts are data. Banks change their templates: compare with the one your bank offers before the first upload, and
upload the file as it is, since a spreadsheet program drops the zeros that begin an account number.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select

from . import journal
from .destinations import destination_of
from .errors import RefusedError
from .i18n import marked as t
from .models import Account, Refund
from .rules.bank_codes import BANKS
from .rules.destination import Destination
from .work import Work

_LONGEST_NAME = 40
_NOT_FOR_BANKS = re.compile(r"[^A-Za-z0-9 .,'()/&-]+")
_NOT_FIRST = re.compile(r"^[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Payout:
    """One line: which refund, how much, where to."""

    ticket: str
    amount: int
    destination: Destination


@dataclass(frozen=True, slots=True)
class Batch:
    """All lines of one file, the day it is made for (yyyymmdd) and the account the money is taken from ("" unknown)."""

    payouts: Sequence[Payout]
    day: str
    source: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How one bank wants its file: lines before the payouts, then one line for each. `label` waits for translation."""

    label: str
    needs_source: bool
    head: Callable[[Batch], list[list[str]]]
    line: Callable[[Batch, Payout], list[str]]


@dataclass(frozen=True, slots=True)
class Export:
    """The file, the tickets in it, and the approved refunds whose shoppers have not said yet where the money goes."""

    filename: str
    content: bytes
    tickets: list[str]
    without_destination: list[str]


def export_payouts(work: Work, layout: str, *, source: Account | None = None) -> Export:
    """Write the approved refunds, longest due first. Who exported is kept in the history: the file has full numbers.

    Raises RefusedError for an unknown layout, or one that must name the account the money is taken from.
    """
    work.begin()
    wanted = LAYOUTS.get(layout)
    if wanted is None:
        raise RefusedError(f"There is no layout {layout!r}; choose one of {', '.join(LAYOUTS)}.")
    if wanted.needs_source and source is None:
        raise RefusedError(f"The layout {layout!r} names the account the money is taken from; give one.")
    approved = select(Refund).where(Refund.status == "approved").order_by(Refund.due_at, Refund.id)
    refunds = list(work.session.scalars(approved))
    found = [(refund, destination_of(refund)) for refund in refunds if refund.destination_at]
    payouts = [Payout(str(refund.ticket), refund.amount, where) for refund, where in found if where]
    tickets = [payout.ticket for payout in payouts]
    missing = [str(refund.ticket) for refund in refunds if refund.ticket not in tickets]
    day = work.now().astimezone(work.settings.zone).strftime("%Y%m%d")
    made = Batch(payouts, day, source.account_number if source else "")
    journal.record(work, "payouts.exported", layout=layout, tickets=tickets, total=_total(made))
    return Export(f"refunds-{day}-{layout}.csv", _write(wanted, made), tickets, missing)


def cell(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return text as banks take it: plain letters, and beginning with a letter or digit.

    So no spreadsheet program can read it as a formula either.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_FIRST.sub("", " ".join(_NOT_FOR_BANKS.sub(" ", plain).split()))[:longest].rstrip()


def _write(layout: Layout, made: Batch) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows(layout.head(made))
    writer.writerows(layout.line(made, payout) for payout in made.payouts)
    return out.getvalue().encode("ascii")


def _total(made: Batch) -> int:
    return sum(payout.amount for payout in made.payouts)


_BCA_TITLES = [
    *("Transfer Type", "Source Account", "Beneficiary Account", "Beneficiary Name"),
    *("Amount", "Remark", "Beneficiary Bank Code", "Beneficiary Bank"),
]


def _bca_head(_made: Batch) -> list[list[str]]:
    return [_BCA_TITLES]


def _bca_line(made: Batch, payout: Payout) -> list[str]:
    bank = BANKS[payout.destination.bank_code]
    kind = "BCA" if bank.code == "014" else "BI-FAST"
    where = payout.destination
    return [
        *(kind, made.source, where.number, cell(where.holder)),
        *(f"{payout.amount}.00", payout.ticket, bank.code, cell(bank.name)),
    ]


def _mandiri_head(made: Batch) -> list[list[str]]:
    """P, day, account, number of lines, total (Mandiri's multi service file structure)."""
    return [["P", made.day, made.source, str(len(made.payouts)), str(_total(made))]]


def _mandiri_line(_made: Batch, payout: Payout) -> list[str]:
    """IBU is a transfer inside the bank, BAU one by BI-FAST to an account number."""
    bank = BANKS[payout.destination.bank_code]
    service = "IBU" if bank.code == "008" else "BAU"
    where = payout.destination
    return [
        *(where.number, cell(where.holder), "", "", "", "IDR", str(payout.amount)),
        *(payout.ticket, payout.ticket, service, bank.code, cell(bank.name)),
    ]


LAYOUTS = MappingProxyType(
    {
        "bca": Layout(t("BCA, satu baris untuk tiap transfer"), needs_source=False, head=_bca_head, line=_bca_line),
        "mandiri": Layout(t("Mandiri, multi service"), needs_source=True, head=_mandiri_head, line=_mandiri_line),
    }
)
