"""Letters to the people of the shop: a link that sets a password, once and not for long; that one was set."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from storefront.database import now
from storefront.extensions import db, moota
from storefront.identity import current_shop
from storefront.languages import current_locale
from storefront.notifications.sender import as_on_pages, compose, deliver
from storefront.texts import _

from . import rules
from .models import StaffMember
from .people import lock

STAFF_EMAIL = "staff_email"
Letter = Literal["staff_reset", "staff_invited", "staff_changed"]

_HOLDS: dict[str, timedelta] = {"staff_reset": rules.RESET_HOLDS, "staff_invited": rules.INVITATION_HOLDS}


def ask_for_letter(letter: Letter, member: StaffMember | None) -> None:
    """Ask for a letter; for nobody the same work is done, and none is written. Links are made when it leaves."""
    payload = {
        "letter": letter,
        "staff_id": member.id if member else None,
        "asked_at": now().isoformat(),
        "locale": current_locale(),
    }
    moota.enqueue(STAFF_EMAIL, f"staff:{secrets.token_hex(8)}", payload)


def send_staff_email(_key: str, payload: dict[str, Any]) -> None:
    """Send one; not to somebody who was let go, nor a link for which nobody waits any more."""
    member = db.session.get(StaffMember, payload["staff_id"]) if payload["staff_id"] else None
    letter, holds = payload["letter"], _HOLDS.get(payload["letter"])
    is_stale = holds is not None and now() - datetime.fromisoformat(payload["asked_at"]) > holds
    if member is None or not member.active or is_stale:
        db.session.rollback()
        return
    with as_on_pages(payload["locale"]):
        url = password_url(member, letter) if holds else url_for("admin_door.ask", _external=True)
        deliver(compose(member.email, _subject(letter), "staff", letter=letter, url=url, member=member))


def password_url(member: StaffMember, letter: str) -> str:
    """Return the address at which this person chooses a password, once."""
    token = _signer(letter).dumps([member.id, _fingerprint(member)])
    return url_for("admin_door.choose", letter=letter, token=token, _external=True)


def member_of(session: Session, letter: str, token: str) -> StaffMember | None:
    """Return whose password a link sets, locked; None when it is forged, old or used."""
    if letter not in _HOLDS:
        return None
    try:
        staff_id, fingerprint = _signer(letter).loads(token, max_age=int(_HOLDS[letter].total_seconds()))
    except (BadSignature, ValueError):
        return None
    member = lock(session, staff_id)
    return member if member and member.active and _fingerprint(member) == fingerprint else None


def _subject(letter: str) -> str:
    shop = current_shop().name
    subjects = {
        "staff_reset": _("Kata sandi baru untuk panel %(shop)s", shop=shop),
        "staff_invited": _("Anda diundang ke panel %(shop)s", shop=shop),
        "staff_changed": _("Kata sandi panel %(shop)s diganti", shop=shop),
    }
    return subjects[letter]


def _fingerprint(member: StaffMember) -> str:
    """Return what a link is bound to: another password, or another link that was used, ends it."""
    return hashlib.sha256(f"{member.password_hash}.{member.session_key}".encode()).hexdigest()[:24]


def _signer(letter: str) -> URLSafeTimedSerializer:
    keys = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or []), current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt=f"storefront.staff.{letter}")
