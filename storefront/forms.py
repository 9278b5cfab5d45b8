"""What all forms of the shop share."""

import re
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from . import payments
from .formats import normalise_phone
from .texts import _l

# Far above anything that is paid, and still a number that databases hold many times over.
MAX_RUPIAH = 999_999_999_999
_MAX_DIGITS = 9
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class ShopForm(FlaskForm):  # type: ignore[misc]
    """Base of the shop's forms."""

    @property
    def only_token_failed(self) -> bool:
        """Tell whether nothing but the form's security token was refused: it grew too old, or the session ended."""
        return set(self.errors) == {"csrf_token"}


class RupiahField(StringField):  # type: ignore[misc]
    """An amount of rupiah as people type it, such as 50.000; `data` is the number, or None where nothing was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises ValueError with what to do about it."""
        self.data, typed = None, one_line(valuelist[0]) if valuelist else ""
        if typed:
            try:
                amount = payments.read_typed(typed)
            except ValueError as error:
                raise ValueError(_l("Tulis jumlahnya dengan angka, misalnya 50.000.")) from error
            if amount > MAX_RUPIAH:
                raise ValueError(_l("Jumlah ini terlalu besar."))
            self.data = amount

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}".replace(",", ".")


class CountField(IntegerField):  # type: ignore[misc]
    """A whole number, 0 or more; `data` is None where nothing was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises ValueError with what to do about it."""
        self.data, typed = None, one_line(valuelist[0]) if valuelist else ""
        if not typed:
            return
        if not (typed.isascii() and typed.isdigit() and len(typed) <= _MAX_DIGITS):
            raise ValueError(_l("Tulis dengan angka bulat, 0 atau lebih."))
        self.data = int(typed)


def one_line(value: Any) -> Any:
    """Filter: single spaces, no control characters, nothing at the ends."""
    return " ".join(_CONTROL.sub(" ", value).split()) if isinstance(value, str) else value


def paragraph(value: Any) -> Any:
    """Filter: as `one_line`, but line breaks stay."""
    if not isinstance(value, str):
        return value
    return "\n".join(one_line(line) for line in value.splitlines()).strip()


def required() -> DataRequired:
    """Return the check that a field was filled in."""
    return DataRequired(message=_l("Bagian ini wajib diisi."))


def may_be_empty() -> Optional:
    """Return the check that lets an empty field pass all further ones."""
    return Optional()


def at_most(length: int) -> Length:
    """Return the check that a text is not longer than `length` characters."""
    return Length(max=length, message=_l("Paling banyak %(max)d karakter."))


def email_address(_form: Any, field: Field) -> None:
    """Check an e-mail address's form and keep it with its domain in lower case. No network is asked."""
    try:
        # Reserved domains such as .test are somebody's rehearsal, not a typing error.
        checked = validate_email(
            field.data or "", check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise ValidationError(_l("Alamat e-mail ini tidak benar. Contoh: nama@contoh.com")) from error
    field.data = checked.normalized


def mobile_number(_form: Any, field: Field) -> None:
    """Check an Indonesian mobile number; what was typed stays as it is."""
    try:
        normalise_phone(field.data or "")
    except ValueError as error:
        raise ValidationError(_l("Nomor HP ini tidak benar. Contoh: 0812-3456-7890")) from error
