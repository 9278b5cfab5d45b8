"""The extension's own tables, all named `moota_…`, on its own declarative base.

They live in the host's database and session, so that an order and its charge are saved together or not at all, and
they have no foreign key into the host: `order_ref` is an opaque string. Models hold facts and nothing that happens.
"""

from .allocations import Allocation
from .bank import Account, Delivery, IgnoreRule, Look, Mutation, Refusal
from .base import Base, metadata
from .books import ClosedMonth
from .charges import Charge, ProviderTransaction, Reservation
from .journal import Alert, Event, OutboxMessage, StateEntry
from .proofs import Proof
from .refunds import Complaint, Evidence, Holiday, Refund

__all__ = [
    "Account",
    "Alert",
    "Allocation",
    "Base",
    "Charge",
    "ClosedMonth",
    "Complaint",
    "Delivery",
    "Event",
    "Evidence",
    "Holiday",
    "IgnoreRule",
    "Look",
    "Mutation",
    "OutboxMessage",
    "Proof",
    "ProviderTransaction",
    "Refund",
    "Refusal",
    "Reservation",
    "StateEntry",
    "metadata",
]
