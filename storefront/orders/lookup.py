"""Finding one's order without the link: by its number and the e-mail address it was made with."""

import hmac
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import EmailField, StringField

from storefront import payments
from storefront.extensions import db
from storefront.formats import fold
from storefront.forms import ShopForm, at_most, email_address, one_line, required
from storefront.texts import _, _l
from storefront.throttle import Limit, allows, counted_address

from . import links, service
from .models import Order, id_of_number

bp = Blueprint("order_lookup", __name__, url_prefix="/lacak")

_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)
# Read for a number that is none, so that a wrong number costs what a wrong address costs.
_NO_ORDER = 0

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


class LookUpForm(ShopForm):
    """Which order, and who asks."""

    number = StringField(
        _l("Nomor pesanan"),
        filters=[one_line],
        validators=[required(), at_most(30)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    email = EmailField(
        _l("E-mail"),
        filters=[one_line],
        validators=[required(), at_most(254), email_address],
        render_kw={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
    )


@bp.get("")
def show() -> str:
    """Ask for number and address."""
    return render_template("orders/lookup.html", form=LookUpForm(formdata=None))


@bp.post("")
def find() -> Page:
    """Lead to the order; whether the number or the address was wrong is not told."""
    form = LookUpForm()
    if not form.validate():
        return render_template("orders/lookup.html", form=form), 422
    payments.begin_write()
    allowed = allows(db.session(), _limits(form.number.data))
    db.session.commit()
    if not allowed:
        flash(_("Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi."), "danger")
        wait = {"Retry-After": str(int(_QUARTER.total_seconds()))}
        return render_template("orders/lookup.html", form=form), 429, wait
    order = order_for(db.session(), form.number.data, form.email.data)
    if order is None:
        return render_template("orders/lookup.html", form=form, is_unknown=True), 404
    return redirect(links.order_url(order.id))


def order_for(session: Session, number: str, email: str) -> Order | None:
    """Return the order with this number if it was made with this address; the same steps whatever is wrong."""
    order = service.find_order(session, id_of_number(number) or _NO_ORDER)
    known = fold(order.email) if order else ""
    fits = hmac.compare_digest(known.encode(), fold(email).encode())
    return order if fits and order else None


def _limits(number: str) -> list[Limit]:
    """Return how often one may try: a household, and everybody together for one order."""
    address = counted_address(request.remote_addr)
    return [
        Limit("look-up", address, 10, _QUARTER),
        Limit("look-up", address, 30, _HOUR),
        Limit("look-up of one", f"order {id_of_number(number)}", 20, _HOUR),
    ]
