"""The form with which a shopper asks for money back, from the payment page of an order that money came for."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from flask import Response, make_response, redirect, request, url_for
from sqlalchemy import select

from .. import charges, evidence, ledger, refunds
from ..context import charge_of_token, state, transaction, work_on_host_session
from ..errors import InvalidAmount, InvalidEvidence, RefusedError
from ..evidence import CleanFile
from ..links import destination_token, status_token
from ..models import Charge, Refund
from ..models.refunds import RefundReason
from ..refund_steps import LONGEST_TEXT
from ..rules.money import format_rupiah, read_typed
from ..work import Work
from .answers import answer, link_invalid, private, translator
from .errors import in_words
from .forms import UnfitError, read_text
from .present import can_ask_back
from .uploads import MAX_FILES, MAX_MEGABYTES, read_files
from .words import Translate, refund_reasons

# A second click on "send" is not a second request.
_TWIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was typed, and what is wrong, by field."""

    reason: str = ""
    amount: str = ""
    text: str = ""
    problems: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shopper asks for, read and checked as far as that is possible without looking at the money."""

    reason: RefundReason
    amount: int
    note: str
    files: list[CleanFile]


def ask(token: str) -> Response:
    """Show the form, or take it: then the shopper sees the ticket, or what has to be put right."""
    work = work_on_host_session("customer")
    charge = charge_of_token(work, token)
    if charge is None:
        return link_invalid()
    if request.method == "POST":
        return _take(charge, token)
    if not can_ask_back(work, charge):
        return private(make_response(redirect(url_for("moota.pay", token=token))))
    suggested = refunds.suggested_amount(work, charge) or ledger.figures_of(work, charge).refundable
    return _form(charge, token, Filled(amount=format_rupiah(suggested)))


def _take(charge: Charge, token: str) -> Response:
    t, order_ref = translator(), charge.order_ref
    wish, problems = _read(t)
    if wish is not None:
        try:
            with transaction("customer") as work:
                return private(make_response(redirect(_request(work, order_ref, wish), 303)))
        except RefusedError as error:
            problems = {"files" if isinstance(error, InvalidEvidence) else "amount": [in_words(error, t)]}
    reason, amount, text = (request.form.get(name, "") for name in ("reason", "amount", "text"))
    found = charge_of_token(work_on_host_session("customer"), token)
    return _form(found, token, Filled(reason, amount, text, problems)) if found else link_invalid()


def _request(work: Work, order_ref: str, wish: Wish) -> str:
    """Open the refund with its files and return where the shopper goes next."""
    work.begin()
    charge = charges.lock_charge(work, order_ref)
    if charge.status == "pending":
        raise RefusedError("An order that still waits for its money is cancelled, not refunded.")
    twin = _twin(work, charge, wish)
    if twin is not None:
        return url_for("moota.refund", token=status_token(twin))
    refund = refunds.request_refund(
        work, order_ref, wish.amount, reason=wish.reason, note=wish.note or None, origin="customer"
    )
    for each in wish.files:
        evidence.attach(work, refund.ticket or "", each, side="customer")
    if charge.customer_email:
        # The account is asked for by e-mail: this page opens for whoever was shown the order, the mailbox does not.
        return url_for("moota.refund", token=status_token(refund), done="requested", _anchor="kabar")
    return url_for("moota.refund_destination", token=destination_token(refund))


def _twin(work: Work, charge: Charge, wish: Wish) -> Refund | None:
    query = select(Refund).where(
        Refund.charge_id == charge.id,
        Refund.origin == "customer",
        Refund.status == "requested",
        Refund.reason == wish.reason,
        Refund.amount == wish.amount,
        Refund.created_at > work.now() - _TWIN,
    )
    same = (refund for refund in work.session.scalars(query) if (refund.note or "") == wish.note)
    return next(same, None)


def _read(t: Translate) -> tuple[Wish | None, dict[str, list[str]]]:
    """Return the wish, or what is wrong with the form by field."""
    reason = request.form.get("reason", "")
    amount, text = _amount(), ""
    files, refused = read_files(t)
    problems: dict[str, list[str]] = {}
    if reason not in refund_reasons(t):
        problems["reason"] = [t("Pilih alasannya.")]
    if amount is None:
        problems["amount"] = [t("Tulis jumlahnya dengan angka, misalnya 50.000.")]
    try:
        text = read_text(t)
    except UnfitError as error:
        problems["text"] = error.problems
    if reason == "other" and not text and "text" not in problems:
        problems["text"] = [t("Ceritakan singkat alasannya.")]
    if refused:
        problems["files"] = refused
    if problems or amount is None:
        return None, problems
    return Wish(cast("RefundReason", reason), amount, text, files), problems


def _amount() -> int | None:
    try:
        return read_typed(request.form.get("amount", "")) or None
    except InvalidAmount:
        return None


def _form(charge: Charge, token: str, filled: Filled) -> Response:
    work = work_on_host_session("customer")
    t = translator()
    return answer(
        "moota/refund_request.html",
        status=422 if filled.problems else 200,
        order_ref=charge.order_ref,
        refundable=ledger.figures_of(work, charge).refundable,
        reasons=refund_reasons(t),
        filled=filled,
        review_days=state().settings.refund_review_days,
        has_email=bool(charge.customer_email),
        max_files=MAX_FILES,
        max_megabytes=MAX_MEGABYTES,
        longest_text=LONGEST_TEXT,
        pay_url=url_for("moota.pay", token=token),
    )
