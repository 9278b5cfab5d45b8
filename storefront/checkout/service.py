"""Turn a cart and a filled-in form into an order that asks for money: all of it or nothing. Flushes, never commits."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from storefront import payments
from storefront.cart.service import Cart, CartLine
from storefront.customers.service import note_order
from storefront.database import now
from storefront.notifications.owner import NEW_ORDER, note_alert
from storefront.notifications.service import ask_for_email
from storefront.orders import service as orders
from storefront.orders.models import Order
from storefront.orders.service import Draft, DraftLine
from storefront.promotions import service as promotions

from .bill import Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who orders: the key by which a voucher's uses are counted, whether a member, whether offers are welcome."""

    key: str
    is_member: bool = False
    wants_offers: bool = False


def place(
    session: Session,
    draft: Draft,
    cart: Cart,
    bill: Bill,
    *,
    way: str,
    prepared: payments.Prepared | None,
    buyer: Buyer,
    actor: str = orders.CUSTOMER,
) -> Order:
    """Write order, stock, voucher, charge and the first e-mail into the open transaction.

    An order for which nothing is to be paid is paid at once. Raises OutOfStockError, VoucherRefusedError,
    payments.RefusedError; IntegrityError when this checkout was already sent.
    """
    lines = [_drafted(line) for line in cart.lines]
    order = orders.place_order(session, draft, lines, bill.sums, is_number_taken=payments.is_number_taken, actor=actor)
    if bill.voucher:
        _use_voucher(session, order, bill, buyer)
    note_order(session, order, wants_offers=buyer.wants_offers)
    note_alert(session, NEW_ORDER, f"order:{order.number}", number=order.number, amount=order.total)
    if order.total == 0:
        orders.mark_paid(session, order, at=now(), amount=0)
        ask_for_email(order, "paid")
        return order
    charge = payments.open_charge(order, way, prepared)
    ask_for_email(order, "instructions", **payments.asked_of(charge))
    return order


def _use_voucher(session: Session, order: Order, bill: Bill, buyer: Buyer) -> None:
    who = {"customer_key": buyer.key, "is_member": buyer.is_member}
    voucher = promotions.usable(session, bill.voucher, subtotal=bill.subtotal, **who)  # type: ignore[arg-type]
    discount = bill.off.goods + bill.off.delivery
    promotions.hold(session, voucher, order_id=order.id, customer_key=buyer.key, discount=discount)


def _drafted(line: CartLine) -> DraftLine:
    return DraftLine(
        product_id=line.product.id,
        variant_id=line.variant.id,
        name=line.product.name,
        label=line.variant.label,
        code=line.variant.code,
        weight_grams=line.variant.weight_grams,
        unit_price=line.unit_price,
        quantity=line.quantity,
    )
