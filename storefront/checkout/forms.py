"""The checkout form."""

import re
import secrets
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, Optional, Regexp

from storefront.customers.models import Customer, CustomerAddress
from storefront.customers.rules import email_key
from storefront.formats import normalise_phone, show_phone
from storefront.forms import ShopForm, at_most, email_address, mobile_number, one_line, paragraph, required
from storefront.orders.service import Draft
from storefront.payments import Way
from storefront.promotions.rules import normalise_code
from storefront.provinces import PROVINCES
from storefront.shipping.rules import Destination
from storefront.texts import _l

from .bill import Bill, Wish

_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")


def _as_key(value: Any) -> str:
    """Filter: keep a key that looks like ours, replace anything else by a new one."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else secrets.token_urlsafe(24)


def _as_code(value: Any) -> Any:
    """Filter: a voucher's code as it is kept."""
    return normalise_code(value) if isinstance(value, str) else value


# The parts of an address without which nothing can be delivered, and all that an account keeps of one.
_ADDRESS = ("address", "city", "province", "postal_code")
_KEPT = ("name", *_ADDRESS, "village", "district")


class RecipientForm(ShopForm):
    """Who gets the parcel, and where."""

    name = StringField(
        _l("Nama penerima"),
        filters=[one_line],
        validators=[required(), at_most(100)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("E-mail"),
        filters=[one_line],
        validators=[required(), at_most(254), email_address],
        render_kw={"autocomplete": "email"},
    )
    phone = TelField(
        _l("Nomor HP"),
        filters=[one_line],
        validators=[required(), at_most(40), mobile_number],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    address = TextAreaField(
        _l("Alamat lengkap"),
        filters=[paragraph],
        validators=[required(), at_most(300)],
        render_kw={"autocomplete": "street-address"},
    )
    village = StringField(_l("Kelurahan atau desa"), filters=[one_line], validators=[at_most(80)])
    district = StringField(_l("Kecamatan"), filters=[one_line], validators=[at_most(80)])
    city = StringField(
        _l("Kota atau kabupaten"),
        filters=[one_line],
        validators=[required(), at_most(80)],
        render_kw={"autocomplete": "address-level2"},
    )
    province = SelectField(
        _l("Provinsi"),
        choices=[SelectChoice("", _l("Pilih provinsi")), *(SelectChoice(name) for name in PROVINCES)],
        validate_choice=False,
        validators=[required(), AnyOf(PROVINCES, message=_l("Pilih provinsi dari daftar."))],
        render_kw={"autocomplete": "address-level1"},
    )
    postal_code = StringField(
        _l("Kode pos"),
        filters=[one_line],
        validators=[required(), Regexp(r"[1-9][0-9]{4}\Z", message=_l("Kode pos terdiri dari 5 angka."))],
        render_kw={"autocomplete": "postal-code", "inputmode": "numeric", "maxlength": 5},
    )
    note = TextAreaField(_l("Catatan untuk penjual"), filters=[paragraph], validators=[at_most(300)])

    @property
    def destination(self) -> Destination:
        """Return where the goods go, as far as it has been filled in."""
        return Destination(
            self.province.data or "", self.city.data or "", self.district.data or "", self.postal_code.data or ""
        )

    def needs_no_address(self) -> None:
        """Let the address be empty: the buyer comes and fetches the goods."""
        for name in _ADDRESS:
            field: Field = self[name]
            field.validators = [Optional(), *(each for each in field.validators if isinstance(each, (AnyOf, Regexp)))]
            field.flags.required = False


class CheckoutForm(RecipientForm):
    """Who gets the parcel, where, and how it is paid.

    `checkout_key` is made with the empty form and stays the same through corrections: sent twice, it names one order.
    """

    delivery = RadioField(_l("Pengiriman"), validate_choice=False)
    voucher = StringField(
        _l("Kode voucher"),
        filters=[one_line, _as_code],
        validators=[at_most(40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    way = RadioField(_l("Bayar dengan"), validate_choice=False)
    wants_offers = BooleanField(_l("Kabari saya bila ada penawaran"))
    checkout_key = HiddenField(filters=[_as_key])
    # Set where too many codes were tried: what was typed stays, and is not looked up.
    leaves_voucher_out = False
    # Set where another way of delivery or of paying takes the place of the one that was chosen.
    has_lost_a_choice = False

    def wish(self, customer: Customer | None) -> Wish:
        """Return what the price depends on, as far as it has been filled in; `customer` is who is signed in."""
        return Wish(
            destination=self.destination,
            delivery=self.delivery.data,
            voucher="" if self.leaves_voucher_out else self.voucher.data or "",
            customer_key=email_key(self.email.data or ""),
            is_member=customer is not None and customer.is_member,
        )

    def greet(self, customer: Customer, address: CustomerAddress | None) -> None:
        """Fill an empty form with what a signed-in customer keeps, and one of the addresses."""
        self.email.data, self.name.data, self.phone.data = customer.email, customer.name, show_phone(customer.phone)
        if address is not None:
            self.send_to(address)

    def send_to(self, address: CustomerAddress) -> None:
        """Put one of the customer's addresses in place of what stands there; the rest of the form stays."""
        for name in _KEPT:
            self[name].data = getattr(address, name)
        self.phone.data = show_phone(address.phone)

    def show_bill(self, bill: Bill, ways: list[Way]) -> None:
        """Offer the ways of delivery and of paying that this bill allows; the first that can be had stands chosen."""
        self.bill, self.ways = bill, ways
        self.delivery.choices = [SelectChoice(quote.key, quote.name) for quote in bill.quotes]
        self.way.choices = [SelectChoice(way.value, way.title) for way in ways]
        possible = [way.value for way in ways if way.problem is None]
        self._choose(self.delivery, bill.delivery.key if bill.delivery else None)
        self._choose(self.way, self.way.data if self.way.data in possible else next(iter(possible), None))

    def _choose(self, field: Field, value: str | None) -> None:
        self.has_lost_a_choice |= value is not None and field.data not in {None, "", value}
        field.data = value

    def draft(self, locale: str) -> Draft:
        """Return what was typed, for an order in this language; the form is valid and knows its bill."""
        # An address that was typed before pick-up was chosen is nobody's business any more.
        has_address = not self.bill.is_pickup
        return Draft(
            checkout_key=self.checkout_key.data,
            name=self.name.data,
            email=self.email.data or "",
            phone=normalise_phone(self.phone.data),
            address=self.address.data if has_address else "",
            village=self.village.data if has_address else "",
            district=self.district.data if has_address else "",
            city=self.city.data if has_address else "",
            province=self.province.data if has_address else "",
            postal_code=self.postal_code.data if has_address else "",
            note=self.note.data,
            locale=locale,
        )

    @property
    def can_be_sent(self) -> bool:
        """Tell whether an order can come of it: something to pay with, or nothing to pay, and a way to deliver."""
        return (self.way.data is not None or self.bill.total == 0) and not self.bill.is_undeliverable
