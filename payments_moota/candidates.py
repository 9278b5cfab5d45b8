"""What a mutation could be about, loaded from the database and, where it may change, locked.

Charges are always locked in the order of their ids, so that two workers never wait for each other.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from . import ledger
from .charges import REFERENCE_LIFE
from .models import Account, Allocation, Charge, Mutation, ProviderTransaction, Refund, Reservation
from .rules import order_numbers
from .rules.lateness import BANK_ZONE, BankTime, bank_day
from .rules.matching import Candidate, MutationFacts
from .rules.near_misses import Nearby, similar_amounts
from .rules.reference import read_note
from .rules.reversals import CompletedPayout, OpenPayout, PaidCredit
from .work import Work

Found = Literal["virtual_account", "provider", "former", "amount", "reference", "loose_reference"]

# A bank corrects itself within days; an older credit of the same amount is another story.
_REVERSAL_WINDOW = timedelta(days=14)
_NEARBY_DAYS = timedelta(days=30)
# People round to the next ten thousand at most.
_ROUNDING = 10_000
# How the ids of lines begin that came by an uploaded statement.
FROM_FILE = "file-"
_TICKET = re.compile(r"RFD-[0-9]{4}-[0-9]{6}")


def facts_of(work: Work, mutation: Mutation) -> MutationFacts:
    """Return a mutation as the rules read it."""
    return MutationFacts(
        direction=mutation.direction,
        hundredths=mutation.amount_hundredths,
        bank_time=bank_time_of(mutation),
        known_account=mutation.account_id is not None,
        description=text_of(mutation),
        account_number=mutation.account_number,
        provider_trx_id=mutation.provider_trx_id,
        provider_order_id=mutation.provider_order_id,
        repeats_content=_repeats_content(work, mutation),
    )


def bank_time_of(mutation: Mutation) -> BankTime:
    """Return when the bank booked it."""
    return BankTime(at=mutation.occurred_at, day_only=mutation.day_only)


def text_of(mutation: Mutation) -> str:
    """Return all that people and banks wrote on a statement's line."""
    return f"{mutation.description}\n{mutation.note}".strip()


def charges_meant(work: Work, mutation: Mutation) -> dict[int, set[Found]]:
    """Return the ids of the charges a credit could pay, and what points at each."""
    found: dict[int, set[Found]] = defaultdict(set)
    amount = mutation.amount_hundredths // 100
    _note(found, "amount", _ids_by_amount(work, mutation, amount))
    named = read_note(text_of(mutation))
    _note(found, "reference", _ids_by_reference(work, named.clear))
    _note(found, "loose_reference", _ids_by_reference(work, named.loose))
    for charge_id, how in _by_transaction(work, mutation):
        found[charge_id].add(how)
    return found


def lock_charges(work: Work, ids: Iterable[int]) -> list[Charge]:
    """Return these charges as they are now, locked."""
    query = select(Charge).where(Charge.id.in_(sorted(ids))).order_by(Charge.id).with_for_update(of=Charge)
    return list(work.session.scalars(query.execution_options(populate_existing=True)))


def candidate_of(work: Work, charge: Charge, mutation: Mutation, found_by: set[Found]) -> Candidate:
    """Return a locked charge as the rules read it."""
    return Candidate(
        charge_id=charge.id,
        order_ref=charge.order_ref,
        status=charge.status,
        method=charge.method,
        same_account="amount" in found_by or charge.account_id == mutation.account_id,
        amount=charge.amount,
        amount_due=charge.amount_due,
        amount_open=charge.amount_open,
        received=ledger.figures_of(work, charge).received,
        payments=_payments(work, charge),
        opened_at=charge.created_at,
        expires_at=charge.expires_at,
        found_by=frozenset(found_by),
    )


def nearby(work: Work, mutation: Mutation) -> list[Nearby]:
    """Return the charges whose amounts look like a credit that fits none of them."""
    amount = mutation.amount_hundredths // 100
    alike = similar_amounts(amount)
    named = read_note(text_of(mutation))
    references, numbers = {*named.clear, *named.loose}, set(order_numbers.written_in(text_of(mutation)))
    former = {charge_id for charge_id, how in _by_transaction(work, mutation) if how == "former"}
    reach = max(_highest_code(work), _ROUNDING)
    query = (
        select(Charge, Account)
        .join(Account, Account.id == Charge.account_id)
        .where(
            Charge.created_at >= mutation.occurred_at - _NEARBY_DAYS,
            or_(
                Charge.amount_open.in_(alike),
                Charge.amount_due.in_(alike),
                Charge.amount_due.between(amount - reach, amount + reach),
                Charge.reference.in_(references),
                Charge.order_ref.in_(numbers),
                Charge.id.in_(former),
            ),
        )
        .order_by(Charge.id.desc())
        .limit(200)
    )
    return [
        _nearby(
            charge,
            account,
            mutation,
            named=charge.reference in references or charge.order_ref in numbers,
            former=charge.id in former,
        )
        for charge, account in work.session.execute(query)
    ]


def _highest_code(work: Work) -> int:
    """Return the largest unique code that any account uses."""
    own = work.session.scalars(select(func.max(Account.code_high))).one() or 0
    return max(work.settings.codes.high, own)


def open_payouts(work: Work, mutation: Mutation) -> list[OpenPayout]:
    """Return the refunds that a debit of this amount may be the payout of."""
    query = select(Refund).where(_amount_or_ticket(mutation), awaits_its_debit()).order_by(Refund.id)
    return [
        OpenPayout(
            refund_id=refund.id,
            ticket=refund.ticket or "",
            amount=refund.amount,
            sent_at=refund.sent_at,
            bank_number_tail=refund.bank_number[-4:] if refund.bank_number else None,
            reference=refund.charge.reference,
        )
        for refund in work.session.scalars(query)
    ]


def payouts_that_may_return(work: Work, mutation: Mutation) -> list[CompletedPayout]:
    """Return the refunds whose money a credit of this amount may be, coming back."""
    query = (
        select(Refund).where(_amount_or_ticket(mutation), Refund.status.in_(("sent", "completed"))).order_by(Refund.id)
    )
    return [
        CompletedPayout(
            refund_id=refund.id,
            ticket=refund.ticket or "",
            amount=refund.amount,
            at=refund.completed_at or refund.sent_at or refund.created_at,
        )
        for refund in work.session.scalars(query)
    ]


def credits_that_may_be_reversed(work: Work, mutation: Mutation) -> list[PaidCredit]:
    """Return the credits on this account that a debit of this amount may take back."""
    given = func.sum(Allocation.amount)
    query = (
        select(Mutation, Charge, given)
        .join(Allocation, Allocation.mutation_id == Mutation.id)
        .join(Charge, Charge.id == Allocation.charge_id)
        .where(
            Mutation.account_id == mutation.account_id,
            Mutation.direction == "credit",
            Mutation.status == "matched",
            Mutation.amount_hundredths == mutation.amount_hundredths,
            Mutation.occurred_at.between(
                mutation.occurred_at - _REVERSAL_WINDOW, mutation.occurred_at + timedelta(days=1)
            ),
            Allocation.kind == "payment",
        )
        .group_by(Mutation.id, Charge.id)
        .having(given > 0)  # else the match was taken back
        .order_by(Mutation.id, Charge.id)
    )
    rows = work.session.execute(query).all()
    money = ledger.figures(work, {charge for _, charge, _ in rows})
    # The bank has taken some of it back already, or a person says so: what is left is theirs to judge.
    lacking = {credit.id for credit, charge, amount in rows if money[charge.id].received < amount}
    return [
        PaidCredit(
            mutation_id=credit.id,
            charge_id=charge.id,
            order_ref=charge.order_ref,
            amount=credit.amount_hundredths // 100,
            bank_time=bank_time_of(credit),
            description=text_of(credit),
        )
        for credit, charge, amount in rows
        if credit.id not in lacking
    ]


def awaits_its_debit() -> ColumnElement[bool]:
    """Refunds whose payout no statement has shown yet, those included that a person has vouched for."""
    vouched = select(func.coalesce(func.sum(Allocation.amount), 0)).where(
        Allocation.refund_id == Refund.id, Allocation.kind == "refund", Allocation.mutation_id.is_(None)
    )
    is_vouched = Refund.status.in_(("completed", "failed")) & (vouched.scalar_subquery() > 0)
    return or_(Refund.status.in_(("approved", "sent")), is_vouched)


def _amount_or_ticket(mutation: Mutation) -> ColumnElement[bool]:
    """Refunds of a mutation's amount, and those its text names by ticket, whatever their amount."""
    tickets = _TICKET.findall(text_of(mutation).upper())
    return or_(Refund.amount == mutation.amount_hundredths // 100, Refund.ticket.in_(tickets))


def _repeats_content(work: Work, mutation: Mutation) -> bool:
    query = select(Mutation.id).where(
        Mutation.content_sha256 == mutation.content_sha256, Mutation.id < mutation.id, Mutation.reason != "invalid"
    )
    return work.session.execute(query.limit(1)).first() is not None or _is_in_a_file(work, mutation)


def _is_in_a_file(work: Work, mutation: Mutation) -> bool:
    """Tell whether an uploaded statement had such a line already: banks word a line one way there, another to Moota."""
    day = datetime.combine(bank_day(mutation.occurred_at), time.min, BANK_ZONE)
    query = select(Mutation.id).where(
        Mutation.mutation_id.startswith(FROM_FILE),
        Mutation.id < mutation.id,
        Mutation.account_id == mutation.account_id,
        Mutation.direction == mutation.direction,
        Mutation.amount_hundredths == mutation.amount_hundredths,
        Mutation.occurred_at >= day,
        Mutation.occurred_at < day + timedelta(days=1),
    )
    if mutation.account_id is None or mutation.mutation_id.startswith(FROM_FILE):
        return False
    return work.session.execute(query.limit(1)).first() is not None


def _ids_by_amount(work: Work, mutation: Mutation, amount: int) -> list[int]:
    query = select(Reservation.charge_id).where(
        Reservation.account_id == mutation.account_id,
        Reservation.amount == amount,
        Reservation.released_at.is_(None),
    )
    return list(work.session.scalars(query))


def _by_transaction(work: Work, mutation: Mutation) -> Iterator[tuple[int, Found]]:
    """Find the charges that Moota made a number or a code for; `former` are those it is no longer valid for."""
    made = ProviderTransaction
    signs: tuple[tuple[Found, InstrumentedAttribute[Any], str | None], ...] = (
        ("virtual_account", made.va_number, mutation.account_number),
        ("provider", made.trx_id, mutation.provider_trx_id),
        ("provider", made.order_id, mutation.provider_order_id),
    )
    for how, column, value in signs:
        if value:
            query = select(made.charge_id, made.ended_at).where(column == value).order_by(made.id)
            for charge_id, ended_at in work.session.execute(query):
                yield charge_id, "former" if ended_at else how


def _ids_by_reference(work: Work, references: tuple[str, ...]) -> list[int]:
    """Return the charges of the last year with these references; after that a reference may be given again."""
    if not references:
        return []
    return _ids(work, Charge.reference.in_(references), Charge.created_at >= work.now() - REFERENCE_LIFE)


def _ids(work: Work, *conditions: ColumnElement[bool]) -> list[int]:
    return list(work.session.scalars(select(Charge.id).where(*conditions)))


def _note(found: dict[int, set[Found]], how: Found, ids: list[int]) -> None:
    for charge_id in ids:
        found[charge_id].add(how)


def _payments(work: Work, charge: Charge) -> tuple[int, ...]:
    query = select(Allocation.amount).where(
        Allocation.charge_id == charge.id, Allocation.kind == "payment", Allocation.amount > 0
    )
    return tuple(work.session.scalars(query))


def _nearby(charge: Charge, account: Account, mutation: Mutation, *, named: bool, former: bool) -> Nearby:
    return Nearby(
        order_ref=charge.order_ref,
        status=charge.status,
        same_account=charge.account_id == mutation.account_id,
        bank_label=account.label,
        amount=charge.amount,
        amount_due=charge.amount_due,
        amount_open=charge.amount_open,
        opened_at=charge.created_at,
        expires_at=charge.expires_at,
        named_in_note=named,
        by_former_number=former,
    )
