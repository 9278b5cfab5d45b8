"""The checkout form."""

import re
import secrets
from typing import Any

from wtforms import EmailField, HiddenField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, Regexp

from storefront.forms import ShopForm, at_most, email_address, mobile_number, one_line, paragraph, required
from storefront.texts import _l

from .provinces import PROVINCES

_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")


def _as_key(value: Any) -> str:
    """Filter: keep a key that looks like ours, replace anything else by a new one."""
    return value if isinstance(value, str) and _KEY.fullmatch(value) else secrets.token_urlsafe(24)


class CheckoutForm(ShopForm):
    """Who gets the parcel, where, and to which account the money goes.

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
    account = RadioField(_l("Transfer ke"), validate_choice=False)
    checkout_key = HiddenField(filters=[_as_key])

    def offer(self, accounts: list[tuple[str, str]]) -> None:
        """Offer these accounts, as pairs of bank id and label; the first stands chosen."""
        self.account.choices = [SelectChoice(bank_id, label) for bank_id, label in accounts]
        known = {bank_id for bank_id, _label in accounts}
        if accounts and self.account.data not in known:
            self.account.data = accounts[0][0]
