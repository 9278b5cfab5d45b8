"""Which orders a credit that pays nobody may have been meant for, and what kept it from matching. Hints for a person.

    code              | the credit is                                              | on account | and the order
    ------------------|------------------------------------------------------------|------------|--------------------
    former_number     | on the number or code that Moota made for the order before | any        |
                      | the payer chose another way                                |            |
    right_amount      | exactly what is asked                                      | the same   | still waits
    code_missing      | what is asked without the unique code                      | the same   | is not paid
    other_account     | exactly what is asked                                      | another    |
    already_expired   | exactly what was asked                                     | the same   | has expired
    already_cancelled | exactly what was asked                                     | the same   | is cancelled
    already_paid      | exactly what was asked                                     | the same   | is paid
    fraction          | what is asked and a fraction of a rupiah, which never pays | the same   |
    rounded_up, _down | what is asked, rounded to hundreds, thousands, …           | the same   | is not paid
    digit_off         | what is asked but for one digit, or two neighbours swapped | the same   | is not paid
    named             | another sum, but the note seems to name the order          | any        |
    booked_before     | exactly what is asked                                      | the same   | was made after it

Each order has one reason, the first that holds, and the words for it tell when the order has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from .lateness import BankTime, is_before_order
from .money import Rupiah, format_rupiah
from .states import ChargeStatus

# In the order in which an owner should look at them.
Code = Literal[
    "former_number",
    "right_amount",
    "code_missing",
    "other_account",
    "already_expired",
    "already_cancelled",
    "already_paid",
    "fraction",
    "rounded_up",
    "rounded_down",
    "digit_off",
    "named",
    "booked_before",
]

_ENDED: dict[ChargeStatus, str] = {
    "pending": "",
    "expired": ", and the order has expired",
    "cancelled": ", and the order is cancelled",
    "paid": ", and the order is paid",
}
_RANK: dict[Code, int] = {code: rank for rank, code in enumerate(get_args(Code))}
# What is exact but for a fraction is not exact.
_WITH_FRACTION: dict[Code, Code] = dict.fromkeys(
    ("right_amount", "already_expired", "already_cancelled", "already_paid"), "fraction"
)
_EXACTLY: dict[ChargeStatus, Code] = {
    "pending": "right_amount",
    "expired": "already_expired",
    "cancelled": "already_cancelled",
    "paid": "already_paid",
}
# How people round, in rupiah; beyond a twentieth of the sum it is another sum.
_STEPS = (100, 500, 1_000, 5_000, 10_000, 50_000, 100_000)
_LARGEST_PART = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """An order whose amount is close, or which the note seems to name; money in rupiah.

    `amount` is due before the unique code, `amount_due` with it, `amount_open` is what is left to pay. `bank_label`
    names the account the order asks payment on, `same_account` tells whether the credit is on it.
    """

    order_ref: str
    status: ChargeStatus
    same_account: bool
    bank_label: str
    amount: Rupiah
    amount_due: Rupiah
    amount_open: Rupiah
    opened_at: datetime
    expires_at: datetime
    named_in_note: bool = False
    by_former_number: bool = False

    @property
    def asked(self) -> Rupiah:
        """Return what the payer was last asked to transfer."""
        return self.amount_open or self.amount_due


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """Why a credit may be meant for an order. `difference`: the credit less what the order asks, in rupiah."""

    order_ref: str
    code: Code
    difference: Rupiah
    why: str


def near_misses(
    mutation_amount: Rupiah,
    nearby: Sequence[Nearby],
    *,
    booked: BankTime | None = None,
    has_fraction: bool = False,
    limit: int = 5,
) -> list[NearMiss]:
    """Return the likeliest orders first: named in the note, then by reason, open before ended, by how much they miss.

    Without `booked`, the bank's date of the credit, no order counts as made after it. `has_fraction`: the credit is
    less than a rupiah more than `mutation_amount`.
    """
    given = ((order, _code(mutation_amount, order, booked)) for order in nearby)
    found = [(order, _WITH_FRACTION.get(code, code) if has_fraction else code) for order, code in given if code]
    found.sort(key=lambda pair: _precedence(mutation_amount, *pair))
    best: dict[str, NearMiss] = {}
    for order, code in found:
        best.setdefault(order.order_ref, _explained(mutation_amount, order, code))
    return list(best.values())[:limit]


def similar_amounts(amount: Rupiah) -> set[Rupiah]:
    """Return the amounts that one wrong digit, or two neighbouring digits swapped, turn into this one; and itself."""
    written = str(amount)
    alike = {amount}
    for place in range(len(written)):
        alike |= {int(written[:place] + digit + written[place + 1 :]) for digit in "0123456789"}
        alike.add(int(written[:place] + written[place : place + 2][::-1] + written[place + 2 :]))
    return {other for other in alike if len(str(other)) == len(written)}


def _precedence(amount: Rupiah, order: Nearby, code: Code) -> tuple[bool, int, bool, int, float, str, str]:
    has_ended = order.status != "pending"
    newest_first = -order.opened_at.timestamp()
    off = abs(_difference(amount, order))
    return not order.named_in_note, _RANK[code], has_ended, off, newest_first, order.order_ref, order.status


def _code(amount: Rupiah, order: Nearby, booked: BankTime | None) -> Code | None:
    if order.by_former_number:
        return "former_number"
    otherwise: Code | None = "named" if order.named_in_note else None
    exactly = amount in {order.amount_due, order.asked}
    if booked is not None and is_before_order(booked, order.opened_at):
        return "booked_before" if exactly and order.same_account else otherwise
    if exactly:
        return _EXACTLY[order.status] if order.same_account else "other_account"
    can_be_a_slip = order.same_account and order.status != "paid"
    return (_slip(amount, order) if can_be_a_slip else None) or otherwise


def _slip(amount: Rupiah, order: Nearby) -> Code | None:
    if amount == order.amount and order.asked == order.amount_due:
        return "code_missing"
    if _is_rounded(amount, order.asked):
        return "rounded_up" if amount > order.asked else "rounded_down"
    return "digit_off" if _digits_off(amount, order.asked) else None


def _is_rounded(amount: Rupiah, asked: Rupiah) -> bool:
    """Tell whether `amount` is the next round sum above or below."""
    is_close = abs(amount - asked) * _LARGEST_PART <= asked
    return is_close and any(amount % step == 0 and abs(amount - asked) < step for step in _STEPS)


def _digits_off(amount: Rupiah, asked: Rupiah) -> str | None:
    written, wanted = str(amount), str(asked)
    if len(written) != len(wanted):
        return None
    if sum(one != other for one, other in zip(written, wanted, strict=True)) == 1:
        return "one digit differs"
    swaps = (written[:i] + written[i + 1] + written[i] + written[i + 2 :] for i in range(len(written) - 1))
    return "two digits are swapped" if wanted in swaps else None


def _difference(amount: Rupiah, order: Nearby) -> Rupiah:
    return 0 if amount == order.amount_due else amount - order.asked


def _explained(amount: Rupiah, order: Nearby, code: Code) -> NearMiss:
    difference = _difference(amount, order)
    off = f"{format_rupiah(abs(difference))} {'more' if difference > 0 else 'less'}"
    ended = _ENDED[order.status]
    why = {
        "former_number": f"paid by the number or code the order had before the payer chose another way{ended}",
        "right_amount": "same account, exactly the amount asked",
        "code_missing": f"same account, {off}: the unique code is missing{ended}",
        "other_account": f"exactly the amount asked, but on another account than {order.bank_label}{ended}",
        "already_expired": "same account, exactly the amount asked, but the order has expired",
        "already_cancelled": "same account, exactly the amount asked, but the order is cancelled",
        "already_paid": "same account, exactly the amount asked, but the order is already paid",
        "fraction": f"same account, the amount asked and a fraction of a rupiah{ended}",
        "rounded_up": f"same account, {off}: rounded up{ended}",
        "rounded_down": f"same account, {off}: rounded down{ended}",
        "digit_off": f"same account, {off}: {_digits_off(amount, order.asked)}{ended}",
        "named": f"the note seems to name the order, but the amount is {off}{ended}",
        "booked_before": "same account, exactly the amount asked, but booked before the order was made",
    }[code]
    return NearMiss(order_ref=order.order_ref, code=code, difference=difference, why=why)
