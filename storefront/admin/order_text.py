"""What people type to find an order: its number, an amount, a telephone number however written, or words."""

import re
from collections.abc import Iterator

from sqlalchemy import ColumnElement, or_, select, union_all
from sqlalchemy.orm import Session

from storefront import payments
from storefront.catalog.rules import search_words
from storefront.orders.models import Order, id_of_number
from storefront.orders.terms import ORDER_WORDS
from storefront.searching import FEW, how_many

_PHONE = re.compile(r"\+?[\d\s().\-]{4,}")
_AMOUNT = re.compile(r"(?:rp\.?\s*)?\d[\d.,]{2,}", re.IGNORECASE)


def matching(session: Session, text: str) -> tuple[ColumnElement[bool], bool]:
    """Return what the orders that a text means have in common, and whether very many of them may have it."""
    readings, amount, ids = list(_readings(text)), _amount(text), _ids(text)
    words = list(dict.fromkeys(word for reading in readings for word in reading))
    cost = [select(Order.id).where(Order.total == amount)] if amount is not None else []
    counted = how_many(session, [*(ORDER_WORDS.of(word) for word in words), *cost])
    counts = dict(zip(words, counted, strict=False))
    found = [ORDER_WORDS.all_of(reading, [counts[word] for word in reading]) for reading in readings]
    is_broad = None in found or (bool(cost) and counted[-1] > FEW)
    if is_broad:
        one_of = [ORDER_WORDS.has(Order.id, reading) for reading in readings]
        one_of += [Order.total == amount] if amount is not None else []
        return or_(*one_of, Order.id.in_(ids)), True
    gathered = [*(query for query in found if query is not None), *cost, select(Order.id).where(Order.id.in_(ids))]
    # All in one set: joined by OR, PostgreSQL would ask every order whether it is in one of several.
    return Order.id.in_(union_all(*gathered)), False


def _readings(text: str) -> Iterator[list[str]]:
    """Yield the words that an order has to have: as they are, as a telephone number, as one tracking number."""
    words = search_words(text)
    if words:
        yield words
    digits = re.sub(r"\D", "", text)
    if _PHONE.fullmatch(text) and [digits] != words:
        yield [digits]
    if len(words) > 1 and "".join(words) != digits:
        yield ["".join(words)]


def _amount(text: str) -> int | None:
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return payments.read_typed(text)
    except ValueError:
        return None


def _ids(text: str) -> list[int]:
    """Return the order that the text numbers, and those of which this amount was asked with the unique code."""
    amount = _amount(text)
    asked = payments.numbers_asking(amount) if amount is not None else []
    return [order_id for number in (text, *asked) if (order_id := id_of_number(number)) is not None]
