"""Who a customer is, and how long their links hold. Pure."""

from datetime import datetime, timedelta
from typing import Literal

LINK_HOLDS = timedelta(minutes=30)
# Goods that were sent so long ago have arrived, even if nobody said so.
ARRIVED_AFTER = timedelta(days=30)

WhyOpen = Literal["unpaid", "held", "sending"]


def email_key(email: str) -> str:
    """Return the address by which a customer is known: without spaces around it, in lower case."""
    return email.strip().lower()


def sign_in_stamp(session_key: str, last_login_at: datetime | None) -> str:
    """Return what a sign-in link is bound to: the next sign-in, or signing out everywhere, ends the link."""
    return f"{session_key}.{last_login_at.isoformat() if last_login_at else ''}"


def why_open(
    *,
    payment_status: str,
    shipment_status: str,
    hold_status: str,
    is_cancelled: bool,
    holds_stock: bool,
    sent_for: timedelta | None,
) -> WhyOpen | None:
    """Return why an order is not over: money is waited for, the shop holds it, or goods are on their way; else None.

    `sent_for` is how long ago the goods left, None while they have not.
    """
    if payment_status == "unpaid" or (payment_status == "expired" and holds_stock):
        return "unpaid"
    if hold_status == "held":
        return "held"
    if payment_status not in {"paid", "reversed"} or is_cancelled or shipment_status == "delivered":
        return None
    return None if sent_for is not None and sent_for >= ARRIVED_AFTER else "sending"
