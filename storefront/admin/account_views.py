"""The accounts that money comes to: which there are, which new orders use, in which order, and on what terms."""

import logging
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payment_accounts, payments
from storefront.extensions import db
from storefront.payment_accounts import Receiving
from storefront.texts import _

from . import access, audit
from .account_forms import AccountForm, NewAccountForm
from .service import LoginRefusedError, TooManyLoginsError
from .views import check_password

log = logging.getLogger(__name__)

bp = Blueprint("admin_accounts", __name__, url_prefix="/admin/settings/accounts")
access.guard(bp)

Page = str | Response | tuple[str, int]


@bp.get("")
@access.requires("owner")
def index() -> str:
    """Show the accounts."""
    return _list(NewAccountForm(formdata=None))


@bp.post("")
@access.requires("owner")
def add() -> Page:
    """Add an account by hand."""
    form = NewAccountForm()
    if not form.validate() or not _is_it_them(form):
        return _list(form), 422
    payments.begin_write()
    try:
        payment_accounts.add_account(form.given(), actor=current_user.email)
    except payment_accounts.KnownAccountError:
        db.session.rollback()
        form.bank_id.errors = [_("Rekening dengan ID ini sudah ada.")]
        return _list(form), 422
    facts = {name: value for name, value in form.given().items() if name != "account_number"}
    audit.note(db.session(), "account.added", form.bank_id.data, after=facts)
    db.session.commit()
    flash(_("Rekening ditambahkan dan dipakai untuk pesanan baru."), "success")
    return redirect(url_for("admin_accounts.index"))


@bp.post("/sync")
@access.requires("owner")
def sync() -> Response:
    """Fetch the accounts from Moota; what the owner decided about them stays."""
    actor = current_user.email

    def fetch() -> str:
        report = payment_accounts.sync_accounts()
        payments.begin_write()
        changed = {"added": report["added"], "gone": report["gone"]}
        audit.note(db.session(), "accounts.synced", "", after=changed, actor=actor)
        db.session.commit()
        return _(
            "Dari Moota: %(added)d rekening baru, %(updated)d diperbarui, %(gone)d tidak dipantau lagi.",
            **{name: len(ids) for name, ids in report.items()},
        )

    return ask_moota(fetch, then="admin_accounts.index")


@bp.route("/<bank_id>", methods=["GET", "POST"])
@access.requires("owner")
def edit(bank_id: str) -> Page:
    """Show an account, and keep what is decided about it."""
    account = payment_accounts.find_account(bank_id) or abort(404)
    if request.method == "GET":
        return _form(AccountForm.of(account), account)
    form = AccountForm.sent(account)
    if not form.validate() or (form.changes_qris and not _is_it_them(form)):
        return _form(form, account), 422
    payments.begin_write()
    try:
        before, after = payment_accounts.change_account(bank_id, form.terms(), actor=current_user.email)
    except payment_accounts.LastAccountError:
        db.session.rollback()
        form.is_offered.errors = [_("Ini satu-satunya yang masih dipakai; tanpa ini tidak ada yang dapat membayar.")]
        return _form(form, account), 422
    except payment_accounts.RefusedError:
        log.warning("Terms of an account were refused", exc_info=True)
        db.session.rollback()
        flash(_("Gabungan nilai ini tidak dapat dipakai. Tidak ada yang diubah."), "danger")
        return _form(form, account), 422
    audit.note(db.session(), "account.terms", bank_id, before=before, after=after)
    db.session.commit()
    flash(_("Rekening disimpan; berlaku untuk pesanan baru."), "success")
    return redirect(url_for("admin_accounts.index"))


@bp.post("/<bank_id>/place")
@access.requires("owner")
def place(bank_id: str) -> Response:
    """Move an account one place earlier or later."""
    earlier = request.form.get("to") == "earlier"
    payments.begin_write()
    try:
        payment_accounts.move_account(bank_id, earlier=earlier, actor=current_user.email)
    except payment_accounts.UnknownAccount:
        db.session.rollback()
        abort(404)
    audit.note(db.session(), "account.moved", bank_id, after={"earlier": earlier})
    db.session.commit()
    return redirect(url_for("admin_accounts.index"))


def ask_moota(act: Callable[[], str], *, then: str) -> Response:
    """Do something at Moota and say what came of it; nothing of ours is held while it is asked."""
    try:
        flash(act(), "success")
    except payment_accounts.ConfigError as error:
        flash(_("Yang diperlukan untuk ini belum diisi: %(name)s.", name=error.name or ""), "warning")
    except payment_accounts.ApiError as error:
        flash(_("Moota tidak menjawab seperti yang diharapkan: %(why)s", why=error), "danger")
    return redirect(url_for(then))


def _list(form: NewAccountForm) -> str:
    found = payment_accounts.every_account()
    return render_template("admin/accounts.html", accounts=found, form=form, kinds=_by_kind(found))


def _by_kind(found: list[Receiving]) -> list[tuple[str, list[Receiving]]]:
    titles = {"bank_transfer": _("Transfer bank"), "virtual_account": _("Virtual account"), "qris": _("QRIS")}
    groups = {kind: [account for account in found if account.kind == kind] for kind in titles}
    return [(titles[kind], group) for kind, group in groups.items() if group]


def _form(form: AccountForm, account: Receiving) -> str:
    return render_template("admin/account.html", form=form, account=account)


def _is_it_them(form: AccountForm | NewAccountForm) -> bool:
    """Tell whether it is still the owner at the keyboard; what is wrong is said at the field."""
    try:
        check_password(form.password.data or "")
    except TooManyLoginsError:
        form.password.errors = [_("Terlalu banyak percobaan. Coba lagi beberapa menit lagi.")]
    except LoginRefusedError:
        form.password.errors = [_("Kata sandi Anda tidak cocok.")]
    return not form.password.errors
