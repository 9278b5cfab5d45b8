"""The door of the panel: password, code from the telephone, a new password by a letter, and the way out."""

import time
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.extensions import db
from storefront.languages import safe_path
from storefront.texts import _
from storefront.throttle import Limit, allows, counted_address

from . import access, audit, people, second_factor, service, sessions, staff_letters
from .forms import CodeForm, LoginForm, NewPasswordForm, ResetForm
from .models import StaffMember
from .rules import HALF_WAY, WINDOW
from .views import count_failure

bp = Blueprint("admin_door", __name__, url_prefix="/admin")
access.guard(bp)

# What a visitor keeps when the session is renewed at sign-in.
_KEPT = ("cart",)
_HALF_WAY = "half_way"
_HOUR = timedelta(hours=1)

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.route("/login", methods=["GET", "POST"])
def login() -> Page:
    """Sign somebody in, or half in when a code is asked for, too."""
    form = LoginForm()
    if current_user.is_authenticated:
        return _onwards()
    if not form.validate_on_submit():
        return render_template("admin/login.html", form=form), 422 if form.is_submitted() else 200
    address = counted_address(request.remote_addr)
    try:
        member = service.sign_in(db.session(), form.email.data, form.password.data, address)
    except service.TooManyLoginsError:
        return _too_many("admin/login.html", form)
    except service.LoginRefusedError:
        count_failure(form.email.data, address, "sign_in")
        flash(_("E-mail atau kata sandi tidak cocok."), "danger")
        return render_template("admin/login.html", form=form), 401
    if member.totp_secret:
        _renew_session()
        session[_HALF_WAY] = [member.get_id(), int(time.time())]
        return redirect(url_for("admin_door.code", next=request.args.get("next")))
    payments.begin_write()
    service.renew_hash(member, form.password.data)
    return _let_in(member, address, by="password")


@bp.route("/login/code", methods=["GET", "POST"])
def code() -> Page:
    """Ask who has given the password for the code from the telephone, or a recovery code."""
    form = CodeForm()
    member = _half_way()
    if member is None:
        flash(_("Masukkan dulu kata sandi Anda."), "info")
        return redirect(url_for("admin_door.login", next=request.args.get("next")))
    if not form.validate_on_submit():
        return render_template("admin/code.html", form=form), 422 if form.is_submitted() else 200
    address, email = counted_address(request.remote_addr), member.email
    try:
        service.require_not_throttled(db.session(), email, address)
    except service.TooManyLoginsError:
        return _too_many("admin/code.html", form)
    payments.begin_write()
    kind = second_factor.take(db.session(), member, form.code.data)
    if kind is None:
        count_failure(email, address, "code")
        flash(_("Kodenya tidak cocok atau sudah dipakai. Tunggu kode berikutnya di ponsel Anda."), "danger")
        return render_template("admin/code.html", form=form), 401
    if kind == "recovery":
        left = second_factor.count_left(db.session(), member)
        audit.note(db.session(), "staff.recovery_code_used", email, after={"left": left}, actor=email)
        flash(_("Kode cadangan itu sudah terpakai. Tersisa %(left)d.", left=left), "warning")
    return _let_in(member, address, by=kind)


@bp.post("/logout")
def logout() -> Response:
    """Sign out here: a copied session ends, too. `everywhere` ends all others."""
    payments.begin_write()
    if request.form.get("everywhere"):
        sessions.end(db.session(), current_user)
        audit.note(db.session(), "staff.signed_out_everywhere", current_user.email)
    else:
        sessions.end(db.session(), current_user, only=access.current_sign_in().id)
        audit.note(db.session(), "staff.signed_out", current_user.email)
    db.session.commit()
    logout_user()
    _renew_session()
    flash(_("Anda sudah keluar."), "info")
    return redirect(url_for("admin_door.login"))


@bp.route("/password", methods=["GET", "POST"])
def ask() -> Page:
    """Have a link sent that sets a new password; the answer is the same for everybody."""
    form = ResetForm()
    if not form.validate_on_submit():
        return render_template("admin/password_ask.html", form=form), 422 if form.is_submitted() else 200
    payments.begin_write()
    email, address = form.email.data.strip().lower(), counted_address(request.remote_addr)
    if not allows(db.session(), [Limit("staff-reset", email, 5, _HOUR), Limit("staff-reset-from", address, 10, _HOUR)]):
        db.session.rollback()
        return _too_many("admin/password_ask.html", form)
    member = service.find_staff(db.session(), email)
    staff_letters.ask_for_letter("staff_reset", member)
    if member is not None:
        audit.note(db.session(), "staff.reset_asked", member.email, actor=audit.STRANGER)
    db.session.commit()
    return render_template("admin/password_asked.html")


@bp.route("/password/<letter>/<token>", methods=["GET", "POST"])
def choose(letter: str, token: str) -> Page:
    """Set a password by the link from a letter. The second factor is asked for at the door as ever."""
    if request.method == "POST":
        payments.begin_write()
    member = staff_letters.member_of(db.session(), letter, token)
    if member is None:
        db.session.rollback()
        return render_template("admin/password_ask.html", form=ResetForm(formdata=None), is_stale=True), 410
    form = NewPasswordForm()
    if not form.validate_on_submit():
        page = render_template("admin/password_choose.html", form=form, email=member.email)
        db.session.rollback()
        return page, 422 if form.is_submitted() else 200
    people.set_password(db.session(), member, form.new_password.data)
    service.forget_failures(db.session(), member.email)
    audit.note(db.session(), "staff.password_set", member.email, after={"by": letter}, actor=member.email)
    staff_letters.ask_for_letter("staff_changed", member)
    db.session.commit()
    flash(_("Kata sandi baru tersimpan. Silakan masuk."), "success")
    return redirect(url_for("admin_door.login"))


def start_session(member: StaffMember, address: str) -> None:
    """Sign a person in with this browser, in the caller's transaction."""
    key = sessions.begin(db.session(), member, address=address, program=request.user_agent.string)
    _renew_session()
    session[access.SESSION_KEY] = key
    login_user(member)


def _let_in(member: StaffMember, address: str, *, by: str) -> Response:
    service.welcome(db.session(), member, address)
    audit.note(db.session(), "staff.signed_in", member.email, after={"by": by}, actor=member.email)
    start_session(member, address)
    db.session.commit()
    return _onwards()


def _half_way() -> StaffMember | None:
    """Return who has given the password just now, unless something of theirs changed since."""
    kept = session.get(_HALF_WAY)
    if not isinstance(kept, list) or time.time() - kept[1] > HALF_WAY.total_seconds():
        return None
    member = service.load_session(db.session(), kept[0])
    return member if member and member.totp_secret else None


def _too_many(template: str, form: object) -> Page:
    flash(_("Terlalu banyak percobaan. Coba lagi beberapa menit lagi."), "danger")
    return render_template(template, form=form), 429, {"Retry-After": str(int(WINDOW.total_seconds()))}


def _renew_session() -> None:
    """Start a new session, so that nothing planted before signing in or left behind survives the change."""
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)


def _onwards() -> Response:
    return redirect(safe_path(request.args.get("next")) or url_for("admin.index"))
