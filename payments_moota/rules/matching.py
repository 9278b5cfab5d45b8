"""Which charge a mutation pays, or why none: a pure function of what is known, to be read as a table.

    the mutation                                    | decision                        | said to be
    ------------------------------------------------|---------------------------------|------------------
    money going out                                 | unmatched                       | no_match
    money coming in, but nothing or less            | unmatched                       | invalid
    on an account that is not ours                  | unmatched                       | no_match
    with a fraction of a rupiah                     | unmatched                       | no_match
    an amount nobody was asked for                  | unmatched                       | no_match
    an amount several were asked for                | review: a person decides        | ambiguous
    exactly what one charge asks for, and it is
      pending                                       | matched: pays it in full        | exact
      pending, though part has been paid already    | review: a person decides        | ambiguous
      expired, but the bank booked it in time       | matched: pays it in full        | exact
      expired, and the bank booked it late          | unmatched: the host may serve   | late
      paid                                          | unmatched: came a second time   | duplicate_payment
      cancelled                                     | unmatched: nothing is revived   | paid_after_cancel

The questions are asked in the order of `_QUESTIONS`; the first that has an answer decides. Nothing else ever matches:
not an amount on another account, not a name, not a near miss.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .lateness import BankTime, is_late
from .money import Rupiah, whole_rupiah
from .policy import Policy
from .states import ChargeStatus, MutationStatus

Direction = Literal["credit", "debit"]
Reason = Literal[
    "exact",
    "late",
    "duplicate_payment",
    "paid_after_cancel",
    "no_match",
    "ambiguous",
    "invalid",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationFacts:
    """What a line of a bank statement says. `known_account`: it is on an account the owner receives payments on."""

    direction: Direction
    hundredths: int
    bank_time: BankTime
    known_account: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A charge on the mutation's account whose reserved amount is the mutation's; money in rupiah."""

    charge_id: int
    order_ref: str
    status: ChargeStatus
    amount_due: Rupiah
    amount_paid: Rupiah
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a mutation.

    `allocate` rupiah of it pay the charge; zero unless matched. An unmatched mutation may still name the charge it was
    meant for, so that a person sees it at once.
    """

    status: MutationStatus
    reason: Reason
    charge_id: int | None = None
    order_ref: str | None = None
    allocate: Rupiah = 0


def decide(mutation: MutationFacts, candidates: Sequence[Candidate], policy: Policy) -> Decision:
    """Decide what becomes of a mutation. Reads no clock: the same facts always give the same decision."""
    case = _Case(mutation, candidates, policy)
    answers = (question(case) for question in _QUESTIONS)
    return next((answer for answer in answers if answer is not None), _NOBODY_ASKED)


@dataclass(frozen=True, slots=True)
class _Case:
    mutation: MutationFacts
    candidates: Sequence[Candidate]
    policy: Policy

    @property
    def amount(self) -> Rupiah | None:
        return whole_rupiah(self.mutation.hundredths)

    @property
    def asked_exactly(self) -> list[Candidate]:
        return [candidate for candidate in self.candidates if candidate.amount_due == self.amount]


_NOBODY_ASKED = Decision(status="unmatched", reason="no_match")


def _is_money_going_out(case: _Case) -> Decision | None:
    return _NOBODY_ASKED if case.mutation.direction == "debit" else None


def _is_nothing(case: _Case) -> Decision | None:
    return Decision(status="unmatched", reason="invalid") if case.mutation.hundredths <= 0 else None


def _is_on_a_strange_account(case: _Case) -> Decision | None:
    return None if case.mutation.known_account else _NOBODY_ASKED


def _is_asked_by_several(case: _Case) -> Decision | None:
    return Decision(status="review", reason="ambiguous") if len(case.asked_exactly) > 1 else None


def _is_asked_by_one(case: _Case) -> Decision | None:
    return _judge(case, case.asked_exactly[0]) if case.asked_exactly else None


_QUESTIONS: tuple[Callable[[_Case], Decision | None], ...] = (
    _is_money_going_out,
    _is_nothing,
    _is_on_a_strange_account,
    _is_asked_by_several,
    _is_asked_by_one,
)


def _judge(case: _Case, charge: Candidate) -> Decision:
    if charge.status == "paid":
        return _about(charge, "unmatched", "duplicate_payment")
    if charge.status == "cancelled":
        return _about(charge, "unmatched", "paid_after_cancel")
    if charge.amount_paid:
        return _about(charge, "review", "ambiguous")
    if charge.status == "expired" and _is_late(case, charge):
        return _about(charge, "unmatched", "late")
    return _about(charge, "matched", "exact", allocate=charge.amount_due)


def _is_late(case: _Case, charge: Candidate) -> bool:
    return is_late(case.mutation.bank_time, charge.expires_at, tolerance=case.policy.clock_tolerance)


def _about(charge: Candidate, status: MutationStatus, reason: Reason, *, allocate: Rupiah = 0) -> Decision:
    return Decision(
        status=status, reason=reason, charge_id=charge.charge_id, order_ref=charge.order_ref, allocate=allocate
    )
