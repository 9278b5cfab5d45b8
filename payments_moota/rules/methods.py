"""Ways to pay: for which amounts an account is offered, and what it costs the payer."""

from dataclasses import dataclass
from typing import Final, Literal

from .money import Rupiah

Method = Literal["bank_transfer", "virtual_account", "qris"]
# Why a way is not offered for an amount.
Obstacle = Literal["too_little", "too_much"]

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Terms:
    """Within which amounts a way to pay is offered, and its fee: fixed rupiah plus hundredths of a percent."""

    minimum: Rupiah | None = None
    maximum: Rupiah | None = None
    fee_fixed: Rupiah = 0
    fee_basis_points: int = 0


# Moota's own plugin refuses less than Rp10.000 for both; Rp10 million is the regulator's limit for one QRIS payment,
# Rp50 million the lowest limit that banks set for one payment to a virtual account.
DEFAULT_LIMITS: Final[dict[Method, tuple[Rupiah | None, Rupiah | None]]] = {
    "bank_transfer": (None, None),
    "virtual_account": (10_000, 50_000_000),
    "qris": (10_000, 10_000_000),
}


def fee_of(method: Method, amount: Rupiah, terms: Terms) -> Rupiah:
    """Return what the payer pays on top of `amount`, rounded to the next rupiah; half a rupiah goes up.

    Nothing for QRIS: merchants may not pass its fee on to the payer (PBI 23/6/PBI/2021, article 52).
    """
    if method == "qris":
        return 0
    return terms.fee_fixed + (amount * terms.fee_basis_points * 2 + _WHOLE) // (2 * _WHOLE)


def obstacle(method: Method, total: Rupiah, terms: Terms) -> Obstacle | None:
    """Tell why a way to pay is not offered for `total` rupiah, the fee included; None when it is."""
    least, most = limits(method, terms)
    if least is not None and total < least:
        return "too_little"
    if most is not None and total > most:
        return "too_much"
    return None


def limits(method: Method, terms: Terms) -> tuple[Rupiah | None, Rupiah | None]:
    """Return the least and the most that can be paid this way: the owner's word, else the method's own limits."""
    least, most = DEFAULT_LIMITS[method]
    return terms.minimum if terms.minimum is not None else least, terms.maximum if terms.maximum is not None else most
