"""Stock and price of many variants changed at once from a list. Pure but for `apply`, which flushes."""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from storefront import payments
from storefront.forms import MAX_RUPIAH

from .editing import MAX_STOCK, Moved, change_price, move_stock

_FIELD = re.compile(r"(stock|price)-([0-9]{1,15})")
_COUNT = re.compile(r"[0-9]{1,15}")
_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Edit:
    """One figure somebody typed over another: stock in pieces, or a price in rupiah."""

    field: Literal["stock", "price"]
    variant_id: int
    seen: int
    typed: int


def read_edits(form: Mapping[str, str]) -> tuple[list[Edit], dict[str, str]]:
    """Return what was changed in a form, and what could not be read, by the name of its field.

    Each field comes with `seen-` and its name: the figure it was filled with. An untouched field changes nothing.
    """
    edits, wrong = [], {}
    for name, field, variant_id in _fields(form):
        seen, typed = _number(form.get(f"seen-{name}", "")), _read(field, form[name])
        if typed is None or seen is None:
            wrong[name] = form[name]
        elif typed != seen:
            edits.append(Edit(field, variant_id, seen, typed))
    # The same order for everybody keeps two forms from waiting for each other.
    return sorted(edits, key=lambda edit: (edit.variant_id, edit.field)), wrong


def new_key() -> str:
    """Return a name for a form, by which a second sending is known."""
    return secrets.token_hex(16)


def read_key(text: str) -> str:
    """Return the name of the form that was sent; what is no such name is a form of its own."""
    return text if _KEY.fullmatch(text) else new_key()


def apply(session: Session, edit: Edit, key: str) -> Moved:
    """Make a change, once for each form (`key`), unless somebody else was quicker."""
    if edit.field == "price":
        return change_price(session, edit.variant_id, seen=edit.seen, price=edit.typed)
    return move_stock(session, edit.variant_id, by=edit.typed - edit.seen, key=key)


def _fields(form: Mapping[str, str]) -> Iterator[tuple[str, Literal["stock", "price"], int]]:
    for name in form:
        match = _FIELD.fullmatch(name)
        if match:
            yield name, match[1], int(match[2])  # type: ignore[misc]


def _read(field: str, text: str) -> int | None:
    if field == "stock":
        stock = _number(text)
        return stock if stock is not None and stock <= MAX_STOCK else None
    try:
        price = payments.read_typed(text)
    except ValueError:
        return None
    return price if 0 < price <= MAX_RUPIAH else None


def _number(text: str) -> int | None:
    match = _COUNT.fullmatch(text.strip().replace(".", ""))
    return int(match[0]) if match else None
