"""Bank transfer payments for Flask, confirmed by Moota.

moota = MootaPayments()
moota.init_app(app, session=db.session)
charge = moota.create_charge("INV-1001", 150_000)
"""

from . import signals
from .charges import Customer
from .errors import (
    ApiError,
    ConfigError,
    DuplicateOrderRef,
    InvalidAmount,
    InvalidTransition,
    MethodUnavailable,
    MootaError,
    NoUniqueCodeAvailable,
    RefusedError,
    SignatureError,
    UnknownAccount,
    UnknownCharge,
    UnknownDelivery,
    UnknownMutation,
)
from .extension import MootaPayments, current_moota
from .migrate import include_name
from .models import Account, Charge, Event, Mutation

__all__ = [
    "Account",
    "ApiError",
    "Charge",
    "ConfigError",
    "Customer",
    "DuplicateOrderRef",
    "Event",
    "InvalidAmount",
    "InvalidTransition",
    "MethodUnavailable",
    "MootaError",
    "MootaPayments",
    "Mutation",
    "NoUniqueCodeAvailable",
    "RefusedError",
    "SignatureError",
    "UnknownAccount",
    "UnknownCharge",
    "UnknownDelivery",
    "UnknownMutation",
    "current_moota",
    "include_name",
    "signals",
]
