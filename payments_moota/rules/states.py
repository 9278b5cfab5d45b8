"""Which status may follow which: one table per thing, and one function that everything else asks.

What a table does not list is not allowed. So an outcome never moves backwards: an expiry cannot take back a payment,
and money cannot revive what was cancelled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, Literal, TypeVar

from ..errors import InvalidTransition

ChargeStatus = Literal["pending", "paid", "expired", "cancelled"]
DeliveryStatus = Literal["received", "processed", "failed"]
MutationStatus = Literal["matched", "unmatched", "review", "ignored"]
RefundStatus = Literal["requested", "in_review", "approved", "sent", "completed", "rejected", "withdrawn", "failed"]

Status = TypeVar("Status", bound=str)


@dataclass(frozen=True, slots=True)
class Table(Generic[Status]):
    """The allowed steps of one kind of thing: (status, event) leads to a status."""

    thing: str
    moves: Mapping[tuple[str, str], Status]

    def __post_init__(self) -> None:
        object.__setattr__(self, "moves", MappingProxyType(dict(self.moves)))


CHARGE: Table[ChargeStatus] = Table(
    "charge",
    {
        ("pending", "pay"): "paid",
        ("pending", "expire"): "expired",
        ("pending", "cancel"): "cancelled",
        # The bank booked the money in time and Moota saw it after the deadline.
        ("expired", "pay"): "paid",
        # A person took the match back, or gave an ended charge more time.
        ("paid", "unpay"): "pending",
        ("expired", "reopen"): "pending",
        ("cancelled", "reopen"): "pending",
        # The owner rules out that late money still pays for it.
        ("expired", "cancel"): "cancelled",
    },
)

DELIVERY: Table[DeliveryStatus] = Table(
    "delivery",
    {
        ("received", "processed"): "processed",
        ("received", "failed"): "failed",
        ("received", "replay"): "received",
        ("processed", "replay"): "received",
        ("failed", "replay"): "received",
    },
)

# A mutation starts as unmatched. The events are named after what was decided, by the rules or by a person.
MUTATION: Table[MutationStatus] = Table(
    "mutation",
    {
        ("unmatched", "matched"): "matched",
        ("unmatched", "unmatched"): "unmatched",
        ("unmatched", "review"): "review",
        ("unmatched", "ignored"): "ignored",
        ("review", "matched"): "matched",
        ("review", "unmatched"): "unmatched",
        ("review", "review"): "review",
        ("review", "ignored"): "ignored",
        # What pays a charge is first taken back, in its own step, before it can be anything else.
        ("matched", "unmatched"): "unmatched",
        ("ignored", "matched"): "matched",
        ("ignored", "unmatched"): "unmatched",
    },
)


# Sent is not completed: only the outgoing mutation, or a person with proof, completes. What came back from the bank
# (a retur) is failed until somebody approves another try, or the refund is given up.
REFUND: Table[RefundStatus] = Table(
    "refund",
    {
        ("requested", "review"): "in_review",
        ("requested", "approve"): "approved",
        ("requested", "reject"): "rejected",
        ("requested", "withdraw"): "withdrawn",
        ("in_review", "approve"): "approved",
        ("in_review", "reject"): "rejected",
        ("in_review", "withdraw"): "withdrawn",
        ("approved", "send"): "sent",
        ("approved", "withdraw"): "withdrawn",
        # The payout was seen on the statement before anyone marked it as sent.
        ("approved", "complete"): "completed",
        ("sent", "complete"): "completed",
        ("sent", "return"): "failed",
        ("completed", "return"): "failed",
        ("failed", "retry"): "approved",
        ("failed", "reject"): "rejected",
        ("failed", "withdraw"): "withdrawn",
    },
)


def next_state(table: Table[Status], current: str, event: str) -> Status:
    """Return the status that follows. Raises InvalidTransition when the table does not list the step."""
    following = table.moves.get((current, event))
    if following is None:
        raise InvalidTransition(table.thing, current, event)
    return following
