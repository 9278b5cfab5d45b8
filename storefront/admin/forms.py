"""The forms of the panel."""

from wtforms import EmailField, Form, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice

from storefront.catalog.rules import MAX_QUERY
from storefront.forms import ShopForm, at_most, one_line, required
from storefront.texts import _l

from .rules import MAX_PASSWORD


class LoginForm(ShopForm):
    """Who wants to sign in."""

    email = EmailField(
        _l("E-mail"), filters=[one_line], validators=[required(), at_most(254)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        _l("Kata sandi"),
        validators=[required(), at_most(MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class OrderFilters(Form):  # type: ignore[misc]
    """What the order list shows; lives in the address, so that a list can be kept and sent."""

    q = StringField(
        _l("Cari"), filters=[one_line, lambda text: (text or "")[:MAX_QUERY]], render_kw={"autocomplete": "off"}
    )
    payment = SelectField(
        _l("Pembayaran"),
        choices=[
            SelectChoice("", _l("Semua")),
            SelectChoice("unpaid", _l("Belum dibayar")),
            SelectChoice("paid", _l("Lunas")),
            SelectChoice("expired", _l("Kedaluwarsa")),
            SelectChoice("cancelled", _l("Dibatalkan")),
        ],
        default="",
    )
    shipment = SelectField(
        _l("Pengiriman"),
        choices=[
            SelectChoice("", _l("Semua")),
            SelectChoice("none", _l("Belum dikirim")),
            SelectChoice("shipped", _l("Dikirim")),
        ],
        default="",
    )

    def chosen(self, name: str) -> str | None:
        """Return the chosen value of a filter; None for all, and for a value that is none of ours."""
        field = self[name]
        known = {choice.value for choice in field.choices}
        return field.data if field.data in known - {""} else None


class ShipForm(ShopForm):
    """How the parcel travels."""

    courier = StringField(_l("Kurir"), filters=[one_line], validators=[required(), at_most(60)])
    tracking_number = StringField(_l("Nomor resi"), filters=[one_line], validators=[required(), at_most(60)])
