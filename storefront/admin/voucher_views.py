"""Vouchers in the panel."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from storefront import payments
from storefront.database import now
from storefront.extensions import db
from storefront.promotions import service
from storefront.promotions.forms import VoucherForm
from storefront.promotions.models import Voucher
from storefront.texts import _

from . import access, audit

bp = Blueprint("admin_vouchers", __name__, url_prefix="/admin/vouchers")
access.guard(bp)

Page = str | Response | tuple[str, int]


@bp.get("")
def index() -> str:
    """Show all vouchers, those that can be used first."""
    return render_template("admin/vouchers.html", vouchers=service.list_vouchers(db.session()), now=now())


@bp.route("/new", methods=["GET", "POST"])
@access.requires("owner", "staff")
def new() -> Page:
    """Make a voucher."""
    form = VoucherForm()
    if not form.is_submitted():
        return _form(form, None)
    if not form.validate():
        return _form(form, None), 422
    payments.begin_write()
    try:
        voucher = service.create(db.session(), form.code.data, form.terms())
        audit.note(db.session(), "voucher.created", voucher.code, after=_facts(voucher))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.code.errors = [_("Kode ini sudah ada. Pilih kode lain.")]
        return _form(form, None), 422
    flash(_("Voucher %(code)s siap dipakai.", code=form.code.data), "success")
    return redirect(url_for("admin_vouchers.index"))


@bp.route("/<int:voucher_id>", methods=["GET", "POST"])
def edit(voucher_id: int) -> Page:
    """Show a voucher with its uses; change its terms."""
    form = VoucherForm()
    if not form.is_submitted():
        voucher = db.session.get(Voucher, voucher_id) or abort(404)
        return _form(VoucherForm.of(voucher), voucher)
    return _change(voucher_id, form)


@access.requires("owner", "staff")
def _change(voucher_id: int, form: VoucherForm) -> Page:
    payments.begin_write()
    voucher = service.lock(db.session(), voucher_id) or abort(404)
    # A code that was given out stays what it is.
    form.code.data = voucher.code
    problem = not form.validate() or _is_too_low(form, voucher)
    if problem:
        db.session.rollback()
        return _form(form, db.session.get(Voucher, voucher_id)), 422
    before = _facts(voucher)
    service.change(db.session(), voucher, form.terms())
    audit.note(db.session(), "voucher.changed", voucher.code, before=before, after=_facts(voucher))
    db.session.commit()
    flash(_("Voucher disimpan."), "success")
    return redirect(url_for("admin_vouchers.index"))


def _is_too_low(form: VoucherForm, voucher: Voucher) -> bool:
    limit = form.usage_limit.data
    if limit is None or limit >= voucher.used:
        return False
    form.usage_limit.errors = [_("Voucher ini sudah dipakai %(used)d kali; isi paling sedikit itu.", used=voucher.used)]
    return True


def _form(form: VoucherForm, voucher: Voucher | None) -> str:
    uses = service.list_uses(db.session(), voucher) if voucher else []
    return render_template("admin/voucher.html", form=form, voucher=voucher, uses=uses)


def _facts(voucher: Voucher) -> dict[str, Any]:
    """Return the terms as the audit log keeps them."""
    return {
        name: str(value) if hasattr(value, "isoformat") else value for name, value in service.facts(voucher).items()
    }
