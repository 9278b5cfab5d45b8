"""The orders that unclear money may be meant for, each with why it did not match and what a click would do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from ... import ledger
from ...models import Charge, Mutation
from ...rules.money import whole_rupiah
from ...work import Work
from ..words import Translate
from .consequences import Standing, consequences
from .words import charge_states, charge_tone, near_miss_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One order: `why` it is near and what kept it from matching, `then` what would happen. `amount` in rupiah."""

    order_ref: str
    url: str
    payer: str
    amount_due: int
    state: str
    tone: str
    why: str
    then: list[str]


Misses = Sequence[Mapping[str, Any]]


def kept_hints(mutations: Iterable[Mutation]) -> dict[int, tuple[int, Misses]]:
    """Return the rupiah and the near misses of mutations, as they were noted when nobody got them, by their ids."""
    return {each.id: (rupiah_to_give(each), each.near_misses) for each in mutations if each.near_misses}


def suggestions_of(work: Work, near: Mapping[int, tuple[int, Misses]], t: Translate) -> dict[int, list[Suggestion]]:
    """Return the suggestions for each mutation, likeliest first, in three queries however many there are."""
    standing = standings(work, {miss["order_ref"] for _, misses in near.values() for miss in misses})
    return {
        mutation_id: [
            _suggestion(amount, miss, *standing[miss["order_ref"]], t)
            for miss in misses
            if miss["order_ref"] in standing
        ]
        for mutation_id, (amount, misses) in near.items()
    }


def standings(work: Work, order_refs: Iterable[str]) -> dict[str, tuple[Charge, Standing]]:
    """Return these orders' charges and where they stand; unknown ones are left out."""
    wanted = sorted(set(order_refs))
    if not wanted:
        return {}
    found = list(work.session.scalars(select(Charge).where(Charge.order_ref.in_(wanted))))
    money = ledger.figures(work, found)
    return {charge.order_ref: (charge, _standing(work, charge, money[charge.id])) for charge in found}


def consequences_of(
    work: Work, parts: Sequence[tuple[str, int]], t: Translate
) -> tuple[list[tuple[str, int, list[str]]], list[str]]:
    """Return what would happen to each order that gets a part, and the numbers that nobody knows."""
    known = standings(work, [ref for ref, _ in parts])
    told = [(ref, amount, consequences(known[ref][1], amount, t)) for ref, amount in parts if ref in known]
    return told, [ref for ref, _ in parts if ref not in known]


def _standing(work: Work, charge: Charge, money: ledger.Figures) -> Standing:
    return Standing(
        status=charge.status,
        price=min(charge.amount + charge.fee, charge.amount_due - work.settings.tolerance),
        due=charge.amount_due,
        received=money.received,
        gone=money.refunded,
    )


def _suggestion(amount: int, miss: Mapping[str, Any], charge: Charge, standing: Standing, t: Translate) -> Suggestion:
    return Suggestion(
        order_ref=charge.order_ref,
        url=url_for("moota_panel.charge", charge_id=charge.public_id),
        payer=charge.customer_name or "",
        amount_due=charge.amount_due,
        state=charge_states(t)[charge.status],
        tone=charge_tone(charge.status),
        why=near_miss_text(miss["code"], miss["difference"], t),
        then=consequences(standing, amount, t) if amount else [],
    )


def rupiah_to_give(mutation: Mutation) -> int:
    """Return a mutation's amount where it can be given to an order; nothing of one with a fraction of a rupiah."""
    return whole_rupiah(mutation.amount_hundredths) or 0
