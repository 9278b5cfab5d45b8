"""A code from the telephone besides the password, and codes for when the telephone is lost. Flushes, never commits."""

import hashlib
import secrets
import time
from typing import Literal

import pyotp
import segno
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storefront.database import now
from storefront.identity import current_shop

from .models import RecoveryCode, StaffMember

MANDATORY = "totp_required"
_STEP_SECONDS = 30
# Clocks of telephones are a little off: one step to either side counts, too.
_WINDOW = (0, -1, 1)
_CODES = 10
_GROUPS = 4
_GROUP = 4
# 32 characters, none to be mistaken for another: 80 bits in 16 of them.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz023456789"


def is_mandatory() -> bool:
    """Tell whether the owner asks everybody for the second factor."""
    return bool(current_shop().data.get(MANDATORY))


def new_secret() -> str:
    """Return a secret to be shared with a telephone."""
    return pyotp.random_base32()


def picture(member: StaffMember, secret: str) -> str:
    """Return the QR code that a telephone reads, as an address of its own data."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=member.email, issuer_name=current_shop().name)
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, light="#fff"))


def matching_step(secret: str, code: str, *, after: int = 0) -> int | None:
    """Return the time step a code is of, later than `after`; None when it is wrong or was used."""
    current = int(time.time()) // _STEP_SECONDS
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    for step in (current + offset for offset in _WINDOW):
        if step > after and secrets.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None


def enable(session: Session, member: StaffMember, secret: str, step: int) -> list[str]:
    """Ask this person for codes from now on; return the recovery codes, which are shown once."""
    member.totp_secret = secret
    member.totp_step = step
    return renew_recovery_codes(session, member)


def disable(session: Session, member: StaffMember) -> None:
    """Ask for the password alone."""
    member.totp_secret = None
    member.totp_step = 0
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == member.id))


def renew_recovery_codes(session: Session, member: StaffMember) -> list[str]:
    """Make earlier recovery codes worthless and return new ones."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == member.id))
    codes = [_new_code() for _ in range(_CODES)]
    session.add_all(RecoveryCode(staff_id=member.id, code_hash=_hash(code)) for code in codes)
    session.flush()
    return codes


def count_left(session: Session, member: StaffMember) -> int:
    """Return how many recovery codes have not been used."""
    query = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.staff_id == member.id, RecoveryCode.used_at.is_(None)
    )
    return int(session.execute(query).scalar_one())


def take(session: Session, member: StaffMember, code: str) -> Literal["totp", "recovery"] | None:
    """Use up a code of either kind and return which; None when it is none. Two at once: one wins."""
    step = matching_step(member.totp_secret or "", code, after=member.totp_step) if member.totp_secret else None
    if step is not None:
        taken = update(StaffMember).where(StaffMember.id == member.id, StaffMember.totp_step < step)
        won = session.execute(taken.values(totp_step=step).execution_options(synchronize_session="fetch"))
        return "totp" if won.rowcount else None  # type: ignore[attr-defined]
    used = update(RecoveryCode).where(
        RecoveryCode.staff_id == member.id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None)
    )
    won = session.execute(used.values(used_at=now()))
    return "recovery" if won.rowcount else None  # type: ignore[attr-defined]


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _hash(code: str) -> str:
    """Return what is kept of a code, however it is written; so much chance needs no slow hash."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
