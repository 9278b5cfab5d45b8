"""Messages to a buyer that the shop only has to send: links that open a chat with the words already in it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_babel import force_locale
from sqlalchemy.orm import Session

from storefront.formats import rupiah
from storefront.orders import links
from storefront.orders.models import Order

from . import own_words
from .letters import MESSAGES

_OVER = frozenset({"completed", "rejected", "withdrawn"})


class Chat(NamedTuple):
    """One message: what it is about, and the address that opens the chat."""

    title: str
    url: str


def chats(
    session: Session,
    order: Order,
    charge: dict[str, Any] | None,
    refunds: list[dict[str, Any]],
    *,
    pay_url: str | None,
) -> list[Chat]:
    """Return the messages that fit where an order stands, in the buyer's language."""
    link = links.order_url(order.id, external=True)
    made = []
    for letter, more in _fitting(order, refunds):
        with force_locale(order.locale):
            _subject, body = own_words.words_of(session, "whatsapp", letter, order.locale)
            context = {"order": order, "charge": charge, "order_url": link, "pay_url": pay_url}
            facts = own_words.facts_of(letter, context) | more
        made.append(Chat(str(MESSAGES[letter].title), own_words.chat_url(order.phone, body, facts)))
    return made


def _fitting(order: Order, refunds: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, str]]]:
    if order.payment_status == "unpaid" and order.order_status == "open":
        yield "payment_reminder", {}
    if order.payment_status == "paid" and order.shipment_status != "shipped" and not order.needs_attention:
        yield "paid", {}
    if order.shipment_status == "shipped" and order.tracking_number:
        yield "shipped", {}
    for refund in refunds:
        if refund["status"] not in _OVER:
            yield "refund", {"amount": rupiah(refund["amount"]), "ticket": refund["ticket"]}
