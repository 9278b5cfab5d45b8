"""The form of a voucher in the panel."""

from datetime import UTC, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateTimeLocalField, Field, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Regexp

from storefront.forms import CountField, RupiahField, ShopForm, at_most, may_be_empty, one_line, required
from storefront.identity import current_shop
from storefront.texts import _l

from .models import Voucher
from .rules import normalise_code

_HUNDRED = 100
_PLAIN = (
    "name",
    "kind",
    "max_discount",
    "usage_limit",
    "per_customer_limit",
    "members_only",
    "active",
)


class _MomentField(DateTimeLocalField):  # type: ignore[misc]
    """A date and time in the shop's zone; `moment` is it in UTC."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what the browser sends. Raises ValueError with what to do about it."""
        try:
            super().process_formdata([value for value in valuelist if value])
        except ValueError as error:
            raise ValueError(_l("Tulis tanggal dan jamnya, misalnya 2026-12-31 23:59.")) from error

    @property
    def moment(self) -> datetime | None:
        return self.data.replace(tzinfo=ZoneInfo(current_shop().timezone)).astimezone(UTC) if self.data else None


def _code(value: Any) -> Any:
    return normalise_code(value) if isinstance(value, str) else value


class VoucherForm(ShopForm):
    """A voucher's code and terms."""

    code = StringField(
        _l("Kode"),
        filters=[_code],
        validators=[
            required(),
            at_most(40),
            Regexp(r"[A-Z0-9-]{3,40}\Z", message=_l("Pakai 3 sampai 40 huruf, angka, atau tanda hubung.")),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
    name = StringField(_l("Nama untuk Anda sendiri"), filters=[one_line], validators=[at_most(120)])
    kind = RadioField(
        _l("Potongan"),
        choices=[
            SelectChoice("percent", _l("Persen dari barang")),
            SelectChoice("fixed", _l("Jumlah rupiah dari barang")),
            SelectChoice("free_delivery", _l("Gratis ongkir")),
        ],
        default="percent",
        validators=[required()],
    )
    value = RupiahField(_l("Besarnya"))
    max_discount = RupiahField(_l("Potongan paling banyak"), validators=[may_be_empty()])
    min_subtotal = RupiahField(_l("Belanja paling sedikit"), validators=[may_be_empty()])
    starts_at = _MomentField(_l("Berlaku mulai"), validators=[may_be_empty()])
    ends_at = _MomentField(_l("Berlaku sampai"), validators=[may_be_empty()])
    usage_limit = CountField(_l("Dipakai paling banyak, semua pembeli"), validators=[may_be_empty()])
    per_customer_limit = CountField(_l("Dipakai paling banyak, tiap pembeli"), validators=[may_be_empty()])
    members_only = BooleanField(_l("Hanya untuk pelanggan tetap"))
    active = BooleanField(_l("Bisa dipakai"), default=True)

    @classmethod
    def of(cls, voucher: Voucher) -> Self:
        """Return the form of a voucher as it stands."""
        zone = ZoneInfo(current_shop().timezone)
        moments = {
            name: getattr(voucher, name).astimezone(zone).replace(tzinfo=None) if getattr(voucher, name) else None
            for name in ("starts_at", "ends_at")
        }
        values = {name: getattr(voucher, name) for name in (*_PLAIN, "code", "value", "min_subtotal")}
        return cls(data={**values, **moments})

    def terms(self) -> dict[str, Any]:
        """Return what the form says, by the columns of a voucher; the code aside."""
        return {
            **{name: self[name].data for name in _PLAIN},
            "name": self.name.data or "",
            "value": self.value.data or 0,
            "min_subtotal": self.min_subtotal.data or 0,
            "starts_at": self.starts_at.moment,
            "ends_at": self.ends_at.moment,
        }

    def validate_value(self, field: Field) -> None:
        """Check the size of the reduction, which only free delivery may leave open."""
        if field.errors or self.kind.data == "free_delivery":
            return
        if not field.data:
            raise ValidationError(_l("Bagian ini wajib diisi."))
        if self.kind.data == "percent" and field.data > _HUNDRED:
            raise ValidationError(_l("Paling banyak 100 persen."))

    def validate_ends_at(self, field: Field) -> None:
        """Check that a voucher does not end before it begins."""
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_l("Akhir masa berlaku harus setelah awalnya."))
