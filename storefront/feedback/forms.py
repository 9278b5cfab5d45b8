"""The forms in which people say and ask."""

from typing import Any

from wtforms import EmailField, RadioField, StringField, TelField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from storefront.forms import ShopForm, at_most, email_address, mobile_number, one_line, paragraph, required
from storefront.texts import _l

_MOST_TEXT = 2000
_EMAIL = {"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}


class TrappedForm(ShopForm):
    """Base of forms that strangers may send. `website` is a trap: people do not see it, programs fill it in."""

    website = StringField(_l("Jangan diisi"), render_kw={"tabindex": "-1", "autocomplete": "off"})

    @property
    def is_trapped(self) -> bool:
        """Tell whether a program sent this."""
        return bool(self.website.data)


class ReviewForm(ShopForm):
    """What a buyer says of a product."""

    stars = RadioField(
        _l("Bintang"),
        choices=[
            SelectChoice("5", _l("5: sangat puas")),
            SelectChoice("4", _l("4: puas")),
            SelectChoice("3", _l("3: cukup")),
            SelectChoice("2", _l("2: kurang")),
            SelectChoice("1", _l("1: mengecewakan")),
        ],
        validators=[required()],
    )
    text = TextAreaField(_l("Ulasan"), filters=[paragraph], validators=[required(), at_most(_MOST_TEXT)])
    name = StringField(_l("Nama yang ditampilkan"), filters=[one_line], validators=[required(), at_most(100)])


class QuestionForm(TrappedForm):
    """A question about a product."""

    text = TextAreaField(_l("Pertanyaan"), filters=[paragraph], validators=[required(), at_most(_MOST_TEXT)])
    name = StringField(
        _l("Nama yang ditampilkan"),
        filters=[one_line],
        validators=[required(), at_most(100)],
        render_kw={"autocomplete": "given-name"},
    )
    email = EmailField(
        _l("E-mail"), filters=[one_line], validators=[Optional(), at_most(254), email_address], render_kw=_EMAIL
    )


class ContactForm(TrappedForm):
    """A message to the shop."""

    name = StringField(
        _l("Nama"), filters=[one_line], validators=[required(), at_most(100)], render_kw={"autocomplete": "name"}
    )
    email = EmailField(
        _l("E-mail"), filters=[one_line], validators=[required(), at_most(254), email_address], render_kw=_EMAIL
    )
    phone = TelField(
        _l("Nomor HP"),
        filters=[one_line],
        validators=[Optional(), at_most(20), mobile_number],
        render_kw={"autocomplete": "tel"},
    )
    order_number = StringField(_l("Nomor pesanan"), filters=[one_line], validators=[at_most(20)])
    text = TextAreaField(_l("Pesan"), filters=[paragraph], validators=[required(), at_most(_MOST_TEXT)])


class AnswerForm(ShopForm):
    """The shop's answer; nothing takes it back."""

    answer = TextAreaField(_l("Jawaban toko"), filters=[paragraph], validators=[at_most(_MOST_TEXT)])


def typed(form: ShopForm, *names: str) -> dict[str, Any]:
    """Return these fields of a form, empty where nothing was written."""
    return {name: form[name].data or "" for name in names}
