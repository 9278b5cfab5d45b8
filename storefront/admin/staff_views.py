"""The people of the shop in the panel: invited, given a role, let go; what is asked of all of them."""

from collections.abc import Callable
from typing import cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from storefront import payments
from storefront.brand.service import change
from storefront.extensions import db
from storefront.texts import _

from . import access, audit, people, second_factor, staff_letters
from .forms import InviteForm, RoleForm
from .models import Role, StaffMember
from .views import is_it_them

bp = Blueprint("admin_staff", __name__, url_prefix="/admin/staff")
access.guard(bp)

Page = str | Response | tuple[str, int]


@bp.get("")
@access.requires("owner")
def index() -> str:
    """List the people."""
    return _list()


@bp.post("")
@access.requires("owner")
def invite() -> Page:
    """Add somebody; the letter they get lets them choose a password."""
    form = InviteForm()
    if not form.validate() or not is_it_them(form):
        return _list(form), 422
    payments.begin_write()
    try:
        member = people.invite(db.session(), form.email.data, cast("Role", form.role.data))
    except people.KnownAlreadyError:
        db.session.rollback()
        form.email.errors = [_("Orang dengan alamat ini sudah ada.")]
        return _list(form), 422
    staff_letters.ask_for_letter("staff_invited", member)
    audit.note(db.session(), "staff.invited", member.email, after={"role": member.role})
    db.session.commit()
    flash(_("Undangan dikirim ke %(email)s. Tautannya berlaku 3 hari.", email=form.email.data), "success")
    return redirect(url_for("admin_staff.index"))


@bp.get("/<int(max=9007199254740991):staff_id>")
@access.requires("owner")
def show(staff_id: int) -> str:
    """Show one person and what can be done."""
    return _one(db.session.get(StaffMember, staff_id) or abort(404))


@bp.post("/<int(max=9007199254740991):staff_id>/role")
@access.requires("owner")
def role(staff_id: int) -> Page:
    """Give somebody another role."""
    form = RoleForm()

    def give(member: StaffMember) -> str:
        before = {"role": member.role}
        people.change_role(db.session(), member, cast("Role", form.role.data))
        audit.note(db.session(), "staff.role", member.email, before=before, after={"role": member.role})
        return _("Perannya diganti.")

    return _change(staff_id, form, give)


@bp.post("/<int(max=9007199254740991):staff_id>/active")
@access.requires("owner")
def active(staff_id: int) -> Page:
    """Let somebody go, or take them back."""
    wanted = bool(request.form.get("active"))

    def move(member: StaffMember) -> str:
        before = {"active": member.active}
        if wanted:
            people.take_back(member)
        else:
            people.let_go(db.session(), member)
        audit.note(db.session(), "staff.active", member.email, before=before, after={"active": wanted})
        return _("Dapat masuk lagi.") if wanted else _("Tidak dapat masuk lagi, dan sudah dikeluarkan di mana pun.")

    return _change(staff_id, RoleForm(), move)


@bp.post("/<int(max=9007199254740991):staff_id>/totp-off")
@access.requires("owner")
def forget_factor(staff_id: int) -> Page:
    """Let somebody in with the password alone who lost the telephone and the recovery codes."""

    def forget(member: StaffMember) -> str:
        people.forget_second_factor(db.session(), member)
        audit.note(db.session(), "staff.totp_off", member.email)
        return _("Kode dari ponselnya dimatikan. Mintalah ia memasangnya lagi.")

    return _change(staff_id, RoleForm(), forget)


@bp.post("/<int(max=9007199254740991):staff_id>/link")
@access.requires("owner")
def link(staff_id: int) -> Page:
    """Send the letter with which a password is chosen once more."""

    def send(member: StaffMember) -> str:
        staff_letters.ask_for_letter("staff_invited", member)
        audit.note(db.session(), "staff.link_sent", member.email)
        return _("Tautannya dikirim lagi.")

    return _change(staff_id, RoleForm(), send)


@bp.post("/settings")
@access.requires("owner")
def settings() -> Response:
    """Ask everybody for the second factor, or leave it to them."""
    payments.begin_write()
    wanted = bool(request.form.get("totp_required"))
    before, _after = change(db.session(), {second_factor.MANDATORY: wanted or None})
    audit.note(
        db.session(),
        "staff.settings",
        before={second_factor.MANDATORY: bool(before.get(second_factor.MANDATORY))},
        after={second_factor.MANDATORY: wanted},
    )
    db.session.commit()
    flash(_("Sudah disimpan."), "success")
    return redirect(url_for("admin_staff.index"))


def _change(staff_id: int, form: RoleForm, step: Callable[[StaffMember], str]) -> Page:
    """Take one step with a person, once it is sure who takes it; `step` returns what to say."""
    if not form.validate() or not is_it_them(form):
        return _one(db.session.get(StaffMember, staff_id) or abort(404), form), 422
    payments.begin_write()
    member = people.lock(db.session(), staff_id) or abort(404)
    try:
        done = step(member)
    except people.LastOwnerError:
        db.session.rollback()
        flash(_("Toko harus punya pemilik. Jadikan orang lain pemilik dulu."), "danger")
        return redirect(url_for("admin_staff.show", staff_id=staff_id))
    db.session.commit()
    flash(done, "success")
    return redirect(url_for("admin_staff.show", staff_id=staff_id))


def _list(form: InviteForm | None = None) -> str:
    return render_template(
        "admin/staff.html",
        everybody=people.everybody(db.session()),
        form=form or InviteForm(formdata=None),
        is_mandatory=second_factor.is_mandatory(),
    )


def _one(member: StaffMember, form: RoleForm | None = None) -> str:
    return render_template(
        "admin/staff_one.html",
        member=member,
        form=form or RoleForm(formdata=None, role=member.role),
        is_me=member.id == current_user.id,
    )
