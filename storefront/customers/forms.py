"""The forms of the customers' pages."""

from typing import Any

from wtforms import BooleanField, EmailField, StringField, ValidationError

from storefront.checkout.forms import CheckoutForm
from storefront.forms import ShopForm, at_most, email_address, one_line, required
from storefront.texts import _l

from .rules import email_key


class SignInForm(ShopForm):
    """Who wants a link to sign in with."""

    email = EmailField(
        _l("E-mail"),
        filters=[one_line],
        validators=[required(), at_most(254), email_address],
        render_kw={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
    )


class AddressForm(ShopForm):
    """An address to keep; asked for in the same way as at checkout."""

    label = StringField(_l("Sebutan"), filters=[one_line], validators=[at_most(40)])
    name = CheckoutForm.name
    phone = CheckoutForm.phone
    address = CheckoutForm.address
    village = StringField(_l("Kelurahan atau desa"), filters=[one_line], validators=[at_most(80)])
    district = StringField(_l("Kecamatan"), filters=[one_line], validators=[at_most(80)])
    city = CheckoutForm.city
    postal_code = CheckoutForm.postal_code
    province = CheckoutForm.province
    is_default = BooleanField(_l("Pakai sebagai alamat utama"))


class OffersForm(ShopForm):
    """Whether the customer wants letters about offers."""

    wanted = BooleanField(_l("Ya, kirimi saya kabar tentang penawaran lewat e-mail"))


class ProfileForm(ShopForm):
    """What the shop calls a customer."""

    name = StringField(_l("Nama"), filters=[one_line], validators=[required(), at_most(100)])
    phone = CheckoutForm.phone


class EraseForm(ShopForm):
    """That the customer means it: their own address, typed. `expected` is what it must be."""

    email = EmailField(
        _l("E-mail Anda"),
        filters=[one_line],
        validators=[required(), at_most(254)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    expected = ""

    def validate_email(self, field: Any) -> None:
        """Compare with the address of who is signed in."""
        if email_key(field.data) != self.expected:
            raise ValidationError(_l("Alamat ini bukan alamat akun Anda."))
