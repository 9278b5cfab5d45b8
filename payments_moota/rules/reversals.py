"""What money going out means, and money coming in that had gone out before: a pure function, to be read as a table.

    a debit                                                        | decision  | said to be
    ---------------------------------------------------------------|-----------|---------------
    carries the ticket of an open refund of its amount             | matched   | refund_payout
    carries the ticket of an open refund of another amount, or     | review    | ambiguous
      several tickets                                              |           |
    may be a payout and a reversal, by the next four lines         | review    | ambiguous
    is the amount of one open refund; or of several, and its text  | matched   | refund_payout
      names one by the order's reference or the account's last     |           |
      digits, or names none and one is sent while others are not   |           |
    is the amount of several open refunds in any other way         | review    | ambiguous
    reads like a correction, and one credit of its amount came in  | matched   | reversal
      at most 14 days before, or several and it repeats one's text |           |
    reads like a correction of any of several credits              | review    | ambiguous
    anything else, a strange account, no whole positive rupiah     | unmatched | no_match

    a credit                                                       | decision  | said to be
    ---------------------------------------------------------------|-----------|---------------
    reads like something returned, or carries a refund's ticket,   | matched   | refund_returned
      and is the amount of one payout of the last 30 days          |           |
    the same for several payouts and names none                    | review    | ambiguous
    anything else                                                  | none: `matching.decide` goes on

A debit is never a correction by its amount alone: shops buy things too.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from .lateness import BankTime, bank_day
from .matching import Direction, MutationFacts
from .money import Rupiah, whole_rupiah
from .reference import read_note
from .states import MutationStatus

# How long after a credit a bank still takes it back by itself, in days.
REVERSAL_DAYS = 14
# How long after a payout the receiving bank still sends it back, in days.
RETURN_DAYS = 30
# How much later than the bank a person may note a payout, in days: its return may then seem to come first.
_NOTED_LATE_DAYS = 7

_WORD = re.compile(r"[^\W_]+")
_CORRECTION = {"REV", "RVS", "RVSL", "REVSL", "REVERS", "REVERSE", "REVERSED", "REVERSAL", "KOREKSI", "CORRECTION"}
_CORRECTION |= {"BATAL", "PEMBATALAN", "DIBATALKAN", "RETUR", "RTR"}
_RETURNED = {"RETURN", "RETURNED", "PENGEMBALIAN", "DIKEMBALIKAN", "GAGAL", "DITOLAK", "TOLAKAN", "REJECT", "REJECTED"}
_RETURNED |= _CORRECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidCredit:
    """A credit on the debit's account that paid a charge; a credit that paid several is given once for each.

    `amount` is the whole credit's, in rupiah.
    """

    mutation_id: int
    charge_id: int
    order_ref: str
    amount: Rupiah
    bank_time: BankTime
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPayout:
    """A refund that is approved or sent and not yet seen on a statement.

    `bank_number_tail` are the last digits of the account it goes to, `reference` is its charge's.
    """

    refund_id: int
    ticket: str
    amount: Rupiah
    sent_at: datetime | None
    bank_number_tail: str | None
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedPayout:
    """A refund that is sent or completed, since `at`."""

    refund_id: int
    ticket: str
    amount: Rupiah
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitDecision:
    """What a debit is: the `payout` of a refund, or the reversal of the `credits` (one mutation's), or neither."""

    status: MutationStatus
    reason: Literal["refund_payout", "reversal", "no_match", "ambiguous"]
    payout: OpenPayout | None = None
    credits: tuple[PaidCredit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDecision:
    """A credit that is no income: the `payout` that came back, or one of several (review)."""

    status: MutationStatus
    reason: Literal["refund_returned", "ambiguous"]
    payout: CompletedPayout | None = None


Payout = TypeVar("Payout", OpenPayout, CompletedPayout)

_NO_MATCH = DebitDecision(status="unmatched", reason="no_match")
_AMBIGUOUS = DebitDecision(status="review", reason="ambiguous")


def judge_debit(
    debit: MutationFacts,
    payouts: Sequence[OpenPayout],
    credits: Sequence[PaidCredit],  # noqa: A002 - the word for it
) -> DebitDecision:
    """Decide what a debit is: a refund's payout, the bank's reversal of a credit, or none of the shop's business."""
    amount = _amount(debit, "debit")
    if amount is None:
        return _NO_MATCH
    ticketed = _with_ticket(debit, payouts)
    if ticketed:
        is_clear = len(ticketed) == 1 and ticketed[0].amount == amount
        return _paid_out(ticketed[0]) if is_clear else _AMBIGUOUS
    possible = [payout for payout in payouts if payout.amount == amount and not _is_sent_later(payout, debit)]
    taken_back = _credits_taken_back(debit, amount, credits)
    if possible and taken_back:
        return _AMBIGUOUS
    return _judge_payout(debit, possible) if possible else _judge_reversal(taken_back)


def judge_returned_credit(credit: MutationFacts, payouts: Sequence[CompletedPayout]) -> ReturnDecision | None:
    """Decide whether a credit is a refund that came back (retur), which is no income; None when it is not."""
    amount = _amount(credit, "credit")
    possible = [payout for payout in payouts if payout.amount == amount and _is_in_time_to_return(payout, credit)]
    named = _with_ticket(credit, possible)
    if not possible or not (named or _words(credit) & _RETURNED):
        return None
    if len(named or possible) > 1:
        return ReturnDecision(status="review", reason="ambiguous")
    return ReturnDecision(status="matched", reason="refund_returned", payout=(named or possible)[0])


def _amount(mutation: MutationFacts, direction: Direction) -> Rupiah | None:
    amount = whole_rupiah(mutation.hundredths)
    is_ours = mutation.direction == direction and mutation.known_account
    return amount if is_ours and amount is not None and amount > 0 else None


def _judge_payout(debit: MutationFacts, possible: list[OpenPayout]) -> DebitDecision:
    named = [payout for payout in possible if _is_named(payout, debit)]
    sent = [payout for payout in possible if payout.sent_at]
    likely = named or sent or possible
    return _paid_out(likely[0]) if len(likely) == 1 else _AMBIGUOUS


def _judge_reversal(taken_back: list[list[PaidCredit]]) -> DebitDecision:
    if not taken_back:
        return _NO_MATCH
    if len(taken_back) > 1:
        return _AMBIGUOUS
    return DebitDecision(status="matched", reason="reversal", credits=tuple(taken_back[0]))


def _paid_out(payout: OpenPayout) -> DebitDecision:
    return DebitDecision(status="matched", reason="refund_payout", payout=payout)


def _credits_taken_back(debit: MutationFacts, amount: Rupiah, known: Sequence[PaidCredit]) -> list[list[PaidCredit]]:
    """Group by mutation the credits that the debit may reverse."""
    if not _words(debit) & _CORRECTION:
        return []
    grouped: dict[int, list[PaidCredit]] = defaultdict(list)
    for credit in known:
        if credit.amount == amount and _is_shortly_before(credit, debit):
            grouped[credit.mutation_id].append(credit)
    repeated = [group for group in grouped.values() if _repeats(debit, group[0])]
    return repeated or list(grouped.values())


def _is_shortly_before(credit: PaidCredit, debit: MutationFacts) -> bool:
    days = (bank_day(debit.bank_time.at) - bank_day(credit.bank_time.at)).days
    is_after = credit.bank_time.at > debit.bank_time.at and not debit.bank_time.day_only
    return 0 <= days <= REVERSAL_DAYS and not is_after


def _is_sent_later(payout: OpenPayout, debit: MutationFacts) -> bool:
    if payout.sent_at is None:
        return False
    return (bank_day(payout.sent_at) - bank_day(debit.bank_time.at)).days > _NOTED_LATE_DAYS


def _is_in_time_to_return(payout: CompletedPayout, credit: MutationFacts) -> bool:
    days = (bank_day(credit.bank_time.at) - bank_day(payout.at)).days
    return -_NOTED_LATE_DAYS <= days <= RETURN_DAYS


def _with_ticket(mutation: MutationFacts, payouts: Sequence[Payout]) -> list[Payout]:
    """Pick the payouts whose ticket is in the text, with whatever the bank made of its hyphens."""
    text = _upper(mutation.description)
    return [payout for payout in payouts if _ticket_pattern(payout.ticket).search(text)]


def _ticket_pattern(ticket: str) -> re.Pattern[str]:
    parts = r"[\W_]*".join(map(re.escape, _WORD.findall(ticket.upper())))
    return re.compile(rf"{parts}(?![0-9])")


def _is_named(payout: OpenPayout, debit: MutationFacts) -> bool:
    tail = payout.bank_number_tail
    if tail and re.search(rf"{re.escape(tail)}(?![0-9])", debit.description):
        return True
    named = read_note(debit.description)
    return payout.reference in {*named.clear, *named.loose}


def _repeats(debit: MutationFacts, credit: PaidCredit) -> bool:
    repeated = "".join(_WORD.findall(_upper(credit.description)))
    return bool(repeated) and repeated in "".join(_WORD.findall(_upper(debit.description)))


def _words(mutation: MutationFacts) -> frozenset[str]:
    return frozenset(_WORD.findall(_upper(mutation.description)))


def _upper(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()
