"""The forms of the accounts that money comes to."""

import re
from typing import Any, Self

from wtforms import BooleanField, Field, PasswordField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice

from storefront import payment_accounts
from storefront.forms import CountField, RupiahField, ShopForm, at_most, may_be_empty, one_line, required
from storefront.payment_accounts import Receiving
from storefront.texts import _l

from .rules import MAX_PASSWORD

_PERCENT = re.compile(r"\d{1,2}(?:[.,]\d{1,2})?")
_MOST_BASIS_POINTS = 2000
_MAX_CODE = 999_999


class PercentField(StringField):  # type: ignore[misc]
    """A percentage as people type it, such as 0,7; `data` is in hundredths of a percent."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises ValueError with what to do about it."""
        self.data, typed = 0, one_line(valuelist[0]).removesuffix("%").strip() if valuelist else ""
        if not typed:
            return
        if not _PERCENT.fullmatch(typed) or (found := _basis_points(typed)) > _MOST_BASIS_POINTS:
            raise ValueError(_l("Tulis persen dari 0 sampai 20, misalnya 0,7."))
        self.data = found

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data / 100:g}".replace(".", ",") if self.data else ""


def _basis_points(typed: str) -> int:
    whole, _comma, part = typed.replace(",", ".").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


class AccountForm(ShopForm):
    """What the owner decides about one account."""

    label = StringField(_l("Nama rekening"), filters=[one_line], validators=[required(), at_most(120)])
    is_offered = BooleanField(_l("Dipakai untuk pesanan baru"))
    minimum = RupiahField(_l("Belanja paling sedikit"), validators=[may_be_empty()])
    maximum = RupiahField(_l("Belanja paling banyak"), validators=[may_be_empty()])
    fee_fixed = RupiahField(_l("Biaya tetap untuk pembeli"), validators=[may_be_empty()])
    fee_basis_points = PercentField(_l("Biaya persen untuk pembeli"), validators=[may_be_empty()])
    code_low = CountField(_l("Kode unik terkecil"), validators=[may_be_empty()])
    code_high = CountField(_l("Kode unik terbesar"), validators=[may_be_empty()])
    code_mode = SelectField(
        _l("Cara kode unik"),
        choices=[
            SelectChoice("", _l("Seperti di Pengaturan")),
            SelectChoice("add", _l("Tambahkan ke total")),
            SelectChoice("subtract", _l("Kurangi dari total")),
        ],
    )
    static_qris = TextAreaField(_l("Teks QRIS cetak"), filters=[one_line], validators=[at_most(512)])
    password = PasswordField(
        _l("Kata sandi Anda"), validators=[at_most(MAX_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )

    @classmethod
    def of(cls, account: Receiving) -> Self:
        """Return the form filled in with what is decided now."""
        none = {"code_mode": account.terms["code_mode"] or "", "fee_fixed": account.terms["fee_fixed"] or None}
        made = cls(formdata=None, data={**account.terms, **none})
        made.kind, made.qris_before = account.kind, account.terms["static_qris"] or ""
        return made

    @classmethod
    def sent(cls, account: Receiving) -> Self:
        """Return the form as it was sent for an account."""
        made = cls()
        made.kind, made.qris_before = account.kind, account.terms["static_qris"] or ""
        return made

    kind = ""
    qris_before = ""

    @property
    def changes_qris(self) -> bool:
        """Tell whether money would go where another printed code says, which needs a password."""
        return self.kind == "bank_transfer" and (self.static_qris.data or "") != self.qris_before

    def validate_maximum(self, field: Field) -> None:
        """Refuse limits that leave nothing."""
        if field.data is not None and (self.minimum.data or 0) > field.data:
            raise ValidationError(_l("Paling banyak harus sama dengan atau lebih dari paling sedikit."))

    def validate_code_low(self, field: Field) -> None:
        """Refuse codes that are none."""
        if field.data is not None and not 1 <= field.data <= _MAX_CODE:
            raise ValidationError(_l("Tulis angka dari %(low)d sampai %(high)d.", low=1, high=_MAX_CODE))

    def validate_code_high(self, field: Field) -> None:
        """Refuse codes that are none, or a largest one below the smallest."""
        self.validate_code_low(field)
        if field.data is not None and field.data < (self.code_low.data or 0):
            raise ValidationError(_l("Kode terbesar harus sama dengan atau lebih dari kode terkecil."))

    def validate_fee_fixed(self, field: Field) -> None:
        """Refuse a fee on QRIS."""
        if self.kind == "qris" and (field.data or self.fee_basis_points.data):
            raise ValidationError(_l("QRIS tidak boleh dikenai biaya kepada pembeli (PBI 23/6/PBI/2021)."))

    def validate_static_qris(self, field: Field) -> None:
        """Refuse a text that is no printed QRIS code."""
        if field.data and self.changes_qris and not payment_accounts.is_static_qris(field.data):
            raise ValidationError(_l("Ini bukan teks QRIS cetak. Pindai kode QRIS toko, lalu salin seluruh teksnya."))

    def terms(self) -> dict[str, Any]:
        """Return what was decided, by the names of `payment_accounts.TERMS`."""
        decided = {
            "label": self.label.data,
            "is_offered": self.is_offered.data,
            "minimum": self.minimum.data or None,
            "maximum": self.maximum.data or None,
            "fee_fixed": self.fee_fixed.data or 0,
            "fee_basis_points": self.fee_basis_points.data or 0,
            "code_low": self.code_low.data,
            "code_high": self.code_high.data,
            "code_mode": self.code_mode.data or None,
        }
        return {**decided, "static_qris": self.static_qris.data or None} if self.changes_qris else decided


class NewAccountForm(ShopForm):
    """An account that is added by hand, and the password of who adds it: money will go there."""

    bank_id = StringField(_l("ID rekening di Moota"), filters=[one_line], validators=[required(), at_most(64)])
    bank_type = StringField(_l("Jenis bank di Moota"), filters=[one_line], validators=[required(), at_most(64)])
    account_number = StringField(
        _l("Nomor rekening"),
        filters=[one_line],
        validators=[required(), at_most(64)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    holder = StringField(_l("Atas nama"), filters=[one_line], validators=[required(), at_most(200)])
    label = StringField(_l("Nama rekening"), filters=[one_line], validators=[at_most(120)])
    password = PasswordField(
        _l("Kata sandi Anda"),
        validators=[required(), at_most(MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )

    def given(self) -> dict[str, str]:
        """Return the account as it was typed."""
        names = ("bank_id", "bank_type", "account_number", "holder", "label")
        return {name: self[name].data or "" for name in names}
