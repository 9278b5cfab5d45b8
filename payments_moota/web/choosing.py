"""Choosing another way to pay an order that waits."""

import logging

from flask import Response, make_response, redirect, request, url_for

from .. import changes, offers, preparing
from ..context import charge_of_token, state, transaction, work_on_host_session
from ..errors import ApiError, NoUniqueCodeAvailable, RefusedError
from ..models import Charge
from ..offers import Offer
from .answers import answer, link_invalid, private, translator
from .banks import bank_name
from .ways import Way, read_way, way_of

log = logging.getLogger("payments_moota")


def choose(token: str) -> Response:
    """Show the ways to pay, or change to the chosen one; a refusal keeps the way there was and says why."""
    work = work_on_host_session("customer")
    charge = charge_of_token(work, token)
    if charge is None:
        return link_invalid()
    pay_url = url_for("moota.pay", token=token)
    if charge.status != "pending":
        return private(make_response(redirect(pay_url)))
    if request.method == "POST":
        problem = _change(charge.order_ref, request.form.get("way", ""))
        if problem is None:
            return private(make_response(redirect(pay_url, 303)))
        charge = charge_of_token(work_on_host_session("customer"), token) or charge
        return _page(charge, pay_url, problem)
    return _page(charge, pay_url, None)


def can_choose(charge: Charge, ways: list[Offer], *, received: int, has_run_out: bool) -> bool:
    """Tell whether there is another way to pay than the chosen one, which counts again once its number has run out."""
    return charge.status == "pending" and any(
        offer.obstacle is None
        and (has_run_out or not _is_chosen(charge, offer))
        and (not received or offer.method == "bank_transfer")
        for offer in ways
    )


def _page(charge: Charge, pay_url: str, problem: str | None) -> Response:
    t = translator()
    found = offers.offers(work_on_host_session("customer"), charge.amount)
    ways: list[Way] = [way_of(offer, t, is_chosen=_is_chosen(charge, offer)) for offer in found]
    status = 409 if problem else 200
    return answer(
        "moota/choose.html",
        status=status,
        order_ref=charge.order_ref,
        bank=bank_name(charge.account.bank_type),
        ways=ways,
        problem=problem,
        pay_url=pay_url,
    )


def _change(order_ref: str, way: str) -> str | None:
    """Change to a way given as "method:bank id"; return what stood against it, in the reader's words."""
    t = translator()
    if not way:
        return t("Pilih dulu cara bayarnya.")
    # Moota is asked with no transaction held.
    state().session().rollback()
    try:
        method, bank_id = read_way(way)
        prepared = preparing.prepare_change(order_ref, method=method, account=bank_id)
        with transaction("customer") as work:
            changes.change_method(work, order_ref, method=method, account=bank_id, prepared=prepared)
    except ApiError as error:
        log.warning("A payment could not be prepared (HTTP %s)", error.status)
        return t("Cara bayar ini sedang tidak bisa disiapkan. Cara yang lama tetap berlaku; coba lagi nanti.")
    except NoUniqueCodeAvailable:
        return t("Rekening ini sedang penuh untuk jumlah tersebut. Pilih cara lain atau coba lagi nanti.")
    except RefusedError as refusal:
        log.info("A change of the way to pay was refused: %s", refusal)
        return t("Cara bayar ini tidak bisa dipilih untuk pesanan ini. Cara yang lama tetap berlaku.")
    return None


def _is_chosen(charge: Charge, offer: Offer) -> bool:
    return (charge.method, charge.account.bank_id) == (offer.method, offer.bank_id)
