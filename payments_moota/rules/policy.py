"""The knobs an owner can turn, as far as a rule reads them. The defaults are the rules as the manual tells them."""

from dataclasses import dataclass
from datetime import timedelta

from .money import Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How strictly mutations are judged."""

    # How far a bank's clock may run ahead of the deadline's before a payment counts as late.
    clock_tolerance: timedelta = timedelta()
    # How much less than the amount due still pays a charge in full.
    tolerance: Rupiah = 0

    def __post_init__(self) -> None:
        if self.tolerance < 0:
            raise ValueError(f"a tolerance of {self.tolerance} rupiah would refuse the exact amount")
