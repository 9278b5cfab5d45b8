"""QR codes as a QRIS acquirer makes them: the text by the rules of EMVCo, with the amount inside, and its picture."""

from __future__ import annotations

import io
import re
from typing import Final

import segno

_TERMINATOR: Final = "6304"
_FIELD: Final = re.compile(r"([0-9]{2})([0-9]{2})")


def dynamic_code(*, merchant: str, merchant_id: str, amount: int, bill: str) -> str:
    """Return the text of a code that asks for exactly `amount` rupiah; `bill` names the payment."""
    acquirer = _fields(("00", "ID.CO.WINPAY.WWW"), ("01", "936009150000000001"), ("02", merchant_id), ("03", "UMI"))
    national = _fields(("00", "ID.CO.QRIS.WWW"), ("02", merchant_id), ("03", "UMI"))
    body = _fields(
        ("00", "01"),
        ("01", "12"),
        ("26", acquirer),
        ("51", national),
        ("52", "5411"),
        ("53", "360"),
        ("54", str(amount)),
        ("58", "ID"),
        ("59", merchant.upper()[:25]),
        ("60", "YOGYAKARTA"),
        ("61", "55281"),
        ("62", _fields(("01", bill[:25]))),
    )
    return body + _TERMINATOR + checksum(body + _TERMINATOR)


def read_code(text: str) -> dict[str, str]:
    """Return the top fields of a code by tag. Raises ValueError for a text that is none, or one altered."""
    code = text.strip()
    found: dict[str, str] = {}
    at = 0
    while at < len(code):
        head = _FIELD.match(code, at)
        if head is None or at + 4 + int(head[2]) > len(code):
            raise ValueError("this is no QRIS text")
        found[head[1]] = code[at + 4 : at + 4 + int(head[2])]
        at += 4 + int(head[2])
    if found.get("00") != "01" or found.get("63") != checksum(code[:-4]):
        raise ValueError("this QRIS text is damaged")
    return found


def picture(text: str) -> bytes:
    """Return a code as a PNG."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=6, border=4)
    return drawn.getvalue()


def checksum(text: str) -> str:
    """Return CRC-16/CCITT-FALSE of a text as four hexadecimal digits."""
    register = 0xFFFF
    for byte in text.encode("ascii"):
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ 0x1021 if register & 0x8000 else register << 1
            register &= 0xFFFF
    return f"{register:04X}"


def _fields(*pairs: tuple[str, str]) -> str:
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in pairs)
