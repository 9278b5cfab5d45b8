"""The form on a product's page."""

from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange, StopValidation

from storefront.cart.rules import MAX_QUANTITY
from storefront.forms import ShopForm
from storefront.texts import _l


def _whole_number(_form: ShopForm, field: IntegerField) -> None:
    """Replace WTForms' own message, which has no Indonesian translation."""
    if field.process_errors or field.data is None:
        field.errors = []
        raise StopValidation(_l("Isi jumlah dengan angka bulat."))


class AddToCartForm(ShopForm):
    """Which variant to put into the cart, by its id, and how many pieces of it."""

    variant = StringField(_l("Pilihan"))

    quantity = IntegerField(
        _l("Jumlah"),
        default=1,
        validators=[
            _whole_number,
            NumberRange(min=1, max=MAX_QUANTITY, message=_l("Jumlah harus antara %(min)d dan %(max)d.")),
        ],
        render_kw={"min": 1, "max": MAX_QUANTITY, "inputmode": "numeric"},
    )
