"""Mutations that are none of the shop's business, by rule."""

from sqlalchemy import select

from . import accounts, journal
from .errors import RefusedError
from .models import IgnoreRule, Mutation
from .models.bank import Direction
from .work import Work

_LEAST_LETTERS = 4


def add_rule(work: Work, *, text: str, direction: Direction, reason: str, bank_id: str | None = None) -> IgnoreRule:
    """Ignore from now on what contains `text` (case and spacing do not matter) and fits no order.

    A rule never hides a payment: it is asked only after nothing else matched. Raises RefusedError for a text so short
    that it would fit by chance, or UnknownAccount.
    """
    work.begin()
    wanted = _folded(text)
    if len(wanted) < _LEAST_LETTERS:
        raise RefusedError(
            f"A rule needs at least {_LEAST_LETTERS} characters of the bank's text, {text!r} is too short."
        )
    rule = IgnoreRule(
        account_id=accounts.get_account(work, bank_id).id if bank_id else None,
        direction=direction,
        text=wanted,
        reason=reason,
        actor=work.actor,
        created_at=work.now(),
    )
    work.session.add(rule)
    work.session.flush()
    journal.record(work, "rule.added", rule=rule.id, text=wanted, direction=direction, reason=reason)
    return rule


def end_rule(work: Work, rule_id: int) -> None:
    """Stop a rule; what it ignored stays ignored and can be decided anew by hand. Raises RefusedError."""
    work.begin()
    rule = work.session.get(IgnoreRule, rule_id)
    if rule is None or rule.ended_at is not None:
        raise RefusedError(f"There is no active rule {rule_id}.")
    rule.ended_at = work.now()
    journal.record(work, "rule.ended", rule=rule.id)


def list_rules(work: Work) -> list[IgnoreRule]:
    """Return the active rules, oldest first."""
    return list(work.session.scalars(select(IgnoreRule).where(IgnoreRule.ended_at.is_(None)).order_by(IgnoreRule.id)))


def rule_for(work: Work, mutation: Mutation) -> IgnoreRule | None:
    """Return the first rule that covers a mutation, or None."""
    text = _folded(mutation.description)
    for rule in list_rules(work):
        on_account = rule.account_id in (None, mutation.account_id)
        if on_account and rule.direction == mutation.direction and rule.text in text:
            return rule
    return None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
