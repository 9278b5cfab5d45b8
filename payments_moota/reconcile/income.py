"""How much of what came in is price, fee and unique code, by account and day, and what the code is booked as."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ..rules.income import Asked, CodeBooks, Cut, Moved, cut_by_mutation
from .loading import ChargeRow

_ENDED = frozenset({"expired", "cancelled"})

Income = Mapping[tuple[str, date], Cut]


def income_by_day(
    whole: Mapping[tuple[str, date], Cut], odd: Mapping[int, tuple[str, date]], charges: Iterable[ChargeRow]
) -> Income:
    """Return what the credits of each account and day brought to charges; it adds up to what is booked as matched.

    `whole` is what the lines brought that pay all a charge asks for; `odd` has the account and day of the other lines,
    and `charges` are theirs.
    """
    found: dict[tuple[str, date], Cut] = defaultdict(Cut, whole)
    for mutation_id, cut in _by_mutation(charges).items():
        if mutation_id in odd:
            found[odd[mutation_id]] = found[odd[mutation_id]].plus(cut)
    return found


def income_object(cuts: Iterable[Cut], books: CodeBooks) -> dict[str, Any]:
    """Return money by what it is, and what it is in the books: revenue, rounding differences, money to give back."""
    total = Cut()
    for cut in cuts:
        total = total.plus(cut)
    earned = total.price + total.fee
    is_income = books == "income"
    return {
        **total._asdict(),
        "booked": {
            "revenue": earned + total.unique_code if is_income else earned,
            "rounding": 0 if is_income else total.unique_code,
            "owed": total.not_due,
        },
    }


def _by_mutation(charges: Iterable[ChargeRow]) -> dict[int, Cut]:
    found: dict[int, Cut] = defaultdict(Cut)
    for charge in charges:
        asked = Asked(charge.price, charge.fee, charge.due, has_ended=charge.status in _ENDED)
        moved = [Moved(given.mutation_id, given.kind, given.amount) for given in charge.given]
        for mutation_id, cut in cut_by_mutation(asked, moved).items():
            if mutation_id is not None:
                found[mutation_id] = found[mutation_id].plus(cut)
    return found
