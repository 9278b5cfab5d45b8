"""Statements that an owner uploads: what Moota cannot tell any more comes in by a file, through the same inbox.

A line that is known already, from a webhook, from the API or from the file before, is left out: per day, direction and
amount the file adds only as many lines as it has more than the books, those with the same balance paired first. So
the same file again adds nothing, and neither does a longer one, but for what is new in it.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from . import accounts, inbox, journal
from .candidates import FROM_FILE
from .errors import RefusedError
from .models import Account, Mutation
from .rules.lateness import BANK_ZONE, bank_day
from .rules.statement import InvalidStatementError, StatementLine, read_statement
from .work import Work

# The bodies that are stored are no larger than a webhook's.
_LINES_AT_ONCE = 500

# The day in Jakarta, the direction and the hundredths.
Kind = tuple[str, str, int]
NewLine = tuple[StatementLine, int]


@dataclass(frozen=True, slots=True)
class Upload:
    """What a file holds: how many lines, how many of them are known, and those that are new.

    Each new one with the number it has among the lines of the file that are the same.
    """

    lines: int
    known: int
    new: Sequence[NewLine]


def read_upload(work: Work, text: str, *, bank_id: str) -> Upload:
    """Read a file and tell what is new in it; nothing is stored.

    Raises UnknownAccount, or RefusedError naming the lines that cannot be read.
    """
    account = accounts.get_account(work, bank_id)
    try:
        lines = read_statement(text)
    except InvalidStatementError as error:
        shown = "; ".join(error.faults[:5])
        more = f" (and {len(error.faults) - 5} more)" if len(error.faults) > 5 else ""  # noqa: PLR2004 - enough to see what is wrong
        raise RefusedError(f"The file cannot be read: {shown}{more}.") from error
    new = _unknown(lines, _known(work, account, lines))
    return Upload(len(lines), len(lines) - len(new), _numbered(lines, new))


def store_upload(work: Work, text: str, *, bank_id: str, filename: str) -> tuple[Upload, list[str]]:
    """Store the new lines of a file as deliveries for the worker; return them with the deliveries' public ids."""
    work.begin()
    upload = read_upload(work, text, bank_id=bank_id)
    account = accounts.get_account(work, bank_id)
    ids = [_store(work, account, lines, filename) for lines in _in_parts(upload.new)]
    journal.record(
        work, "statement.uploaded", bank_id=bank_id, filename=filename, lines=upload.lines, new=len(upload.new)
    )
    return upload, ids


def _known(work: Work, account: Account, lines: Sequence[StatementLine]) -> dict[Kind, Counter[int | None]]:
    """Return the balances of the known mutations of the file's days, by what they have in common with its lines."""
    known: dict[Kind, Counter[int | None]] = defaultdict(Counter)
    if not lines:
        return known
    first, last = min(line.day for line in lines), max(line.day for line in lines)
    begin = datetime.combine(first, time.min, BANK_ZONE)
    query = select(
        Mutation.occurred_at, Mutation.direction, Mutation.amount_hundredths, Mutation.balance_hundredths
    ).where(
        Mutation.account_id == account.id,
        Mutation.occurred_at >= begin,
        Mutation.occurred_at < datetime.combine(last, time.min, BANK_ZONE) + timedelta(days=1),
    )
    for at, direction, hundredths, balance in work.session.execute(query):
        known[bank_day(at).isoformat(), direction, hundredths][balance] += 1
    return known


def _unknown(lines: Sequence[StatementLine], known: dict[Kind, Counter[int | None]]) -> list[StatementLine]:
    unpaired = [line for line in lines if not _pair(known[_kind(line)], line.balance)]
    return [line for line in unpaired if not _pair_any(known[_kind(line)])]


def _numbered(lines: Sequence[StatementLine], new: Sequence[StatementLine]) -> list[NewLine]:
    seen: Counter[StatementLine] = Counter()
    rows = {line.row for line in new}
    found = []
    for line in lines:
        same = replace(line, row=0)
        seen[same] += 1
        if line.row in rows:
            found.append((line, seen[same]))
    return found


def _pair(balances: Counter[int | None], balance: int | None) -> bool:
    if balance is None or balances[balance] <= 0:
        return False
    balances[balance] -= 1
    return True


def _pair_any(balances: Counter[int | None]) -> bool:
    left = [balance for balance, count in balances.items() if count > 0]
    if left:
        balances[left[0]] -= 1
    return bool(left)


def _kind(line: StatementLine) -> Kind:
    return line.day.isoformat(), line.direction, line.hundredths


def _in_parts(lines: Sequence[NewLine]) -> Iterator[Sequence[NewLine]]:
    for start in range(0, len(lines), _LINES_AT_ONCE):
        yield lines[start : start + _LINES_AT_ONCE]


def _store(work: Work, account: Account, lines: Sequence[NewLine], filename: str) -> str:
    body = json.dumps([_element(account, *each) for each in lines], ensure_ascii=False).encode()
    received = inbox.receive(work, body=body, source_ip="", headers={"X-File": filename}, channel="file")
    return received.public_id


def _element(account: Account, line: StatementLine, number: int) -> dict[str, Any]:
    """Write a line as Moota would, under an id that follows from its content and its number among the same ones."""
    at = f"{line.day} {line.at}" if line.at else str(line.day)
    content = json.dumps([account.bank_id, at, *_kind(line), line.balance, line.description, number])
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {
        "mutation_id": f"{FROM_FILE}{digest[:24]}",
        "bank_id": account.bank_id,
        "account_number": account.account_number,
        "date": at,
        "type": "CR" if line.direction == "credit" else "DB",
        "amount": _written(line.hundredths),
        "balance": "" if line.balance is None else _written(line.balance),
        "description": line.description,
        "note": "",
    }


def _written(hundredths: int) -> str:
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"
