"""One's own security in the panel: password, code from the telephone, recovery codes, where one is signed in."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.extensions import db
from storefront.texts import _
from storefront.throttle import counted_address

from . import access, audit, people, second_factor, sessions, staff_letters
from .door_views import start_session
from .forms import ChangePasswordForm, PasswordForm, SetUpForm
from .models import StaffMember
from .programs import program_name
from .service import LoginRefusedError, TooManyLoginsError
from .views import check_password

bp = Blueprint("admin_security", __name__, url_prefix="/admin/security")
access.guard(bp)

# The secret waits in the session until a code of it was typed.
_PENDING = "totp_pending"

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@bp.get("")
def index() -> str:
    """Show everything about one's own security."""
    return _page()


@bp.post("/password")
def password() -> Page:
    """Change one's password; all other sign-ins end."""
    form = ChangePasswordForm()
    if not form.validate() or not _is_it_them(form.current.data, form):
        return _page(password_form=form), 422
    member = _locked()
    people.set_password(db.session(), member, form.new_password.data)
    audit.note(db.session(), "staff.password_changed", member.email)
    staff_letters.ask_for_letter("staff_changed", member)
    start_session(member, counted_address(request.remote_addr))
    db.session.commit()
    flash(_("Kata sandi diganti. Perangkat lain sudah dikeluarkan."), "success")
    return redirect(url_for("admin_security.index"))


@bp.route("/totp", methods=["GET", "POST"])
def set_up() -> Page:
    """Show the secret as a picture, and turn the second factor on once a code of it was typed."""
    form = SetUpForm()
    if current_user.totp_secret:
        return redirect(url_for("admin_security.index"))
    secret = session.setdefault(_PENDING, second_factor.new_secret())
    if not form.is_submitted():
        return _set_up_page(form, secret)
    if not form.validate() or not _is_it_them(form.password.data, form):
        return _set_up_page(form, secret), 422
    step = second_factor.matching_step(secret, form.code.data)
    if step is None:
        form.code.errors = [_("Kodenya tidak cocok. Periksa jam ponsel Anda, lalu ketik kode yang sedang tampil.")]
        return _set_up_page(form, secret), 422
    member = _locked()
    codes = second_factor.enable(db.session(), member, secret, step)
    audit.note(db.session(), "staff.totp_on", member.email)
    db.session.commit()
    session.pop(_PENDING, None)
    return render_template("admin/recovery_codes.html", codes=codes)


@bp.post("/totp/off")
def turn_off() -> Page:
    """Ask for the password alone from now on, where the shop allows that."""
    form = PasswordForm()
    if second_factor.is_mandatory():
        flash(_("Toko ini mewajibkan kode dari ponsel, jadi tidak dapat dimatikan."), "warning")
        return redirect(url_for("admin_security.index"))
    if not form.validate() or not _is_it_them(form.password.data, form):
        return _page(off_form=form), 422
    member = _locked()
    second_factor.disable(db.session(), member)
    audit.note(db.session(), "staff.totp_off", member.email)
    db.session.commit()
    flash(_("Kode dari ponsel dimatikan."), "success")
    return redirect(url_for("admin_security.index"))


@bp.post("/recovery-codes")
def renew_codes() -> Page:
    """Show new recovery codes, once; earlier ones are worthless."""
    form = PasswordForm()
    if not current_user.totp_secret:
        return redirect(url_for("admin_security.index"))
    if not form.validate() or not _is_it_them(form.password.data, form):
        return _page(off_form=form), 422
    member = _locked()
    codes = second_factor.renew_recovery_codes(db.session(), member)
    audit.note(db.session(), "staff.recovery_codes_renewed", member.email)
    db.session.commit()
    return render_template("admin/recovery_codes.html", codes=codes)


@bp.post("/sessions/<int(max=9007199254740991):session_id>/end")
def end(session_id: int) -> Response:
    """Sign out one other browser of one's own."""
    payments.begin_write()
    if sessions.end(db.session(), current_user, only=session_id):
        audit.note(db.session(), "staff.session_ended", current_user.email, after={"session": session_id})
    db.session.commit()
    flash(_("Perangkat itu sudah dikeluarkan."), "success")
    return redirect(url_for("admin_security.index"))


@bp.post("/sessions/end-others")
def end_others() -> Response:
    """Sign out all browsers but this one."""
    payments.begin_write()
    count = sessions.end(db.session(), current_user, but=access.current_sign_in().id)
    audit.note(db.session(), "staff.session_ended", current_user.email, after={"others": count})
    db.session.commit()
    flash(_("Semua perangkat lain sudah dikeluarkan."), "success")
    return redirect(url_for("admin_security.index"))


def _page(password_form: ChangePasswordForm | None = None, off_form: PasswordForm | None = None) -> str:
    return render_template(
        "admin/security.html",
        password_form=password_form or ChangePasswordForm(formdata=None),
        off_form=off_form or PasswordForm(formdata=None),
        sessions=sessions.open_ones(db.session(), current_user),
        here=access.current_sign_in().id,
        codes_left=second_factor.count_left(db.session(), current_user),
        is_mandatory=second_factor.is_mandatory(),
        program_name=program_name,
    )


def _set_up_page(form: SetUpForm, secret: str) -> str:
    picture = second_factor.picture(current_user, secret)
    return render_template("admin/totp.html", form=form, picture=picture, secret=secret)


def _is_it_them(typed: str, form: ChangePasswordForm | PasswordForm | SetUpForm) -> bool:
    """Tell whether it is still the same person at the keyboard; what is wrong is said at the field."""
    field = form.current if isinstance(form, ChangePasswordForm) else form.password
    try:
        check_password(typed)
    except TooManyLoginsError:
        field.errors = [_("Terlalu banyak percobaan. Coba lagi beberapa menit lagi.")]
    except LoginRefusedError:
        field.errors = [_("Kata sandi Anda tidak cocok.")]
    return not field.errors


def _locked() -> StaffMember:
    payments.begin_write()
    member = people.lock(db.session(), current_user.id)
    if member is None:  # pragma: no cover - whoever is signed in exists
        raise LookupError
    return member
