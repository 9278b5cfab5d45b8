"""The pages of the panel."""

from flask import Blueprint, abort, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payment_words, payments
from storefront.database import now
from storefront.extensions import db
from storefront.formats import rupiah
from storefront.health import WORKER_SILENCE
from storefront.identity import current_shop
from storefront.notifications import whatsapp
from storefront.notifications.service import LETTERS
from storefront.orders import service as order_service
from storefront.orders import timeline
from storefront.orders.models import Order, id_of_number
from storefront.orders.return_marks import marks_of
from storefront.shipping.couriers import COURIERS
from storefront.texts import _
from storefront.throttle import counted_address

from . import access, audit, home, service
from . import orders as order_search
from .forms import CancelForm, NoteForm, OrderFilters, PasswordForm, RefundForm, ShipForm, TermForm

bp = Blueprint("admin", __name__, url_prefix="/admin")
access.guard(bp)

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.get("/")
def index() -> str:
    """Show what needs somebody now, how sales go, and whether the money's way is in order."""
    session = db.session()
    zone = current_shop().timezone
    every = home.days(session, zone, now())
    return render_template(
        "admin/home.html",
        shop_waits=home.waiting(session),
        money=payments.look_over(),
        days=every,
        totals=home.totals(every),
        highest=max(day.revenue for day in every),
        most=max(max(day.placed, day.paid) for day in every),
        now=now(),
        worker_silence=WORKER_SILENCE,
        refused_sources=payments.refused_sources(),
    )


@bp.get("/orders")
def orders() -> str:
    """List the orders."""
    filters = OrderFilters(request.args)
    place = {name: request.args.get(name, type=int) for name in ("older", "newer")}
    return render_template(
        "admin/orders.html",
        page=order_search.find(db.session(), filters.wanted(), **place),
        filters=filters,
        queues=order_search.QUEUES,
        counts=order_search.count_queues(db.session()),
        most=order_search.MOST_COUNTED,
        refused_sources=payments.refused_sources(),
    )


@bp.get("/orders/<number>")
def order(number: str) -> str:
    """Show one order."""
    return order_page(order_of(number))


def order_of(number: str) -> Order:
    """Return the order with this number, or answer 404."""
    order_id = id_of_number(number)
    found = order_service.find_order(db.session(), order_id) if order_id else None
    return found or abort(404)


def order_page(
    found: Order,
    ship_form: ShipForm | None = None,
    refund_form: RefundForm | None = None,
    note_form: NoteForm | None = None,
    cancel_form: CancelForm | None = None,
) -> str:
    """Show one order, with the forms as they were sent."""
    charge = payments.find_charge(found.number)
    money, refunds = payments.describe(charge) if charge else None, payments.refunds_of(found.number)
    pay_url = payments.pay_url(charge) if charge else None
    return render_template(
        "admin/order.html",
        order=found,
        charge=money,
        refunds=refunds,
        chats=whatsapp.chats(db.session(), found, money, refunds, pay_url=pay_url),
        timeline=timeline.for_staff(found.events, payments.story(charge) if charge else ()),
        ship_form=ship_form or ShipForm(courier=found.courier, tracking_number=found.tracking_number),
        couriers=COURIERS,
        refund_form=refund_form or RefundForm(amount=rupiah(payments.suggested_refund(found.number)) if charge else ""),
        term_form=TermForm(),
        cancel_form=cancel_form or CancelForm(formdata=None),
        returned=marks_of(db.session(), found, {each["ticket"]: each["status"] for each in refunds}),
        note_form=note_form or NoteForm(formdata=None),
        letters=payments.letters_of(found),
        letter_names=LETTERS,
        words=payment_words,
    )


def check_password(password: str) -> None:
    """Make sure that it is still the signed-in person. Raises TooManyLoginsError or LoginRefusedError."""
    address = counted_address(request.remote_addr)
    try:
        service.check_again(db.session(), current_user, password, address)
    except service.LoginRefusedError:
        count_failure(current_user.email, address, "password", actor=current_user.email)
        raise


def is_it_them(form: PasswordForm) -> bool:
    """Tell whether it is still the signed-in person at the keyboard; what is wrong is said at the field."""
    try:
        check_password(form.password.data)
    except service.TooManyLoginsError:
        form.password.errors = [_("Terlalu banyak percobaan. Coba lagi beberapa menit lagi.")]
    except service.LoginRefusedError:
        form.password.errors = [_("Kata sandi Anda tidak cocok.")]
    return not form.password.errors


def count_failure(email: str, address: str, step: str, *, actor: str = audit.STRANGER) -> None:
    """Count and note one failed attempt, in a transaction of its own; `step` says what was wrong.

    What is no address of ours is not kept: people type passwords into the wrong field.
    """
    db.session.rollback()
    payments.begin_write()
    service.note_failure(db.session(), email, address)
    known = service.find_staff(db.session(), email)
    audit.note(db.session(), "staff.refused", known.email if known else "", after={"step": step}, actor=actor)
    db.session.commit()
