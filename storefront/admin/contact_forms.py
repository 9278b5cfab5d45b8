"""The form that corrects who gets an order and where it goes."""

from wtforms import EmailField

from storefront.checkout.forms import RecipientForm
from storefront.formats import normalise_phone
from storefront.forms import at_most, email_address, may_be_empty, one_line
from storefront.orders.contact import FIELDS
from storefront.texts import _l


class ContactForm(RecipientForm):
    """What the checkout asks for. Without an e-mail address the buyer gets no letters any more."""

    email = EmailField(_l("E-mail"), filters=[one_line], validators=[may_be_empty(), at_most(254), email_address])

    def typed(self) -> dict[str, str]:
        """Return what was typed, as an order keeps it."""
        return {name: self[name].data or "" for name in FIELDS} | {"phone": normalise_phone(self.phone.data)}
