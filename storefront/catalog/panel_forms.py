"""The panel's forms of products, their variants and categories."""

from collections.abc import Sequence
from typing import Any, Self

from wtforms import BooleanField, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms import ValidationError as Wrong
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from storefront.forms import (
    CountField,
    RupiahField,
    ShopForm,
    at_most,
    may_be_empty,
    one_line,
    paragraph,
    required,
)
from storefront.media import ACCEPTED
from storefront.texts import _l

from .editing import product_facts, variant_facts
from .models import Category, Product, Variant
from .quick import new_key
from .rules import LONGEST_LABEL, MAX_OPTIONS, label_of, mark_of, slug_of

_SIZES = ("weight_grams", "length_cm", "width_cm", "height_cm")
_MOST_CM = 1000
_MOST_GRAMS = 1_000_000
_OPTIONS = tuple(f"option_{number}" for number in range(1, MAX_OPTIONS + 1))


def _with_letters(_form: Any, field: Any) -> None:
    if not slug_of(field.data or ""):
        raise Wrong(_l("Nama ini tidak memuat huruf atau angka untuk alamatnya."))


def _above_nothing(_form: Any, field: Any) -> None:
    if field.data is not None and field.data <= 0:
        raise Wrong(_l("Harganya harus lebih dari 0."))


def _up_to(most: int) -> Any:
    def check(_form: Any, field: Any) -> None:
        if field.data is not None and field.data > most:
            raise Wrong(_l("Paling banyak %(most)d.", most=most))

    return check


class _Given:
    """The check that a figure was given; 0 is one."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data is None and not field.process_errors:
            raise StopValidation(_l("Bagian ini wajib diisi."))


class _Goods(ShopForm):
    """What one variant costs and how many there are."""

    price = RupiahField(_l("Harga"), validators=[_Given(), _above_nothing], render_kw={"inputmode": "numeric"})
    stock = CountField(_l("Stok"), validators=[_Given()], render_kw={"inputmode": "numeric"})
    weight_grams = CountField(
        _l("Berat kirim, gram"), validators=[may_be_empty(), _up_to(_MOST_GRAMS)], render_kw={"inputmode": "numeric"}
    )
    code = StringField(_l("Kode barang (SKU)"), filters=[one_line], validators=[at_most(60)])


class _Facts(ShopForm):
    """What a product is."""

    name = StringField(_l("Nama barang"), filters=[one_line], validators=[required(), at_most(160), _with_letters])
    category = SelectField(_l("Kategori"), coerce=int, validators=[required()])
    summary = StringField(_l("Keterangan singkat"), filters=[one_line], validators=[at_most(300)])
    description = TextAreaField(_l("Cerita barang"), filters=[paragraph], validators=[at_most(20_000)])
    active = BooleanField(_l("Dijual"), default=True)

    def offer(self, categories: Sequence[Category]) -> Self:
        """Let the form choose among these categories."""
        self.category.choices = [SelectChoice(category.id, category.name) for category in categories]
        return self

    def terms(self) -> dict[str, Any]:
        """Return what the form says, by the columns of a product."""
        return {
            "name": self.name.data,
            "category_id": self.category.data,
            "summary": self.summary.data or "",
            "description": self.description.data or "",
            "active": self.active.data,
        }


class NewProductForm(_Facts, _Goods):
    """A product with its first variant."""

    def first(self) -> dict[str, Any]:
        """Return the first variant, by the columns of one."""
        return {
            "price": self.price.data,
            "stock": self.stock.data,
            "weight_grams": self.weight_grams.data or 0,
            "code": self.code.data or None,
        }


class ProductForm(_Facts):
    """A product's facts, and by what its variants differ. `seen` marks what the form was filled with."""

    option_1 = StringField(_l("Pilihan pertama"), filters=[one_line], validators=[at_most(40)])
    option_2 = StringField(_l("Pilihan kedua"), filters=[one_line], validators=[at_most(40)])
    option_3 = StringField(_l("Pilihan ketiga"), filters=[one_line], validators=[at_most(40)])
    position = CountField(_l("Urutan di toko"), validators=[may_be_empty()], render_kw={"inputmode": "numeric"})
    seen = HiddenField()

    @classmethod
    def of(cls, product: Product) -> Self:
        """Return the form of a product as it stands."""
        named = dict(zip(_OPTIONS, product.option_names, strict=False))
        form = cls(formdata=None, obj=product, seen=mark_of(product_facts(product)), data=named)
        form.category.data = product.category_id
        return form

    @property
    def options(self) -> list[str]:
        """Return the names of the options that were given."""
        return [self[name].data for name in _OPTIONS if self[name].data]

    def terms(self) -> dict[str, Any]:
        """Return what the form says, by the columns of a product."""
        return {**super().terms(), "position": self.position.data or 0}

    def validate_option_3(self, _field: Any) -> None:
        """Check that no two options are called the same."""
        if len(set(self.options)) != len(self.options):
            raise Wrong(_l("Dua pilihan memakai nama yang sama."))


class VariantForm(_Goods):
    """One variant. `seen` marks its facts and `seen_stock` is its stock as the form was filled; `key` names it."""

    option_1 = StringField(filters=[one_line], validators=[at_most(LONGEST_LABEL)])
    option_2 = StringField(filters=[one_line], validators=[at_most(LONGEST_LABEL)])
    option_3 = StringField(filters=[one_line], validators=[at_most(LONGEST_LABEL)])
    member_price = RupiahField(
        _l("Harga pelanggan tetap"), validators=[may_be_empty(), _above_nothing], render_kw={"inputmode": "numeric"}
    )
    length_cm = CountField(_l("Panjang, cm"), validators=[may_be_empty(), _up_to(_MOST_CM)])
    width_cm = CountField(_l("Lebar, cm"), validators=[may_be_empty(), _up_to(_MOST_CM)])
    height_cm = CountField(_l("Tinggi, cm"), validators=[may_be_empty(), _up_to(_MOST_CM)])
    active = BooleanField(_l("Dijual"), default=True)
    seen = HiddenField()
    seen_stock = HiddenField()
    key = HiddenField()

    @classmethod
    def of(cls, variant: Variant) -> Self:
        """Return the form of a variant as it stands."""
        values = dict(zip(_OPTIONS, variant.options, strict=False))
        shown = {name: getattr(variant, name) or None for name in _SIZES}
        marks = {"seen": mark_of(variant_facts(variant)), "seen_stock": variant.stock, "key": new_key()}
        form = cls(formdata=None, obj=variant, data=marks)
        for name, value in {**values, **shown}.items():
            form[name].data = value
        return form

    def call(self, names: Sequence[str]) -> Self:
        """Let the form ask for the values of these options, all of which must be given."""
        for field, name in zip(_OPTIONS, names, strict=False):
            self[field].label.text = name
            self[field].validators = [required(), *self[field].validators]
            self[field].flags.required = True
        for field in _OPTIONS[len(names) :]:
            del self[field]
        return self

    def option_fields(self) -> list[Any]:
        """Return the fields of the values that the form asks for."""
        return [self[name] for name in _OPTIONS if name in self]

    def terms(self) -> dict[str, Any]:
        """Return what the form says, by the columns of a variant; the stock aside."""
        return {
            "options": [field.data for field in self.option_fields()],
            "code": self.code.data or None,
            "price": self.price.data,
            "member_price": self.member_price.data,
            "active": self.active.data,
            **{name: self[name].data or 0 for name in _SIZES},
        }

    def validate_option_1(self, _field: Any) -> None:
        """Check that the values fit into one line together."""
        if len(label_of(field.data or "" for field in self.option_fields())) > LONGEST_LABEL:
            raise Wrong(_l("Semua pilihan bersama paling banyak %(most)d huruf.", most=LONGEST_LABEL))

    def validate_member_price(self, field: Any) -> None:
        """Check that members do not pay more than others."""
        if field.data and self.price.data and field.data > self.price.data:
            raise Wrong(_l("Harga pelanggan tetap lebih tinggi dari harga biasa."))


class PicturesForm(ShopForm):
    """New pictures of a product; what becomes of those it has stands in fields named after them."""

    files = MultipleFileField(_l("Tambah gambar"), render_kw={"accept": ACCEPTED})
    seen = HiddenField()


class CategoryForm(ShopForm):
    """A category. `seen` marks what the form was filled with."""

    name = StringField(_l("Nama kategori"), filters=[one_line], validators=[required(), at_most(120), _with_letters])
    description = StringField(_l("Keterangan"), filters=[one_line], validators=[at_most(300)])
    active = BooleanField(_l("Tampilkan di toko"), default=True)
    seen = HiddenField()

    def terms(self) -> dict[str, Any]:
        """Return what the form says, by the columns of a category."""
        return {"name": self.name.data, "description": self.description.data or "", "active": self.active.data}
