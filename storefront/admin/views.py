"""The pages of the panel."""

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from storefront import payment_words, payments
from storefront.catalog.rules import page_number
from storefront.database import now
from storefront.extensions import db
from storefront.formats import rupiah
from storefront.health import WORKER_SILENCE
from storefront.identity import current_shop
from storefront.languages import safe_path
from storefront.notifications import whatsapp
from storefront.orders import service as order_service
from storefront.orders import timeline
from storefront.orders.models import Order, id_of_number
from storefront.shipping.couriers import COURIERS
from storefront.texts import _
from storefront.throttle import counted_address

from . import access, home, service
from .forms import LoginForm, OrderFilters, RefundForm, ShipForm, TermForm
from .orders import count_orders, list_orders
from .rules import WINDOW

bp = Blueprint("admin", __name__, url_prefix="/admin")
access.guard(bp)

# What a visitor keeps when the session is renewed at sign-in.
_KEPT = ("cart",)

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
        now=now(),
        worker_silence=WORKER_SILENCE,
        refused_sources=payments.refused_sources(),
    )


@bp.route("/login", methods=["GET", "POST"])
def login() -> Page:
    """Sign somebody in."""
    form = LoginForm()
    if current_user.is_authenticated:
        return _onwards()
    if not form.validate_on_submit():
        return render_template("admin/login.html", form=form), 422 if form.is_submitted() else 200
    return _sign_in(form)


@bp.post("/logout")
def logout() -> Response:
    """Sign out on every device: a copied session must not live on."""
    payments.begin_write()
    service.end_all_logins(current_user)
    db.session.commit()
    logout_user()
    _renew_session()
    flash(_("Anda sudah keluar."), "info")
    return redirect(url_for("admin.login"))


@bp.get("/orders")
def orders() -> str:
    """List the orders."""
    filters = OrderFilters(request.args)
    page = list_orders(
        query=filters.q.data,
        payment=filters.chosen("payment"),
        shipment=filters.chosen("shipment"),
        page=page_number(request.args.get("page")),
    )
    return render_template(
        "admin/orders.html",
        orders=page,
        filters=filters,
        counts=count_orders(db.session()),
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


def order_page(found: Order, ship_form: ShipForm | None = None, refund_form: RefundForm | None = None) -> str:
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
        words=payment_words,
    )


def check_password(password: str) -> None:
    """Make sure that it is still the signed-in person. Raises TooManyLoginsError or LoginRefusedError."""
    address = counted_address(request.remote_addr)
    try:
        service.check_again(db.session(), current_user, password, address)
    except service.LoginRefusedError:
        _count_failure(current_user.email, address)
        raise


def _sign_in(form: LoginForm) -> Page:
    address = counted_address(request.remote_addr)
    try:
        member = service.sign_in(db.session(), form.email.data, form.password.data, address)
    except service.TooManyLoginsError:
        flash(_("Terlalu banyak percobaan. Coba lagi beberapa menit lagi."), "danger")
        wait = {"Retry-After": str(int(WINDOW.total_seconds()))}
        return render_template("admin/login.html", form=form), 429, wait
    except service.LoginRefusedError:
        _count_failure(form.email.data, address)
        flash(_("E-mail atau kata sandi tidak cocok."), "danger")
        return render_template("admin/login.html", form=form), 401
    payments.begin_write()
    service.welcome(db.session(), member, form.password.data, address)
    db.session.commit()
    _renew_session()
    login_user(member)
    return _onwards()


def _count_failure(email: str, address: str) -> None:
    db.session.rollback()
    payments.begin_write()
    service.note_failure(db.session(), email, address)
    db.session.commit()


def _renew_session() -> None:
    """Start a new session, so that nothing planted before signing in or left behind survives the change."""
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)


def _onwards() -> Response:
    return redirect(safe_path(request.args.get("next")) or url_for("admin.index"))
