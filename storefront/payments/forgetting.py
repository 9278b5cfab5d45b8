"""What the payments keep of a payer: corrected, told, and taken away."""

from typing import Any

from payments_moota import Customer, payers
from payments_moota.context import work_on_host_session
from storefront.extensions import moota


def why_payer_needed(number: str) -> payers.Why | None:
    """Return why an order's payer cannot be forgotten yet, by the words of `payments_moota.payers`, or None."""
    return payers.why_needed(work_on_host_session("shop"), number)


def correct_payer(number: str, *, name: str, email: str, phone: str, actor: str) -> None:
    """Let an order's payment know its buyer's name and contact; call it before the order is locked."""
    customer = Customer(name=name or None, email=email or None, phone=phone or None)
    payers.correct(work_on_host_session(actor), number, customer)


def forget_payer(number: str, *, actor: str) -> None:
    """Take the payer's name, contact, account and papers off an order's payment and refunds; the sums stay."""
    payers.forget(work_on_host_session(actor), number, messages=f"email:{number}:")


def held_of(number: str) -> dict[str, Any]:
    """Return what is kept of an order's payment and its refunds, for the person whose data it is."""
    charge = moota.get_charge(number)
    refunds_kept = [moota.refund_object(refund) for refund in moota.list_refunds(number)]
    return {"payment": moota.charge_object(charge) if charge else None, "refunds": refunds_kept}
