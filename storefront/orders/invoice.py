"""The invoice of an order, which is its receipt once it has been paid: gathered here, drawn as a page or as a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.formats import rupiah
from storefront.texts import _

from .models import Order, OrderLine

# What came for an order, and what is left of it, are told by the payment: when, what, how much.
Movements = Sequence[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of goods, with its prices in rupiah as they were."""

    name: str
    quantity: int
    unit_price: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """What an invoice says, in the reader's language. Amounts in rupiah.

    `sums` lead from the goods to `due`; `movements` are the money that came and went, and `kept` what is left of it.
    """

    title: str
    order: Order
    lines: list[InvoiceLine]
    sums: list[tuple[str, int]]
    due: int
    movements: Movements
    kept: int
    kept_label: str
    stamp: str
    is_settled: bool


def invoice_of(order: Order, charge: dict[str, int] | None, movements: Movements) -> Invoice:
    """Gather an order's invoice; `charge` holds the figures of its payment, None when nothing was asked for."""
    is_settled = order.payment_status == "paid"
    return Invoice(
        title=_("Invoice %(number)s", number=order.number),
        order=order,
        lines=[_line(line) for line in order.lines],
        sums=_sums(order, charge),
        due=charge["amount_due"] if charge else order.total,
        movements=movements,
        kept=charge["amount_paid"] - charge["amount_refunded"] if charge else 0,
        kept_label=_("Diterima setelah pengembalian") if charge and charge["amount_refunded"] else _("Jumlah diterima"),
        stamp=_stamp(order),
        is_settled=is_settled,
    )


def _sums(order: Order, charge: dict[str, int] | None) -> list[tuple[str, int]]:
    rows = [(_("Subtotal"), order.subtotal)]
    if order.discount:
        rows.append((order.discount_text, -order.discount))
    if order.delivery_name:
        rows.append((_("Ongkir (%(name)s)", name=order.delivery_name), order.delivery_fee))
    if order.delivery_discount:
        rows.append((order.discount_text, -order.delivery_discount))
    if charge:
        code = charge["amount_due"] - charge["amount"] - charge["fee"]
        rows += [(_("Biaya layanan"), charge["fee"])] if charge["fee"] else []
        rows += [(_("Kode unik"), code)] if code else []
    return rows


def _stamp(order: Order) -> str:
    """Return what stands across an invoice."""
    if order.payment_status == "refunded":
        return _("DANA DIKEMBALIKAN")
    if order.order_status == "cancelled" or order.payment_status == "cancelled":
        return _("DIBATALKAN")
    if order.payment_status == "reversed":
        return _("DANA DITARIK BANK")
    return _("LUNAS") if order.payment_status == "paid" else _("BELUM DIBAYAR")


def _line(line: OrderLine) -> InvoiceLine:
    return InvoiceLine(line.full_name, line.quantity, line.unit_price, line.total)


def signed(amount: int) -> str:
    """Return an amount of money that came with a plus, of money that went with a minus."""
    return f"+{rupiah(amount)}" if amount > 0 else rupiah(amount)
