"""QRIS: the text inside a QR code that Indonesian banks and wallets pay by (EMVCo merchant-presented mode).

The text is a row of fields: two digits of tag, two digits of length, the value. Tag 63 comes last and holds a CRC of
everything before it, itself included up to its length. A shop's printed code is static: it says who is paid, and the
payer types the amount. With tag 01 set to 12 and the amount in tag 54 it becomes a dynamic one.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass
from typing import TypeAlias

from .money import Rupiah

Fields: TypeAlias = "list[tuple[str, str]]"

_FORMAT, _KIND, _AMOUNT, _TIP, _COUNTRY, _MERCHANT, _CRC = "00", "01", "54", "55", "58", "59", "63"
_STATIC, _DYNAMIC = "11", "12"
# Tips and service fees: an amount fixed by the shop leaves no room for them.
_TIP_FIELDS = frozenset({_TIP, "56", "57"})
_HEAD = re.compile(r"[0-9]{4}")
_LONGEST = 512


class InvalidQrisError(ValueError):
    """The text is no QRIS code."""


@dataclass(frozen=True, slots=True)
class Qris:
    """What a QRIS code says: who is paid and, in a dynamic one, how many rupiah."""

    merchant: str
    amount: Rupiah | None
    is_dynamic: bool


def read_qris(text: str) -> Qris:
    """Read a QRIS text. Raises InvalidQrisError in words for the owner."""
    fields = dict(parse(text))
    return Qris(
        merchant=fields.get(_MERCHANT, "").strip(),
        amount=_rupiah(fields[_AMOUNT]) if _AMOUNT in fields else None,
        is_dynamic=fields.get(_KIND) == _DYNAMIC,
    )


def with_amount(static: str, amount: Rupiah) -> str:
    """Return the code for exactly `amount` rupiah made from a shop's static one. Raises InvalidQrisError."""
    if amount <= 0:
        raise InvalidQrisError(f"A QRIS code cannot ask for {amount} rupiah.")
    kept = [(tag, value) for tag, value in parse(static) if tag not in {_KIND, _AMOUNT, _CRC} | _TIP_FIELDS]
    # Readers want the format first and the rest in the order of the tags.
    fields = sorted([*kept, (_KIND, _DYNAMIC), (_AMOUNT, str(amount))], key=lambda field: field[0])
    return write(fields)


def parse(text: str) -> Fields:
    """Return the fields of a QRIS text in their order, the CRC checked. Raises InvalidQrisError."""
    code = text.strip()
    if not code.isascii() or not 0 < len(code) <= _LONGEST:
        raise InvalidQrisError("This is no QRIS text: it consists of at most 512 plain characters.")
    fields = _split(code)
    tags = [tag for tag, _ in fields]
    if fields[0] != (_FORMAT, "01") or tags[-1] != _CRC:
        raise InvalidQrisError("This is no QRIS text: it begins with 000201 and ends with 6304 and four characters.")
    if len(set(tags)) != len(tags):
        raise InvalidQrisError("This QRIS text says something twice; scan the code once more.")
    if fields[-1][1].upper() != _crc(code[:-4]):
        raise InvalidQrisError("The check characters of this QRIS text are wrong; scan the code once more.")
    if dict(fields).get(_COUNTRY) != "ID":
        raise InvalidQrisError("This code is not from Indonesia (tag 58 is not ID).")
    return fields


def write(fields: Fields) -> str:
    """Return the text of these fields, with the CRC at the end; given without one."""
    body = "".join(f"{tag}{len(value):02d}{value}" for tag, value in fields) + f"{_CRC}04"
    return body + _crc(body)


def _split(code: str) -> Fields:
    fields: Fields = []
    at = 0
    while at < len(code):
        head = code[at : at + 4]
        length = int(head[2:]) if _HEAD.fullmatch(head) else 0
        value = code[at + 4 : at + 4 + length]
        if not length or len(value) < length:
            raise InvalidQrisError("This is no QRIS text, or a part of it is missing.")
        fields.append((head[:2], value))
        at += 4 + length
    return fields


def _crc(text: str) -> str:
    return f"{crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def _rupiah(value: str) -> Rupiah:
    whole, _, fraction = value.partition(".")
    if not whole.isdigit() or fraction.strip("0"):
        raise InvalidQrisError(f"{value!r} is no amount in rupiah.")
    return int(whole)
