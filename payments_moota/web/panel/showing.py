"""How mutations are shown: one row of a list, in words and figures, free of the database session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from sqlalchemy import select

from ...context import State
from ...models import Account, Mutation
from ...objects import mutation_objects
from ...work import Work
from ..words import Translate, short_date, short_text
from .suggesting import Suggestion
from .words import mutation_state, reason_text

# An unclear transfer that waits longer than this is pointed out.
_OLD = timedelta(days=2)
_LONGEST_TEXT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mutation in a list. `days` is how long it has waited for a person, or None where that is no matter."""

    id: int
    url: str
    at_text: str
    account: str
    text: str
    amount_text: str
    is_credit: bool
    state: str
    tone: str
    reason: str
    spent_on: list[str]
    ticket: str | None
    days: int | None
    version: str
    is_readable: bool
    suggestions: Sequence[Suggestion] = ()


def rows_of(
    work: Work,
    here: State,
    mutations: Sequence[Mutation],
    t: Translate,
    suggestions: dict[int, list[Suggestion]] | None = None,
) -> list[Row]:
    """Return mutations as rows, in three queries however many there are."""
    labels = account_labels(work)
    objects = mutation_objects(work, list(mutations))
    near = suggestions or {}
    return [
        _row(work, here, mutation, shown, labels, near.get(mutation.id, ()), t)
        for mutation, shown in zip(mutations, objects, strict=True)
    ]


def account_labels(work: Work) -> dict[int, str]:
    """Return what the accounts are called, those included that are not used any more."""
    return {account.id: account.label for account in work.session.scalars(select(Account).order_by(Account.id))}


def version_of(mutation: Mutation) -> str:
    """Return what changes whenever something is decided about a mutation, for forms to carry."""
    decided = mutation.decided_at.isoformat() if mutation.decided_at else ""
    return f"{mutation.status}/{mutation.reason}/{mutation.progress}/{decided}"


def when(mutation: Mutation, here: State) -> str:
    """Write when the bank booked it; of many banks only the day is known."""
    if mutation.day_only:
        return short_date(mutation.occurred_at.astimezone(here.settings.zone).date(), here)
    return short_text(mutation.occurred_at, here)


def signed_text(mutation: Mutation) -> str:
    """Write an amount with its direction, and its fraction of a rupiah where the bank wrote one."""
    whole, fraction = divmod(abs(mutation.amount_hundredths), 100)
    cents = f",{fraction:02d}" if fraction else ""
    return f"{'+' if mutation.direction == 'credit' else '−'}Rp{whole:,}".replace(",", ".") + cents


def _row(
    work: Work,
    here: State,
    mutation: Mutation,
    shown: dict[str, object],
    labels: dict[int, str],
    suggestions: Iterable[Suggestion],
    t: Translate,
) -> Row:
    state, tone = mutation_state(mutation.status, mutation.progress, t)
    waits = mutation.status in {"unmatched", "review"} and work.now() - mutation.created_at > _OLD
    refs = shown["order_refs"]
    return Row(
        id=mutation.id,
        url=url_for("moota_panel.mutation", number=mutation.id),
        at_text=when(mutation, here),
        account=labels.get(mutation.account_id or 0) or mutation.bank_id or t("Rekening tidak dikenal"),
        text=" ".join(f"{mutation.description} {mutation.note}".split())[:_LONGEST_TEXT],
        amount_text=signed_text(mutation) if mutation.amount_hundredths else t("Jumlah tidak terbaca"),
        is_credit=mutation.direction == "credit",
        state=state,
        tone=tone,
        reason=reason_text(mutation.reason, mutation.direction, t),
        spent_on=list(refs) if isinstance(refs, list) else [],
        ticket=str(shown["ticket"]) if shown["ticket"] else None,
        days=(work.now() - mutation.created_at).days if waits else None,
        version=version_of(mutation),
        is_readable=mutation.amount_hundredths > 0,
        suggestions=list(suggestions),
    )
