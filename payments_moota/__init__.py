"""Bank transfer payments for Flask, confirmed by Moota.

moota = MootaPayments()
moota.init_app(app, session=db.session)
charge = moota.create_charge("INV-1001", 150_000)
"""

from . import signals
from .context import Panel
from .doctor import Finding
from .errors import (
    ApiError,
    ApprovalRefused,
    ConfigError,
    DuplicateOrderRef,
    InvalidAmount,
    InvalidDestination,
    InvalidEvidence,
    InvalidLink,
    InvalidTransition,
    MethodUnavailable,
    MonthMoved,
    MootaError,
    NotRefundable,
    NoUniqueCodeAvailable,
    PeriodClosed,
    RefusedError,
    SignatureError,
    UnknownAccount,
    UnknownCharge,
    UnknownComplaint,
    UnknownDelivery,
    UnknownMutation,
    UnknownRefund,
)
from .extension import MootaPayments, current_moota
from .migrate import include_name
from .models import Account, Alert, Charge, Event, Mutation, Refund
from .models.charges import Customer
from .offers import Offer
from .provider import Prepared
from .rules.destination import Destination, read_destination

__all__ = [
    "Account",
    "Alert",
    "ApiError",
    "ApprovalRefused",
    "Charge",
    "ConfigError",
    "Customer",
    "Destination",
    "DuplicateOrderRef",
    "Event",
    "Finding",
    "InvalidAmount",
    "InvalidDestination",
    "InvalidEvidence",
    "InvalidLink",
    "InvalidTransition",
    "MethodUnavailable",
    "MonthMoved",
    "MootaError",
    "MootaPayments",
    "Mutation",
    "NoUniqueCodeAvailable",
    "NotRefundable",
    "Offer",
    "Panel",
    "PeriodClosed",
    "Prepared",
    "Refund",
    "RefusedError",
    "SignatureError",
    "UnknownAccount",
    "UnknownCharge",
    "UnknownComplaint",
    "UnknownDelivery",
    "UnknownMutation",
    "UnknownRefund",
    "current_moota",
    "include_name",
    "read_destination",
    "signals",
]
