"""How much of what came in is price, fee and unique code, by account and day, and what the code is booked as."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..models import Allocation, Charge
from ..rules.income import Asked, CodeBooks, Cut, Moved, cut_by_mutation
from ..rules.lateness import bank_day
from .loading import Period, Row

_ENDED = frozenset({"expired", "cancelled"})

Income = Mapping[tuple[str, date], Cut]


def income_by_day(session: Session, period: Period, rows: Iterable[Row]) -> Income:
    """Return what the credits of each account and day brought to charges; it adds up to what is booked as matched."""
    by_mutation = _by_mutation(session, period)
    found: dict[tuple[str, date], Cut] = defaultdict(Cut)
    for row in rows:
        if row.id in by_mutation:
            key = row.bank_id, bank_day(row.at)
            found[key] = found[key].plus(by_mutation[row.id])
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


def _by_mutation(session: Session, period: Period) -> dict[int, Cut]:
    query = (
        select(
            *(Allocation.charge_id, Allocation.mutation_id, Allocation.kind, Allocation.amount),
            *(Charge.amount, Charge.fee, Charge.amount_due, Charge.status),
        )
        .join(Charge, Charge.id == Allocation.charge_id)
        .where(*period.charges(Allocation.charge_id))
        .order_by(Allocation.id)
    )
    asked: dict[int, Asked] = {}
    lines: dict[int, list[Moved]] = defaultdict(list)
    for charge_id, mutation_id, kind, amount, price, fee, due, status in session.execute(query):
        asked[charge_id] = Asked(price, fee, due, has_ended=status in _ENDED)
        lines[charge_id].append(Moved(mutation_id, kind, amount))
    found: dict[int, Cut] = defaultdict(Cut)
    for charge_id, moved in lines.items():
        for mutation_id, cut in cut_by_mutation(asked[charge_id], moved).items():
            if mutation_id is not None:
                found[mutation_id] = found[mutation_id].plus(cut)
    return found
