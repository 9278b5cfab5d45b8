"""The form of an order that somebody of the shop writes for a buyer."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wtforms import EmailField, HiddenField, SearchField, StringField, ValidationError

from storefront.catalog.rules import MAX_QUERY
from storefront.checkout.bill import Bill, Wish
from storefront.checkout.forms import CheckoutForm
from storefront.customers.models import Customer
from storefront.formats import show_phone
from storefront.forms import RupiahField, at_most, email_address, may_be_empty, one_line
from storefront.orders.models import Order
from storefront.promotions.rules import Reduction
from storefront.shipping.rules import Quote
from storefront.texts import _, _l

_LINE = re.compile(r"line-([0-9]{1,15})")
_COUNT = re.compile(r"[1-9][0-9]{0,2}")
# The delivery for which somebody of the shop names a price.
OWN = "own"
# What an order keeps of its buyer and of where it goes, as the form names it.
_COPIED = ("name", "email", "address", "village", "district", "city", "province", "postal_code", "note")


def _short(text: Any) -> Any:
    """Filter: what is looked for, in one line of bearable length."""
    return one_line(text)[:MAX_QUERY] if isinstance(text, str) else text


class ManualOrderForm(CheckoutForm):
    """What the checkout asks for, of a buyer who did not fill it in; with a delivery price and a discount of one's own.

    How many pieces of which variant is read beside it, by names such as `line-7`. `shown` is the total that was shown
    last: nothing else is ever charged. `replaces` is the unpaid order that this one takes the place of.
    """

    find = SearchField(_l("Cari barang"), filters=[_short])
    find_buyer = SearchField(_l("Cari pelanggan"), filters=[_short])
    email = EmailField(_l("E-mail"), filters=[one_line], validators=[may_be_empty(), at_most(254), email_address])
    own_delivery = StringField(_l("Nama pengiriman"), filters=[one_line], validators=[at_most(80)])
    own_fee = RupiahField(_l("Ongkir"), render_kw={"inputmode": "numeric"})
    discount = RupiahField(_l("Potongan"), render_kw={"inputmode": "numeric"})
    discount_note = StringField(_l("Alasan potongan"), filters=[one_line], validators=[at_most(80)])
    shown = HiddenField()
    replaces = HiddenField(filters=[_short])
    voucher = None
    wants_offers = None

    def wish(self, customer: Customer | None) -> Wish:
        """Return what the price depends on; `customer` is the one with this e-mail address."""
        return Wish(
            destination=self.destination,
            delivery=self.delivery.data,
            is_member=customer is not None and customer.is_member,
        )

    def with_own_terms(self, bill: Bill) -> Bill:
        """Return a bill with the shop's own delivery price beside the others, and the discount."""
        own = Quote(key=OWN, name=_("Ongkir sendiri"), kind="flat", fee=None, estimate=_("Tulis jumlahnya di bawah."))
        delivery = bill.delivery
        if self.delivery.data == OWN:
            delivery = replace(own, name=self.own_delivery.data or _("Pengiriman"), fee=self.own_fee.data or 0)
        return replace(
            bill,
            quotes=[*bill.quotes, own],
            delivery=delivery,
            off=Reduction(goods=min(self.discount.data or 0, bill.subtotal)),
            discount_note=self.discount_note.data or "",
            is_by_hand=True,
        )

    def copy(self, order: Order) -> None:
        """Fill an empty form with what another order has, its price of delivery and its discount included."""
        for name in _COPIED:
            self[name].data = getattr(order, name)
        self.phone.data = show_phone(order.phone)
        self.delivery.data = OWN
        self.own_delivery.data, self.own_fee.data = order.delivery_name, order.delivery_fee - order.delivery_discount
        if order.discount:
            self.discount.data, self.discount_note.data = order.discount, order.discount_text[:80]

    def validate_delivery(self, _field: Any) -> None:
        """Ask for a choice where the shop delivers, and none of its ways can be had here."""
        if self.bill.delivery is None and len(self.bill.quotes) > 1:
            raise ValidationError(_l("Pilih pengirimannya, atau tulis ongkir sendiri."))

    def validate_own_fee(self, field: Any) -> None:
        """Ask for the price of a delivery of one's own; nought is one, too."""
        if self.delivery.data == OWN and field.data is None and not field.errors:
            raise ValidationError(_l("Tulis ongkirnya; 0 bila gratis."))

    def validate_discount(self, field: Any) -> None:
        """Refuse to take off more than the goods cost."""
        if field.data and field.data > self.bill.subtotal:
            raise ValidationError(_l("Potongan tidak bisa lebih dari harga barangnya."))

    def validate_discount_note(self, field: Any) -> None:
        """Ask why there is a discount."""
        if self.discount.data and not field.data:
            raise ValidationError(_l("Tulis alasannya; pembeli membacanya di rincian pesanan."))


def read_lines(form: Mapping[str, str]) -> dict[int, int]:
    """Return how many pieces of which variant, by id, a form asks for; what is no number counts as none."""
    found = {}
    for name, value in form.items():
        line, count = _LINE.fullmatch(name), _COUNT.fullmatch(value.strip())
        if line and count:
            found[int(line[1])] = int(count[0])
    return found
