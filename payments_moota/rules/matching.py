"""Which charge a mutation pays, or why none: a pure function of what is known, to be read as a table.

First, is it money anybody may have? (`_REFUSALS`, in this order)

    the mutation                                    | decision                        | said to be
    ------------------------------------------------|---------------------------------|--------------------
    money going out                                 | unmatched                       | no_match
    money coming in, but nothing or less            | unmatched                       | invalid
    with a fraction of a rupiah                     | unmatched                       | no_match
    on an account that is not ours                  | unmatched                       | no_match
    the same line as another, under another id      | review: a person decides        | suspected_duplicate

Then, whom is it meant for? (`_WAYS`; the first that names anybody decides.) Charges opened after the money was booked
are left out of it: an account newly connected to Moota sends its history.

    what names the charge                           | one charge     | several charges
    ------------------------------------------------|----------------|--------------------------------------------------
    its virtual account number, the provider's id   | that one       | review: ambiguous
    a number or id it had before another way to pay |                |
    was chosen, or which now belongs to another     | review: method_changed
    exactly its amount, on its account              | that one       | the one the note names, else review: ambiguous
    references in the note, loose ones included,    |                | each its share
    whose open amounts add up exactly, all waiting  |                |
    its reference, clear in the note; or loose, and | that one       | review: ambiguous
    the mutation is exactly its open amount         |                |
    nothing                                         | unmatched: no_match

When the note names other charges than the number or the amount does, a person decides (review: ambiguous). An amount
on another account, a name or a near miss never names anybody.

Last, what does it do to the charge? The whole mutation always goes there.

    the charge                                      | said to be                      | mark
    ------------------------------------------------|---------------------------------|--------------------
    is cancelled                                    | paid_after_cancel               | paid_after_cancel
    is settled: the order's sum again               | duplicate_payment               | duplicate_payment
    is settled: what was still missing, let go      | the way that named it           |
    is settled: another sum                         | overpaid                        |
    still waits: now exactly settled                | the way that named it           |
    still waits: exactly, but the bank booked late  | late                            | paid_late
    still waits: not enough yet, more than enough   | underpaid, overpaid             | paid_late when late
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .lateness import BankTime, is_before_order, is_late
from .methods import Method
from .money import Rupiah, whole_rupiah
from .outcome import Mark, is_settled
from .policy import Policy
from .states import ChargeStatus, MutationStatus

Direction = Literal["credit", "debit"]
# How a charge came to be a candidate: the mutation is on its virtual account number; carries the provider's id for it;
# carries a number or an id that is no longer valid for it; is exactly an amount reserved for it on the mutation's
# account; or its reference is in the note, clear or loose.
FoundBy = Literal["virtual_account", "provider", "former", "amount", "reference", "loose_reference"]
Reason = Literal[
    "exact",
    "reference",
    "virtual_account",
    "qris",
    "late",
    "underpaid",
    "overpaid",
    "duplicate_payment",
    "paid_after_cancel",
    "suspected_duplicate",
    "method_changed",
    "no_match",
    "ambiguous",
    "invalid",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationFacts:
    """What a line of a bank statement says.

    `known_account`: it is on an account the owner receives payments on. `repeats_content`: a line with another id but
    the same account, time, direction, amount and description is already known.
    """

    direction: Direction
    hundredths: int
    bank_time: BankTime
    known_account: bool
    description: str
    account_number: str = ""
    provider_trx_id: str | None = None
    provider_order_id: str | None = None
    repeats_content: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A charge the mutation may be meant for, given once; money in rupiah.

    `same_account`: the mutation is on an account the charge asks, or has asked, payment on. `amount` is due before the
    unique code, `amount_open` what the payer is asked to transfer next (nothing once settled), `received` what has come
    and was not taken back, `payments` the amounts it came in, those taken back included.
    """

    charge_id: int
    order_ref: str
    status: ChargeStatus
    method: Method
    same_account: bool
    amount: Rupiah
    amount_due: Rupiah
    amount_open: Rupiah
    received: Rupiah
    payments: tuple[Rupiah, ...]
    opened_at: datetime
    expires_at: datetime
    found_by: frozenset[FoundBy]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many rupiah of the mutation go to a charge, and the exceptions they bring."""

    charge_id: int
    order_ref: str
    amount: Rupiah
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a mutation. Matched, its shares add up to the whole of it; otherwise there are none."""

    status: MutationStatus
    reason: Reason
    shares: tuple[Share, ...] = ()


_NO_MATCH = Decision(status="unmatched", reason="no_match")
_AMBIGUOUS = Decision(status="review", reason="ambiguous")


def decide(mutation: MutationFacts, candidates: Sequence[Candidate], policy: Policy) -> Decision:
    """Decide what becomes of a credit. Reads no clock: the same facts always give the same decision.

    What a debit means is asked of `reversals` first; here it pays nothing.
    """
    refused = next((answer for question in _REFUSALS if (answer := question(mutation))), None)
    if refused is not None:
        return refused
    case = _Case(mutation, [each for each in candidates if not _is_too_new(each, mutation)], policy)
    answers = (way(case) for way in _WAYS)
    return next((answer for answer in answers if answer is not None), _NO_MATCH)


def _is_too_new(charge: Candidate, mutation: MutationFacts) -> bool:
    return is_before_order(mutation.bank_time, charge.opened_at)


def _is_money_going_out(mutation: MutationFacts) -> Decision | None:
    return _NO_MATCH if mutation.direction == "debit" else None


def _is_nothing(mutation: MutationFacts) -> Decision | None:
    return Decision(status="unmatched", reason="invalid") if mutation.hundredths <= 0 else None


def _has_a_fraction(mutation: MutationFacts) -> Decision | None:
    return _NO_MATCH if whole_rupiah(mutation.hundredths) is None else None


def _is_on_a_strange_account(mutation: MutationFacts) -> Decision | None:
    return None if mutation.known_account else _NO_MATCH


def _repeats_another(mutation: MutationFacts) -> Decision | None:
    return Decision(status="review", reason="suspected_duplicate") if mutation.repeats_content else None


_REFUSALS: tuple[Callable[[MutationFacts], Decision | None], ...] = (
    _is_money_going_out,
    _is_nothing,
    _has_a_fraction,
    _is_on_a_strange_account,
    _repeats_another,
)


@dataclass(frozen=True, slots=True)
class _Case:
    mutation: MutationFacts
    charges: Sequence[Candidate]
    policy: Policy

    @property
    def amount(self) -> Rupiah:
        return self.mutation.hundredths // 100

    def found(self, by: FoundBy) -> list[Candidate]:
        return [charge for charge in self.charges if by in charge.found_by]

    @property
    def named_in_note(self) -> list[Candidate]:
        """A loose reference counts only together with the amount: alone, chance makes one now and then."""
        return [
            charge
            for charge in self.charges
            if "reference" in charge.found_by
            or ("loose_reference" in charge.found_by and charge.amount_open == self.amount)
        ]

    def is_enough(self, charge: Candidate, received: Rupiah) -> bool:
        return is_settled(received, amount_due=charge.amount_due, tolerance=self.policy.tolerance)

    def is_settled(self, charge: Candidate) -> bool:
        """Tell whether nothing more is owed: a person may have let a paid charge's shortfall go, the bank may not."""
        is_intact = charge.received >= sum(charge.payments)
        return self.is_enough(charge, charge.received) or (charge.status == "paid" and is_intact)


def _is_named_by_the_bank(case: _Case) -> Decision | None:
    by_number, by_provider = case.found("virtual_account"), case.found("provider")
    agreed = [charge for charge in by_number if charge in by_provider]
    named = agreed if by_number and by_provider else by_number + by_provider
    if not by_number and not by_provider:
        return None
    if len(named) != 1 or _contradicts(case.named_in_note, named):
        return _AMBIGUOUS
    return _judge(case, named[0], _NAMED_BY_THE_BANK[named[0].method])


def _is_on_a_former_number(case: _Case) -> Decision | None:
    return Decision(status="review", reason="method_changed") if case.found("former") else None


def _has_the_exact_amount(case: _Case) -> Decision | None:
    named = [charge for charge in case.found("amount") if charge.same_account]
    if not named:
        return None
    if _contradicts(case.named_in_note, named):
        return _AMBIGUOUS
    if len(named) == 1:
        return _judge(case, named[0], "exact")
    return _judge(case, case.named_in_note[0], "reference") if len(case.named_in_note) == 1 else _AMBIGUOUS


def _is_the_sum_of_several(case: _Case) -> Decision | None:
    hinted = [charge for charge in case.charges if charge.found_by & {"reference", "loose_reference"}]
    adds_up = sum(charge.amount_open for charge in hinted) == case.amount
    if len(hinted) > 1 and adds_up and all(_waits(case, charge) for charge in hinted):
        return _split(case, hinted)
    return None


def _is_named_in_the_note(case: _Case) -> Decision | None:
    named = case.named_in_note
    if not named:
        return None
    return _judge(case, named[0], "reference") if len(named) == 1 else _AMBIGUOUS


_WAYS: tuple[Callable[[_Case], Decision | None], ...] = (
    _is_named_by_the_bank,
    _is_on_a_former_number,
    _has_the_exact_amount,
    _is_the_sum_of_several,
    _is_named_in_the_note,
)

_NAMED_BY_THE_BANK: dict[Method, Reason] = {
    "virtual_account": "virtual_account",
    "qris": "qris",
    # Moota's own payment page also knows plain transfers by an id of its own.
    "bank_transfer": "reference",
}


def _contradicts(noted: Collection[Candidate], named: Collection[Candidate]) -> bool:
    return any(charge not in named for charge in noted)


def _waits(case: _Case, charge: Candidate) -> bool:
    return charge.status != "cancelled" and charge.amount_open > 0 and not case.is_settled(charge)


def _split(case: _Case, charges: Collection[Candidate]) -> Decision:
    in_order = sorted(charges, key=lambda charge: charge.charge_id)
    shares = tuple(_share(charge, charge.amount_open, _lateness(case, charge)) for charge in in_order)
    return Decision(status="matched", reason="reference", shares=shares)


def _judge(case: _Case, charge: Candidate, named_by: Reason) -> Decision:
    if charge.status == "cancelled":
        return _pays(case, charge, "paid_after_cancel", {"paid_after_cancel"})
    if case.is_settled(charge):
        return _judge_second_payment(case, charge, named_by)
    received = charge.received + case.amount
    late = _lateness(case, charge)
    if not case.is_enough(charge, received):
        return _pays(case, charge, "underpaid", late)
    if received > charge.amount_due:
        return _pays(case, charge, "overpaid", late)
    return _pays(case, charge, "late" if late else named_by, late)


def _judge_second_payment(case: _Case, charge: Candidate, named_by: Reason) -> Decision:
    # With or without the unique code: somebody paid the whole order again.
    if case.amount in {charge.amount_due, charge.amount, *charge.payments}:
        return _pays(case, charge, "duplicate_payment", {"duplicate_payment"})
    is_missing = charge.received + case.amount <= charge.amount_due
    return _pays(case, charge, named_by if is_missing else "overpaid", set())


def _lateness(case: _Case, charge: Candidate) -> set[Mark]:
    late = is_late(case.mutation.bank_time, charge.expires_at, tolerance=case.policy.clock_tolerance)
    return {"paid_late"} if late else set()


def _pays(case: _Case, charge: Candidate, reason: Reason, marks: set[Mark]) -> Decision:
    return Decision(status="matched", reason=reason, shares=(_share(charge, case.amount, marks),))


def _share(charge: Candidate, amount: Rupiah, marks: set[Mark]) -> Share:
    return Share(charge_id=charge.charge_id, order_ref=charge.order_ref, amount=amount, marks=frozenset(marks))
