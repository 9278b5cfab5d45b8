"""The settings page: deadlines, codes, refunds, retention, holidays, and secrets that are replaced and never shown."""

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import overrides, payment_accounts, payment_settings, payments
from storefront.backups import folder
from storefront.brand import service
from storefront.extensions import ConfigError, db
from storefront.identity import current_shop
from storefront.texts import _

from . import access, audit
from .account_views import ask_moota
from .service import LoginRefusedError, TooManyLoginsError
from .settings_forms import EFFECTS, MIN_SECRET, NAMES, HolidayForm, SecretForm, SettingsForm
from .views import check_password

bp = Blueprint("admin_settings", __name__, url_prefix="/admin/settings")
access.guard(bp)

Answer = str | Response | tuple[str, int]

_SECRETS = {"token": overrides.ACCESS_TOKEN, "webhook": overrides.SECRET}


@bp.route("", methods=["GET", "POST"])
@access.requires("owner")
def index() -> Answer:
    """Show the settings in force, and keep changes; they count from the next request on."""
    if request.method == "GET":
        return _page(_form_as_set())
    form = SettingsForm()
    if not form.validate():
        return _page(form), 422
    changed = {name: text for name, text in form.texts().items() if text != payment_settings.configured_text(name)}
    try:
        payment_settings.check_settings(changed)
    except ConfigError as error:
        flash(_("Gabungan nilai ini tidak dapat dipakai: %(why)s", why=error), "danger")
        return _page(form), 422
    payments.begin_write()
    own = {"timezone": form.timezone.data, folder.KEPT: form.backups_kept.data}
    before, after = service.change(db.session(), {"moota": changed, **own})
    named = [{**data.get("moota", {}), **{name: data.get(name) for name in own}} for data in (before, after)]
    audit.note(db.session(), "settings.changed", "", before=named[0], after=named[1])
    db.session.commit()
    flash(_("Pengaturan disimpan dan berlaku mulai sekarang."), "success")
    return redirect(url_for("admin_settings.index"))


@bp.post("/secrets/<which>")
@access.requires("owner")
def replace_secret(which: str) -> Answer:
    """Replace the access token or the webhook's secret; the old secret stays valid until the owner ends it."""
    name = _SECRETS.get(which) or abort(404)
    form = SecretForm()
    if not form.validate():
        return _page(None, secret_form=form, which=which), 422
    if which == "webhook" and len(form.value.data) < MIN_SECRET:
        form.value.errors = [_("Pakai paling sedikit %(count)d karakter acak.", count=MIN_SECRET)]
        return _page(None, secret_form=form, which=which), 422
    try:
        check_password(form.password.data)
    except TooManyLoginsError:
        form.password.errors = [_("Terlalu banyak percobaan. Coba lagi beberapa menit lagi.")]
        return _page(None, secret_form=form, which=which), 429
    except LoginRefusedError:
        form.password.errors = [_("Kata sandi ini tidak cocok.")]
        return _page(None, secret_form=form, which=which), 422
    payments.begin_write()
    audit.note(db.session(), "secret.replaced", name)
    overrides.replace_secret(name, form.value.data, in_force=payment_settings.webhook_secret())
    db.session.commit()
    flash(_("Nilai baru berlaku mulai sekarang."), "success")
    return redirect(url_for("admin_settings.index"))


@bp.post("/secrets/webhook/end")
@access.requires("owner")
def end_previous() -> Response:
    """Stop accepting the webhook's secret of before."""
    payments.begin_write()
    audit.note(db.session(), "secret.ended", overrides.PREVIOUS)
    overrides.end_previous()
    db.session.commit()
    flash(_("Rahasia lama tidak diterima lagi."), "success")
    return redirect(url_for("admin_settings.index"))


@bp.post("/webhook/register")
@access.requires("owner")
def register_webhook() -> Response:
    """Have Moota send its webhooks here; what is registered rightly already stays."""
    actor = current_user.email

    def register() -> str:
        payment_accounts.register_webhook()
        payments.begin_write()
        audit.note(db.session(), "webhook.registered", payment_accounts.webhook_address(), actor=actor)
        db.session.commit()
        return _("Webhook terdaftar di Moota untuk semua mutasi, dengan alamat dan rahasia toko ini.")

    return ask_moota(register, then="admin_settings.index")


@bp.post("/webhook/shut-out")
@access.requires("owner")
def shut_out() -> Response:
    """Take webhooks from an address that was let in no more."""
    address = request.form.get("address", "")[:64]
    payments.begin_write()
    payment_accounts.shut_out(address, actor=current_user.email)
    audit.note(db.session(), "webhook.source_shut_out", address)
    db.session.commit()
    flash(_("Webhook dari %(address)s tidak diterima lagi.", address=address), "success")
    return redirect(url_for("admin_settings.index"))


@bp.route("/holidays", methods=["GET", "POST"])
@access.requires("owner")
def holidays() -> Answer:
    """Show the days on which banks do not work, and add one."""
    form = HolidayForm() if request.method == "POST" else HolidayForm(formdata=None)
    if request.method == "GET" or not form.validate():
        page = render_template("admin/holidays.html", form=form, days=payment_settings.list_holidays())
        return page, 422 if form.errors else 200
    payments.begin_write()
    payment_settings.add_holiday(form.day.data, form.name.data, actor=current_user.email)
    audit.note(db.session(), "holiday.added", form.day.data.isoformat(), after={"name": form.name.data})
    db.session.commit()
    flash(_("Hari libur dicatat; batas waktu baru mengikutinya."), "success")
    return redirect(url_for("admin_settings.holidays"))


@bp.post("/holidays/<day>/<step>")
@access.requires("owner")
def holiday_step(day: str, step: str) -> Response:
    """Say that banks work on a known holiday, or take back what was said of a day."""
    act = {"work": payment_settings.add_workday, "forget": payment_settings.forget_holiday}.get(step) or abort(404)
    try:
        when = date.fromisoformat(day)
    except ValueError:
        abort(404)
    payments.begin_write()
    try:
        act(when, actor=current_user.email)
    except payments.RefusedError:
        db.session.rollback()
        flash(_("Tentang hari itu tidak ada yang dapat diubah."), "warning")
    else:
        audit.note(db.session(), f"holiday.{step}", day)
        db.session.commit()
        flash(_("Kalender hari kerja disimpan."), "success")
    return redirect(url_for("admin_settings.holidays"))


def _form_as_set() -> SettingsForm:
    now_set = {field: payment_settings.setting_text(name) for field, name in NAMES.items()}
    own = {"timezone": current_shop().timezone, folder.KEPT: folder.kept_at_most()}
    return SettingsForm(formdata=None, data={**own, **now_set})


def _page(form: SettingsForm | None, secret_form: SecretForm | None = None, which: str = "") -> str:
    """Show the page; a secret that was sent is never sent back."""
    return render_template(
        "admin/settings.html",
        form=form or _form_as_set(),
        effects=EFFECTS,
        secret_form=secret_form or SecretForm(formdata=None),
        which=which,
        secrets=payment_settings.secrets_set(),
        address=payment_accounts.webhook_address(),
        let_in=payment_accounts.addresses_let_in(),
        money=payments.look_over(),
    )
