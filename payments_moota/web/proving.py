"""Handing in a proof of the transfer, the way out when nothing else shows the money."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, request, url_for

from .. import proofs
from ..context import State, charge_of_token, state, transaction, work_on_host_session
from ..errors import RefusedError
from ..models import Charge
from ..work import Work
from .answers import answer, link_invalid, private, translator
from .errors import in_words
from .uploads import MAX_FILES, MAX_MEGABYTES, hand_out, read_files
from .words import Translate, hour_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofBox:
    """What the payment page says about proofs: `url` of the form or None, and one line for each that was handed in."""

    url: str | None
    lines: tuple[str, ...]


def prove(token: str) -> Response:
    """Show the form, or take its files; what cannot be kept is told beside it."""
    charge = charge_of_token(work_on_host_session("customer"), token)
    if charge is None:
        return link_invalid()
    if request.method == "POST":
        return _take(charge, token)
    if not proofs.can_be_handed_in(charge):
        return private(make_response(redirect(url_for("moota.pay", token=token))))
    return _form(charge, token, [])


def proof_file(order_ref: str, proof_id: str) -> Response | None:
    """Answer with one proof of an order, for a page of the shop's own people; None when there is no such one.

    The host mounts it behind its login: the payer's link opens no proof, since whoever was shown the order has it.
    """
    try:
        return hand_out(proofs.get(work_on_host_session("shop"), order_ref, proof_id))
    except RefusedError:
        return None


def box_of(work: Work, here: State, charge: Charge, *, token: str, t: Translate) -> ProofBox:
    """Return what the payment page says about proofs."""
    may = proofs.can_be_handed_in(charge) and proofs.count(work, charge) < proofs.MOST_PROOFS
    return ProofBox(url=url_for("moota.pay_proof", token=token) if may else None, lines=_lines(work, here, charge, t))


def _take(charge: Charge, token: str) -> Response:
    t, order_ref = translator(), charge.order_ref
    files, problems = read_files(t)
    if not files and not problems:
        problems = [t("Pilih dulu gambar atau PDF bukti transfernya.")]
    if not problems:
        try:
            with transaction("customer") as work:
                for each in files:
                    proofs.hand_in(work, order_ref, each)
        except RefusedError as error:
            problems = [in_words(error, t)]
        else:
            return private(make_response(redirect(url_for("moota.pay", token=token, _anchor="bukti"), 303)))
    found = charge_of_token(work_on_host_session("customer"), token)
    return _form(found, token, problems) if found else link_invalid()


def _form(charge: Charge, token: str, problems: list[str]) -> Response:
    t = translator()
    return answer(
        "moota/proof.html",
        status=422 if problems else 200,
        order_ref=charge.order_ref,
        amount=charge.amount_open,
        lines=_lines(work_on_host_session("customer"), state(), charge, t),
        problems=problems,
        pay_url=url_for("moota.pay", token=token),
        max_files=MAX_FILES,
        max_megabytes=MAX_MEGABYTES,
    )


def _lines(work: Work, here: State, charge: Charge, t: Translate) -> tuple[str, ...]:
    return tuple(
        t("Bukti Anda sudah dilihat toko %(moment)s.", moment=hour_text(proof.seen_at, here))
        if proof.seen_at
        else t("Bukti Anda kami terima %(moment)s; menunggu pemeriksaan.", moment=hour_text(proof.created_at, here))
        for proof in proofs.of(work, charge)
    )
