"""The checkout form."""

import re
import secrets
from typing import Any

from wtforms import EmailField, HiddenField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, Regexp

from storefront.forms import ShopForm, at_most, email_address, mobile_number, one_line, paragraph, required
from storefront.payments import Way
from storefront.texts import _l

from .provinces import PROVINCES

_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")


def _as_key(value: Any) -> str:
    """Filter: keep a key that looks like ours, replace anything else by a new one."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else secrets.token_urlsafe(24)


class CheckoutForm(ShopForm):
    """Who gets the parcel, where, and how it is paid.

    `checkout_key` is made with the empty form and stays the same through corrections: sent twice, it names one order.
    """

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
    way = RadioField(_l("Bayar dengan"), validate_choice=False)
    checkout_key = HiddenField(filters=[_as_key])

    def offer(self, ways: list[Way]) -> None:
        """Offer these ways to pay; the first that can be had stands chosen."""
        self.ways = ways
        self.way.choices = [SelectChoice(way.value, way.title) for way in ways]
        possible = [way.value for way in ways if way.problem is None]
        if self.way.data not in possible:
            self.way.data = possible[0] if possible else None
