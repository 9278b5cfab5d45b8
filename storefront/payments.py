"""The seam: the one place where the shop's orders meet the payment extension.

Orders ask for money through the functions here; what the payments say comes back through the receivers, inside the
transaction that records it. The charge is always locked before the order, so the two sides never wait for each other.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine

import payments_moota.migrate
from payments_moota import Account, Charge, Customer, NoUniqueCodeAvailable, RefusedError, signals
from payments_moota.context import work_on_host_session
from payments_moota.tasks import run_worker, worker_seen_at

from .database import now
from .extensions import db, moota
from .notifications.sender import send_email
from .notifications.service import EMAIL, ask_for_email
from .orders import links, service
from .orders.models import Order, id_of_number

__all__ = [
    "NoUniqueCodeAvailable",
    "RefusedError",
    "accounts",
    "begin_write",
    "cancel",
    "connect",
    "describe",
    "find_charge",
    "is_asked",
    "migrations_are_current",
    "open_charge",
    "order_url",
    "pay_path",
    "pay_url",
    "run_worker",
    "upgrade",
    "worker_last_seen",
]
