"""What will happen to an order when money is given to it by hand, said before it is done."""

from dataclasses import dataclass

from ...rules.money import format_rupiah as rp
from ..words import Translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a charge stands, in rupiah: `price` is the least that pays for the order, `due` with the unique code.

    `gone` is what was sent back of it, or is about to be.
    """

    status: str
    price: int
    due: int
    received: int
    gone: int


def consequences(standing: Standing, amount: int, t: Translate) -> list[str]:
    """Say what becomes of an order that gets `amount` rupiah more."""
    if standing.status == "cancelled":
        return [t("Pesanan ini tetap batal, dan %(amount)s diusulkan untuk dikembalikan.", amount=rp(amount))]
    if standing.status == "paid":
        return [_when_paid(standing, amount, t)]
    told = [_when_waiting(standing, standing.received + amount, t)]
    if standing.status == "expired":
        told.append(t("Pesanan ini sudah kedaluwarsa; pastikan barangnya masih ada."))
    if standing.gone:
        told.append(t("Sebagian uangnya sudah atau sedang dikembalikan; periksa dulu pesanannya."))
    return told


def _when_paid(standing: Standing, amount: int, t: Translate) -> str:
    missing = max(0, standing.due - standing.received)
    if amount <= missing:
        return t("Pesanan ini sudah lunas; %(amount)s dicatat untuk sisanya.", amount=rp(amount))
    return t(
        "Pesanan ini sudah lunas, jadi %(amount)s diusulkan untuk dikembalikan kepada pembeli.",
        amount=rp(amount - missing),
    )


def _when_waiting(standing: Standing, after: int, t: Translate) -> str:
    if after < standing.price:
        return t(
            "Pesanan ini menjadi kurang bayar; sisanya %(rest)s diminta dari pembeli.", rest=rp(standing.due - after)
        )
    if after < standing.due:
        return t(
            "Pesanan ini menjadi lunas; kekurangan %(rest)s dari kode uniknya direlakan.", rest=rp(standing.due - after)
        )
    if after > standing.due:
        return t(
            "Pesanan ini menjadi lunas, dan kelebihan %(rest)s diusulkan untuk dikembalikan.",
            rest=rp(after - standing.due),
        )
    return t("Pesanan ini menjadi lunas.")
