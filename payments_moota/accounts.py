"""The owner's bank accounts as Moota knows them."""

from collections.abc import Iterable

from sqlalchemy import Select, func, select

from . import journal
from .api.records import AccountIn
from .errors import RefusedError, UnknownAccount
from .models import Account
from .models.bank import AccountKind
from .rules.codes import CodeRange
from .rules.qris import InvalidQrisError, read_qris
from .work import Work

_LOGINS_FAILED = 3
# As the columns are declared; SQLite does not look.
_LONGEST = {"bank_id": 64, "bank_type": 64, "account_number": 64, "holder": 200, "label": 120}


def kind_of(bank_type: str) -> AccountKind:
    """Tell how money arrives: `qris`, a type ending in `va` (and `vaSandbox`), else by transfer.

    The list of types is open-ended; this is the rule of Moota's own WooCommerce plugin.
    """
    name = bank_type.lower()
    if name == "qris":
        return "qris"
    if name.endswith("va") or name == "vasandbox":
        return "virtual_account"
    return "bank_transfer"


def add_account(
    work: Work, *, bank_id: str, bank_type: str, account_number: str, holder: str, label: str | None = None
) -> Account:
    """Add an account, or bring the one with this `bank_id` up to date.

    Raises RefusedError when a field is empty or longer than its column.
    """
    work.begin()
    given = {"bank_id": bank_id, "bank_type": bank_type, "account_number": account_number, "holder": holder}
    empty = [name for name, value in given.items() if not value.strip()]
    if empty:
        raise RefusedError(f"The account needs a value for: {', '.join(empty)}.")
    too_long = [name for name, value in given.items() if len(value) > _LONGEST[name]]
    if too_long:
        raise RefusedError(f"{too_long[0]} may have {_LONGEST[too_long[0]]} characters at most.")
    account = work.session.scalars(select(Account).where(Account.bank_id == bank_id)).one_or_none()
    account = account or _new(work, bank_id)
    account.bank_type = bank_type
    account.kind = kind_of(bank_type)
    account.account_number = account_number
    account.holder = holder
    account.label = label or bank_type.upper()
    account.is_active = True
    work.session.flush()
    journal.record(work, "account.saved", bank_id=bank_id, bank_type=bank_type)
    return account


def set_terms(work: Work, bank_id: str, **terms: int | str | None) -> Account:
    """Decide how an account is offered: `minimum` and `maximum` rupiah, `fee_fixed`, `fee_basis_points`, `static_qris`.

    Its unique codes too: `code_low`, `code_high` and `code_mode`; its `label`; and `is_offered`: without it new orders
    do not use the account, while money of earlier ones is recognised as ever. Only what is given changes; None takes a
    limit, the static QRIS code or a code setting away. Raises UnknownAccount, or RefusedError for a fee on QRIS (the
    rules forbid charging the buyer), for limits or codes that leave nothing, or for a text that is no static QRIS code.
    """
    work.begin()
    account = get_account(work, bank_id)
    for name, value in terms.items():
        setattr(account, name, value)
    if account.kind == "qris" and (account.fee_fixed or account.fee_basis_points):
        raise RefusedError("A QRIS payment may not cost the buyer a fee (PBI 23/6/PBI/2021, article 52).")
    if account.minimum is not None and account.maximum is not None and account.minimum > account.maximum:
        raise RefusedError(f"Nothing lies between {account.minimum} and {account.maximum} rupiah.")
    if account.code_low is not None and account.code_high is not None and account.code_low > account.code_high:
        raise RefusedError(f"There is no unique code from {account.code_low} to {account.code_high}.")
    if account.static_qris is not None:
        account.static_qris = _static_qris(account.static_qris)
    work.session.flush()
    journal.record(work, "account.terms", bank_id=bank_id, terms=terms)
    return account


def move(work: Work, bank_id: str, *, earlier: bool) -> None:
    """Move an account one place earlier or later among those of its kind; at the end of them it stays.

    Raises UnknownAccount.
    """
    work.begin()
    moved = get_account(work, bank_id)
    everybody = list(work.session.scalars(_in_order().with_for_update()))
    peers = [account for account in everybody if account.kind == moved.kind]
    there = peers.index(moved) + (-1 if earlier else 1)
    if 0 <= there < len(peers):
        here, other = everybody.index(moved), everybody.index(peers[there])
        everybody[here], everybody[other] = everybody[other], everybody[here]
        for position, account in enumerate(everybody, 1):
            account.position = position
        work.session.flush()
        journal.record(work, "account.moved", bank_id=bank_id, earlier=earlier)


def codes_of(work: Work, account: Account) -> CodeRange:
    """Return the unique codes of an account: its own, where the owner has given it some, else those of the settings."""
    low, high = account.code_low, account.code_high
    usual = work.settings.codes
    if low is None:
        low = usual.low if high is None else min(usual.low, high)
    return CodeRange(low=low, high=max(usual.high, low) if high is None else high, mode=account.code_mode or usual.mode)


def sync(work: Work, rows: Iterable[AccountIn]) -> dict[str, list[str]]:
    """Bring the accounts to where Moota has them; return the ids that were `added`, `updated` and `gone`.

    What the owner decides (limits, fees, a static QRIS code, a label given by hand) stays. An account that Moota does
    not list any more is no longer offered; one that was added by hand and never seen at Moota stays as it is.
    """
    work.begin()
    known = {account.bank_id: account for account in work.session.scalars(select(Account).with_for_update())}
    report: dict[str, list[str]] = {"added": [], "updated": [], "gone": []}
    listed = {row.bank_id: row for row in rows}
    for bank_id, row in listed.items():
        account = known.get(bank_id)
        report["updated" if account else "added"].append(bank_id)
        _bring_up_to_date(work, account or _new(work, bank_id), row)
    for bank_id, account in known.items():
        if bank_id not in listed and account.synced_at is not None and account.is_active:
            account.is_active = False
            report["gone"].append(bank_id)
    work.session.flush()
    if report["added"] or report["gone"]:
        journal.record(work, "accounts.synced", added=report["added"], gone=report["gone"])
    return report


def fault_of(row: AccountIn) -> str | None:
    """Return what hinders Moota from seeing an account, in words; None when nothing does."""
    if not _is_watched(row):
        return "Moota does not watch it: it is switched off there, or its points have run out."
    if row.login_retry >= _LOGINS_FAILED:
        return f"Moota could not log in to the bank {row.login_retry} times; renew the password at Moota."
    return None


def list_accounts(work: Work, *, kind: AccountKind | None = None) -> list[Account]:
    """Return the active accounts in the owner's order, else in the order they were added."""
    query = _in_order().where(Account.is_active)
    if kind:
        query = query.where(Account.kind == kind)
    return list(work.session.scalars(query))


def every_account(work: Work) -> list[Account]:
    """Return all accounts there ever were, in the owner's order; those that Moota does not watch any more, too."""
    return list(work.session.scalars(_in_order()))


def get_account(work: Work, bank_id: str) -> Account:
    """Return the active account with this Moota id. Raises UnknownAccount."""
    query = select(Account).where(Account.bank_id == bank_id, Account.is_active)
    account = work.session.scalars(query).one_or_none()
    if account is None:
        raise UnknownAccount(f"There is no active account with the id {bank_id!r}; see `flask moota accounts list`.")
    return account


def _in_order() -> Select[Account]:
    return select(Account).order_by(Account.position, Account.id)


def _new(work: Work, bank_id: str) -> Account:
    last = work.session.execute(select(func.max(Account.position))).scalar_one() or 0
    account = Account(bank_id=bank_id, label="", created_at=work.now(), position=last + 1)
    work.session.add(account)
    return account


def _is_watched(row: AccountIn) -> bool:
    """Tell whether money on an account is seen; for numbers and codes no bank has to be looked into."""
    return row.is_active or kind_of(row.bank_type) != "bank_transfer"


def _bring_up_to_date(work: Work, account: Account, row: AccountIn) -> None:
    account.bank_type = row.bank_type[: _LONGEST["bank_type"]]
    account.kind = kind_of(row.bank_type)
    account.account_number = row.account_number[: _LONGEST["account_number"]]
    account.holder = row.holder[: _LONGEST["holder"]]
    account.label = account.label or (row.label or row.bank_type.upper())[: _LONGEST["label"]]
    account.is_active = _is_watched(row)
    account.interval_minutes = row.interval_minutes
    account.checked_at = row.last_update
    account.fault = fault_of(row)
    account.balance_hundredths = row.balance_hundredths
    account.synced_at = work.now()


def _static_qris(text: str) -> str:
    try:
        code = read_qris(text)
    except InvalidQrisError as error:
        raise RefusedError(str(error)) from error
    if code.is_dynamic or code.amount is not None:
        raise RefusedError("This QRIS code was made for one payment; take the text of the shop's printed one.")
    return text.strip()
