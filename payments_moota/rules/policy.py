"""The knobs an owner can turn, as far as a rule reads them. The defaults are the rules as the manual tells them."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How strictly mutations are judged."""

    # How far a bank's clock may run ahead of the deadline's before a payment counts as late.
    clock_tolerance: timedelta = timedelta()
