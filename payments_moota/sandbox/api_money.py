"""Transactions, webhooks and tags of Moota's API v2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Response, jsonify, request, url_for

from payments_moota.sandbox import qris
from payments_moota.sandbox.api import api, invalid, paginated, sent, unknown
from payments_moota.sandbox.bank import opaque_id
from payments_moota.sandbox.state import sandbox
from payments_moota.sandbox.transactions import RefusedTransactionError
from payments_moota.sandbox.webhook import USER_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from payments_moota.sandbox.api import Answer
    from payments_moota.sandbox.bank import StatementLine
    from payments_moota.sandbox.registry import Delivery, Registered, Try
    from payments_moota.sandbox.transactions import Transaction

_KINDS: Final = ("credit", "debit", "both")
_MOST_CODE: Final = 999


@api.post("/create-transaction")
def create_transaction() -> Answer:
    """Make a number or a code for one payment."""
    here = sandbox()
    try:
        made = here.transactions.make(sent(), {account.bank_id: account for account in here.bank.accounts})
    except RefusedTransactionError as refused:
        return jsonify(status="error", message="The given data was invalid.", errors=refused.errors), 422
    return jsonify(status="success", message="Transaksi berhasil dibuat", data=_answered(made))


@api.get("/integration/webhook")
def webhooks() -> Answer:
    """List the registered webhooks; the secrets come in clear, as Moota's do."""
    url, bank_id = request.args.get("url"), request.args.get("bank_account_id") or request.args.get("bank_id")
    found = [
        webhook
        for webhook in sandbox().webhooks.registered()
        if (not url or webhook.url == url) and (not bank_id or bank_id in webhook.bank_ids)
    ]
    return paginated([_registered(webhook) for webhook in found])


@api.post("/integration/webhook")
def register() -> Answer:
    """Register a webhook; Moota says status false and means that it is done."""
    body, here = sent(), sandbox()
    first, last = _code(body.get("start_unique_code")), _code(body.get("end_unique_code"))
    bank_id = str(body.get("bank_account_id") or "")
    errors = {name: [f"Kolom {name} harus diisi."] for name in ("url", "secret_token") if not body.get(name)}
    if body.get("kinds") not in _KINDS:
        errors["kinds"] = ["The selected kinds is invalid."]
    if bank_id and bank_id not in {account.bank_id for account in here.bank.accounts}:
        errors["bank_account_id"] = ["The selected bank account id is invalid."]
    if first is None or last is None:
        errors["start_unique_code"] = ["The unique codes must be numbers from 0 to 999."]
    if errors or first is None or last is None:
        return invalid(errors)
    here.webhooks.register(
        str(body["url"]),
        str(body["secret_token"]),
        kinds=body["kinds"],
        first_code=first,
        last_code=last,
        bank_ids=frozenset({bank_id} if bank_id else ()),
    )
    return jsonify(status=False, message="OK")


@api.delete("/integration/webhook/<webhook_id>")
def remove(webhook_id: str) -> Answer:
    """Take a webhook away."""
    return jsonify(status=False, message="OK") if sandbox().webhooks.replace(webhook_id, lambda _: None) else unknown()


@api.post("/integration/webhook/<any(attach, detach):what>/<webhook_id>")
def change_accounts(what: str, webhook_id: str) -> Answer:
    """Add an account to a webhook, or take one from it."""
    bank_id = str(sent().get("bank_account_id") or "")
    if bank_id not in {account.bank_id for account in sandbox().bank.accounts}:
        return invalid({"bank_account_id": ["The selected bank account id is invalid."]})

    def changed(webhook: Registered) -> Registered:
        ids = webhook.bank_ids | {bank_id} if what == "attach" else webhook.bank_ids - {bank_id}
        return replace(webhook, bank_ids=ids)

    return jsonify(status=True, message="OK") if sandbox().webhooks.replace(webhook_id, changed) else unknown()


@api.get("/integration/webhook/history/<webhook_id>")
def history(webhook_id: str) -> Answer:
    """List every try to deliver a webhook, newest first."""
    here = sandbox()
    if webhook_id not in {webhook.webhook_id for webhook in here.webhooks.registered()}:
        return unknown()
    tried = [
        (delivery, attempt)
        for delivery in here.webhooks.deliveries()
        for attempt in delivery.tries
        if delivery.webhook.webhook_id == webhook_id
    ]
    tried.sort(key=lambda pair: pair[1].at, reverse=True)
    return paginated([_tried(delivery, attempt) for delivery, attempt in tried])


@api.get("/tagging")
def tags() -> Answer:
    """List the tags, or those of the names asked for."""
    wanted = [name for name in request.args.get("tag", "").split(",") if name]
    rows = [_tag(name) for name in sandbox().tags if not wanted or name in wanted]
    return jsonify(error=False, tagging=rows)


@api.post("/tagging")
def make_tag() -> Answer:
    """Make a tag."""
    name = str(sent().get("name") or "").strip()
    if not name:
        return invalid({"name": ["Kolom name harus diisi."]})
    sandbox().tags.setdefault(name, opaque_id())
    return jsonify(error=False, tagging=_tag(name))


@api.put("/tagging/<tag_id>")
def rename_tag(tag_id: str) -> Answer:
    """Give a tag another name."""
    here = sandbox()
    old = next((name for name, known in here.tags.items() if known == tag_id), None)
    new = str(sent().get("name") or "").strip()
    if old is None:
        return unknown()
    if not new:
        return invalid({"name": ["Kolom name harus diisi."]})
    here.tags[new] = tag_id
    for line in here.bank.statement():
        line.tags = [new if name == old else name for name in line.tags]
    if new != old:
        del here.tags[old]
    return jsonify(error=False, message="Tag berhasil diupdate")


@api.delete("/tagging/<tag_id>")
def delete_tag(tag_id: str) -> Answer:
    """Take a tag away, from the mutations as well."""
    here = sandbox()
    old = next((name for name, known in here.tags.items() if known == tag_id), None)
    if old is None:
        return unknown()
    for line in here.bank.statement():
        line.tags = [name for name in line.tags if name != old]
    del here.tags[old]
    return jsonify(error=False, message="Tag berhasil dihapus")


@api.route("/tagging/mutation/<mutation_id>", methods=["POST", "PUT", "DELETE"])
def tag_mutation(mutation_id: str) -> Answer:
    """Attach tags to a mutation, replace or detach them; a tag that was never made is refused."""
    line = sandbox().bank.line(mutation_id)
    names = sent().get("name")
    if line is None:
        return unknown()
    if not isinstance(names, list) or any(str(name) not in sandbox().tags for name in names):
        return jsonify(error=True, message="Data tidak ditemukan"), 422
    line.tags = _TAGGED[request.method](line, [str(name) for name in names])
    return jsonify(message="OK")


_TAGGED: Final[dict[str, Callable[[StatementLine, list[str]], list[str]]]] = {
    "POST": lambda line, names: list(dict.fromkeys([*line.tags, *names])),
    "PUT": lambda _line, names: list(dict.fromkeys(names)),
    "DELETE": lambda line, names: [name for name in line.tags if name not in names],
}


def qr_picture(trx_id: str) -> Answer:
    """Return a transaction's QR code as a picture; asked for without a token, as the address may be shown anywhere."""
    made = sandbox().transactions.by_id(trx_id)
    if made is None or made.qr_text is None:
        return unknown()
    return Response(qris.picture(made.qr_text), mimetype="image/png")


def _answered(made: Transaction) -> dict[str, Any]:
    data: dict[str, Any] = {
        "order_id": made.order_id,
        "trx_id": made.trx_id,
        "total": made.total,
        "unique_code": made.unique_code,
        "payment_url": url_for("pages.payment", trx_id=made.trx_id, _external=True),
        "account_number": made.account.account_number,
        "expired_at": made.expires_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "bank_account": {"username": made.account.holder, "bank_type": made.account.bank_type, "icon": ""},
    }
    if made.va_number is not None:
        data["va_number"] = made.va_number
    if made.qr_text is not None:
        data["qr_url"] = url_for("qr_picture", trx_id=made.trx_id, _external=True)
        data["merchant_name"] = made.account.holder
        data["merchant_id"] = made.account.account_number
        if sandbox().tells_qr_text:
            data["qr_string"] = made.qr_text
    return data


def _registered(webhook: Registered) -> dict[str, Any]:
    at = webhook.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "id": webhook.webhook_id,
        "user_id": USER_ID,
        "bank_account_id": next(iter(sorted(webhook.bank_ids)), ""),
        "type": "single" if webhook.bank_ids else "all",
        "url": webhook.url,
        "secret_token": webhook.secret,
        "start_unique_code": str(webhook.first_code),
        "end_unique_code": str(webhook.last_code),
        "kinds": webhook.kinds,
        "token": webhook.webhook_id,
        "webhook_id": webhook.webhook_id,
        "created_at": at,
        "updated_at": at,
    }


def _tried(delivery: Delivery, attempt: Try) -> dict[str, Any]:
    at = attempt.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    answer = attempt.answer
    return {
        "id": f"{delivery.delivery_id}-{attempt.number}",
        "user_id": USER_ID,
        "bank_id": delivery.lines[0].account.bank_id if delivery.lines else "",
        "webhook_id": delivery.webhook.webhook_id,
        "status": "success" if answer.is_accepted else "failed",
        "trigger": "new-mutation",
        "http_verb": "post",
        "webhook_url": delivery.webhook.url,
        "payload": delivery.mutations(),
        "headers": delivery.headers,
        "meta": [],
        "tags": {"webhook": delivery.webhook.webhook_id, "trigger": "new-mutation"},
        "attempt": attempt.number,
        "response": f"{answer.status or 'no answer'}: {answer.body}",
        "created_at": at,
        "updated_at": at,
    }


def _tag(name: str) -> dict[str, str]:
    return {"name": name, "tag_id": sandbox().tags[name]}


def _code(value: Any) -> int | None:
    text = str(value if value is not None else "").strip()
    return int(text) if text.isdigit() and int(text) <= _MOST_CODE else None
