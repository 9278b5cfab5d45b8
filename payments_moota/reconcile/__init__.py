"""Reconciling: the proof that the books agree with the statements, and the names of what does not.

Per account and day the lines of the statement are booked by what their allocations say and compared with the balances
the bank reports (`rules.books`); mutations, charges and refunds are compared with their lines
(`rules.disagreements`). Nothing is changed. A handful of queries however many lines there are, all of them answered
from the same moment of the database.
"""

from datetime import date
from typing import Any

from ..work import Work
from . import days, income, loading, points


def reconcile(
    work: Work, *, bank_id: str | None = None, since: date | None = None, until: date | None = None
) -> dict[str, Any]:
    """Prove the books of one account or all, for the banks' days from `since` to `until`, both included.

    Returns the document of `flask moota reconcile --json`: `ties`, `accounts` with their days, `faults` (what does not
    agree), `open` (what is fine for the books and waits for somebody), and `acknowledged` (what did not agree and
    somebody has looked at). `income` of an account or day says how much of what was matched is price, fee and unique
    code, and what the code is booked as by MOOTA_UNIQUE_CODE_BOOKS. Money is in rupiah: a whole number, or text like
    "1234.50" where the bank's figure has a fraction. Raises UnknownAccount.
    """
    loading.hold_still(work.session)
    labels = loading.labels(work.session, bank_id)
    period = loading.Period(bank_id, since, until)
    lines = days.gather(loading.load_lines(work.session, period.of_mutations))
    odd = loading.load_rows(work.session, (each.entry.id for each in lines.odd))
    charges = loading.load_charges(work.session, period, [row.id for row in odd])
    refunds = loading.load_refunds(work.session, period, charges)
    spent = loading.spent_by(charges)
    days.book_odd(lines, odd, spent)
    proved = days.prove(lines, days.gather(loading.lines_before(work.session, period, lines.days)))
    named = loading.load_rows(work.session, days.named_in(proved))
    whole = {key: each.cut for key, each in lines.whole.items()}
    earned = income.income_by_day(whole, {each.entry.id: (each.bank_id, each.day) for each in lines.odd}, charges)
    books = work.settings.unique_code_books
    accounts = days.account_objects(labels, proved, named, earned, books)
    contradicted, acknowledged = points.contradictions(work, period)
    faults = [*contradicted, *points.faults(work, odd, spent, charges, refunds)]
    return {
        "ties": not faults and all(account["ties"] for account in accounts),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "unique_code_books": books,
        "accounts": accounts,
        "faults": faults,
        "open": points.open_points(odd, refunds),
        "acknowledged": acknowledged,
    }
