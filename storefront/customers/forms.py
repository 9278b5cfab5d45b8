"""The forms of the customers' pages."""

from wtforms import EmailField

from storefront.forms import ShopForm, at_most, email_address, one_line, required
from storefront.texts import _l


class SignInForm(ShopForm):
    """Who wants a link to sign in with."""

    email = EmailField(
        _l("E-mail"),
        filters=[one_line],
        validators=[required(), at_most(254), email_address],
        render_kw={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
    )
