"""Moota's API v2 as its users see it: who may ask, how lists are paged, and accounts with their mutations."""

from __future__ import annotations

import math
import secrets
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from payments_moota.sandbox.bank import BANK_ZONE, InsufficientBalanceError, Kind, StatementLine
from payments_moota.sandbox.state import sandbox
from payments_moota.sandbox.webhook import account_row, naive_local

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Answer = Response | tuple[Response, int]

api = Blueprint("api", __name__, url_prefix="/api/v2")

_A_PAGE: Final = 20
_REFRESH_POINTS: Final = 10
_LONGEST_AMOUNT: Final = 13
_KINDS: Final[dict[str, Kind]] = {"cr": "CR", "credit": "CR", "db": "DB", "debit": "DB"}
_OPEN: Final = frozenset({"api.login"})
_EMPTY_PAYMENT: Final[dict[str, Any]] = {
    "trx_id": "",
    "order_id": "",
    "contact": {"name": "", "email": "", "phone": ""},
    "status": "",
    "total": 0,
    "amount_captured": 0,
    "unique_code": 0,
    "unique_note": "",
    "items": [],
}


@api.before_request
def check_token() -> Answer | None:
    """Let in whoever has a token with the scope `api`."""
    if request.endpoint in _OPEN:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    scopes = sandbox().tokens.get(token) if scheme == "Bearer" else None
    if scopes is None:
        return jsonify(error="Unauthenticated."), 401
    if "api" not in scopes:
        return jsonify(message="Invalid scope(s) provided."), 403
    return None


@api.post("/auth/login")
def login() -> Answer:
    """Make a token for anybody who says an e-mail address and a password."""
    body = sent()
    errors = {name: [f"Kolom {name} harus diisi."] for name in ("email", "password", "scopes") if not body.get(name)}
    scopes = body.get("scopes")
    if not errors and not isinstance(scopes, list):
        errors["scopes"] = ["The scopes must be an array."]
    if errors:
        return invalid(errors)
    token = secrets.token_urlsafe(24)
    sandbox().tokens[token] = {str(scope) for scope in scopes or ()}
    return jsonify(access_token=token)


@api.post("/auth/logout")
def logout() -> Answer:
    """Forget the token."""
    sandbox().tokens.pop(request.headers["Authorization"].partition(" ")[2], None)
    return jsonify(message="OK")


@api.get("/accounts")
@api.get("/accounts/index")
def accounts() -> Answer:
    """List all accounts: banks, virtual accounts, QRIS."""
    return _accounts(lambda _way: True)


@api.get("/bank")
def banks() -> Answer:
    """List the bank accounts, the older way."""
    return _accounts(lambda way: way == "transfer")


@api.get("/bank/available")
def available() -> Answer:
    """List the kinds of accounts that can be connected."""
    types = dict.fromkeys(account.bank_type for account in sandbox().bank.accounts)
    rows = [
        {"id": name, "label": name, "price": 1500, "type": "bank", "icon": "", "link": "", "interval": 15}
        for name in types
    ]
    return paginated(rows)


@api.post("/bank/<bank_id>/refresh")
def refresh(bank_id: str) -> Answer:
    """Pretend to look at the bank now, which costs points."""
    here = sandbox()
    if bank_id not in {account.bank_id for account in here.bank.accounts}:
        return jsonify(message="Bank tidak ditemukan."), 404
    if here.points < _REFRESH_POINTS:
        return jsonify(message="Saldo poin Anda tidak mencukupi, silakan isi ulang."), 422
    here.points -= _REFRESH_POINTS
    return jsonify(message="OK")


@api.get("/mutation")
def mutations() -> Answer:
    """List mutations, newest first; days are Jakarta's."""
    query = request.args
    here = sandbox()
    known = {account.bank_id for account in here.bank.accounts}
    if query.get("bank") and query["bank"] not in known:
        return jsonify(message="Bank tidak ditemukan."), 404
    try:
        wanted = _wanted()
    except ValueError as error:
        return invalid({"date": [str(error)]})
    return paginated([_listed(line) for line in here.bank.statement() if all(fits(line) for fits in wanted)])


@api.get("/mutation/summary")
def summary() -> Answer:
    """Count and add up an account's mutations."""
    try:
        wanted = _wanted(account="bank_id")
    except ValueError as error:
        return invalid({"date": [str(error)]})
    lines = [line for line in sandbox().bank.statement() if all(fits(line) for fits in wanted)]
    data = {}
    for name, kind in (("credit", "CR"), ("debit", "DB")):
        amounts = [line.amount for line in lines if line.kind == kind]
        data[f"{name}_count"], data[f"{name}_amount"] = len(amounts), sum(amounts)
    return jsonify(data=data)


@api.post("/mutation/<mutation_id>/note")
def note(mutation_id: str) -> Answer:
    """Write the owner's note on a mutation."""
    line = sandbox().bank.line(mutation_id)
    if line is None:
        return unknown()
    line.note = str(sent().get("note") or "")
    return jsonify(status=True, mutation=_listed(line))


@api.post("/mutation/<mutation_id>/webhook")
def push(mutation_id: str) -> Answer:
    """Send a mutation's webhook again."""
    here = sandbox()
    line = here.bank.line(mutation_id)
    if line is None:
        return unknown()
    here.webhooks.announce([line])
    return jsonify(status="OK")


@api.post("/mutation/destroy")
def destroy() -> Answer:
    """Forget mutations; Moota says status false and means that it is done."""
    wanted = sent().get("mutations")
    if not isinstance(wanted, list) or not wanted:
        return invalid({"mutations": ["Kolom mutations harus diisi."]})
    if not sandbox().bank.remove(map(str, wanted)):
        return jsonify(status=False, message="Mutations not found"), 500
    return jsonify(status=False, message="OK")


@api.post("/mutation/store/<bank_id>")
def store(bank_id: str) -> Answer:
    """Book a dummy mutation, for testing."""
    here, body = sandbox(), sent()
    if bank_id not in {account.bank_id for account in here.bank.accounts}:
        return jsonify(message="Bank tidak ditemukan."), 404
    kind = _KINDS.get(str(body.get("type", "")).lower())
    amount, at = _rupiah(body.get("amount")), _moment(body.get("date"))
    errors = {}
    if kind is None:
        errors["type"] = ["Kolom type harus diisi."]
    if amount is None:
        errors["amount"] = ["Kolom amount harus diisi."]
    if at is None:
        errors["date"] = ["The date is not a valid date."]
    if kind is None or amount is None or at is None:
        return invalid(errors)
    text = str(body.get("note") or "Dummy mutation")
    try:
        line = here.bank.book(bank_id, amount, kind=kind, description=text, occurred_at=at)
    except InsufficientBalanceError:
        return invalid({"amount": ["The amount is more than the account holds."]})
    here.webhooks.announce([line])
    return jsonify(error=False, mutation={"total": 1, "new": 1})


def sent() -> dict[str, Any]:
    """Return the JSON object of a request; nothing for anything else."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def invalid(errors: dict[str, list[str]]) -> Answer:
    """Refuse as Laravel does, field by field."""
    return jsonify(message="The given data was invalid.", errors=errors), 422


def unknown() -> Answer:
    """Answer for something that is not there."""
    return jsonify(error=True, message="Data tidak ditemukan"), 404


def paginated(rows: Sequence[dict[str, Any]]) -> Response:
    """Return a page of a list with all that Laravel's paginator says about it."""
    number = max(1, request.args.get("page", 1, type=int))
    size = min(500, max(1, request.args.get("per_page", _A_PAGE, type=int)))
    last = max(1, math.ceil(len(rows) / size))
    shown = list(rows[(number - 1) * size : number * size])

    def address(page: int | None) -> str | None:
        return None if page is None else f"{request.base_url}?{urlencode({**request.args, 'page': page})}"

    before, after = (number - 1 if number > 1 else None), (number + 1 if number < last else None)
    pages = [{"url": address(page), "label": str(page), "active": page == number} for page in range(1, last + 1)]
    links = [
        {"url": address(before), "label": "&laquo; Previous", "active": False},
        *pages,
        {"url": address(after), "label": "Next &raquo;", "active": False},
    ]
    return jsonify(
        current_page=number,
        data=shown,
        first_page_url=address(1),
        **{"from": (number - 1) * size + 1 if shown else None},
        last_page=last,
        last_page_url=address(last),
        links=links,
        next_page_url=address(after),
        path=request.base_url,
        per_page=size,
        prev_page_url=address(before),
        to=(number - 1) * size + len(shown) if shown else None,
        total=len(rows),
    )


def _accounts(is_wanted: Callable[[str], bool]) -> Answer:
    here, now = sandbox(), datetime.now(UTC)
    rows = [
        {**account_row(account, here.bank.balance(account.bank_id), now), "icon": "", "id": account.bank_id}
        for account in here.bank.accounts
        if is_wanted(account.way)
    ]
    return paginated(rows)


def _wanted(account: str = "bank") -> list[Callable[[StatementLine], bool]]:
    """Return what a mutation has to be to be listed. Raises ValueError for a date that is none."""
    query = request.args
    wanted: list[Callable[[StatementLine], bool]] = []
    kind = _KINDS.get(query.get("type", "").lower())
    if kind:
        wanted.append(lambda line: line.kind == kind)
    if bank_id := query.get(account):
        wanted.append(lambda line: line.account.bank_id == bank_id)
    if amount := query.get("amount"):
        wanted.append(lambda line: str(line.amount) == amount.partition(".")[0])
    if tag := query.get("tag"):
        wanted.append(lambda line: bool({*line.tags} & {*tag.split(",")}))
    if description := query.get("description", "").lower():
        wanted.append(lambda line: description in line.description.lower())
    if note := query.get("note", "").lower():
        wanted.append(lambda line: note in line.note.lower())
    return wanted + _days_wanted()


def _days_wanted() -> list[Callable[[StatementLine], bool]]:
    query = request.args
    first, last = query.get("start_date") or query.get("date"), query.get("end_date") or query.get("date")
    wanted: list[Callable[[StatementLine], bool]] = []
    if first:
        since = date.fromisoformat(first[:10])
        wanted.append(lambda line: _local_day(line) >= since)
    if last:
        until = date.fromisoformat(last[:10])
        wanted.append(lambda line: _local_day(line) <= until)
    return wanted


def _local_day(line: StatementLine) -> date:
    return line.occurred_at.astimezone(BANK_ZONE).date()


def _moment(told: Any) -> datetime | None:
    """Return the moment meant by a day, or a day with its time, in Jakarta; now for nothing, None for nonsense."""
    if not told:
        return datetime.now(UTC)
    try:
        return datetime.fromisoformat(str(told)).replace(tzinfo=BANK_ZONE)
    except ValueError:
        return None


def _rupiah(told: Any) -> int | None:
    """Return an amount of whole rupiah told as a number or a decimal text."""
    whole, _, fraction = str(told).partition(".")
    is_whole = whole.isascii() and whole.isdigit() and len(whole) <= _LONGEST_AMOUNT and not fraction.strip("0")
    return int(whole) or None if is_whole else None


def _listed(line: StatementLine) -> dict[str, Any]:
    """Return a mutation as the list has it: a day without a time, amounts as decimal text, unlike a webhook's."""
    now = datetime.now(UTC)
    return {
        "account_number": line.paid_to or line.account.account_number,
        "date": f"{_local_day(line).isoformat()} 00:00:00",
        "description": line.description,
        "amount": f"{line.amount}.00",
        "type": line.kind,
        "note": line.note,
        "balance": f"{line.balance}.00",
        "created_at": naive_local(line.recorded_at),
        "updated_at": naive_local(line.recorded_at),
        "mutation_id": line.mutation_id,
        "token": line.mutation_id,
        "bank_id": line.account.bank_id,
        "taggings": [{"name": name, "tag_id": sandbox().tags[name]} for name in line.tags],
        "bank": account_row(line.account, line.balance, now),
        "payment_detail": line.payment or _EMPTY_PAYMENT,
    }
