"""The letter about one step of a refund: its words with the figures filled in, and the links it carries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storefront import payments
from storefront.database import now
from storefront.formats import rupiah, tanggal
from storefront.identity import current_shop
from storefront.languages import current_locale
from storefront.orders.models import Order
from storefront.texts import _

from .refund_words import Words, letter_of, words_for

_WHILE_ACCOUNT_CAN_BE_GIVEN = frozenset({"requested", "in_review", "approved", "failed"})


@dataclass(frozen=True, slots=True)
class RefundLetter:
    """Which letter tells about a step, the facts it may name (None where they are not known), and its links."""

    name: str
    facts: dict[str, str | None]
    links: dict[str, str | None]

    @property
    def words(self) -> Words:
        """Return our words with the facts filled in."""
        return words_for(self.name, self.facts)


def refund_letter(payload: dict[str, Any], order: Order) -> RefundLetter:
    """Return the letter about a step (`ticket`, `step`, `note`, `complaint` of the payload).

    Raises LookupError when there is no such refund.
    """
    refund = payments.find_refund(payload["ticket"])
    if refund is None:
        raise LookupError(f"there is no refund {payload['ticket']}")
    facts = {
        "number": order.number,
        "ticket": refund.ticket,
        "amount": rupiah(refund.amount),
        "due": _date(refund.due_at),
        "account": _account(payments.describe_refund(refund)["destination"]),
        "until": _asked_until(refund),
        "note": payload["note"],
        "complaint": payload["complaint"],
    }
    is_paid = order.payment_status in {"paid", "refunded"}
    name = letter_of(payload["step"], origin=refund.origin, reason=refund.reason, is_paid=is_paid)
    links = {"refund_url": payments.refund_url(refund), "destination_url": _destination_url(refund)}
    return RefundLetter(name, facts, links)


def _asked_until(refund: payments.Refund) -> str | None:
    """Return until when the shopper is asked where the money goes; None once they have said."""
    until = refund.destination_until if refund.destination_at is None else None
    return _date(until) if until else None


def _date(moment: datetime) -> str:
    return tanggal(moment, current_shop().timezone, current_locale())


def _account(destination: dict[str, Any] | None) -> str | None:
    """Return where the money goes, masked; None until the shopper has said, or after the bank sent it back."""
    if destination is None or destination["entered_at"] is None:
        return None
    return _(
        "%(bank)s %(number)s a.n. %(holder)s",
        bank=destination["bank"],
        number=destination["number"],
        holder=destination["holder"],
    )


def _destination_url(refund: payments.Refund) -> str | None:
    """Return the link to say where the money goes, for as long as that is asked."""
    is_asked = refund.destination_at is None and refund.status in _WHILE_ACCOUNT_CAN_BE_GIVEN
    in_time = refund.destination_until is not None and refund.destination_until > now()
    return payments.destination_url(refund) if is_asked and in_time else None
