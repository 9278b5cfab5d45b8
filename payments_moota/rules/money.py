"""How an amount may be spelt, and how it is shown. Never a float inside."""

import math
import re
from decimal import Context, Decimal
from typing import TypeAlias

from ..errors import InvalidAmount

# A whole number of rupiah.
Rupiah: TypeAlias = int

# A quadrillion rupiah: more than any account moves, and in hundredths still well inside a 64-bit column.
LARGEST_RUPIAH = 10**15

_PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,2})?")
# Dots, as people group thousands, or none; a comma begins the sen, which nobody pays.
_TYPED = re.compile(r"(?:rp\.?)?([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,16})(?:,(?:00?|-))?", re.IGNORECASE)
_HUNDREDTH = Decimal("0.01")
_EXACT = Context(prec=28)


def parse_hundredths(value: object) -> int:
    """Read an amount as Moota spells it (50000, "50000", "50000.00", 50000.0, Decimal) into hundredths of a rupiah.

    Nothing is guessed: thousands separators, exponents in text and more than two decimals in text are refused, since
    "50.000" means fifty thousand to an Indonesian and fifty to a computer. The JSON number 50.000 cannot be told from
    50 and is fifty. Raises InvalidAmount.
    """
    amount = _as_decimal(value)
    if amount is None or not amount.is_finite() or abs(amount) > LARGEST_RUPIAH:
        raise InvalidAmount(f"{_shown(value)} is not an amount of rupiah.")
    rounded = amount.quantize(_HUNDREDTH, context=_EXACT)
    if rounded != amount:
        raise InvalidAmount(f"{_shown(value)} has more than two decimals.")
    return int(rounded.scaleb(2, context=_EXACT))


def whole_rupiah(hundredths: int) -> Rupiah | None:
    """Return the whole rupiah, or None when a fraction other than zero is left over."""
    rupiah, fraction = divmod(hundredths, 100)
    return None if fraction else rupiah


def read_typed(text: str) -> Rupiah:
    """Read an amount as people type it: 50.000, 50000, Rp 50.000, Rp50.000,00. Raises InvalidAmount."""
    match = _TYPED.fullmatch("".join(text.split()))
    if match is None:
        raise InvalidAmount(f"{_shown(text)} is not a whole number of rupiah.")
    return int(match[1].replace(".", ""))


def format_rupiah(amount: Rupiah) -> str:
    """Write an amount as Indonesian shops do: Rp50.123, -Rp50.123."""
    sign = "-" if amount < 0 else ""
    digits = f"{abs(amount):,}".replace(",", ".")
    return f"{sign}Rp{digits}"


def _as_decimal(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    # The shortest text that means this float is what the sender wrote; its binary value is not.
    if isinstance(value, float) and math.isfinite(value):
        return Decimal(repr(value))
    if isinstance(value, str) and _PLAIN_DECIMAL.fullmatch(value.strip()):
        return Decimal(value.strip())
    return None


def _shown(value: object) -> str:
    if isinstance(value, int):
        return f"A whole number of {value.bit_length()} bits" if abs(value) > LARGEST_RUPIAH else str(value)
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - enough to recognise it
