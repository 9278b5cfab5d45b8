"""The forms of delivery methods and zones in the panel."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from storefront.forms import CountField, RupiahField, ShopForm, at_most, may_be_empty, one_line, paragraph, required
from storefront.provinces import PROVINCES
from storefront.texts import _l

from .couriers import COURIERS
from .models import DeliveryMethod, DeliveryZone
from .rules import Rate

_PLAIN = ("kind", "name", "estimate", "service", "price", "free_from", "position", "active")


class MethodForm(ShopForm):
    """A way of delivery; `method_form` adds the prices for each zone."""

    kind = RadioField(
        _l("Ongkir dihitung"),
        choices=[
            SelectChoice("flat", _l("Satu harga ke mana pun")),
            SelectChoice("zone", _l("Menurut zona dan berat")),
            SelectChoice("pickup", _l("Tidak ada: pembeli mengambil sendiri")),
            SelectChoice("service", _l("Oleh layanan tarif yang dipasang pengembang")),
        ],
        default="flat",
        validators=[required()],
    )
    name = StringField(_l("Nama untuk pembeli"), filters=[one_line], validators=[required(), at_most(80)])
    estimate = StringField(_l("Perkiraan sampai"), filters=[one_line], validators=[at_most(80)])
    courier_code = SelectField(
        _l("Kurir"),
        choices=[
            SelectChoice("", _l("Lainnya")),
            *(SelectChoice(courier.code, courier.name) for courier in COURIERS),
        ],
        default="",
    )
    service = StringField(_l("Nama layanan tarif"), filters=[one_line], validators=[at_most(40)])
    price = RupiahField(_l("Harga"), validators=[may_be_empty()])
    free_from = RupiahField(_l("Gratis mulai belanja"), validators=[may_be_empty()])
    position = CountField(_l("Urutan"), validators=[may_be_empty()], default=0)
    active = BooleanField(_l("Ditawarkan kepada pembeli"), default=True)
    zones: Sequence[DeliveryZone] = ()

    def values(self) -> dict[str, Any]:
        """Return what the form says, by the columns of a method."""
        found = {name: self[name].data for name in _PLAIN}
        kind = self.kind.data
        return {
            **found,
            "estimate": self.estimate.data or "",
            "courier_code": self.courier_code.data or None,
            "service": self.service.data if kind == "service" else None,
            "price": (self.price.data or 0) if kind == "flat" else 0,
            "position": self.position.data or 0,
        }

    def rates(self) -> dict[int, Rate]:
        """Return the prices by zone; a zone without a first price is not served."""
        if self.kind.data != "zone":
            return {}
        firsts = {zone.id: self[f"first_{zone.id}"].data for zone in self.zones}
        return {
            zone_id: Rate(first, self[f"next_{zone_id}"].data or 0)
            for zone_id, first in firsts.items()
            if first is not None
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and what a kind of delivery cannot be without."""
        is_fine: bool = super().validate(extra_validators)
        if self.kind.data == "flat" and not self.price.errors and self.price.data is None:
            self.price.errors = [_l("Isi harganya; 0 berarti gratis.")]
            return False
        if self.kind.data == "service" and not self.service.data:
            self.service.errors = [_l("Isi nama layanan tarifnya.")]
            return False
        return is_fine


def method_form(zones: Sequence[DeliveryZone], method: DeliveryMethod | None = None) -> MethodForm:
    """Return the form with two prices for each zone, filled in from `method` while nothing was sent."""
    fields: dict[str, Any] = {"zones": zones}
    for zone in zones:
        fields[f"first_{zone.id}"] = RupiahField(_l("Kilogram pertama"), validators=[may_be_empty()])
        fields[f"next_{zone.id}"] = RupiahField(_l("Tiap kilogram lagi"), validators=[may_be_empty()])
    form_class = type("ZonedMethodForm", (MethodForm,), fields)
    form: MethodForm = form_class(data=_data(method)) if method else form_class()
    return form


class ZoneForm(ShopForm):
    """A zone: whole provinces, and single cities that count before any province."""

    name = StringField(_l("Nama zona"), filters=[one_line], validators=[required(), at_most(80)])
    provinces = SelectMultipleField(
        _l("Provinsi"),
        choices=[SelectChoice(name) for name in PROVINCES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    cities = TextAreaField(_l("Kota atau kabupaten"), filters=[paragraph], validators=[at_most(2000)])
    position = CountField(_l("Urutan"), validators=[may_be_empty()], default=0)

    def values(self) -> dict[str, Any]:
        """Return what the form says, by the columns of a zone."""
        cities = [line for line in (self.cities.data or "").splitlines() if line]
        return {
            "name": self.name.data,
            "provinces": self.provinces.data,
            "cities": cities,
            "position": self.position.data or 0,
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, and that the zone is anywhere."""
        if not super().validate(extra_validators):
            return False
        if not self.provinces.data and not self.cities.data:
            self.provinces.errors = [_l("Pilih provinsi, atau isi kota atau kabupaten.")]
            return False
        return True


def zone_form(zone: DeliveryZone | None = None) -> ZoneForm:
    """Return the form of a zone, filled in from `zone` while nothing was sent."""
    if zone is None:
        return ZoneForm()
    data = {"name": zone.name, "provinces": zone.provinces, "cities": "\n".join(zone.cities), "position": zone.position}
    return ZoneForm(data=data)


def _data(method: DeliveryMethod) -> dict[str, Any]:
    rates = {f"first_{rate.zone_id}": rate.first_kg for rate in method.rates}
    rates |= {f"next_{rate.zone_id}": rate.next_kg for rate in method.rates}
    return {**{name: getattr(method, name) for name in _PLAIN}, "courier_code": method.courier_code or "", **rates}
