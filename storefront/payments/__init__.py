"""The seam: the one place where the shop's pages and orders reach the payment extension.

Orders ask for money through the functions here; what the payments say comes back through `storefront.receivers`.
Functions flush, the caller commits; begin with `begin_write`.
"""

from payments_moota import ApiError, Charge, NoUniqueCodeAvailable, Prepared, Refund, RefusedError, include_name
from payments_moota import migrate as payment_tables
from payments_moota.context import Right
from payments_moota.evidence import CleanFile
from payments_moota.models.refunds import RefundReason
from payments_moota.rules.money import read_typed
from payments_moota.tasks import run_worker
from payments_moota.web.ways import Way
from storefront import receivers
from storefront.extensions import moota
from storefront.receivers import GoodsGoneError

from .asking import (
    Terms,
    cancel,
    extend,
    is_number_taken,
    lock_untouched,
    numbers_asking,
    open_charge,
    pay_path,
    prepare,
    release,
    reopen,
    terms,
    ways,
)
from .forgetting import correct_payer, forget_payer, held_of, why_payer_needed
from .giving_back import ask_back, read_files, refund_path, refunds_of, refunds_of_many, request_refund, request_return
from .looking import (
    export,
    let_source_in,
    letters_of,
    look_over,
    migrations_are_current,
    movements_of,
    refused_sources,
    story,
    worker_last_seen,
)
from .upkeep import note_overdue, release_held_stock
from .wiring import init_app

__all__ = [
    "ApiError",
    "Charge",
    "CleanFile",
    "GoodsGoneError",
    "NoUniqueCodeAvailable",
    "Prepared",
    "Refund",
    "RefundReason",
    "RefusedError",
    "Right",
    "Terms",
    "Way",
    "ask_back",
    "asked_of",
    "begin_write",
    "cancel",
    "correct_payer",
    "describe",
    "describe_refund",
    "destination_url",
    "export",
    "extend",
    "find_charge",
    "find_refund",
    "forget_payer",
    "held_of",
    "include_name",
    "init_app",
    "is_number_taken",
    "let_source_in",
    "letters_of",
    "lock_untouched",
    "look_over",
    "migrations_are_current",
    "movements_of",
    "note_overdue",
    "numbers_asking",
    "open_charge",
    "pay_path",
    "pay_url",
    "prepare",
    "read_files",
    "read_typed",
    "refund_path",
    "refund_url",
    "refunds_of",
    "refunds_of_many",
    "refused_sources",
    "release",
    "release_held_stock",
    "reopen",
    "request_refund",
    "request_return",
    "run_worker",
    "story",
    "suggested_refund",
    "terms",
    "upgrade",
    "ways",
    "why_payer_needed",
    "worker_last_seen",
]

begin_write = moota.begin_write
find_charge = moota.get_charge
describe = moota.charge_object
pay_url = moota.pay_url
find_refund = moota.get_refund
describe_refund = moota.refund_object
refund_url = moota.refund_url
destination_url = moota.destination_url
suggested_refund = moota.suggested_refund
asked_of = receivers.asked_of
upgrade = payment_tables.upgrade
