"""A way to pay in the reader's words, for a checkout or the page where it is changed."""

from dataclasses import dataclass
from typing import get_args

from ..errors import MethodUnavailable
from ..offers import Offer
from ..rules.methods import Method
from ..rules.money import format_rupiah
from .banks import bank_name
from .words import Translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to pay: `value` names it in a form, `title` and `text` say what it is and costs.

    `problem` says why it cannot be had for this amount; None when it can.
    """

    value: str
    title: str
    text: str
    fee: int
    problem: str | None
    is_chosen: bool


def read_way(value: str) -> tuple[Method, str]:
    """Return method and bank id of a `value`. Raises MethodUnavailable for anything else."""
    method, _, bank_id = value.partition(":")
    if method not in _METHODS or not bank_id:
        raise MethodUnavailable(f"{value!r} is no way to pay.")
    return _METHODS[method], bank_id


def way_of(offer: Offer, t: Translate, *, is_chosen: bool = False) -> Way:
    """Put an offer into words."""
    return Way(
        value=f"{offer.method}:{offer.bank_id}",
        title=_title(offer, t),
        text=_text(offer, t),
        fee=offer.fee,
        problem=_problem(offer, t),
        is_chosen=is_chosen,
    )


_METHODS: dict[str, Method] = {method: method for method in get_args(Method)}


def _title(offer: Offer, t: Translate) -> str:
    if offer.method == "qris":
        return t("QRIS")
    bank = bank_name(offer.bank_type)
    if offer.method == "virtual_account":
        return t("Virtual account %(bank)s", bank=bank)
    return t("Transfer ke %(bank)s", bank=offer.label or bank)


def _text(offer: Offer, t: Translate) -> str:
    if offer.method == "qris":
        return t("Pindai dengan m-banking atau dompet digital apa pun. Tanpa biaya tambahan.")
    if offer.method == "virtual_account":
        text = t("Cukup masukkan nomornya; jumlahnya terisi sendiri.")
        return f"{text} {_fee(offer, t)}" if offer.fee else text
    return t("a.n. %(holder)s, dengan kode unik di tiga angka terakhir.", holder=offer.holder)


def _fee(offer: Offer, t: Translate) -> str:
    return t("Biaya layanan %(fee)s.", fee=format_rupiah(offer.fee))


def _problem(offer: Offer, t: Translate) -> str | None:
    if offer.obstacle == "too_little":
        return t("Mulai %(amount)s.", amount=format_rupiah(offer.minimum or 0))
    if offer.obstacle == "too_much":
        return t("Paling banyak %(amount)s.", amount=format_rupiah(offer.maximum or 0))
    return None
