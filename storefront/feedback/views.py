"""Where people say and ask: reviews of what they bought, questions about products, messages to the shop."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from storefront import payments
from storefront.catalog.models import Product
from storefront.catalog.service import find_product
from storefront.customers.access import current_customer
from storefront.extensions import db
from storefront.formats import normalise_phone, show_phone
from storefront.languages import current_locale
from storefront.notifications.owner import note_alert
from storefront.orders import links
from storefront.orders import service as order_service
from storefront.orders.models import Order
from storefront.texts import _
from storefront.throttle import Limit, allows, counted_address

from . import rules, service
from .forms import ContactForm, QuestionForm, ReviewForm, TrappedForm, typed
from .letters import ask_for_message_letter

bp = Blueprint("feedback", __name__)

_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    """Let templates ask what they show of reviews."""
    app.add_template_global(_reviewable, "reviewable")
    app.add_template_filter(_rating, "rating")
    app.add_template_filter(_rating_text, "rating_text")


@bp.route("/orders/<token>/ulasan/<slug>", methods=["GET", "POST"])
def review(token: str, slug: str) -> Page:
    """Review one product of an order that has arrived."""
    order = _order_of(token)
    pairs = {product.slug: (product, written) for product, written in service.reviewable(db.session(), order)}
    product, written = pairs.get(slug) or abort(404)
    if written:
        flash(_("Ulasan Anda untuk barang ini sudah kami terima. Terima kasih."), "info")
        return redirect(links.order_url(order.id))
    form = ReviewForm(name=rules.shown_name(order.name))
    if not form.is_submitted():
        return render_template("feedback/review.html", form=form, order=order, product=product)
    if not form.validate():
        return render_template("feedback/review.html", form=form, order=order, product=product), 422
    return _keep_review(order.id, product, form)


@bp.get("/produk/<slug>/ulasan")
def all_of(slug: str) -> str:
    """Show all reviews and questions of a product, a page at a time."""
    product = find_product(db.session(), slug) or abort(404)
    kind = "question" if request.args.get("tentang") == "pertanyaan" else "review"
    found, older = service.shown_of(db.session(), product, kind, older=request.args.get("older", type=int))  # type: ignore[arg-type]
    return render_template("feedback/all.html", product=product, found=found, older=older, kind=kind)


@bp.route("/produk/<slug>/tanya", methods=["GET", "POST"])
def ask(slug: str) -> Page:
    """Ask about a product."""
    product = find_product(db.session(), slug) or abort(404)
    customer = current_customer()
    known = {"name": rules.shown_name(customer.name), "email": customer.email} if customer else {}
    form = QuestionForm(**known)
    page = {"form": form, "product": product}
    if not form.is_submitted():
        return render_template("feedback/ask.html", **page)
    if not form.validate():
        return render_template("feedback/ask.html", **page), 422
    done = _("Pertanyaan Anda kami terima. Jawabannya muncul di halaman barang ini.")
    if form.is_trapped:
        flash(done, "success")
        return redirect(url_for("catalog.product", slug=slug))
    refused = _throttled("question", "feedback/ask.html", page)
    if refused:
        return refused
    facts = typed(form, "name", "email", "text")
    question = service.ask_question(db.session(), product, **facts, locale=current_locale())
    note_alert(db.session(), "question", f"feedback:{question.id}", feedback=question.id, product=product.name)
    db.session.commit()
    flash(done, "success")
    return redirect(url_for("catalog.product", slug=slug))


@bp.route("/kontak", methods=["GET", "POST"])
def contact() -> Page:
    """Write to the shop."""
    form = ContactForm(**_contact_known())
    if not form.is_submitted():
        return render_template("feedback/contact.html", form=form)
    if not form.validate():
        return render_template("feedback/contact.html", form=form), 422
    if not form.is_trapped:
        refused = _throttled("contact", "feedback/contact.html", {"form": form})
        if refused:
            return refused
        facts = typed(form, "name", "email", "order_number", "text")
        phone = normalise_phone(form.phone.data) if form.phone.data else ""
        message = service.write_message(db.session(), **facts, phone=phone)
        ask_for_message_letter(message)
        db.session.commit()
    flash(_("Pesan Anda sudah kami terima. Kami menjawab lewat e-mail."), "success")
    return redirect(url_for("feedback.contact"))


def _keep_review(order_id: int, product: Product, form: ReviewForm) -> Response:
    product_id, product_name = product.id, product.name
    payments.begin_write()
    order = order_service.lock_order(db.session(), order_id) or abort(404)
    product = db.session.get(Product, product_id) or abort(404)
    try:
        facts = typed(form, "name", "text")
        kept = service.write_review(db.session(), order, product, stars=int(form.stars.data), **facts)
    except service.FeedbackRefusedError:
        db.session.rollback()
        flash(_("Ulasan Anda untuk barang ini sudah kami terima. Terima kasih."), "info")
        return redirect(links.order_url(order_id))
    note_alert(db.session(), "product_review", f"feedback:{kept.id}", feedback=kept.id, product=product_name)
    is_shown = kept.status == "shown"
    db.session.commit()
    flash(
        _("Terima kasih, ulasan Anda sudah tampil.")
        if is_shown
        else _("Terima kasih. Ulasan Anda tampil setelah toko membacanya."),
        "success",
    )
    return redirect(links.order_url(order_id))


def _throttled(kind: str, template: str, page: dict[str, Any]) -> Page | None:
    """Begin to write, unless this address wrote too often: then return the answer that says so."""
    form: TrappedForm = page["form"]
    address = counted_address(request.remote_addr)
    payments.begin_write()
    if allows(db.session(), [Limit(kind, address, 3, _QUARTER), Limit(kind, address, 10, _DAY)]):
        return None
    db.session.rollback()
    flash(
        _("Anda sudah mengirim beberapa kali. Tunggu seperempat jam, lalu kirim lagi; isian Anda masih ada."), "danger"
    )
    wait = {"Retry-After": str(int(_QUARTER.total_seconds()))}
    return render_template(template, **{**page, "form": form}), 429, wait


def _contact_known() -> dict[str, str]:
    """Return what we know of who writes: of a signed-in customer, and the order they come from."""
    customer = current_customer()
    known = {"order_number": request.args.get("pesanan", "")[:20]}
    if customer is None:
        return known
    return {**known, "name": customer.name, "email": customer.email, "phone": show_phone(customer.phone)}


def _order_of(token: str) -> Order:
    order_id = links.order_id_of(token)
    order = order_service.find_order(db.session(), order_id) if order_id is not None else None
    return order or abort(404)


def _reviewable(order: Order) -> list[Any]:
    return service.reviewable(db.session(), order)


def _rating(product: Product) -> float:
    return rules.average(product.rating_sum, product.rating_count)


def _rating_text(product: Product) -> str:
    text = f"{_rating(product):.1f}"
    return text if current_locale() == "en" else text.replace(".", ",")
