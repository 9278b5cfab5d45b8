"""What customers keep with the shop: addresses, consent to offers, a copy of everything, and the end of it."""

import json

from flask import Blueprint, abort, flash, redirect, render_template, session, url_for
from flask import Response as Answer
from werkzeug.wrappers import Response

from storefront import payments
from storefront.cart import sharing
from storefront.extensions import db
from storefront.formats import normalise_phone, show_phone
from storefront.orders import service as order_service
from storefront.texts import _

from . import access, addresses, copying, erasing, service
from .forms import AddressForm, EraseForm, OffersForm, ProfileForm
from .models import Customer, CustomerAddress

bp = Blueprint("account", __name__, url_prefix="/akun")
access.guard(bp)

Page = str | Response | tuple[str, int]


@bp.get("/alamat")
def address_book() -> str:
    """Show the addresses."""
    return render_template("customers/addresses.html", customer=access.signed_in(), most=addresses.MOST)


@bp.route("/alamat/baru", methods=["GET", "POST"])
def new_address() -> Page:
    """Add an address."""
    customer = access.signed_in()
    if len(customer.addresses) >= addresses.MOST:
        flash(_("Anda sudah menyimpan %(most)d alamat. Hapus dulu salah satunya.", most=addresses.MOST), "warning")
        return redirect(url_for("account.address_book"))
    form = AddressForm(name=customer.name, phone=show_phone(customer.phone))
    return _address_page(form, None)


@bp.route("/alamat/<int(max=9007199254740991):address_id>", methods=["GET", "POST"])
def edit_address(address_id: int) -> Page:
    """Change an address."""
    address = addresses.find_address(access.signed_in(), address_id) or abort(404)
    return _address_page(AddressForm(obj=address, phone=show_phone(address.phone)), address)


@bp.post("/alamat/<int(max=9007199254740991):address_id>/utama")
def first_address(address_id: int) -> Response:
    """Use an address first."""
    customer, address = _own(address_id)
    addresses.use_first(customer, address)
    db.session.commit()
    flash(_("Alamat ini sekarang dipakai lebih dulu."), "success")
    return redirect(url_for("account.address_book"))


@bp.post("/alamat/<int(max=9007199254740991):address_id>/hapus")
def remove_address(address_id: int) -> Response:
    """Remove an address."""
    customer, address = _own(address_id)
    addresses.remove_address(db.session(), customer, address)
    db.session.commit()
    flash(_("Alamat sudah dihapus."), "success")
    return redirect(url_for("account.address_book"))


@bp.get("/data")
def data() -> str:
    """Show what the shop knows of the customer, and what they may do with it."""
    return _data_page()


@bp.post("/data/nama")
def profile() -> Page:
    """Correct name and telephone number."""
    form = ProfileForm()
    if not form.validate():
        return _data_page(profile_form=form), 422
    customer = _locked()
    service.change_profile(customer, name=form.name.data, phone=normalise_phone(form.phone.data))
    db.session.commit()
    flash(_("Sudah disimpan."), "success")
    return redirect(url_for("account.data"))


@bp.post("/data/penawaran")
def offers() -> Response:
    """Agree to letters about offers, or withdraw."""
    form = OffersForm()
    customer = _locked()
    service.change_consent(db.session(), customer, given=bool(form.wanted.data), source=service.ACCOUNT)
    db.session.commit()
    flash(_("Sudah disimpan."), "success")
    return redirect(url_for("account.data"))


@bp.get("/data/salinan")
def everything() -> str:
    """Show a copy of all that is kept, to be read."""
    return render_template("customers/everything.html", kept=copying.copy_of(db.session(), access.signed_in()))


@bp.get("/data/salinan.json")
def everything_as_json() -> Answer:
    """Hand out a copy of all that is kept, for programs."""
    kept = copying.copy_of(db.session(), access.signed_in())
    answer = Answer(json.dumps(kept, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    return answer


@bp.route("/data/hapus", methods=["GET", "POST"])
def erase() -> Page:
    """Say what being forgotten means and what is in its way; do it once the address was typed."""
    form = EraseForm()
    if not form.is_submitted():
        return _erase_page(form)
    form.expected = access.signed_in().email
    if not form.validate():
        return _erase_page(form), 422
    customer = _locked()
    try:
        erasing.erase(db.session(), customer, actor=order_service.CUSTOMER)
    except erasing.ErasureRefusedError:
        db.session.rollback()
        return _erase_page(form), 409
    db.session.commit()
    access.forget()
    sharing.leave(session)
    flash(_("Data Anda sudah dihapus. Terima kasih pernah berbelanja di sini."), "success")
    return redirect(url_for("catalog.index"))


def _erase_page(form: EraseForm) -> str:
    found = erasing.obstacles(db.session(), access.signed_in())
    return render_template("customers/erase.html", form=form, obstacles=found)


def _address_page(form: AddressForm, address: CustomerAddress | None) -> Page:
    if not form.is_submitted():
        return render_template("customers/address.html", form=form, address=address)
    if not form.validate():
        return render_template("customers/address.html", form=form, address=address), 422
    payments.begin_write()
    customer = access.signed_in()
    addresses.keep_address(db.session(), customer, address, form.data, first=form.is_default.data)
    db.session.commit()
    flash(_("Alamat sudah disimpan."), "success")
    return redirect(url_for("account.address_book"))


def _data_page(profile_form: ProfileForm | None = None) -> str:
    customer = access.signed_in()
    return render_template(
        "customers/data.html",
        customer=customer,
        profile_form=profile_form or ProfileForm(formdata=None, name=customer.name, phone=show_phone(customer.phone)),
        offers_form=OffersForm(formdata=None, wanted=customer.marketing_at is not None),
    )


def _own(address_id: int) -> tuple[Customer, CustomerAddress]:
    """Return the customer and one of their own addresses, to be written to; 404 for somebody else's."""
    customer = _locked()
    return customer, addresses.find_address(customer, address_id) or abort(404)


def _locked() -> Customer:
    payments.begin_write()
    return service.lock_customer(db.session(), access.signed_in().id) or abort(404)
