"""The forms of the panel."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    EmailField,
    Form,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice

from storefront import payments
from storefront.catalog.rules import MAX_QUERY
from storefront.forms import ShopForm, at_most, email_address, one_line, paragraph, required
from storefront.identity import current_shop
from storefront.payment_words import REFUND_REASONS
from storefront.texts import _l

from .models import ROLES
from .orders import QUEUES, Wanted
from .rules import MAX_PASSWORD, MIN_PASSWORD


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


class CodeForm(ShopForm):
    """The code from the telephone, or a recovery code."""

    code = StringField(
        _l("Kode"),
        filters=[one_line],
        validators=[required(), at_most(40)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class ResetForm(ShopForm):
    """Who wants a new password."""

    email = EmailField(
        _l("E-mail"), filters=[one_line], validators=[required(), at_most(254)], render_kw={"autocomplete": "username"}
    )


class NewPasswordForm(ShopForm):
    """A new password, twice."""

    new_password = PasswordField(
        _l("Kata sandi baru"), validators=[required()], render_kw={"autocomplete": "new-password"}
    )
    again = PasswordField(
        _l("Sekali lagi"), validators=[required(), at_most(MAX_PASSWORD)], render_kw={"autocomplete": "new-password"}
    )

    def validate_new_password(self, field: Any) -> None:
        """Ask for a long one; which signs are in it does not matter."""
        if not MIN_PASSWORD <= len(field.data) <= MAX_PASSWORD:
            raise ValidationError(_l("Pakai paling sedikit 8 karakter, misalnya beberapa kata."))

    def validate_again(self, field: Any) -> None:
        """Catch a slip of the finger."""
        if field.data != self.new_password.data:
            raise ValidationError(_l("Kedua kata sandi tidak sama."))


class ChangePasswordForm(NewPasswordForm):
    """A new password, by somebody who knows the one so far."""

    current = PasswordField(
        _l("Kata sandi sekarang"),
        validators=[required(), at_most(MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(ShopForm):
    """The password once more, from who is signed in."""

    password = PasswordField(
        _l("Kata sandi Anda"),
        validators=[required(), at_most(MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class SetUpForm(PasswordForm):
    """The first code of a new second factor."""

    code = StringField(
        _l("Kode dari ponsel"),
        filters=[one_line],
        validators=[required(), at_most(10)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


_ROLES = [
    SelectChoice("owner", _l("Pemilik")),
    SelectChoice("staff", _l("Staf")),
    SelectChoice("bookkeeper", _l("Pembukuan")),
]


class RoleForm(PasswordForm):
    """What somebody may do."""

    role = SelectField(_l("Peran"), choices=_ROLES, default=ROLES[1], validators=[required()])


class InviteForm(RoleForm):
    """Who is to work in the shop, as what."""

    email = EmailField(
        _l("E-mail"),
        filters=[one_line],
        validators=[required(), at_most(254), email_address],
        render_kw={"autocomplete": "off"},
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
            SelectChoice("reversed", _l("Ditarik bank")),
            SelectChoice("refunded", _l("Dikembalikan")),
        ],
        default="",
    )
    shipment = SelectField(
        _l("Pengiriman"),
        choices=[
            SelectChoice("", _l("Semua")),
            SelectChoice("none", _l("Belum dikirim")),
            SelectChoice("processing", _l("Disiapkan")),
            SelectChoice("shipped", _l("Dikirim")),
            SelectChoice("delivered", _l("Diterima")),
        ],
        default="",
    )
    since = DateField(_l("Dari tanggal"))
    until = DateField(_l("Sampai tanggal"))
    queue = SelectField(
        _l("Menunggu"),
        choices=[SelectChoice("", _l("Semua")), *(SelectChoice(name, queue.label) for name, queue in QUEUES.items())],
        default="",
    )

    def wanted(self) -> Wanted:
        """Return what is looked for; what is none of ours, or no day, is left out. Days are the shop's."""
        until = self.until.data
        return Wanted(
            text=self.q.data or "",
            queue=self.chosen("queue"),
            payment=self.chosen("payment"),
            shipment=self.chosen("shipment"),
            since=_begin(self.since.data),
            until=_begin(until + timedelta(days=1) if until else None),
        )

    @property
    def kept(self) -> dict[str, str]:
        """Return the filters as they stand in the address, for links to the same list."""
        days = {name: self[name].data.isoformat() for name in ("since", "until") if self[name].data}
        chosen = {name: self.chosen(name) or "" for name in ("queue", "payment", "shipment")}
        return {name: value for name, value in {"q": self.q.data or "", **chosen, **days}.items() if value}

    def chosen(self, name: str) -> str | None:
        """Return the chosen value of a filter; None for all, and for a value that is none of ours."""
        field = self[name]
        known = {choice.value for choice in field.choices}
        return field.data if field.data in known - {""} else None


class ShipForm(ShopForm):
    """How the parcel travels."""

    courier = StringField(_l("Kurir"), filters=[one_line], validators=[required(), at_most(60)])
    tracking_number = StringField(_l("Nomor resi"), filters=[one_line], validators=[required(), at_most(60)])


class NoteForm(ShopForm):
    """What staff should know about an order."""

    text = TextAreaField(_l("Catatan untuk staf"), filters=[paragraph], validators=[required(), at_most(2000)])


class CancelForm(ShopForm):
    """Why an order is cancelled; the buyer reads it."""

    reason = StringField(_l("Alasan"), filters=[one_line], validators=[required(), at_most(200)])


class TermForm(ShopForm):
    """How much longer the shop waits for the money."""

    hours = SelectField(
        _l("Tambahan waktu"),
        choices=[
            SelectChoice("6", _l("6 jam")),
            SelectChoice("24", _l("1 hari")),
            SelectChoice("72", _l("3 hari")),
            SelectChoice("168", _l("7 hari")),
        ],
        default="24",
    )

    @property
    def term(self) -> timedelta:
        """Return the time chosen."""
        return timedelta(hours=int(self.hours.data))


class RefundForm(ShopForm):
    """What the shop wants to give back, and why. `rupiah` is the amount once the form is valid."""

    amount = StringField(
        _l("Jumlah"), filters=[one_line], validators=[required(), at_most(30)], render_kw={"inputmode": "numeric"}
    )
    reason = SelectField(
        _l("Alasan"),
        choices=[SelectChoice(code, text) for code, text in REFUND_REASONS.items()],
        default="goods",
        validators=[required()],
    )
    note = TextAreaField(_l("Catatan"), filters=[paragraph], validators=[at_most(2000)])
    rupiah = 0

    def validate_amount(self, field: Any) -> None:
        """Read the amount as people type it."""
        try:
            self.rupiah = payments.read_typed(field.data)
        except ValueError as error:
            raise ValidationError(_l("Tulis jumlahnya dengan angka, misalnya 50.000.")) from error


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(current_shop().timezone)) if day else None
