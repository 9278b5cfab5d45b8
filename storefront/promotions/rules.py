"""What a voucher takes off, and when it may not be used. Pure. Money in rupiah."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

VoucherKind = Literal["percent", "fixed", "free_delivery"]
VOUCHER_KINDS: tuple[VoucherKind, ...] = ("percent", "fixed", "free_delivery")
Refusal = Literal["unknown", "not_yet", "over", "used_up", "used_by_you", "too_little", "members_only"]

_HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A voucher as the rules see it; the meaning of `value` is told at `promotions.models.Voucher`."""

    kind: VoucherKind
    value: int
    active: bool = True
    max_discount: int | None = None
    min_subtotal: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    usage_limit: int | None = None
    per_customer_limit: int | None = None
    members_only: bool = False


@dataclass(frozen=True, slots=True)
class Reduction:
    """What is taken off the goods and off the delivery."""

    goods: int = 0
    delivery: int = 0


def normalise_code(text: str) -> str:
    """Return a code as it is kept: capitals, without spaces."""
    return "".join(text.split()).upper()


def refusal(
    terms: Terms, *, at: datetime, subtotal: int, used: int, used_by_customer: int, is_member: bool
) -> Refusal | None:
    """Return why a voucher may not be used now, or None. A voucher switched off looks like one there never was."""
    checks: tuple[tuple[bool, Refusal], ...] = (
        (not terms.active, "unknown"),
        (terms.starts_at is not None and at < terms.starts_at, "not_yet"),
        (terms.ends_at is not None and at >= terms.ends_at, "over"),
        (terms.usage_limit is not None and used >= terms.usage_limit, "used_up"),
        (terms.members_only and not is_member, "members_only"),
        (terms.per_customer_limit is not None and used_by_customer >= terms.per_customer_limit, "used_by_you"),
        (subtotal < terms.min_subtotal, "too_little"),
    )
    return next((why for holds, why in checks if holds), None)


def reduction(terms: Terms, *, subtotal: int, delivery_fee: int) -> Reduction:
    """Return what a voucher takes off: never more than there is, a percentage rounded down to a rupiah."""
    if terms.kind == "free_delivery":
        return Reduction(delivery=min(delivery_fee, terms.value or delivery_fee))
    off = subtotal * terms.value // _HUNDRED if terms.kind == "percent" else terms.value
    if terms.max_discount is not None:
        off = min(off, terms.max_discount)
    return Reduction(goods=min(off, subtotal))
