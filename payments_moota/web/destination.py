"""The form for where a refund's money goes: opened by a link that works once, checked, shown again before it counts.

The full number is on the screen only while the shopper types and checks it; afterwards its last four digits are.
"""

from dataclasses import dataclass, field

from flask import Response, make_response, redirect, request, url_for
from sqlalchemy import select

from .. import destinations
from ..context import transaction, work_on_host_session
from ..errors import InvalidDestination, InvalidLink
from ..links import read_destination_token, status_token
from ..models import Refund
from ..rules.bank_codes import BANKS
from ..rules.destination import LONGEST_HOLDER, Destination, names_differ, read_destination
from ..work import Work
from .answers import answer, link_invalid, private, translator
from .errors import in_words
from .present import grouped

_FIELDS = ("bank", "number", "holder")
_GONE = 410


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was typed, and what is wrong, by field."""

    values: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def destination(token: str) -> Response:
    """Show the form, then what was typed for a last look, then keep it. Nothing is kept before the last step."""
    claim = read_destination_token(token)
    if claim is None:
        return link_invalid()
    work = work_on_host_session("customer")
    try:
        refund = destinations.check_link(work, *claim)
        return _take(refund, claim) if request.method == "POST" else _form(refund, Filled())
    except InvalidLink as error:
        return _closed(work, claim[0], error)


def _take(refund: Refund, claim: tuple[str, int]) -> Response:
    values = {name: request.form.get(name, "") for name in _FIELDS}
    try:
        typed = read_destination(values["bank"], values["number"], values["holder"])
    except InvalidDestination as error:
        return _form(refund, Filled(values, {error.field: in_words(error, translator())}))
    step = request.form.get("do")
    if step == "edit":
        return _form(refund, Filled(values))
    if step != "save":
        return _confirm(refund, typed)
    with transaction("customer") as work:
        token = status_token(destinations.enter_by_link(work, *claim, typed))
    return private(
        make_response(redirect(url_for("moota.refund", token=token, done="destination", _anchor="kabar"), 303))
    )


def _form(refund: Refund, filled: Filled) -> Response:
    return answer(
        "moota/destination.html",
        status=422 if filled.problems else 200,
        ticket=refund.ticket,
        amount=refund.amount,
        order_ref=refund.charge.order_ref,
        banks=BANKS.values(),
        filled=filled,
        longest_holder=LONGEST_HOLDER,
    )


def _confirm(refund: Refund, typed: Destination) -> Response:
    return answer(
        "moota/destination_check.html",
        ticket=refund.ticket,
        amount=refund.amount,
        typed=typed,
        bank=BANKS[typed.bank_code].name,
        number_grouped=grouped(typed.number),
        is_other_name=names_differ(typed.holder, refund.charge.customer_name),
    )


def _closed(work: Work, public_id: str, error: InvalidLink) -> Response:
    """Say why a link does not work any more. Whoever has it may see the status page: it came from the same mailbox."""
    refund = work.session.scalars(select(Refund).where(Refund.public_id == public_id)).one_or_none()
    if refund is None:
        return link_invalid()
    page = url_for("moota.refund", token=status_token(refund))
    return answer("moota/destination_closed.html", status=_GONE, why=in_words(error, translator()), url=page)
