"""Signing in without a password, and a customer's orders."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from storefront import payments
from storefront.cart import sharing
from storefront.catalog.rules import page_number
from storefront.extensions import csrf, db
from storefront.texts import _
from storefront.throttle import Limit, allows, counted_address

from . import access, links, service
from .forms import SignInForm
from .letters import ask_for_sign_in_link
from .rules import LINK_HOLDS, email_key

bp = Blueprint("customers", __name__, url_prefix="/akun")
access.guard(bp, strangers=("index", "ask", "sent", "enter", "no_offers", "stop_offers"))

_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.get("")
def index() -> Page:
    """Show the customer's orders; to strangers, how to sign in."""
    customer = access.current_customer()
    if customer is None:
        return render_template("customers/sign_in.html", form=SignInForm())
    orders = service.list_orders(customer, page=page_number(request.args.get("page")))
    return render_template("customers/orders.html", customer=customer, orders=orders)


@bp.post("")
def ask() -> Page:
    """Have a sign-in link sent; the answer is the same whether the shop knows the address or not."""
    form = SignInForm()
    if not form.validate():
        return render_template("customers/sign_in.html", form=form), 422
    payments.begin_write()
    if not allows(db.session(), _limits(email_key(form.email.data))):
        db.session.rollback()
        flash(_("Terlalu banyak permintaan. Tunggu beberapa menit, lalu coba lagi."), "danger")
        wait = {"Retry-After": str(int(_QUARTER.total_seconds()))}
        return render_template("customers/sign_in.html", form=form), 429, wait
    ask_for_sign_in_link(service.find_customer(db.session(), form.email.data))
    db.session.commit()
    return redirect(url_for("customers.sent"))


@bp.get("/periksa-email")
def sent() -> str:
    """Tell where the link went."""
    return render_template("customers/sent.html", minutes=int(LINK_HOLDS.total_seconds() // 60))


@bp.route("/masuk/<token>", methods=["GET", "POST"])
def enter(token: str) -> Page:
    """Sign in by the link from the letter: it shows a button first, since mail scanners follow links, too."""
    if request.method == "POST":
        payments.begin_write()
    customer = links.sign_in_customer(db.session(), token)
    if customer is None:
        db.session.rollback()
        return render_template("customers/sign_in.html", form=SignInForm(formdata=None), is_stale=True), 410
    if request.method == "GET":
        return render_template("customers/enter.html", customer=customer)
    service.note_sign_in(customer)
    access.remember(customer)
    notices = sharing.bring_along(session, customer)
    db.session.commit()
    flash(_("Anda sudah masuk."), "success")
    for notice in notices:
        flash(notice, "info")
    return redirect(url_for("customers.index"))


@bp.post("/keluar")
def leave() -> Response:
    """Sign out, here or everywhere."""
    customer = access.current_customer()
    if customer and request.form.get("everywhere"):
        payments.begin_write()
        service.end_all_sign_ins(customer)
        db.session.commit()
        flash(_("Anda sudah keluar di semua perangkat."), "info")
    else:
        flash(_("Anda sudah keluar."), "info")
    access.forget()
    sharing.leave(session)
    return redirect(url_for("customers.index"))


@bp.get("/penawaran/<token>")
def no_offers(token: str) -> str:
    """Show the button that ends letters about offers, for the reader of such a letter."""
    customer = links.no_offers_customer(db.session(), token) or abort(404)
    return render_template("customers/no_offers.html", agreed=customer.marketing_at is not None)


@bp.post("/penawaran/<token>")
def stop_offers(token: str) -> Response:
    """End letters about offers; also what mail programs send by themselves when their reader unsubscribes."""
    payments.begin_write()
    customer = links.no_offers_customer(db.session(), token) or abort(404)
    service.change_consent(db.session(), customer, given=False, source=service.LETTER)
    db.session.commit()
    return redirect(url_for("customers.no_offers", token=token))


# A mail program has no page of ours open; the signed link is the proof.
csrf.exempt(stop_offers)


def _limits(email: str) -> list[Limit]:
    """Return how many letters one may have sent: to one reader, by one household, and to one reader by all."""
    address = counted_address(request.remote_addr)
    return [
        Limit("sign-in", f"{email} {address}", 3, _QUARTER),
        Limit("sign-in", email, 10, _HOUR),
        Limit("sign-in", address, 30, _HOUR),
    ]
